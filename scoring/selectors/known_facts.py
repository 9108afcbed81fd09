"""The facts about projects, programs and products that exist today, registered for formulas."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db.models import F, FloatField, Max, Min, Q, Sum
from django.db.models.functions import Cast

from finance.algorithms.rates import MissingRate
from finance.models import FinancialEntry
from finance.selectors import case_read, rates_of
from projects.models import Project, Risk
from resources.models import Allocation
from scoring.selectors.facts import Asked, Fact, register

#: A case is figured for so many items at most in one reading; the value of others is not known.
MOST_CASES = 500


def projects_below(asked: Asked) -> tuple[Any, str]:
    """The live projects that make up items, and the column that says whose they are."""
    rows = Project.objects.filter(organization=asked.organization, archived_at=None)
    if asked.kind == "project":
        return rows.filter(pk__in=asked.ids), "pk"
    if asked.kind == "program":
        return rows.filter(program__in=asked.ids).exclude(status="cancelled"), "program_id"
    return rows.filter(product_shares__product__in=asked.ids).exclude(status="cancelled"), "product_shares__product_id"


def _summed(pairs: Iterable[tuple[int, float | None]]) -> Mapping[int, float]:
    found: dict[int, float] = defaultdict(float)
    for pk, value in pairs:
        if value is not None:
            found[pk] += float(value)
    return found


def _budget(asked: Asked) -> Mapping[int, float]:
    rows, whose = projects_below(asked)
    kept = rows.filter(budget_amount__isnull=False).values_list(whose, "budget_amount", "currency")
    own = asked.organization.currency
    listed = list(kept)
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


def _duration(asked: Asked) -> Mapping[int, float]:
    rows, whose = projects_below(asked)
    dated = rows.filter(planned_start_date__isnull=False, planned_finish_date__isnull=False)
    spans = dated.order_by().values_list(whose).annotate(Min("planned_start_date"), Max("planned_finish_date"))
    return {pk: (last - first).days / 7 for pk, first, last in spans}


def _effort(asked: Asked) -> Mapping[int, float]:
    rows, whose = projects_below(asked)
    column = "project_id" if whose == "pk" else f"project__{whose}"
    planned = Allocation.objects.filter(organization=asked.organization, kind="plan", project__in=rows.values("pk"))
    if whose.startswith("product_shares"):
        planned = planned.filter(project__product_shares__product__in=asked.ids)
    return _summed(planned.order_by().values_list(column).annotate(Sum("fte")))


def _risk(column: str) -> Callable[[Asked], Mapping[int, float]]:
    def read(asked: Asked) -> Mapping[int, float]:
        rows, whose = projects_below(asked)
        place = "project_id" if whose == "pk" else f"project__{whose}"
        risks = Risk.objects.filter(
            organization=asked.organization, archived_at=None, status="open", project__in=rows.values("pk")
        )
        if whose.startswith("product_shares"):
            risks = risks.filter(project__product_shares__product__in=asked.ids)
        if column == "impact_amount":
            risks = risks.filter(currency=asked.organization.currency)
        expected = Sum(Cast(F("probability_ratio"), FloatField()) * Cast(F(column), FloatField()))
        return {
            **dict.fromkeys(asked.ids, 0.0),
            **_summed(risks.order_by().values_list(place).annotate(expected=expected)),
        }

    return read


def _benefit(asked: Asked) -> Mapping[int, float]:
    column = f"{asked.kind}_id"
    rows = FinancialEntry.objects.filter(
        Q(**{f"{asked.kind}__in": asked.ids}),
        organization=asked.organization, kind="forecast", entry_class__in=("revenue", "benefit"),
    )  # fmt: skip
    return _summed(rows.order_by().values_list(column).annotate(Sum("reporting_amount")))


for fact in (
    Fact("budget", "Budget", "money", "Budget of its projects, in the organization's currency.", _budget, True),
    Fact("npv", "Net present value", "money", "Of its business case, as it is judged today.", _npv, True, True),
    Fact("income", "Expected income", "money", "Revenue and benefits that it forecasts itself.", _benefit, True),
    Fact("duration_weeks", "Duration", "weeks", "From planned start to planned finish.", _duration),
    Fact("effort_months", "Planned effort", "person-months", "People's time that is allocated to it.", _effort),
    Fact("risk_days", "Expected delay", "days", "Probability times days, over its open risks.", _risk("impact_days")),
    Fact("risk_cost", "Expected loss", "money", "Probability times money of open risks.", _risk("impact_amount"), True),
):  # fmt: skip
    register(fact)
