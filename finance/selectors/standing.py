"""Where the money of a project, program or product stands: by kind, class and month, own and below it.

The budget of a program is what was given to it, its own entries of that kind; where none was given, what its projects
have. Forecasts and actuals are its own and those of its projects together. Of the projects of a program those count
that are approved, as in every other total. Estimate at completion: actuals up to the last month that has some, and the
forecast after it; the budget after it where there is no forecast at all.
"""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Case, Count, Q, Sum, When

from finance.algorithms.fan import Spread, spread_of
from finance.models import Budget, BudgetStatus, EntryClass, EntryKind, FinancialEntry
from finance.models.entry import COSTS, INCOME
from finance.selectors.cells import column_of
from programs.selectors import FUNDED
from resources.algorithms.months import first_of, months_between

ZERO = Decimal(0)
#: kind, class, month.
Place = tuple[str, str, datetime.date]
Sums = Mapping[Place, Decimal]


@dataclass(frozen=True)
class ChildBudget:
    """A project of a program: its costs of each kind, and what it is estimated to cost in the end."""

    pk: int
    name: str
    code: str
    budget_amount: Decimal | None
    forecast_amount: Decimal | None
    actual_amount: Decimal | None
    estimate_amount: Decimal


@dataclass(frozen=True)
class Given:
    """The budget given to a parent beside the sum of its children's."""

    given_amount: Decimal | None
    children_amount: Decimal

    @property
    def difference(self) -> Decimal | None:
        """What is left to give; below zero more was given than there is."""
        return None if self.given_amount is None else self.given_amount - self.children_amount


@dataclass
class Standing:
    """The money of a subject as of a day, in the organization's currency, unrounded."""

    subject: Any
    day: datetime.date
    own: Sums
    below: Sums
    children: list[ChildBudget] = field(default_factory=list)
    approved: Budget | None = None

    @cached_property
    def is_given(self) -> bool:
        """Whether its budget is its own entries, and not the sum of its children's."""
        return any(kind == EntryKind.BUDGET for kind, _, _ in self.own) or not self.below

    @cached_property
    def sums(self) -> dict[Place, Decimal]:
        """What counts: the budget given or summed up, forecasts and actuals of all."""
        found: dict[Place, Decimal] = defaultdict(Decimal)
        for source, is_own in ((self.own, True), (self.below, False)):
            for place, amount in source.items():
                if place[0] != EntryKind.BUDGET or is_own == self.is_given:
                    found[place] += amount
        return dict(found)

    @cached_property
    def months(self) -> list[datetime.date]:
        """Each month from the first to the last that has an entry."""
        found = [month for _, _, month in self.sums]
        return months_between(min(found), max(found)) if found else []

    @cached_property
    def cost_months(self) -> list[datetime.date]:
        """Each month from the first to the last that has costs."""
        found = [month for _, each, month in self.sums if each in COSTS]
        return months_between(min(found), max(found)) if found else []

    @cached_property
    def last_actual(self) -> datetime.date | None:
        """The last month with an actual, not after the present one: what lies after it is still to come."""
        found = [month for kind, _, month in self.sums if kind == EntryKind.ACTUAL and month <= first_of(self.day)]
        return max(found, default=None)

    @property
    def is_empty(self) -> bool:
        return not self.own and not self.below

    def total(
        self, kind: str, classes: Collection[str] = COSTS, within: Collection[datetime.date] | None = None
    ) -> Decimal:
        """The amount of a kind and some classes, in all months or some."""
        rows = self.sums.items()
        return sum((a for (k, c, m), a in rows if k == kind and c in classes and (within is None or m in within)), ZERO)

    def has(self, kind: str, classes: Collection[str] = COSTS) -> bool:
        return any(k == kind and c in classes for k, c, _ in self.sums)

    def expected(self, classes: Collection[str] = COSTS) -> dict[datetime.date, Decimal]:
        """What each month is believed to be: its actual up to the last month that has some, its forecast after."""
        later = EntryKind.FORECAST if self.has(EntryKind.FORECAST, classes) else EntryKind.BUDGET
        found = {}
        for month in self.months:
            is_over = self.last_actual is not None and month <= self.last_actual
            kind = EntryKind.ACTUAL if is_over else later
            found[month] = sum((self.sums.get((kind, each, month), ZERO) for each in classes), ZERO)
        return found

    def estimate(self, classes: Collection[str] = COSTS) -> Decimal:
        """The estimate at completion."""
        return sum(self.expected(classes).values(), ZERO)

    @cached_property
    def spread(self) -> Spread:
        """How far the forecasts of costs of the months that are over have missed."""
        over = [month for month in self.months if self.last_actual and month <= self.last_actual]
        said, had = ([self.total(kind, COSTS, {month}) for month in over] for kind in ("forecast", "actual"))
        return spread_of(said, had)

    @property
    def given(self) -> Given:
        own = [amount for (kind, each, _), amount in self.own.items() if kind == EntryKind.BUDGET and each in COSTS]
        below = (a for (k, each, _), a in self.below.items() if k == EntryKind.BUDGET and each in COSTS)
        return Given(sum(own, ZERO) if own else None, sum(below, ZERO))

    @property
    def classes(self) -> list[EntryClass]:
        """The classes that have entries, in their order."""
        found = {each for _, each, _ in self.sums}
        return [each for each in EntryClass if each in found]


