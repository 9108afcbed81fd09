"""Totals of nodes: a project's from its facts, everything above from the stored totals of what lies below.

Each function takes ids and returns, for those that are live, the values of their rollup rows. Costs depend on the nodes
asked for and their direct children, not on the size of the organization.
"""

import datetime
from collections.abc import Collection, Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Count, DecimalField, ExpressionWrapper, F, Func, IntegerField, Max, Min, Q, QuerySet, Sum
from django.db.models.functions import Round

from accounts.models import Organization
from portfolio.models import Portfolio, Product, ProductShare, Rollup
from programs.models import Program
from programs.selectors import FUNDED
from projects.algorithms.health import AMBER, GREEN, RED, Facts, group_health, late_days, project_health, shown_health
from projects.algorithms.progress import Work, joint_progress, project_progress, project_weight
from projects.models import Activity, ActivityKind, ActivityStatus, Project, ProjectStatus, Risk
from projects.querysets import IN_FLIGHT

Values = dict[str, Any]

COUNTS = (
    "project_count",
    "in_flight_count",
    "program_count",
    "activity_count",
    "green_count",
    "amber_count",
    "red_count",
    "unreported_count",
    "late_count",
    "open_risk_count",
    "parked_count",
)
SHARED = ("progress_weight", "progress_earned", "budget_amount", "actual_amount", "risk_exposure_amount")
#: Of these the last, or the most, is taken instead of the sum.
LAST = ("planned_finish_date", "finish_date", "late_days")
CENT, WEIGHT_STEP = Decimal("0.01"), Decimal("0.0001")
EXACT: Any = DecimalField(max_digits=40, decimal_places=8)


def project_totals(project_ids: Collection[int], day: datetime.date) -> dict[int, Values]:
    """Values of projects' rollups, from their facts, as judged on `day`."""
    work = {row.pop("project_id"): row for row in _activity_sums(project_ids)}
    risks = {row.pop("project_id"): row for row in _risk_sums(project_ids)}
    rows = Project.objects.live().filter(pk__in=project_ids)
    return {row.pk: _project_values(row, work.get(row.pk, {}), risks.get(row.pk, {}), day) for row in rows}


def program_totals(program_ids: Collection[int]) -> dict[int, Values]:
    """Values of programs' rollups, from the stored totals of their projects."""
    projects = Rollup.objects.filter(project__program_id__in=program_ids)
    sums = _joined(_projects_by(projects, "project__program_id"))
    programs = Program.objects.live().filter(pk__in=program_ids).select_related("organization")
    return {program.pk: _program_values(program, sums.get(program.pk, {})) for program in programs}


def portfolio_totals(portfolio_ids: Collection[int]) -> dict[int, Values]:
    """Values of portfolios' rollups, from the stored totals of their programs, own projects and portfolios."""
    children = Rollup.objects.filter(portfolio__parent_id__in=portfolio_ids)
    programs = Rollup.objects.filter(program__portfolio_id__in=portfolio_ids)
    projects = Rollup.objects.filter(project__portfolio_id__in=portfolio_ids)
    sums = _joined(
        _groups_by(children, "portfolio__parent_id"),
        _groups_by(programs, "program__portfolio_id"),
        _projects_by(projects, "project__portfolio_id"),
    )
    rows = Portfolio.objects.live().filter(pk__in=portfolio_ids).values_list("pk", "organization__currency")
    return {pk: _group_values(sums.get(pk, {}), currency) for pk, currency in rows}


def organization_totals(organization_id: int) -> Values:
    """Values of the organization's rollup: its topmost portfolios, and what lies in none of them."""
    rollups = Rollup.objects.filter(organization_id=organization_id)
    children = rollups.filter(portfolio__isnull=False, portfolio__parent=None)
    programs = rollups.filter(program__isnull=False, program__portfolio=None)
    projects = rollups.filter(project__isnull=False, project__program=None, project__portfolio=None)
    sums = _joined(
        _groups_by(children, "organization_id"),
        _groups_by(programs, "organization_id"),
        _projects_by(projects, "organization_id"),
    )
    organization = Organization.objects.get(pk=organization_id)
    return _group_values(sums.get(organization_id, {}), organization.currency)


