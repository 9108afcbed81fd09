"""The cash flow of a program, project or product by month, from its financial entries, and what it is worth."""

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import F, Q, Sum

from finance.algorithms.appraisal import Appraisal, Assumed, Sensitivity, appraise, sensitivity
from finance.algorithms.discounting import Timing, total
from finance.models import BusinessCase, EntryClass, EntryKind, FinancialEntry
from finance.models.entry import COSTS, INCOME
from programs.selectors import FUNDED
from resources.algorithms.months import first_of, months_between, plus_months

MIXED = "mixed"
#: Which kind counts where several tell of one subject, class and month: in months that have ended, and in others.
CLOSED = (EntryKind.ACTUAL, EntryKind.FORECAST, EntryKind.BUDGET)
OPEN = (EntryKind.FORECAST, EntryKind.BUDGET, EntryKind.ACTUAL)
BASES = {MIXED: "Actual, else forecast, else budget", **{kind.value: f"{kind.label} alone" for kind in EntryKind}}
ZERO = Decimal(0)
#: What says whose entry it is.
WHOSE = ("program_id", "project_id", "product_id")


class Cell(NamedTuple):
    """What of one subject, class and month is counted once, whatever kinds tell of it."""

    whose: tuple[int | None, ...]
    entry_class: str
    month: datetime.date


@dataclass(frozen=True)
class CashMonth:
    """A month of a cash flow; amounts are positive for what their class says."""

    month: datetime.date
    amounts: Mapping[str, Decimal]
    kinds: frozenset[str]
    discounted: Decimal
    cumulative: Decimal
    worth: Decimal

    @property
    def cost(self) -> Decimal:
        return total([self.amounts.get(each, ZERO) for each in COSTS])

    @property
    def income(self) -> Decimal:
        return total([self.amounts.get(each, ZERO) for each in INCOME])

    @property
    def net(self) -> Decimal:
        return self.income - self.cost


@dataclass(frozen=True)
class CaseRead:
    """A business case as it is judged today.

    Args:
        case: the assumptions; not saved where nobody has set any.
        classes: those that have an amount, in their order, with their totals.
        outside: how many months with entries lie before time zero or beyond the horizon.
        today: months that end before its month are closed.
    """

    case: BusinessCase
    basis: str
    months: list[CashMonth]
    classes: list[tuple[EntryClass, Decimal]]
    outside: int
    figures: Appraisal
    sensitivity: Sensitivity
    today: datetime.date

    @property
    def is_set(self) -> bool:
        return self.case.pk is not None

    @cached_property
    def payback_month(self) -> datetime.date | None:
        """The month in which it has paid for itself."""
        return self._month_of(self.figures.payback.periods)

    @cached_property
    def discounted_payback_month(self) -> datetime.date | None:
        return self._month_of(self.figures.discounted_payback.periods)

    def _month_of(self, periods: Decimal | None) -> datetime.date | None:
        """The month that ends with, or holds, an instant counted in months from time zero."""
        if periods is None or not self.months:
            return None
        whole = int(periods)
        return plus_months(self.months[0].month, whole - 1 if periods == whole and whole else whole)


def found_case(subject: Any) -> BusinessCase:
    """The assumptions of a subject; where nobody has set any, the usual ones, not saved."""
    kind = subject._meta.model_name
    found = BusinessCase.objects.filter(organization_id=subject.organization_id, **{kind: subject}).first()
    return found or BusinessCase(organization_id=subject.organization_id, **{kind: subject})


def assumed_of(case: BusinessCase) -> Assumed:
    """The rates and the convention of a business case."""
    finance = case.discount_ratio if case.finance_ratio is None else case.finance_ratio
    reinvestment = case.discount_ratio if case.reinvest_ratio is None else case.reinvest_ratio
    return Assumed(case.discount_ratio, finance, reinvestment, Timing(case.timing))


def parts_of(subject: Any) -> list[tuple[Any, Any]]:
    """The entries that a subject's cash flow is made of, as (rows, the share of them that counts; None is all).

    A program has its own entries and those of its approved projects; what it budgets of costs is given to them and is
    not counted again. A product has its own entries, and of the approved projects that serve it the shares
    that do. Projects that are proposed or cancelled count only in their own case.
    """
    entries = FinancialEntry.objects.filter(organization_id=subject.organization_id)
    kind = subject._meta.model_name
    if kind == "project":
        return [(entries.filter(project=subject), None)]
    counted = Q(project__archived_at=None, project__status__in=FUNDED)
    if kind == "program":
        own = Q(program=subject) & ~Q(kind=EntryKind.BUDGET, entry_class__in=COSTS)
        return [(entries.filter(own | counted & Q(project__program=subject)), None)]
    serving = entries.filter(counted, project__product_shares__product=subject)
    return [(entries.filter(product=subject), None), (serving, F("project__product_shares__share_ratio"))]