def standing_of(subject: Any, day: datetime.date) -> Standing:
    """Where the money of a project, program or product stands, read in four statements at most."""
    column = column_of(subject)
    own = _sums(FinancialEntry.objects.filter(**{column: subject}))
    below: Sums = {}
    children: list[ChildBudget] = []
    if column == "program":
        rows = entries_below(subject)
        below = _sums(rows)
        if below:
            standing = Standing(subject, day, own, below)
            children = _children(rows, standing.last_actual)
    approved = Budget.objects.filter(**{column: subject}, status=BudgetStatus.APPROVED).first()
    return Standing(subject, day, own, below, children, approved)


def entries_below(program: Any) -> Any:
    """The entries of a program's projects that count: live ones that are approved."""
    counted = program.projects.filter(archived_at=None, status__in=FUNDED).order_by()
    return FinancialEntry.objects.filter(project__in=counted.values("pk"))


def _sums(rows: Any) -> Sums:
    found = rows.values_list("kind", "entry_class", "month").annotate(total=Sum("reporting_amount")).order_by()
    return {(kind, entry_class, month): total for kind, entry_class, month, total in found}


def _children(rows: Any, last_actual: datetime.date | None) -> list[ChildBudget]:
    costs = Q(entry_class__in=COSTS)
    over = Q(month__lte=last_actual) if last_actual else Q(pk=None)
    kinds = {kind: costs & Q(kind=kind) for kind in EntryKind.values}
    sums = {kind: Sum(Case(When(where, then="reporting_amount"))) for kind, where in kinds.items()}
    later = {f"{kind}_later": Sum(Case(When(kinds[kind] & ~over, then="reporting_amount"))) for kind in kinds}
    past = Sum(Case(When(kinds["actual"] & over, then="reporting_amount")))
    found = rows.values("project_id", "project__name", "project__code").annotate(
        **sums, **later, past=past, forecasts=Count("pk", filter=kinds["forecast"])
    )
    return [
        ChildBudget(
            row["project_id"], row["project__name"], row["project__code"], row["budget"], row["forecast"],
            row["actual"],
            (row["past"] or ZERO) + ((row["forecast_later"] if row["forecasts"] else row["budget_later"]) or ZERO),
        )
        for row in found.order_by("project__name", "project_id")
    ]  # fmt: skip


def sides(classes: Iterable[str]) -> list[tuple[str, tuple[EntryClass, ...]]]:
    """Costs and income, where there is any of either."""
    found = set(classes)
    return [(name, each) for name, each in (("Costs", COSTS), ("Income", INCOME)) if found & set(each)]
