"""Reads of projects and of what they are made of."""

from datetime import date
from typing import Self

from django.db.models import DecimalField, ExpressionWrapper, F, Q
from django.db.models.functions import Coalesce

from core.querysets import ArchivableQuerySet

IN_FLIGHT = ("approved", "active", "on_hold")


class ProjectQuerySet(ArchivableQuerySet):
    def in_flight(self) -> Self:
        """Approved and not yet finished."""
        return self.filter(status__in=IN_FLIGHT)

    def parked(self) -> Self:
        """Imported, and waiting for a name or a parent."""
        return self.exclude(parked_reason="")

    def with_finish(self) -> Self:
        """With `finish`: actual, else expected, else planned finish date."""
        return self.annotate(finish=Coalesce("actual_finish_date", "expected_finish_date", "planned_finish_date"))

    def late_on(self, day: date) -> Self:
        """In flight, and past its planned finish on `day` or expected to finish after it."""
        return self.in_flight().filter(
            Q(planned_finish_date__lt=day) | Q(expected_finish_date__gt=F("planned_finish_date"))
        )

    def with_parents(self) -> Self:
        """With program and portfolio, whose names a row shows."""
        return self.select_related("program__portfolio", "portfolio", "manager")


class ActivityQuerySet(ArchivableQuerySet):
    def in_outline(self) -> Self:
        """In the order of the work breakdown."""
        return self.order_by("position", "pk")

    def leaves(self) -> Self:
        """The activities that are work themselves, not summaries of others."""
        return self.exclude(kind="summary")


class RiskQuerySet(ArchivableQuerySet):
    def open(self) -> Self:
        """May still happen."""
        return self.filter(status="open")

    def with_exposure(self) -> Self:
        """With `exposure`: probability times impact in money."""
        product = ExpressionWrapper(
            F("probability_ratio") * F("impact_amount"), output_field=DecimalField(max_digits=20, decimal_places=2)
        )
        return self.annotate(exposure=product)