def case_read(subject: Any, today: datetime.date, basis: str = MIXED) -> CaseRead:
    """A subject's cash flow by month and the figures that it is judged by.

    Cost: two statements, one more for a product.
    """
    case = found_case(subject)
    amounts = chosen_amounts(subject, today, basis)
    by_month: dict[datetime.date, dict[str, Decimal]] = {}
    kinds: dict[datetime.date, set[str]] = {}
    for cell, (kind, amount) in amounts.items():
        month = by_month.setdefault(cell.month, {})
        month[cell.entry_class] = month.get(cell.entry_class, ZERO) + amount
        kinds.setdefault(cell.month, set()).add(kind)
    span = _span(case, by_month)
    inside = [by_month.get(month, {}) for month in span]
    costs = [total([amounts.get(each, ZERO) for each in COSTS]) for amounts in inside]
    incomes = [total([amounts.get(each, ZERO) for each in INCOME]) for amounts in inside]
    figures = appraise(costs, incomes, assumed_of(case))
    rows = [
        CashMonth(month, amounts, frozenset(kinds.get(month, ())), *series)
        for month, amounts, *series in zip(
            span, inside, figures.discounted, figures.cumulative, figures.worth, strict=True
        )
    ]
    classes = [
        (each, total([amounts[each] for amounts in inside if each in amounts]))
        for each in EntryClass
        if any(each in amounts for amounts in inside)
    ]
    outside = len(set(by_month) - set(span))
    return CaseRead(case, basis, rows, classes, outside, figures, sensitivity(costs, incomes, assumed_of(case)), today)


def _span(case: BusinessCase, found: Iterable[datetime.date]) -> list[datetime.date]:
    """The months that a case looks at: from time zero to its horizon, or to the last entry."""
    found = sorted(found)
    first = case.first_month or (found[0] if found else None)
    if first is None:
        return []
    first = first_of(first)
    last = plus_months(first, case.horizon_months - 1) if case.horizon_months else (found[-1] if found else first)
    return months_between(first, last)


def chosen_amounts(subject: Any, today: datetime.date, basis: str) -> dict[Cell, tuple[str, Decimal]]:
    """What counts of each cell, in the organization's currency: the kind, and the amount."""
    told: dict[Cell, dict[str, Decimal]] = {}
    for rows, share in parts_of(subject):
        amount = Sum("reporting_amount" if share is None else F("reporting_amount") * share)
        grouped = rows.order_by().values_list(*WHOSE, "entry_class", "month", "kind").annotate(amount=amount)
        for *whose, entry_class, month, kind, amount in grouped:
            told.setdefault(Cell(tuple(whose), entry_class, month), {})[kind] = amount
    choose = _choice(today, basis)
    chosen = {cell: (choose(cell.month, kinds), kinds) for cell, kinds in told.items()}
    return {cell: (kind, kinds[kind]) for cell, (kind, kinds) in chosen.items() if kind is not None}


def _choice(today: datetime.date, basis: str) -> Callable[[datetime.date, Mapping[str, Any]], str | None]:
    def choose(month: datetime.date, kinds: Mapping[str, Any]) -> str | None:
        order = (basis,) if basis != MIXED else CLOSED if month < first_of(today) else OPEN
        return next((str(kind) for kind in order if kind in kinds), None)

    return choose


@dataclass(frozen=True)
class CountedEntry:
    """An entry that a business case counts, and how much of it."""

    entry: FinancialEntry
    share: Decimal
    amount: Decimal


def counted_entries(
    subject: Any,
    today: datetime.date,
    basis: str = MIXED,
    *,
    classes: Iterable[str] = (),
    month: datetime.date | None = None,
) -> list[CountedEntry]:
    """The very rows that a total of a cash flow is the sum of, oldest first.

    Args:
        classes: only these; none means all.
        month: only this one; without one, those from time zero to the horizon.
    """
    chosen = chosen_amounts(subject, today, basis)
    span = {month} if month else set(_span(found_case(subject), {cell.month for cell in chosen}))
    counted = []
    for rows, share in parts_of(subject):
        kept = rows.filter(month__in=span).select_related("project", "program", "product", "portfolio")
        kept = kept.filter(entry_class__in=list(classes)) if classes else kept
        for entry in kept.annotate(counted_share=share) if share is not None else kept:
            cell = Cell(tuple(getattr(entry, name) for name in WHOSE), entry.entry_class, entry.month)
            if cell in chosen and chosen[cell][0] == entry.kind:
                part = getattr(entry, "counted_share", Decimal(1))
                counted.append(CountedEntry(entry, part, entry.reporting_amount * part))
    return sorted(counted, key=lambda row: (row.entry.month, row.entry.entry_class, row.entry.pk))
