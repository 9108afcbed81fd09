"""Reads of projects and of what they are made of."""

from collections.abc import Collection
from datetime import date
from typing import Self

from django.apps import apps
from django.db import models
from django.db.models import Case, CharField, DecimalField, ExpressionWrapper, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from core.querysets import ArchivableQuerySet

IN_FLIGHT = ("approved", "active", "on_hold")


def is_late_on(day: date) -> Q:
    """Projects in flight, and past their planned finish on `day` or expected to finish after it."""
    return Q(status__in=IN_FLIGHT) & (
        Q(planned_finish_date__lt=day) | Q(expected_finish_date__gt=F("planned_finish_date"))
    )


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
        return self.filter(is_late_on(day))

    def with_health(self) -> Self:
        """With `health`: what is reported, else what its rollup computed, else “unreported”."""
        reported = When(~Q(reported_health=""), then=F("reported_health"))
        computed = Coalesce("rollup__health", Value("unreported"))
        return self.annotate(health=Case(reported, default=computed, output_field=CharField()))

    def with_root(self) -> Self:
        """With `root_activity`: the id of the summary that stands for the whole project."""
        activities = apps.get_model("projects", "Activity").with_roots
        roots = activities.filter(project=OuterRef("pk"), outline_level=0)
        return self.annotate(root_activity=Subquery(roots.values("pk")[:1]))

    def with_parents(self) -> Self:
        """With program and portfolio, whose names a row shows."""
        return self.select_related("program__portfolio", "portfolio", "manager")

    def for_list(self) -> Self:
        """With health and the names that a row of a list shows, and without the long texts that it does not."""
        named = self.with_health().select_related("program", "portfolio", "manager")
        return named.defer("description", "program__description", "program__health_note", "portfolio__description")


class ActivityQuerySet(ArchivableQuerySet):
    def in_outline(self) -> Self:
        """In the order of the work breakdown."""
        return self.order_by("position", "pk")

    def leaves(self) -> Self:
        """The activities that are work themselves, not summaries of others."""
        return self.exclude(kind="summary")

    def late_on(self, day: date) -> Self:
        """Neither done nor cancelled, with a planned finish before `day`."""
        return self.filter(planned_finish_date__lt=day).exclude(status__in=("done", "cancelled"))


class ActivityManager(models.Manager.from_queryset(ActivityQuerySet)):  # type: ignore[misc]
    """Activities; projects' root summaries only where they are asked for."""

    def __init__(self, *, roots: bool = False) -> None:
        super().__init__()
        self.roots = roots

    def get_queryset(self) -> ActivityQuerySet:
        rows: ActivityQuerySet = super().get_queryset()
        return rows if self.roots else rows.filter(outline_level__gt=0)


class DependencyQuerySet(ArchivableQuerySet):
    def in_force(self) -> Self:
        """Live, between live activities of live projects."""
        ends = Q(archived_at=None)
        for end in ("predecessor", "successor"):
            ends &= Q(**{f"{end}__archived_at": None, f"{end}__project__archived_at": None})
        return self.filter(ends)

    def touching(self, project_ids: Collection[int]) -> Self:
        """With at least one end in some projects."""
        ids = list(project_ids)
        return self.filter(Q(predecessor__project_id__in=ids) | Q(successor__project_id__in=ids))

    def late_on(self, day: date) -> Self:
        """In force, and the predecessor is late: due before `day` and not done, or due after the date on which it is
        waited for, where the lag is not counted."""
        ends = {"predecessor__status__in": ("done", "cancelled")}
        open_ones = self.in_force().exclude(**ends).exclude(successor__status__in=("done", "cancelled"))
        finish, start = F("predecessor__planned_finish_date"), F("predecessor__planned_start_date")
        broken = (
            Q(link_type="fs", successor__planned_start_date__lt=finish)
            | Q(link_type="ss", successor__planned_start_date__lt=start)
            | Q(link_type="ff", successor__planned_finish_date__lt=finish)
            | Q(link_type="sf", successor__planned_finish_date__lt=start)
        )
        return open_ones.filter(Q(predecessor__planned_finish_date__lt=day) | (broken & Q(lag_minutes__gte=0)))

    def with_ends(self) -> Self:
        """With the activities, projects and people that a row shows: looked up by their ids, a statement for each kind,
        as eight joins are planned badly until the tables' statistics are known."""
        return self.prefetch_related(
            "predecessor__project__program", "successor__project__program", "owner", "agreed_with"
        )


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
