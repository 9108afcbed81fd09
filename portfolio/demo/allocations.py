"""Who gives how much of which month to which project at Fennmark: the plan, and what became of it."""

import datetime
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from portfolio.demo.facts import Act, ProjectFacts, Ref
from portfolio.demo.schedule import HELD_DAYS, STARTED, workday
from portfolio.demo.teams import FIRST_DAYS, LAST_DAYS, LONG, PART_TIME, TEAMS
from resources.algorithms.months import distance, first_of, plus_months

#: Team -> its projects, and how much of the team's work each is.
WORK: dict[str, dict[str, float]] = {
    "Platform team": {"EU-INGEST": 5, "EU-RESID": 3, "CN-CACHE": 2, "ID-ROLL": 1.5, "ID-AUDIT": 1.5, "ID-KEYS": 1},
    "Data team": {"BC-TARIF": 4, "ATL-FCST": 3, "ATL-SCORE": 2, "ATL-PRICE": 2, "CN-METER": 1.5, "EU-INGEST": 1.5},
    "Integrations team": {"EU-PARTN": 5, "CN-CARR": 2, "CN-HOOKS": 2, "BEA-OCR": 1.5, "EU-ONBRD": 1, "CN-CACHE": 1,
                          "CS-EXPRT": 1},
    "Web and API team": {"CN-HOOKS": 3, "ATL-EMBED": 3, "ID-PERM": 2.5, "CN-METER": 2, "ATL-A11Y": 2, "BEA-SRCH": 2,
                         "ATL-PRICE": 2, "ID-STAT": 1.5, "EU-ONBRD": 1.5},
    "Mobile team": {"MB-OFFLN": 4, "MB-SHELL": 2, "MB-KIT": 1, "MB-COMMU": 1},
    "Customs team": {"BC-RULES": 5, "BC-TARIF": 2, "BEA-PERF": 2, "BEA-SRCH": 1, "BEA-OCR": 1, "BEA-ARCH": 1},
    "Cutter support": {"CS-MIGR": 4, "CS-EXPRT": 2, "CS-PRINT": 1.5},
    "Design and research": {"EU-ONBRD": 2, "EU-SALES": 2, "ATL-PRICE": 2, "MB-COMMU": 1.5, "MB-SHELL": 1,
                            "ATL-EMBED": 1, "ID-PERM": 1, "ATL-SCORE": 1, "BEA-SRCH": 1},
}  # fmt: skip
#: Team -> percent of its capacity that is asked for, from the month before the day's on; earlier it was 90.
LOADS = {
    "Platform team": (124, 118, 103, 92, 88, 84, 79, 76, 70),
    "Data team": (101, 104, 97, 99, 106, 110, 112, 109, 94),
    "Integrations team": (96, 112, 108, 91, 83, 80, 77, 72, 70),
    "Web and API team": (88, 91, 86, 84, 90, 92, 89, 85, 81),
    "Mobile team": (106, 98, 82, 74, 71, 69, 66, 64, 60),
    "Customs team": (92, 97, 95, 72, 64, 61, 63, 66, 69),
    "Cutter support": (78, 74, 69, 61, 55, 51, 44, 38, 30),
    "Design and research": (83, 86, 79, 81, 84, 82, 78, 75, 77),
}
EARLIER = 90
#: Who gives more than there is of them from the month before the day's on, for so many months: percent.
OVERLOADED = {"Siobhán Byrne": (130, 4), "Leila Haddad": (120, 3), "Mei-Ling Chou": (115, 6), "Ngozi Adeyemi": (135, 3),
              "Katarzyna Zielińska": (120, 4), "Margit Weiss": (110, 2)}  # fmt: skip
#: Who has nothing to do from the day's month on.
ON_THE_BENCH = {"Hyun-woo Park", "Tobias Frey", "Simon Faure"}
#: Somebody yet to be found -> the project that waits, and for how much of a month.
WANTED = {
    "?Backend engineer, EU region": ("EU-RESID", "1"),
    "?Data engineer, tariffs": ("BC-TARIF", "0.8"),
    "?Mobile engineer, offline sync": ("MB-OFFLN", "1"),
    "?Researcher, Nordic market": ("EU-SALES", "0.5"),
}
#: Shares of somebody's first, second and third project.
SHARES = (0.55, 0.3, 0.15)
#: Who is away for so long that nobody plans with them: days from the day, and the share.
LONG_AWAY = {
    name: [(first, last, Decimal(share)) for who, _, first, last, share in LONG if who == name and last - first > 60]
    for name in {row[0] for row in LONG}
}
STEP, LEAST = Decimal("0.05"), Decimal("0.25")
#: A plan is made so many days before its project starts; who came later was planned a week before the day.
PLANNED_BEFORE, LATE_PLAN = 15, -7
OPENED, WANTED_SINCE = -415, -40


