"""Budget, forecast and actual beside each other, by class and by month, quarter or fiscal year, as pages show them."""

import datetime
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from finance.algorithms.periods import FiscalPeriod, fiscal_quarter, fiscal_year
from finance.algorithms.rounding import largest_remainder
from finance.models import EntryClass, EntryKind
from finance.models.entry import COSTS, INCOME
from finance.selectors.standing import ZERO, Standing

ZOOMS = {"month": "Months", "quarter": "Quarters", "year": "Fiscal years"}
WHOLE = Decimal(1)


@dataclass(frozen=True)
class Column:
    """A month, quarter or fiscal year of the table, and the fiscal year it lies in; `is_over` where actuals count."""

    label: str
    year: str
    start_date: datetime.date
    finish_date: datetime.date
    is_over: bool


@dataclass(frozen=True)
class Line:
    """A row of the table: amounts by column and their sum. `side` and `kind` tell which entries it is made of."""

    label: str
    classes: tuple[str, ...]
    kind: str
    amounts: list[Decimal | None]
    total: Decimal
    is_sum: bool = False

    @property
    def is_variance(self) -> bool:
        return self.kind == "variance"


@dataclass(frozen=True)
class Group:
    """A class of entries, or a side of them, with its rows."""

    label: str
    lines: list[Line]
    is_sum: bool = False


@dataclass(frozen=True)
class VarianceTable:
    columns: list[Column]
    years: list[tuple[str, int]]
    groups: list[Group]


def variance_table(standing: Standing, zoom: str, first_month: int) -> VarianceTable:
    """The variance of a subject, rounded to whole units of the currency such that shown rows add up to shown totals.

    Variance is what is better: of costs, budget less what is expected; of income, what is expected less budget.
    Expected is the actual of a period that is over, else the forecast.
    """
    columns = columns_of(standing, zoom, first_month)
    shown = _rounded(standing, columns)
    groups = [Group(str(each.label), _lines((each,), shown, columns)) for each in standing.classes]
    for label, side in (("Costs", COSTS), ("Income", INCOME)):
        present = tuple(each for each in side if each in standing.classes)
        if len(present) > 1:
            groups.append(Group(label, _lines(present, shown, columns), is_sum=True))
    years: dict[str, int] = defaultdict(int)
    for column in columns:
        years[column.year] += 1
    return VarianceTable(columns, list(years.items()), groups)


def columns_of(standing: Standing, zoom: str, first_month: int) -> list[Column]:
    """The months, quarters or fiscal years from the first to the last that has an entry."""
    found: dict[tuple[datetime.date, datetime.date], Column] = {}
    for month in standing.months:
        year = fiscal_year(month, first_month)
        period = _period(month, zoom, first_month)
        label = period.label.removesuffix(f" {year.label}")
        over = standing.last_actual is not None and period.start_date <= standing.last_actual
        found[period.start_date, period.finish_date] = Column(
            label, year.label, period.start_date, period.finish_date, over
        )
    return list(found.values())


def _period(month: datetime.date, zoom: str, first_month: int) -> FiscalPeriod:
    if zoom == "year":
        return fiscal_year(month, first_month)
    if zoom == "quarter":
        return fiscal_quarter(month, first_month)
    return FiscalPeriod(f"{month:%b}", month, month)


Shown = dict[tuple[str, str, int], Decimal]


def _rounded(standing: Standing, columns: list[Column]) -> Shown:
    """Amounts by kind, class and column. Each kind is rounded as one, so that its shown cells add up to its total."""
    place = {month: n for n, column in enumerate(columns) for month in _months_of(standing, column)}
    exact: Shown = defaultdict(Decimal)
    for (kind, entry_class, month), amount in standing.sums.items():
        exact[kind, entry_class, place[month]] += amount
        later = EntryKind.FORECAST if standing.has(EntryKind.FORECAST, _side(entry_class)) else EntryKind.BUDGET
        is_over = standing.last_actual is not None and month <= standing.last_actual
        if kind == (EntryKind.ACTUAL if is_over else later):
            exact["expected", entry_class, place[month]] += amount
    shown: Shown = {}
    for kind in (*EntryKind.values, "expected"):
        keys = [key for key in exact if key[0] == kind]
        shown |= dict(zip(keys, largest_remainder([exact[key] for key in keys], WHOLE), strict=True))
    return shown


def _side(entry_class: str) -> tuple[EntryClass, ...]:
    return COSTS if entry_class in COSTS else INCOME


def _months_of(standing: Standing, column: Column) -> list[datetime.date]:
    return [month for month in standing.months if column.start_date <= month <= column.finish_date]


def _lines(classes: tuple[EntryClass, ...], shown: Shown, columns: list[Column]) -> list[Line]:
    lines = []
    for kind in EntryKind:
        amounts = [_cell(shown, kind, classes, n) for n in range(len(columns))]
        if any(amount is not None for amount in amounts):
            lines.append(Line(str(kind.label), classes, kind.value, amounts, sum((a or ZERO for a in amounts), ZERO)))
    sign = 1 if classes[0] in COSTS else -1
    pairs = [(_cell(shown, "budget", classes, n), _cell(shown, "expected", classes, n)) for n in range(len(columns))]
    differences = [None if a is None and b is None else sign * ((a or ZERO) - (b or ZERO)) for a, b in pairs]
    total = sum((amount or ZERO for amount in differences), ZERO)
    lines.append(Line("Variance", classes, "variance", differences, total, is_sum=True))
    return lines


def _cell(shown: Shown, kind: str, classes: tuple[EntryClass, ...], column: int) -> Decimal | None:
    found = [shown[kind, each, column] for each in classes if (kind, each, column) in shown]
    return sum(found, ZERO) if found else None
