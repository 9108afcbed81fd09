"""The rows of an import by kind and outcome, as a table whose figures open the rows they count."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from integrations.models import ImportRun
from integrations.selectors import KindSummary

#: Words, figure of a `KindSummary`, and whether the column stands there even if it counts nothing.
COLUMNS = (
    ("In the files", "rows", True),
    ("New", "new", True),
    ("Back from undo", "restored", False),
    ("Changed", "changed", True),
    ("Unchanged", "unchanged", True),
    ("Not imported", "refused", True),
    ("Left out", "left_out", False),
    ("Parked", "parked", True),
    ("Waiting", "pending", False),
    ("Undone", "undone", False),
    ("Kept at undo", "kept", False),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A count and the rows behind it."""

    word: str
    count: int
    url: str


@dataclass(frozen=True, slots=True)
class SummaryTable:
    """Head and lines; of columns that count nothing, only those that a person looks for."""

    head: list[str]
    lines: list[tuple[KindSummary, list[Figure]]]


def summary_table(run: ImportRun, summaries: Sequence[KindSummary]) -> SummaryTable:
    """The table of an import."""
    base = reverse("integrations:import-rows", args=[run.pk])
    shown = [(word, name) for word, name, always in COLUMNS if always or any(getattr(line, name) for line in summaries)]

    def figure(line: KindSummary, word: str, name: str) -> Figure:
        outcome = {} if name == "rows" else {"outcome": name}
        return Figure(word, getattr(line, name), f"{base}?{urlencode({'kind': line.kind, **outcome})}")

    lines = [(line, [figure(line, word, name) for word, name in shown]) for line in summaries]
    return SummaryTable([word for word, _ in shown], lines)
