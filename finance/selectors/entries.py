"""Entries as rows of files."""

from collections.abc import Iterator
from typing import Any

from finance.models.subject import SUBJECTS

HEADER = (
    "Subject", "Subject code", "Name", "Kind", "Class", "Line", "Month", "Amount", "Currency",
    "In the organization's currency", "Rate of", "Note", "Key",
)  # fmt: skip


def entry_cells(entries: Any) -> Iterator[tuple[Any, ...]]:
    """Entries in the order of `HEADER`; their subjects are at hand."""
    for entry in entries.select_related(*SUBJECTS):
        subject = entry.subject
        yield (
            entry.subject_kind, getattr(subject, "code", "") or str(subject), str(subject), entry.kind,
            entry.entry_class, entry.line, f"{entry.month:%Y-%m}", entry.amount, entry.currency,
            entry.reporting_amount.normalize(), entry.rate_date, entry.note, entry.external_key,
        )  # fmt: skip
