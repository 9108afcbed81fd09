"""The facts about projects, programs and products that exist today, registered for formulas."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    DurationField,
    ExpressionWrapper,
    F,
    FloatField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Coalesce, JSONObject

from accounts.models import Organization
from finance.algorithms.rates import MissingRate
from finance.models import FinancialEntry
from finance.selectors import case_read, rates_of
from projects.models import Project, Risk
from resources.models import Allocation
from scoring.selectors.facts import Asked, Fact, register
from scoring.selectors.feedback_facts import FEEDBACK_FACTS

#: A case is figured for so many items at most in one reading; the value of others is not known.
MOST_CASES = 500


def projects_below(kind: str, whose: str = "") -> Q:
    """The live projects that make up an item of an outer statement; one itself, or those of a program or a product that
    are not cancelled.

    Args:
        whose: how a row leads to its project, such as `project__`.
    """
    path = {"project": "pk", "program": "program", "product": "product_shares__product"}[kind]
    chosen = Q(**{f"{whose}archived_at": None, f"{whose}{path}": OuterRef("pk")})
    return chosen if kind == "project" else chosen & ~Q(**{f"{whose}status": "cancelled"})


def _one(rows: QuerySet[Any], **figure: Any) -> Subquery:
    """One figure over rows, however many there are."""
    return Subquery(rows.order_by().values(all_of_them=Value(1)).annotate(**figure).values(*figure))


def _known(key: str) -> Callable[[Asked], Mapping[int, float]]:
    """Reads a column that is a number already."""

    def read(asked: Asked) -> Mapping[int, float]:
        values = {row.pk: getattr(row, f"fact_{key}") for row in asked.rows}
        return {pk: float(value) for pk, value in values.items() if value is not None}

    return read


def _budgets(kind: str, organization: Organization) -> Any:
    rows = Project.objects.filter(projects_below(kind), budget_amount__isnull=False).order_by()
    return ArraySubquery(rows.values_list(JSONObject(amount=Cast("budget_amount", TextField()), currency="currency")))


def _budget(asked: Asked) -> Mapping[int, float]:
    """In the organization's currency: one statement more where a budget is in another."""
    own = asked.organization.currency
    listed = [(row.pk, Decimal(one["amount"]), one["currency"]) for row in asked.rows for one in row.fact_budget or ()]
    others = {currency for _, _, currency in listed if currency != own}
    rates = rates_of(asked.organization, others) if others else None
    found: dict[int, float] = defaultdict(float)
    unknown = set()
    for pk, amount, currency in listed:
        try:
            found[pk] += float(amount if rates is None else rates.convert(amount, currency, asked.day).amount)
        except MissingRate:
            unknown.add(pk)  # never taken for 1.0
    return {pk: value for pk, value in found.items() if pk not in unknown}


def _npv(asked: Asked) -> Mapping[int, float]:
    has_entries = FinancialEntry.objects.filter(organization=asked.organization)
    if asked.kind == "project":
        chosen = set(has_entries.filter(project__in=asked.ids).values_list("project_id", flat=True).distinct())
    else:
        chosen = set(asked.ids)
    rows = [row for row in asked.rows if row.pk in chosen][:MOST_CASES]
    reads = {row.pk: case_read(row, asked.day) for row in rows}
    return {pk: float(read.figures.npv) for pk, read in reads.items() if read.months}


def _weeks(kind: str, organization: Organization) -> Any:
    dated = Project.objects.filter(
        projects_below(kind), planned_start_date__isnull=False, planned_finish_date__isnull=False
    )
    span = ExpressionWrapper(Max("planned_finish_date") - Min("planned_start_date"), DurationField())
    return _one(dated, span=span)


def _duration(asked: Asked) -> Mapping[int, float]:
    spans = {row.pk: row.fact_duration_weeks for row in asked.rows}
    return {pk: span.days / 7 for pk, span in spans.items() if span is not None}


def _effort(kind: str, organization: Organization) -> Any:
    planned = Allocation.objects.filter(_of_projects(kind), organization=organization, kind="plan")
    return _one(planned, effort=Sum("fte"))


def _of_projects(kind: str) -> Q:
    """Rows of the projects that make up an item of an outer statement."""
    if kind == "project":
        return Q(project=OuterRef("pk"), project__archived_at=None)
    return projects_below(kind, "project__")


def _risk(column: str) -> Callable[[str, Organization], Any]:
    def expected(kind: str, organization: Organization) -> Any:
        risks = Risk.objects.filter(_of_projects(kind), organization=organization, archived_at=None, status="open")
        if column == "impact_amount":
            risks = risks.filter(currency=organization.currency)
        loss = Sum(Cast(F("probability_ratio"), FloatField()) * Cast(F(column), FloatField()))
        return Coalesce(_one(risks, loss=loss), 0.0, output_field=FloatField())

    return expected


def _income(kind: str, organization: Organization) -> Any:
    rows = FinancialEntry.objects.filter(
        organization=organization, kind="forecast", entry_class__in=("revenue", "benefit"), **{kind: OuterRef("pk")}
    )
    return _one(rows, income=Sum("reporting_amount"))


for fact in (
    Fact("budget", "Budget", "money", "Budget of its projects, in the organization's currency.", _budget, True,
         column=_budgets),
    Fact("npv", "Net present value", "money", "Of its business case, as it is judged today.", _npv, True, True),
    Fact("income", "Expected income", "money", "Revenue and benefits that it forecasts itself.", _known("income"), True,
         column=_income),
    Fact("duration_weeks", "Duration", "weeks", "From planned start to planned finish.", _duration, column=_weeks),
    Fact("effort_months", "Planned effort", "person-months", "People's time that is allocated to it.",
         _known("effort_months"), column=_effort),
    Fact("risk_days", "Expected delay", "days", "Probability times days, over its open risks.", _known("risk_days"),
         column=_risk("impact_days")),
    Fact("risk_cost", "Expected loss", "money", "Probability times money of open risks.", _known("risk_cost"), True,
         column=_risk("impact_amount")),
    *FEEDBACK_FACTS,
):  # fmt: skip
    register(fact)
