"""What tests of every app ask of a row."""

from typing import Any


def fresh(row: Any) -> Any:
    """A row as it stands now."""
    return type(row).objects.get(pk=row.pk)
