"""Who does the work at Fennmark: teams, roles and what a day of them costs, people, when they are away."""

import datetime
import random
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from portfolio.demo.facts import Act, Ref
from portfolio.demo.people import PEOPLE
from portfolio.demo.schedule import workday
from resources.algorithms.months import plus_months

#: Role -> dollars a working day last year, and from this year on.
ROLES = {
    "Architect": (980, 1020),
    "Backend engineer": (820, 860),
    "Business analyst": (720, 745),
    "Data engineer": (860, 910),
    "Frontend engineer": (780, 815),
    "Mobile engineer": (840, 880),
    "Product designer": (760, 790),
    "Project manager": (850, 880),
    "Support engineer": (560, 585),
    "Test engineer": (640, 665),
}
#: Team -> (what it does, who leads it, its people: role -> names). A name with a question mark is nobody yet.
TEAMS: dict[str, tuple[str, str, dict[str, tuple[str, ...]]]] = {
    "Platform team": (
        "Takes in the events of all carriers and keeps them.", "leila", {
            "Architect": ("Leila Haddad",),
            "Backend engineer": (
                "Siobhán Byrne", "Marek Nowak", "Yara Haddad-Klein", "Felix Brandt", "?Backend engineer, EU region",
            ),
            "Test engineer": ("Ruta Kalnina", "Omar Siddiqui"),
            "Project manager": ("Tomás Riva",),
        },
    ),
    "Data team": (
        "Rates, tariffs and everything that is counted.", "arjun", {
            "Data engineer": (
                "Arjun Mehta", "Mei-Ling Chou", "Pavel Dvořák", "Inês Carvalho", "?Data engineer, tariffs",
            ),
            "Backend engineer": ("Sven Aldén", "Noor Rahimi"),
            "Test engineer": ("Gwen Pritchard",),
        },
    ),
    "Integrations team": (
        "Connects carriers and partners.", "katarzyna", {
            "Backend engineer": (
                "Katarzyna Zielińska", "Dmitri Volkov", "Amara Diallo", "Jürgen Kessler", "Sofia Lindgren",
                "Ravi Menon",
            ),
            "Business analyst": ("Elena Marchetti", "Tobias Frey"),
            "Test engineer": ("Hana Suzuki",),
            "Project manager": ("Jonas Lindqvist",),
        },
    ),
    "Web and API team": (
        "What customers see in a browser and call from their own systems.", "dana", {
            "Frontend engineer": ("Lucía Ferreira", "Callum Reid", "Anouk Visser", "Bilal Aziz", "Freya Holm"),
            "Backend engineer": ("Oleksandr Shevchenko", "Giulia Conti", "Isaac Mbeki", "Nadia Petrova"),
            "Test engineer": ("Peter Gruber", "Wanjiru Kamau"),
            "Project manager": ("Dana Kovač",),
        },
    ),
    "Mobile team": (
        "The drivers’ app, and what it runs on.", "aiko", {
            "Mobile engineer": ("Ngozi Adeyemi", "Luca Ferri", "Minh Tran", "?Mobile engineer, offline sync"),
            "Test engineer": ("Agnes Lund",),
            "Product designer": ("Rafael Ortega",),
            "Project manager": ("Aiko Tanaka",),
        },
    ),
    "Customs team": (
        "Rules of 31 authorities, and the forms that follow from them.", "priya", {
            "Business analyst": ("Margit Weiss", "Daniel Osei", "Yvette Laurent", "Kofi Boateng"),
            "Backend engineer": ("Henning Sørli", "Parisa Nouri", "Tom Ashworth"),
            "Test engineer": ("Ilse Verbeke",),
            "Project manager": ("Priya Raman",),
        },
    ),
    "Cutter support": (
        "Keeps Cutter running until its last customer has moved.", "chidi", {
            "Support engineer": ("Bruno Salgado", "Helga Brink", "Tariq Hamdan"),
            "Backend engineer": ("Olga Ivanova", "Matteo Greco"),
            "Project manager": ("Chidi Eze",),
        },
    ),
    "Design and research": (
        "Interviews, prototypes and the words on the screen.", "maren", {
            "Product designer": (
                "Clara Nilsson", "Emeka Obi", "Julia Kowalczyk", "Simon Faure", "Zeynep Kaya",
                "?Researcher, Nordic market",
            ),
            "Business analyst": ("Astrid Moen", "Paulo Teixeira", "Hyun-woo Park"),
            "Frontend engineer": ("Nina Baptiste",),
        },
    ),
}  # fmt: skip
SKILLS = {
    "Architect": ("Kubernetes", "PostgreSQL", "Security review"),
    "Backend engineer": ("Python", "PostgreSQL", "Kafka", "EDIFACT"),
    "Business analyst": ("Customs law", "EDIFACT", "Interviewing"),
    "Data engineer": ("Python", "SQL modelling", "Kafka"),
    "Frontend engineer": ("TypeScript", "Accessibility"),
    "Mobile engineer": ("Kotlin", "Swift", "Offline sync"),
    "Product designer": ("Prototyping", "Interviewing", "Accessibility"),
    "Project manager": ("Contracts", "Facilitation"),
    "Support engineer": ("SQL modelling", "Cutter internals"),
    "Test engineer": ("Test automation", "Load testing"),
}
PART_TIME = {"Yara Haddad-Klein": "0.8", "Gwen Pritchard": "0.5", "Anouk Visser": "0.8", "Helga Brink": "0.6",
             "Astrid Moen": "0.75", "Hana Suzuki": "0.9"}  # fmt: skip
