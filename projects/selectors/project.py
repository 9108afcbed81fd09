"""What the pages of one project tell: its way, its health, what it serves, what happened."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import CharField, Count, Q, QuerySet
from django.db.models.functions import Cast

from core.amounts import shown
from events.models import Event
from projects.algorithms.health import Facts, Health, project_health
from projects.models import Activity, ActivityStatus, Project, ProjectStatus, Risk
from projects.querysets import IN_FLIGHT


def project_events(project: Project) -> QuerySet[Event]:
    """What happened to a project, to its activities and to its risks, newest first."""
    about = Q(subject_type=Project._meta.label_lower, subject_id=str(project.pk))
    parts: list[tuple[str, Any]] = [
        (Activity._meta.label_lower, Activity.objects.filter(project=project)),
        (Risk._meta.label_lower, Risk.objects.filter(project=project)),
    ]
    for label, rows in parts:
        ids = rows.annotate(text=Cast("pk", CharField())).values("text")
        about |= Q(subject_type=label, subject_id__in=ids)
    return Event.objects.filter(about, organization_id=project.organization_id).order_by("-id")


@dataclass(frozen=True)
class ServedProduct:
    """A product that a project serves, and the part of the project that does."""

    pk: int
    name: str
    line_code: str
    share_ratio: Decimal
    budget_amount: Decimal | None


def served_products(project: Project) -> list[ServedProduct]:
    """The products that a project serves, the largest share first."""
    rows = project.product_shares.select_related("product__line").order_by("-share_ratio", "pk")
    return [
        ServedProduct(
            pk=row.product_id,
            name=row.product.name,
            line_code=row.product.line.code if row.product.line else "",
            share_ratio=row.share_ratio,
            budget_amount=None if project.budget_amount is None else project.budget_amount * row.share_ratio,
        )
        for row in rows
    ]


def part_counts(project: Project) -> dict[str, int]:
    """How many live activities and open risks a project has, and how many of the activities are done."""
    activities: Any = Activity.objects.live().filter(project=project)
    found: dict[str, int] = activities.aggregate(
        activities=Count("pk"), done=Count("pk", filter=Q(status=ActivityStatus.DONE))
    )
    risks: Any = Risk.objects.live().open().filter(project=project)
    return found | {"risks": risks.count()}


def computed_health(project: Project, day: datetime.date) -> Health:
    """What a project's figures say of its health on `day`, whatever is reported; progress is as last rolled up."""
    rollup = getattr(project, "rollup", None)
    facts = Facts(
        status=ProjectStatus(project.status).label,
        is_in_flight=project.status in IN_FLIGHT,
        has_started=project.status != ProjectStatus.APPROVED or project.actual_start_date is not None,
        planned_start_date=project.planned_start_date,
        planned_finish_date=project.planned_finish_date,
        expected_finish_date=project.expected_finish_date,
        budget=project.budget_amount,
        actual=project.actual_amount,
        progress=rollup.progress_ratio if rollup else project.reported_progress_ratio,
    )
    return project_health(facts, day)


@dataclass(frozen=True)
class Step:
    """A status of the lifecycle, as one project stands to it: passed, now, next (it may go there) or ahead."""

    status: str
    label: str
    state: str


def lifecycle(project: Project) -> list[Step]:
    """The way of a project from proposal to done; on hold and cancelled stand on it only where they are or may be."""
    order = list(ProjectStatus)
    here = order.index(ProjectStatus(project.status))
    aside = {ProjectStatus.ON_HOLD, ProjectStatus.CANCELLED}
    steps = []
    for place, status in enumerate(order):
        state = "now" if place == here else "next" if status in project.next_statuses else ""
        if not state and status in aside:
            continue
        steps.append(Step(status.value, str(status.label), state or ("passed" if place < here else "ahead")))
    return steps


def largest_risks(project: Project, limit: int = 5) -> list[Risk]:
    """A project's open risks, the largest exposure first; where amounts are hidden, the likeliest."""
    rows: Any = Risk.objects.live().open().filter(project=project).with_exposure().select_related("owner")
    return list(rows.order_by(*shown(("-exposure", "-probability_ratio")), "pk")[:limit])
