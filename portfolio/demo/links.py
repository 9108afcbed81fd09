"""Who waits for whom at Fennmark: within each project what its outline says, and across projects what was agreed."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from portfolio.demo.schedule import ActivityPlan

#: A working day in minutes.
DAY = 480


@dataclass(frozen=True)
class LinkFacts:
    """One activity waits for another of another project; a lag in working days."""

    before: tuple[str, str]
    after: tuple[str, str]
    lag: int
    policy: str
    owner: str
    agreed_with: str
    note: str


ACROSS = (
    LinkFacts(("EU-INGEST", "EU region cut-over"), ("EU-PARTN", "Certification by partners"), 10, "consume", "ines",
              "jonas", "Carriers certify against the EU endpoint only; security asks for ten working days of soak."),
    LinkFacts(("EU-INGEST", "Regional clusters"), ("EU-RESID", "External audit"), 0, "consume", "leila", "tomas",
              "The auditor looks at the clusters that are in use."),
    LinkFacts(("EU-RESID", "Residency attested"), ("EU-SALES", "Go/no-go"), 0, "consume", "katarzyna", "leila",
              "Nothing is sold in the Union before residency is attested."),
    LinkFacts(("EU-PARTN", "Nine partners live"), ("EU-SALES", "Go/no-go"), 0, "consume", "katarzyna", "jonas",
              "Seven partners would do; nine are promised."),
    LinkFacts(("EU-ONBRD", "First ten customers onboarded"), ("EU-SALES", "Go/no-go"), 0, "none", "priya", "katarzyna",
              "Good to have, and no condition."),
    LinkFacts(("MB-KIT", "First 200 kits"), ("MB-OFFLN", "Field test in tunnels"), 5, "move", "jonas", "tomas",
              "Drivers test with the real sleeves."),
    LinkFacts(("MB-OFFLN", "Beta exit"), ("CN-HOOKS", "Hardening"), 0, "none", "jonas", "",
              "The same two people finish both."),
    LinkFacts(("EU-SALES", "Go/no-go"), ("CS-MIGR", "Pilot"), 5, "consume", "ines", "chidi",
              "The second wave moves to what is launched, not to a preview."),
)  # fmt: skip


#: Whose delays all tasks of a project share.
TEAMS = {
    "EU-INGEST": "Platform team",
    "EU-RESID": "Platform team",
    "EU-PARTN": "European carriers",
    "MB-KIT": "Sleeve supplier",
    "MB-OFFLN": "Mobile team",
    "MB-SHELL": "Mobile team",
}


def holidays(day: datetime.date) -> list[dict[str, Any]]:
    """Christmas and New Year of three years around a day."""
    found: list[dict[str, Any]] = []
    for year in range(day.year - 1, day.year + 2):
        for name, first, last in (
            ("New Year", datetime.date(year, 1, 1), datetime.date(year, 1, 1)),
            ("Christmas", datetime.date(year, 12, 24), datetime.date(year, 12, 26)),
        ):
            found.append({"name": name, "first": first.isoformat(), "last": last.isoformat(), "shifts": []})
    return found


def estimates(row: ActivityPlan) -> dict[str, Any]:
    """Three points for a task: a sixth sooner at best, and at worst half as long again."""
    if row.kind != "task":
        return {}
    days = max(_workdays(row.start, row.finish + datetime.timedelta(1)), 1)
    minutes = [Decimal(days * DAY) * share for share in (Decimal("0.85"), Decimal(1), Decimal("1.5"))]
    names = ("optimistic_minutes", "likely_minutes", "pessimistic_minutes")
    return dict(zip(names, (amount.quantize(Decimal("0.1")) for amount in minutes), strict=True))


def within(rows: Sequence[ActivityPlan]) -> Iterator[tuple[int, int, str, int]]:
    """Places of two activities of an outline, the type and the lag in minutes: each waits for the one before it in its
    phase. What overlaps starts so many working days after the start of the other, as it is planned.
    """
    before: int | None = None
    for place, row in enumerate(rows):
        if row.level == 1:
            before = None
        elif before is None:
            before = place
        else:
            yield before, place, *_link(rows[before], row)
            before = place


def _link(one: ActivityPlan, other: ActivityPlan) -> tuple[str, int]:
    if other.kind == "milestone":
        return ("fs", 0) if other.finish >= one.finish else ("ss", 0)
    if other.start > one.finish:
        return "fs", 0
    return "ss", max(_workdays(one.start, other.start), 0) * DAY


def _workdays(start: datetime.date, end: datetime.date) -> int:
    days = (end - start).days
    return sum((start + datetime.timedelta(n)).weekday() < 5 for n in range(days))