#: Days from the day: who has come, will come, or will leave.
FIRST_DAYS = {"Felix Brandt": -120, "Ravi Menon": -60, "Freya Holm": -45, "Noor Rahimi": 34, "Minh Tran": -200}
LAST_DAYS = {"Tariq Hamdan": 96, "Matteo Greco": 158}
#: Longer absences: (name, kind, first, last, share), in days from the day.
LONG = (
    ("Inês Carvalho", "parental", 20, 200, "1"),
    ("Clara Nilsson", "parental", -70, 50, "0.5"),
    ("Marek Nowak", "vacation", 6, 19, "1"),
    ("Omar Siddiqui", "illness", -12, 9, "1"),
    ("Sofia Lindgren", "training", 13, 17, "1"),
    ("Margit Weiss", "illness", -40, -26, "1"),
    ("Callum Reid", "training", -33, -31, "1"),
)
#: Capacity as somebody typed it: (role, team, first and last month from the month of the day, FTE, note).
TYPED = (
    ("Test engineer", "", -2, 6, "2", "Contractors of Quillon Labs, until the end of their contract."),
    ("Support engineer", "Cutter support", 4, 9, "1.5", "One support engineer moves to the new hotline."),
    ("Data engineer", "Data team", 1, 3, "3.2", "On-call duty takes a day a week."),
)
OPENED_DAYS = -418


def staff(seed: int, day: datetime.date) -> list[Act]:
    """Every act about teams and people, with a chance of its own: the rest of the story stays as it was told."""
    return list(_Staff(seed, day).acts())