def product_totals(product_ids: Collection[int]) -> dict[int, Values]:
    """Values of products' rollups: each project that serves one counts once there, its amounts by its share."""
    shares = ProductShare.objects.filter(product_id__in=product_ids, project__archived_at=None)
    counted = {name: Sum(f"project__rollup__{name}") for name in COUNTS}
    shared = {name: Sum(F("share_ratio") * F(f"project__rollup__{name}"), output_field=EXACT) for name in SHARED}
    sums = _joined(shares.values(node=F("product_id")).annotate(**counted, **shared, **_dates("project__rollup__")))
    rows = Product.objects.live().filter(pk__in=product_ids).values_list("pk", "currency")
    return {pk: _group_values(sums.get(pk, {}), currency) for pk, currency in rows}


def _activity_sums(project_ids: Collection[int]) -> Iterable[dict[str, Any]]:
    is_work = ~Q(status=ActivityStatus.CANCELLED)
    task = is_work & Q(kind=ActivityKind.TASK)
    milestone = is_work & Q(kind=ActivityKind.MILESTONE)
    costed = task & Q(planned_cost_amount__isnull=False)
    dated = task & Q(planned_start_date__isnull=False, planned_finish_date__isnull=False)
    days = Func(
        F("planned_finish_date"), F("planned_start_date"), template="(%(expressions)s + 1)", arg_joiner=" - ",
        output_field=IntegerField(),
    )  # fmt: skip
    progress = F("progress_ratio")
    return (
        Activity.objects.live()
        .filter(project_id__in=project_ids)
        .values("project_id")
        .annotate(
            activity_count=Count("pk"),
            task_count=Count("pk", filter=task),
            task_progress=Sum(progress, filter=task),
            costed_count=Count("pk", filter=costed),
            cost=Sum("planned_cost_amount", filter=costed),
            cost_progress=Sum(progress * F("planned_cost_amount"), filter=costed, output_field=EXACT),
            dated_count=Count("pk", filter=dated),
            days=Sum(days, filter=dated),
            days_progress=Sum(ExpressionWrapper(progress * days, output_field=EXACT), filter=dated),
            milestone_count=Count("pk", filter=milestone),
            milestone_progress=Sum(progress, filter=milestone),
        )
    )


def _risk_sums(project_ids: Collection[int]) -> Iterable[dict[str, Any]]:
    exposure = Round(F("probability_ratio") * F("impact_amount"), precision=2, output_field=EXACT)
    risks = Risk.objects.live().open().filter(project_id__in=project_ids)
    return risks.values("project_id").annotate(open_risk_count=Count("pk"), risk_exposure_amount=Sum(exposure))


def _project_values(project: Project, work: Values, risks: Values, day: datetime.date) -> Values:
    activity_count = work.pop("activity_count", 0)
    sums = Work(**{name: value for name, value in work.items() if value is not None})
    is_done = project.status == ProjectStatus.DONE
    is_in_flight, is_funded = project.status in IN_FLIGHT, project.status in FUNDED
    progress = project_progress(sums, is_done=is_done, reported=project.reported_progress_ratio)
    facts = Facts(
        status=project.get_status_display(),
        is_in_flight=is_in_flight,
        has_started=project.status != ProjectStatus.APPROVED or project.actual_start_date is not None,
        planned_start_date=project.planned_start_date,
        planned_finish_date=project.planned_finish_date,
        expected_finish_date=project.expected_finish_date,
        budget=project.budget_amount,
        actual=project.actual_amount,
        progress=progress.ratio,
    )
    computed = project_health(facts, day)
    health = shown_health(computed, project.reported_health, project.health_note)
    late = late_days(
        is_in_flight=is_in_flight,
        planned_finish_date=project.planned_finish_date,
        expected_finish_date=project.expected_finish_date,
        day=day,
    )
    counts = is_funded and progress.ratio is not None
    weight = project_weight(project.budget_amount, sums.cost) if counts else Decimal(0)
    return {
        "project_count": 1,
        "in_flight_count": int(is_in_flight),
        "program_count": 0,
        "activity_count": activity_count,
        "green_count": int(is_in_flight and health.value == GREEN),
        "amber_count": int(is_in_flight and health.value == AMBER),
        "red_count": int(is_in_flight and health.value == RED),
        "unreported_count": int(is_in_flight and health.value not in (GREEN, AMBER, RED)),
        "late_count": int(late > 0),
        "open_risk_count": risks.get("open_risk_count", 0),
        "parked_count": int(project.is_parked),
        "health": health.value,
        "computed_health": computed.value,
        "health_reasons": list(health.reasons),
        "progress_ratio": progress.ratio,
        "progress_method": progress.method,
        "progress_weight": weight.quantize(WEIGHT_STEP),
        "progress_earned": (weight * (progress.ratio or 0)).quantize(WEIGHT_STEP, ROUND_HALF_UP),
        "start_date": project.actual_start_date or project.planned_start_date,
        "planned_finish_date": project.planned_finish_date,
        "finish_date": project.finish_date,
        "slip_days": project.slip_days,
        "late_days": late,
        "budget_amount": (is_funded and project.budget_amount) or Decimal(0),
        "actual_amount": (is_funded and project.actual_amount) or Decimal(0),
        "risk_exposure_amount": risks.get("risk_exposure_amount") or Decimal(0),
        "currency": project.currency,
    }


