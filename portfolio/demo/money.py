"""Fennmark's money by month: budgets, forecasts and actuals of what the story has made, to the totals that it tells.

Amounts of projects stay what they are: their entries add up to the budget and the cost that each has already.
"""

import datetime
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from accounts.models import Organization, User
from events.services import happened_at
from finance import services
from finance.algorithms.periods import fiscal_year
from finance.algorithms.rates import RateTable
from finance.algorithms.rounding import largest_remainder
from finance.models import Budget, EntryClass, EntryKind
from finance.selectors import Cell
from finance.selectors.rates import rates_of
from portfolio.models import Portfolio, Product
from programs.models import Program
from programs.selectors import FUNDED
from projects.models import Project
from resources.algorithms.months import first_of, months_between, plus_months

#: What one euro was worth in dollars from a day on, months before the day that the demo stands for.
EURO = ((-30, "1.06"), (-18, "1.09"), (-12, "1.08"), (-6, "1.12"), (-1, "1.10"))
#: Thousands given to each portfolio for the fiscal year; together 12.4 million.
GIVEN = {"Atlas": 7_700, "Beacon": 2_400, "Cutter": 1_000, "Shared platform": 1_300}
#: All projects together are expected to cost 12.9 where 12.4 were budgeted; those in trouble have most of it.
EXPECTED_RATIO = Decimal("12.9") / Decimal("12.4")
TROUBLE = {"red": 5, "amber": 2}
TEAM, LICENCES, CONTRACTORS = "Team", "Licences and equipment", "Contractors in Europe"
ZERO, HUNDRED = Decimal(0), Decimal(100)
REASON = "The launch in the Benelux was added after gate 2: two more carriers, from the second half of the year."


def tell_money(organization: Organization, people: Mapping[str, User], *, seed: int, day: datetime.date) -> None:
    """Set all entries in one call, and approve the budgets; `people` are found by `person:` and their key."""
    leader = people["person:ines"]

    def at(minute: int) -> Any:
        """After all that the story tells: money came with the connection of the accounts, on the evening before."""
        evening = datetime.time(23, minute)
        return happened_at(datetime.datetime.combine(day - datetime.timedelta(1), evening, datetime.UTC))

    with at(0):
        for back, rate in EURO:
            services.set_rate(
                actor=leader, organization=organization, currency="EUR", from_date=plus_months(day, back),
                rate=Decimal(rate), source="European Central Bank",
            )  # fmt: skip
    teller = _Teller(random.Random(seed), day, rates_of(organization))
    programs = list(Program.objects.filter(organization=organization, archived_at=None).order_by("pk"))
    if not programs:
        return
    projects = list(Project.objects.filter(organization=organization, archived_at=None).order_by("pk"))
    cells = [*teller.of_projects(projects), *teller.of_products(organization), *teller.given(organization)]
    of_programs = teller.of_programs(programs, projects, cells)
    with at(10):
        services.set_entries(actor=leader, organization=organization, cells=[*cells, *of_programs])
    _approve(leader, organization, programs, projects, of_programs, at)
    for number, days in ((1, 90), (2, 34)):
        approved = datetime.datetime.combine(day - datetime.timedelta(days), datetime.time(15), datetime.UTC)
        Budget.objects.filter(organization=organization, number=number).update(approved_at=approved)


def _approve(
    leader: User, organization: Organization, programs: Sequence[Any], projects: Sequence[Any],
    of_programs: Sequence[Cell], at: Callable[[int], Any],
) -> None:  # fmt: skip
    """Approve the budgets of programs and their projects; that of the largest program was revised since."""
    largest = max(programs, key=lambda row: sum(_costs(of_programs, row), ZERO))
    budgets = [cell for cell in of_programs if cell.subject == largest and cell.kind == EntryKind.BUDGET]
    late = sorted((cell for cell in budgets if cell.entry_class == EntryClass.OPEX), key=lambda cell: cell.month)[-4:]
    with at(20):
        for row in programs:
            if any(cell.subject == row and cell.kind == EntryKind.BUDGET for cell in of_programs):
                services.approve_budget(actor=leader, subject=row)
        for project in projects:
            if project.budget_amount and project.status in FUNDED:
                services.approve_budget(actor=leader, subject=project)
    more = [_changed(cell, (cell.amount or ZERO) + 20_000) for cell in late]
    with at(30):
        services.set_entries(actor=leader, organization=organization, cells=more, reason=REASON)


def _costs(cells: Sequence[Cell], row: Any) -> Iterator[Decimal]:
    return (
        cell.amount or ZERO
        for cell in cells
        if cell.subject == row and cell.kind == EntryKind.BUDGET and cell.entry_class != EntryClass.BENEFIT
    )


