"""Reads of programs and their measures."""

from typing import Self

from core.querysets import ArchivableQuerySet


class ProgramQuerySet(ArchivableQuerySet):
    def with_parents(self) -> Self:
        """With portfolio and manager, whose names a row shows."""
        return self.select_related("portfolio", "manager")

    def parked(self) -> Self:
        """Imported, and waiting for a name or a portfolio."""
        return self.exclude(parked_reason="")


class MeasureQuerySet(ArchivableQuerySet):
    def met(self) -> Self:
        """Whose target was reached."""
        return self.filter(result="met")