def _program_values(program: Program, sums: Values) -> Values:
    values = _group_values(sums, program.organization.currency)
    values["program_count"] = 1
    values["parked_count"] += int(program.is_parked)
    computed = group_health(*(values[f"{name}_count"] for name in ("green", "amber", "red", "unreported")))
    health = shown_health(computed, program.reported_health, program.health_note)
    return values | {"health": health.value, "health_reasons": list(health.reasons)}


def _group_values(sums: Values, currency: str) -> Values:
    values: Values = {name: sums.get(name) or 0 for name in COUNTS}
    for name in SHARED:
        step = WEIGHT_STEP if name.startswith("progress") else CENT
        values[name] = (sums.get(name) or Decimal(0)).quantize(step, ROUND_HALF_UP)
    planned, finish = sums.get("planned_finish_date"), sums.get("finish_date")
    health = group_health(*(values[f"{name}_count"] for name in ("green", "amber", "red", "unreported")))
    return values | {
        "health": health.value,
        "computed_health": health.value,
        "health_reasons": list(health.reasons),
        "progress_ratio": joint_progress(values["progress_earned"], values["progress_weight"]),
        "progress_method": "projects by budget" if values["progress_weight"] else "",
        "start_date": sums.get("start_date"),
        "planned_finish_date": planned,
        "finish_date": finish,
        "slip_days": (finish - planned).days if finish and planned else None,
        "late_days": sums.get("late_days") or 0,
        "currency": currency,
    }


def _dates(prefix: str = "", when: Q | None = None) -> dict[str, Any]:
    """First start and last finishes of what is funded, and the most days late."""
    if prefix:
        when = Q(project__status__in=FUNDED)
    return {
        "start_date": Min(f"{prefix}start_date", filter=when),
        "planned_finish_date": Max(f"{prefix}planned_finish_date", filter=when),
        "finish_date": Max(f"{prefix}finish_date", filter=when),
        "late_days": Max(f"{prefix}late_days"),
    }


def _projects_by(rollups: QuerySet[Any], node: str) -> QuerySet[Any]:
    return _summed(rollups, node, Q(project__status__in=FUNDED))


def _groups_by(rollups: QuerySet[Any], node: str) -> QuerySet[Any]:
    return _summed(rollups, node, None)


def _summed(rollups: QuerySet[Any], node: str, when: Q | None) -> QuerySet[Any]:
    sums = {name: Sum(name) for name in (*COUNTS, *SHARED)}
    dates = _dates(when=when)
    # An annotation may not be called like the column it sums while others still read that column.
    renamed = {f"all_{name}": expression for name, expression in {**sums, **dates}.items()}
    return rollups.values(node=F(node)).annotate(**renamed)


def _joined(*parts: Iterable[Mapping[str, Any]]) -> dict[int, Values]:
    """Sums of several kinds of children of the same nodes, added up; of dates the first start and the last finish."""
    nodes: dict[int, Values] = {}
    for row in (row for part in parts for row in part):
        total = nodes.setdefault(row["node"], {})
        for key, value in row.items():
            name = key.removeprefix("all_")
            if name == "node" or value is None:
                continue
            known = total.get(name)
            if known is None:
                total[name] = value
            elif name == "start_date":
                total[name] = min(known, value)
            elif name in LAST:
                total[name] = max(known, value)
            else:
                total[name] = known + value
    return nodes
