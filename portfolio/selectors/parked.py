"""What an import parked for want of a name or a parent, and the places it can be given."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Count, Q, Value

from accounts.models import User
from events.models import Event
from portfolio.models import Portfolio
from programs.models import Program
from projects.filters import containing
from projects.models import Project

MODELS: dict[str, Any] = {"program": Program, "project": Project}
PLACED = {"projects.project": "project.updated", "programs.program": "program.updated"}
#: How a reason ends that names the row of a file.
PLACE_IN_FILE = re.compile(r"\s+\([^()]*\)$")
#: So many places are offered by name while one types; any other is found by its exact name.
MOST_OFFERED = 3_000


@dataclass(frozen=True)
class ParkedRow:
    """A parked program or project."""

    kind: str
    row: Any

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.row.pk}"


@dataclass(frozen=True)
class Reason:
    """Why rows are parked, and how many are for that."""

    text: str
    count: int


def parked_keys(user: User, *, kind: str = "", reason: str = "", words: str = "") -> Any:
    """Kind and id of parked rows, programs first, since projects may belong to them; then by name."""
    parts = []
    for name, model in MODELS.items():
        if kind in ("", name):
            rows = model.objects.visible_to(user).live().parked()
            rows = rows.filter(containing(words, "name", "code", "external_key")) if words else rows
            rows = rows.filter(for_reason(reason)) if reason else rows
            parts.append(rows.order_by().annotate(kind=Value(name, CharField())).values("kind", "pk", "name"))
    union = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    return union.order_by("kind", "name", "pk")


def parked_rows(keys: Iterable[dict[str, Any]], user: User) -> list[ParkedRow]:
    """The rows of keys, in their order."""
    wanted = [(key["kind"], key["pk"]) for key in keys]
    found: dict[tuple[str, int], Any] = {}
    for name, model in MODELS.items():
        ids = [pk for kind, pk in wanted if kind == name]
        rows = model.objects.visible_to(user).live().with_parents()
        found |= {(name, pk): row for pk, row in rows.in_bulk(ids).items()} if ids else {}
    return [ParkedRow(key[0], found[key]) for key in wanted if key in found]


def picked_rows(user: User, keys: Iterable[str]) -> list[ParkedRow]:
    """The rows of ticked boxes (`project:12`) that are still parked."""
    pairs = [key.partition(":")[::2] for key in keys]
    wanted = [{"kind": kind, "pk": int(pk)} for kind, pk in pairs if pk.isascii() and pk.isdigit() and len(pk) < 19]
    return [parked for parked in parked_rows(wanted, user) if parked.row.is_parked]


def parked_count(user: User) -> int:
    """How many rows wait for a name or a place."""
    return sum(reason.count for reason in reasons(user))


def for_reason(text: str) -> Q:
    """Rows parked for a reason, wherever in a file they stood."""
    return Q(parked_reason=text) | Q(parked_reason__startswith=f"{text} (")


def reasons(user: User) -> list[Reason]:
    """Why rows are parked, the most frequent first; where in a file each stood is left out."""
    counts: dict[str, int] = {}
    for model in MODELS.values():
        rows = model.objects.visible_to(user).live().parked().order_by().values_list("parked_reason")
        for text, count in rows.annotate(count=Count("pk")):
            reason = PLACE_IN_FILE.sub("", text)
            counts[reason] = counts.get(reason, 0) + count
    return [Reason(text, count) for text, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))]


class Places:
    """Programs and portfolios by the names that a person types or picks."""

    def __init__(self, user: User, kind: str = "") -> None:
        """Read the places that a parked row of `kind` may be given; a program belongs to portfolios alone."""
        self.by_label: dict[str, Program | Portfolio] = {}
        self._by_name: dict[str, list[Program | Portfolio]] = {}
        if kind != "program":
            for program in Program.objects.visible_to(user).live().order_by("name", "pk"):
                self._add(program, f"{program.name} ({program.code})")
        for portfolio in Portfolio.objects.visible_to(user).live().order_by("name", "pk"):
            self._add(portfolio, f"{portfolio.name} (portfolio)")

    def _add(self, place: Program | Portfolio, label: str) -> None:
        self.by_label[label if label not in self.by_label else f"{label} #{place.pk}"] = place
        self._by_name.setdefault(place.name.casefold(), []).append(place)

    @property
    def offered(self) -> list[str]:
        return list(self.by_label)[:MOST_OFFERED]

    def label_of(self, row: Project | Program) -> str:
        """Where a row is now, in the words it is found by; empty where it is nowhere."""
        place = getattr(row, "program", None) or row.portfolio
        return next((label for label, known in self.by_label.items() if known == place), "") if place else ""

    def named(self, words: str) -> tuple[Program | Portfolio | None, str]:
        """The place called `words`, or None and a sentence that says why there is none."""
        text = words.strip()
        if not text:
            return None, "Name the place it belongs to."
        if place := self.by_label.get(text):
            return place, ""
        same = self._by_name.get(text.casefold(), [])
        if len(same) == 1:
            return same[0], ""
        if same:
            return None, f"{len(same)} places are called “{text}”. Pick one of the list."
        return None, f"No program or portfolio is called “{text}”. Pick one of the list."


def placing_events(user: User, first: int, last: int) -> Sequence[Event]:
    """The events of a range by which `user` gave parked rows their places, the latest first."""
    events = Event.objects.visible_to(user).filter(pk__range=(first, last), actor=user, kind__in=PLACED.values())
    newest: list[Event] = list(events.order_by("-pk")[:500])
    return [event for event in newest if (event.changes.get("parked_reason") or [None])[0]]


def last_events(user: User, rows: Iterable[Project | Program]) -> list[int]:
    """Ids of the latest event about each row."""
    ids: dict[str, list[str]] = {}
    for row in rows:
        ids.setdefault(row._meta.label_lower, []).append(str(row.pk))
    found: list[int] = []
    for subject_type, subjects in ids.items():
        events = Event.objects.visible_to(user).filter(subject_type=subject_type, subject_id__in=subjects, actor=user)
        newest = events.order_by("subject_id", "-pk").distinct("subject_id")
        found += newest.values_list("pk", flat=True)
    return found