def _changed(cell: Cell, amount: Decimal) -> Cell:
    return Cell(cell.subject, cell.kind, cell.entry_class, cell.month, amount, cell.currency, cell.line)


@dataclass
class _Teller:
    """Spreads amounts over months, always the same for a seed."""

    rng: random.Random
    day: datetime.date
    rates: RateTable
    this_month: datetime.date = field(init=False)

    def __post_init__(self) -> None:
        self.this_month = first_of(self.day)

    def of_projects(self, projects: Sequence[Any]) -> list[Cell]:
        """Budgets and actuals to what each project has; forecasts to what all are expected to cost."""
        funded = [row for row in projects if row.budget_amount and row.status in FUNDED]
        weights = {row.pk: row.budget_amount * TROUBLE.get(row.reported_health, 1) for row in funded}
        running = [row for row in funded if row.status != "done"]
        over = sum((row.budget_amount for row in funded), ZERO) * (EXPECTED_RATIO - 1)
        all_weights = sum((weights[row.pk] for row in running), ZERO) or Decimal(1)
        cells: list[Cell] = []
        for place, row in enumerate(projects):
            span, abroad = self._span(row), place % 4 == 0
            if row.budget_amount:
                cells += self._split(row, EntryKind.BUDGET, row.budget_amount, span, abroad)
            if row not in funded:
                if row.actual_amount:
                    cells += self._split(row, EntryKind.ACTUAL, row.actual_amount, self._until_now(span), False)
                continue
            spent = row.actual_amount or ZERO
            if spent:
                cells += self._split(row, EntryKind.ACTUAL, spent, self._until_now(span), abroad)
            expected = row.budget_amount + (over * weights[row.pk] / all_weights if row in running else ZERO)
            cells += self._forecast(row, spent, expected if row in running else spent, span)
        return cells

    def _span(self, row: Any) -> list[datetime.date]:
        first = row.actual_start_date or row.planned_start_date or plus_months(self.this_month, -2)
        last = row.planned_finish_date or plus_months(first, 8)
        return months_between(first, max(last, first))

    def _until_now(self, span: list[datetime.date]) -> list[datetime.date]:
        """The months that are closed; one at least, so that what was spent has a place."""
        closed = [month for month in span if month < self.this_month]
        return closed or [min(span[0], plus_months(self.this_month, -1))]

    def _spread(self, total: Decimal, count: int, step: Decimal = HUNDRED) -> list[Decimal]:
        """A total over months, slow at both ends; the last one takes what is no whole step."""
        shape = [Decimal(3 + 4 * min(n + 1, count - n, 4)) + self.rng.randrange(5) for n in range(count)]
        whole = total - total % step
        parts = largest_remainder([whole * each / sum(shape, ZERO) for each in shape], step)
        parts[-1] += total - whole
        return parts

    def _split(
        self, row: Any, kind: EntryKind, total: Decimal, span: Sequence[datetime.date], abroad: bool
    ) -> Iterator[Cell]:
        """An amount by month: equipment, people abroad paid in euros where there are some, and the team."""
        for month, amount in zip(span, self._spread(total, len(span)), strict=True):
            capex = amount * Decimal("0.25") // HUNDRED * HUNDRED
            euros = amount * Decimal("0.2") // HUNDRED * HUNDRED if abroad and amount > 0 else ZERO
            paid = self.rates.convert(euros, "EUR", month).amount if euros else ZERO
            yield from self._cells(row, kind, EntryClass.CAPEX, LICENCES, [(month, capex)])
            yield from self._cells(row, kind, EntryClass.OPEX, CONTRACTORS, [(month, euros)], "EUR")
            yield from self._cells(row, kind, EntryClass.OPEX, TEAM, [(month, amount - capex - paid)])

    def _forecast(self, row: Any, spent: Decimal, expected: Decimal, span: list[datetime.date]) -> Iterator[Cell]:
        """What closed months were believed to cost, a little off, and what remains over the months to come."""
        closed = self._until_now(span) if spent else []
        for month, amount in zip(closed, self._spread(spent, len(closed)) if closed else (), strict=True):
            missed = Decimal(str(round(self.rng.gauss(0.97, 0.08), 3)))
            yield from self._cells(
                row, EntryKind.FORECAST, EntryClass.OPEX, TEAM, [(month, _hundreds(amount * missed))]
            )
        last = max(row.expected_finish_date or span[-1], plus_months(self.this_month, 2))
        first = max(self.this_month, span[0])
        ahead = months_between(first, max(last, first))
        rest = max(_hundreds(expected - spent), ZERO)
        parts = self._spread(rest, len(ahead))
        for entry_class, line, share in ((EntryClass.CAPEX, LICENCES, Decimal("0.25")), (EntryClass.OPEX, TEAM, None)):
            amounts = [
                part * share // HUNDRED * HUNDRED if share else part - part * Decimal("0.25") // HUNDRED * HUNDRED
                for part in parts
            ]
            yield from self._cells(row, EntryKind.FORECAST, entry_class, line, list(zip(ahead, amounts, strict=True)))

    def of_programs(self, programs: Sequence[Any], projects: Sequence[Any], cells: Sequence[Cell]) -> list[Cell]:
        """What is given to each program: a little more than its projects have, to the second one a little less; and the
        benefits that are to come of it."""
        by_project = {row.pk: row for row in projects if row.status in FUNDED}
        found: list[Cell] = []
        for place, program in enumerate(programs):
            by_month: dict[datetime.date, Decimal] = {}
            for cell in cells:
                project = by_project.get(cell.subject.pk) if isinstance(cell.subject, Project) else None
                if project is not None and project.program_id == program.pk and cell.kind == EntryKind.BUDGET:
                    amount = self.rates.convert(cell.amount or ZERO, cell.currency or self.rates.to, cell.month).amount
                    by_month[cell.month] = by_month.get(cell.month, ZERO) + amount
            share = Decimal("0.97") if place == 1 else Decimal("1.06")
            given = [(month, _hundreds(amount * share)) for month, amount in sorted(by_month.items())]
            capital = [(month, _hundreds(amount / 4)) for month, amount in given]
            rest = [(month, amount - _hundreds(amount / 4)) for month, amount in given]
            found += self._cells(program, EntryKind.BUDGET, EntryClass.CAPEX, "", capital)
            found += self._cells(program, EntryKind.BUDGET, EntryClass.OPEX, "", rest)
            if by_month:
                yearly = sum(by_month.values(), ZERO) * Decimal("0.6")
                later = [plus_months(max(by_month), n) for n in range(1, 13)]
                for kind, factor in ((EntryKind.BUDGET, Decimal(1)), (EntryKind.FORECAST, Decimal("0.88"))):
                    parts = self._spread(_hundreds(yearly * factor), len(later))
                    found += self._cells(
                        program, kind, EntryClass.BENEFIT, "Revenue kept", list(zip(later, parts, strict=True))
                    )
        return found

    def of_products(self, organization: Organization) -> list[Cell]:
        """Revenue and cost of the twelve closed months, and of the twelve to come as expected and as budgeted."""
        found: list[Cell] = []
        for product in Product.objects.filter(organization=organization, archived_at=None).order_by("pk"):
            growth = product.revenue_growth_ratio or ZERO
            for entry_class, line, yearly, pace in (
                (EntryClass.REVENUE, "Subscriptions and licences", product.annual_revenue_amount, growth),
                (EntryClass.OPEX, "Running it", product.annual_cost_amount, growth / 3),
            ):
                if not yearly:
                    continue
                for kind, first, factor in (
                    (EntryKind.ACTUAL, -12, Decimal(1)),
                    (EntryKind.FORECAST, -12, Decimal("0.99")),
                    (EntryKind.FORECAST, 0, 1 + pace),
                    (EntryKind.BUDGET, -12, Decimal("0.97")),
                    (EntryKind.BUDGET, 0, 1 + pace),
                ):
                    span = [plus_months(self.this_month, first + n) for n in range(12)]
                    slope = [1 + pace * (Decimal(n) - Decimal("5.5")) / 12 for n in range(12)]
                    amounts = [_hundreds(yearly * factor / 12 * each) for each in slope]
                    found += self._cells(product, kind, entry_class, line, list(zip(span, amounts, strict=True)))
        return found

    def given(self, organization: Organization) -> list[Cell]:
        """What each portfolio was given for the fiscal year, month by month."""
        year = fiscal_year(self.day, organization.fiscal_year_start_month)
        found: list[Cell] = []
        for portfolio in Portfolio.objects.filter(organization=organization, name__in=GIVEN).order_by("pk"):
            parts = largest_remainder([Decimal(GIVEN[portfolio.name] * 1000) / 12] * 12, HUNDRED)
            found += self._cells(
                portfolio, EntryKind.BUDGET, EntryClass.OPEX, "Given for the year",
                list(zip(year.months, parts, strict=True)),
            )  # fmt: skip
        return found

    def _cells(
        self, row: Any, kind: EntryKind, entry_class: EntryClass, line: str,
        amounts: Sequence[tuple[datetime.date, Decimal]], currency: str = "",
    ) -> Iterator[Cell]:  # fmt: skip
        for month, amount in amounts:
            if amount:
                yield Cell(row, kind.value, entry_class.value, month, amount, currency or self.rates.to, line)


def _hundreds(amount: Decimal) -> Decimal:
    return amount // HUNDRED * HUNDRED