@dataclass(frozen=True)
class Given:
    """Somebody's, or a role's in a team, share of a month for a project."""

    project: str
    month: datetime.date
    fte: Decimal
    role: str = ""
    team: str = ""
    person: str = ""
    kind: str = "plan"

    def row(self) -> dict[str, Any]:
        return {
            "project": Ref(f"project:{self.project}"),
            "month": self.month,
            "fte": self.fte,
            "kind": self.kind,
            "person": Ref(f"staff:{self.person}") if self.person else None,
            "role": Ref(f"role:{self.role}") if self.role else None,
            "team": Ref(f"team:{self.team}") if self.team else None,
        }


def allocated(seed: int, day: datetime.date, projects: Iterable[ProjectFacts]) -> list[Act]:
    """Every act about allocations, with a chance of its own: the rest of the story stays as it was told."""
    return list(_Allocating(seed, day, projects).acts())


class _Allocating:
    def __init__(self, seed: int, day: datetime.date, projects: Iterable[ProjectFacts]) -> None:
        self.rng, self.day = random.Random(f"{seed} allocations"), day  # noqa: S311 - no secret
        self.this_month = first_of(day)
        self.facts = {
            facts.code: facts
            for facts in projects
            if facts.status in {"approved", *STARTED} and facts.start is not None and facts.finish is not None
        }

    def at(self, days: int, minutes: int) -> datetime.datetime:
        date = min(workday(self.day + datetime.timedelta(days)), workday(self.day - datetime.timedelta(1)))
        return datetime.datetime.combine(date, datetime.time(8), datetime.UTC) + datetime.timedelta(minutes=minutes)

    def month_at(self, days: int) -> datetime.date:
        return first_of(self.day + datetime.timedelta(days))

    def acts(self) -> Iterator[Act]:
        plan = [given for team in WORK for given in self._team(team)] + list(self._wanted())
        by_project: dict[str, list[Given]] = defaultdict(list)
        for given in plan:
            by_project[given.project].append(given)
        for place, code in enumerate(sorted(by_project)):
            yield from self._planned(code, by_project[code], place)
        yield from self._happened(plan)

    def _planned(self, code: str, rows: Sequence[Given], place: int) -> Iterator[Act]:
        start: Any = self.facts[code].start
        days = max(min(start - PLANNED_BEFORE, LATE_PLAN - 2), OPENED)
        early = [given for given in rows if self._opened(given.person) < days]
        late = [given for given in rows if self._opened(given.person) >= days]
        for when, some in ((days, early), (LATE_PLAN, late)):
            if some:
                fields = {"rows": [given.row() for given in some]}
                yield Act(self.at(when, 240 + place), "ines", "set_allocations", fields=fields)

    def _opened(self, name: str) -> int:
        """Since when somebody is known, in days from the day."""
        if name.startswith("?"):
            return WANTED_SINCE
        return min(FIRST_DAYS[name] - 30, -10) if name in FIRST_DAYS else OPENED - 1

    # What is planned

    def _active(self, code: str, month: datetime.date) -> bool:
        facts: Any = self.facts.get(code)
        if facts is None:
            return False
        finish = -HELD_DAYS if facts.status == "on_hold" else facts.finish + max(facts.slip, 0)
        return self.month_at(facts.start) <= month <= self.month_at(finish)

    def _months(self, codes: Iterable[str]) -> list[datetime.date]:
        known: list[Any] = [self.facts[code] for code in codes if code in self.facts]
        first = self.month_at(min(facts.start for facts in known))
        last = self.month_at(max(facts.finish + max(facts.slip, 0) for facts in known))
        return [plus_months(first, number) for number in range(distance(first, last) + 1)]

    def _load(self, team: str, month: datetime.date) -> Decimal:
        place = distance(self.this_month, month) + 1
        loads = LOADS[team]
        return Decimal(EARLIER if place < 0 else loads[min(place, len(loads) - 1)]) / 100

    def _team(self, team: str) -> Iterator[Given]:
        """What the people of a team give, and what is asked for beyond them."""
        roles = TEAMS[team][2]
        names = [(name, role) for role, some in roles.items() for name in some if not name.startswith("?")]
        chosen = {name: self._choose(team) for name, _ in names}
        own = {name: Decimal(str(round(self.rng.uniform(0.93, 1.04), 2))) for name, _ in names}
        for month in self._months(WORK[team]):
            active = [code for code in WORK[team] if self._active(code, month)]
            given: list[Given] = []
            for name, role in names:
                if active and self._is_there(name, month) and not self._is_idle(name, month):
                    whole = self._whole(name, month, self._load(team, month) * own[name])
                    given += self._shared(name, role, team, month, whole, chosen[name], active)
            yield from given
            if active and distance(self.this_month, month) >= -1:
                yield from self._beyond(team, month, names, given, active)

    def _choose(self, team: str) -> list[str]:
        """Three projects that somebody works on, the heavier ones more often."""
        weights = {code: weight for code, weight in WORK[team].items() if code in self.facts}
        return sorted(weights, key=lambda code: self.rng.random() ** (1 / weights[code]), reverse=True)[: len(SHARES)]

    def _is_there(self, name: str, month: datetime.date) -> bool:
        comes, leaves = FIRST_DAYS.get(name), LAST_DAYS.get(name)
        if comes is not None and month < self.month_at(comes):
            return False
        return leaves is None or month <= self.month_at(leaves)

    def _is_idle(self, name: str, month: datetime.date) -> bool:
        return name in ON_THE_BENCH and month >= self.this_month

    def _whole(self, name: str, month: datetime.date, load: Decimal) -> Decimal:
        """What somebody gives in a month, to whichever projects."""
        percent, months = OVERLOADED.get(name, (0, 0))
        if -1 <= distance(self.this_month, month) < months - 1:
            return Decimal(percent) / 100
        away = sum(
            (share for first, last, share in LONG_AWAY.get(name, ()) if self._holds(first, last, month)), Decimal(0)
        )
        return min(load, Decimal(1)) * Decimal(PART_TIME.get(name, "1")) * (1 - min(away, Decimal(1)))

    def _holds(self, first: int, last: int, month: datetime.date) -> bool:
        """Whether somebody is away for most of a month."""
        return self.day + datetime.timedelta(first) <= month.replace(day=15) <= self.day + datetime.timedelta(last)

    def _shared(
        self,
        name: str,
        role: str,
        team: str,
        month: datetime.date,
        whole: Decimal,
        chosen: Sequence[str],
        active: Sequence[str],
    ) -> Iterator[Given]:
        mine = [(code, share) for code, share in zip(chosen, SHARES, strict=False) if code in active]
        mine = mine or [(active[0], 1.0)]
        total = sum(share for _, share in mine)
        left = _rounded(whole)
        for place, (code, share) in enumerate(mine):
            part = left if place == len(mine) - 1 else min(_rounded(whole * Decimal(share / total)), left)
            left -= part
            if part:
                yield Given(code, month, part, role, team, name)

    def _beyond(
        self,
        team: str,
        month: datetime.date,
        names: Sequence[tuple[str, str]],
        given: Iterable[Given],
        active: Sequence[str],
    ) -> Iterator[Given]:
        """Demand that nobody is named for, by the two roles that the team has most of."""
        there = sum((Decimal(PART_TIME.get(name, "1")) for name, _ in names if self._is_there(name, month)), Decimal(0))
        missing = self._load(team, month) * there - sum((each.fte for each in given), Decimal(0))
        if missing < LEAST:
            return
        roles = sorted(TEAMS[team][2], key=lambda role: -len(TEAMS[team][2][role]))[:2]
        for role, share, code in zip(roles, (Decimal("0.7"), Decimal("0.3")), [*active, *active][:2], strict=False):
            if part := _rounded(missing * share):
                yield Given(code, month, part, role, team)

    def _wanted(self) -> Iterator[Given]:
        for name, (code, fte) in WANTED.items():
            for month in self._months([code]):
                if month >= self.this_month:
                    yield Given(code, month, Decimal(fte), person=name)

    # What happened

    def _happened(self, plan: Iterable[Given]) -> Iterator[Act]:
        """At the beginning of each month, what was worked in the one before: about the plan, seldom exactly."""
        by_month: dict[datetime.date, list[Given]] = defaultdict(list)
        for given in plan:
            if given.person and given.month < self.this_month:
                factor = Decimal(str(self.rng.choice((0.8, 0.9, 1, 1, 1, 1.1, 1.2))))
                worked = replace(given, kind="actual", fte=max(_rounded(given.fte * factor), STEP))
                by_month[given.month].append(worked)
        for month, rows in sorted(by_month.items()):
            days = max((plus_months(month, 1) - self.day).days + 3, OPENED)
            fields = {"rows": [given.row() for given in rows]}
            yield Act(self.at(min(days, -1), 300), "ines", "set_allocations", fields=fields)


def _rounded(fte: Decimal) -> Decimal:
    return (fte / STEP).quantize(Decimal(1), ROUND_HALF_EVEN) * STEP