class _Staff:
    def __init__(self, seed: int, day: datetime.date) -> None:
        self.rng, self.day = random.Random(f"{seed} staff"), day  # noqa: S311 - no secret
        self.users = {person.name: person.key for person in PEOPLE}
        self.opened: dict[str, int] = {}

    def at(self, days: int, minutes: int) -> datetime.datetime:
        date = min(workday(self.day + datetime.timedelta(days)), workday(self.day - datetime.timedelta(1)))
        return datetime.datetime.combine(date, datetime.time(8), datetime.UTC) + datetime.timedelta(minutes=minutes)

    def acts(self) -> Iterator[Act]:
        yield from self._named("create_resource_role", "role", ROLES, 10)
        for place, (role, amounts) in enumerate(ROLES.items()):
            for year, amount in zip((self.day.year - 2, self.day.year), amounts, strict=True):
                fields = {"from_date": datetime.date(year, 1, 1), "day_amount": Decimal(amount), "currency": "USD"}
                yield Act(self.at(OPENED_DAYS, 40 + place), "ines", "create_role_rate", f"role:{role}", fields=fields)
        yield from self._named("create_skill", "skill", sorted({each for many in SKILLS.values() for each in many}), 60)
        for place, (team, (description, lead, _)) in enumerate(TEAMS.items()):
            fields = {"name": team, "description": description, "lead": Ref(f"person:{lead}")}
            yield Act(self.at(OPENED_DAYS, 100 + place * 3), "ines", "create_team", makes=f"team:{team}", fields=fields)
        yield from self._people()
        yield from self._absences()
        yield from self._typed()

    def _named(self, service: str, kind: str, names: Any, minutes: int) -> Iterator[Act]:
        for place, name in enumerate(names):
            at = self.at(OPENED_DAYS, minutes + place)
            yield Act(at, "ines", service, makes=f"{kind}:{name}", fields={"name": name})

    def _people(self) -> Iterator[Act]:
        number = 0
        for team, (_, _, roles) in TEAMS.items():
            for role, names in roles.items():
                for name in names:
                    number += 1
                    yield self._person(number, name, team, role)

    def _person(self, number: int, name: str, team: str, role: str) -> Act:
        fields: dict[str, Any] = {
            "name": name.removeprefix("?"),
            "team": Ref(f"team:{team}"),
            "role": Ref(f"role:{role}"),
            "is_placeholder": name.startswith("?"),
            "external_key": f"HR-{number:04}",
        }
        if name.startswith("?"):
            return Act(self.at(-40, number), "ines", "create_person", makes=f"staff:{name}", fields=fields)
        if name in self.users:
            fields["user"] = Ref(f"person:{self.users[name]}")
        skills = self.rng.sample(SKILLS[role], min(len(SKILLS[role]), self.rng.choice((1, 2, 2, 3))))
        fields["skill_levels"] = {
            Ref(f"skill:{skill}"): self.rng.choice((2, 3, 3, 4, 4, 5)) for skill in sorted(skills)
        }
        fields["fte"] = Decimal(PART_TIME.get(name, "1"))
        opened = OPENED_DAYS
        if name in FIRST_DAYS:
            fields["start_date"] = workday(self.day + datetime.timedelta(FIRST_DAYS[name]), before=False)
            opened = min(FIRST_DAYS[name] - 30, -10)
        if name in LAST_DAYS:
            fields["finish_date"] = workday(self.day + datetime.timedelta(LAST_DAYS[name]))
        self.opened[name] = opened
        return Act(self.at(opened, 130 + number), "ines", "create_person", makes=f"staff:{name}", fields=fields)

    def _absences(self) -> Iterator[Act]:
        """Two weeks in summer for most, days around the turn of the year for half, and what is longer."""
        names = [name for _, _, roles in TEAMS.values() for some in roles.values() for name in some]
        for place, name in enumerate(name for name in names if not name.startswith("?")):
            came = FIRST_DAYS.get(name, -1000)
            for year in (self.day.year - 1, self.day.year, self.day.year + 1):
                first = datetime.date(year, 7, 1) + datetime.timedelta(days=7 * self.rng.randrange(7))
                first -= datetime.timedelta(days=first.weekday())
                summer = (first, first + datetime.timedelta(days=11 + 7 * self.rng.choice((0, 0, 1))))
                winter = (datetime.date(year, 12, 28), datetime.date(year, 12, 31))
                for (start, end), chance in ((summer, 0.85), (winter, 0.5)):
                    days = (start - self.day).days
                    if self.rng.random() < chance and came < days and -330 < days < 240:
                        yield self._away(name, min(days - 60, -3 - place % 20), place, "vacation", start, end)
        for place, (name, kind, low, high, share) in enumerate(LONG):
            start, end = (self.day + datetime.timedelta(days) for days in (low, high))
            told = min(low - (1 if kind == "illness" else 30), -2)
            yield self._away(name, told, 300 + place, kind, start, end, share)

    def _away(
        self, name: str, told: int, minutes: int, kind: str, first: datetime.date, last: datetime.date, share: str = "1"
    ) -> Act:
        fields = {"kind": kind, "first_date": first, "last_date": last, "away_ratio": Decimal(share)}
        told = max(told, self.opened[name] + 7)
        return Act(self.at(told, 10 + minutes), "ines", "create_absence", f"staff:{name}", fields=fields)

    def _typed(self) -> Iterator[Act]:
        for place, (role, team, first, last, fte, note) in enumerate(TYPED):
            rows = [
                {
                    "role": Ref(f"role:{role}"),
                    "team": Ref(f"team:{team}") if team else None,
                    "month": plus_months(self.day, number),
                    "fte": Decimal(fte),
                    "note": note,
                }
                for number in range(first, last + 1)
            ]
            yield Act(self.at(-30, 200 + place), "ines", "set_capacities", fields={"rows": rows})
