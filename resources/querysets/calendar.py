"""Chainable reads of calendars."""

from typing import Any, Self

from django.db.models import Count, Func, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from core.querysets import ArchivableQuerySet


class CalendarQuerySet(ArchivableQuerySet):
    """Working calendars."""

    def with_use(self) -> Self:
        """Each with how many live projects and activities name it, and how many exceptions it has."""
        return self.annotate(
            project_count=self._used_by("projects"),
            activity_count=self._used_by("activities"),
            exception_count=Func("exceptions", function="jsonb_array_length", output_field=IntegerField()),
        )

    def _used_by(self, relation: str) -> Any:
        """How many live rows of an app above point here; the relation knows their model."""
        model: Any = self.model._meta.get_field(relation).related_model
        rows: QuerySet[Any] = model.objects.filter(calendar=OuterRef("pk"), archived_at=None).order_by()
        counted = rows.values("calendar").annotate(count=Count("pk")).values("count")
        return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
