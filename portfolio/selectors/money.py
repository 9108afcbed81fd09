"""The money of a portfolio and of a product, from stored monthly totals: it costs the same whatever lies below."""

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from finance.algorithms.rounding import largest_remainder
from finance.models import EntryKind, FinancialEntry
from finance.models.entry import COSTS, INCOME
from finance.selectors.standing import Place, Standing
from portfolio.models import MoneyMonth

MOST_CHILDREN = 25
WHOLE, ZERO = Decimal(1), Decimal(0)
_COSTS = ", ".join(f"'{each}'" for each in COSTS)
_INCOME = ", ".join(f"'{each}'" for each in INCOME)
#: Sums of the monthly totals of one node: budget given, budgets below, spent, what is still to come.
SUMS = """
    SELECT sum(given_amount), sum(amount) FILTER (WHERE kind = 'budget'), sum(amount) FILTER (WHERE kind = 'actual'),
        sum(amount) FILTER (WHERE kind = 'actual' AND month <= %(last)s),
        sum(amount) FILTER (WHERE kind = %(later)s AND month > %(last)s)
    FROM portfolio_moneymonth of WHERE of.{kind}_id = child.id AND of.entry_class IN ({costs})
"""
CHILDREN = f"""
    WITH child AS MATERIALIZED (
        SELECT 'program' AS kind, program.id, program.name, rollup.budget_amount FROM programs_program program
        LEFT JOIN portfolio_rollup rollup ON rollup.program_id = program.id
        WHERE program.portfolio_id = %(node)s AND program.archived_at IS NULL
        UNION ALL
        SELECT 'portfolio', portfolio.id, portfolio.name, rollup.budget_amount FROM portfolio_portfolio portfolio
        LEFT JOIN portfolio_rollup rollup ON rollup.portfolio_id = portfolio.id
        WHERE portfolio.parent_id = %(node)s AND portfolio.archived_at IS NULL
        UNION ALL
        SELECT 'project', project.id, project.name, rollup.budget_amount FROM projects_project project
        LEFT JOIN portfolio_rollup rollup ON rollup.project_id = project.id
        WHERE project.portfolio_id = %(node)s AND project.archived_at IS NULL
    ), largest AS MATERIALIZED (
        SELECT *, count(*) OVER () AS child_count FROM child
        ORDER BY budget_amount DESC NULLS LAST, name, id LIMIT {MOST_CHILDREN}
    )
    SELECT child.kind, child.id, child.name, child.child_count, sums.* FROM largest child CROSS JOIN LATERAL (
        {
    " UNION ALL ".join(
        f"SELECT * FROM ({SUMS.format(kind=kind, costs=_COSTS)}) of_{kind} WHERE child.kind = '{kind}'"
        for kind in ("program", "portfolio", "project")
    )
}
    ) sums ORDER BY child.budget_amount DESC NULLS LAST, child.name, child.id
"""  # noqa: S608 - the words put in are ours
PARTS = f"""
    SELECT project.id, project.name, share.share_ratio, count(*) OVER (), sums.* FROM portfolio_productshare share
    JOIN projects_project project ON project.id = share.project_id AND project.archived_at IS NULL
    LEFT JOIN portfolio_rollup rollup ON rollup.project_id = project.id
    CROSS JOIN LATERAL (
        SELECT sum(amount) FILTER (WHERE entry_class IN ({_INCOME}) AND kind = 'actual'),
            sum(amount) FILTER (WHERE entry_class IN ({_COSTS}) AND kind = 'actual')
        FROM portfolio_moneymonth of WHERE of.project_id = project.id
    ) sums
    WHERE share.product_id = %(node)s
    ORDER BY rollup.budget_amount * share.share_ratio DESC NULLS LAST, project.name, project.id LIMIT {MOST_CHILDREN}
"""  # noqa: S608


@dataclass(frozen=True)
class Child:
    """What lies directly in a portfolio: the costs it was given, those below it add up to, and where it is heading.

    `given` of a project is its own budget; None where none was given. `kind` is empty for all others together.
    """

    kind: str
    pk: int
    name: str
    given: Decimal | None
    summed: Decimal
    actual: Decimal
    estimate: Decimal

    @property
    def difference(self) -> Decimal | None:
        """What of its budget it has not given on; below zero it has given on more than it has."""
        return None if self.given is None or self.kind == "project" else self.given - self.summed

    @property
    def variance(self) -> Decimal:
        """What is better: budget below it less what is expected."""
        return self.summed - self.estimate


@dataclass(frozen=True)
class Children:
    """The largest of what lies in a portfolio, all others, and all together; each column adds up as it is shown."""

    rows: Sequence[Child]
    rest: Child | None
    total: Child
    count: int


def money_standing(kind: str, subject: Any, day: datetime.date) -> Standing:
    """Where the money of a portfolio or product stands, from its monthly totals; one statement.

    A portfolio's own budget is what it was given; what lies below it is the rest. A product's entries and its share of
    its projects are one.
    """
    own: dict[Place, Decimal] = {}
    below: dict[Place, Decimal] = {}
    rows = MoneyMonth.objects.filter(**{kind: subject.pk}).values_list(
        "kind", "entry_class", "month", "amount", "given_amount"
    )
    for entry_kind, entry_class, month, amount, given in rows:
        place = (entry_kind, entry_class, month)
        if amount:
            below[place] = amount
        if given and kind != "product":
            own[place] = given
    return Standing(subject, day, own, below)


def children_of(standing: Standing) -> Children:
    """What lies directly in a portfolio, the largest budgets first, rounded so that each column adds up; one statement.

    A child is estimated as the whole is: its actuals to the last month that has some anywhere below the portfolio, and
    its forecast after it; its budget where nothing below the portfolio has a forecast.
    """
    last = standing.last_actual or datetime.date(1, 1, 1)
    later = EntryKind.FORECAST if standing.has(EntryKind.FORECAST) else EntryKind.BUDGET
    with connection.cursor() as cursor:
        cursor.execute(CHILDREN, {"node": standing.subject.pk, "last": last, "later": later.value})
        found = cursor.fetchall()
    exact = [
        Child(kind, pk, name, given, summed or ZERO, actual or ZERO, (past or ZERO) + (ahead or ZERO))
        for kind, pk, name, _, given, summed, actual, past, ahead in found
    ]
    count = found[0][3] if found else 0
    whole = _below(standing)
    return _rounded(exact, whole, count)


def _below(standing: Standing) -> Child:
    """All that lies below a node, as one child."""
    below = Standing(standing.subject, standing.day, {}, standing.below)
    own = standing.given.given_amount
    budget, actual = below.total(EntryKind.BUDGET), below.total(EntryKind.ACTUAL)
    return Child("", 0, "All", own, budget, actual, below.estimate())


def _rounded(exact: Sequence[Child], whole: Child, count: int) -> Children:
    has_rest = count > len(exact)
    columns: dict[str, list[Decimal]] = {}
    for name, total in (("summed", whole.summed), ("actual", whole.actual), ("estimate", whole.estimate)):
        values = [getattr(row, name) for row in exact]
        columns[name] = largest_remainder([*values, total - sum(values, ZERO)], WHOLE)
    given = largest_remainder([row.given or ZERO for row in exact], WHOLE)
    rows = [
        Child(
            row.kind, row.pk, row.name, None if row.given is None else given[place],
            *(columns[name][place] for name in ("summed", "actual", "estimate")),
        )
        for place, row in enumerate(exact)
    ]  # fmt: skip
    rest = Child("", 0, "All others", None, *(values[-1] for values in columns.values())) if has_rest else None
    shares = [row.given if row.given is not None else row.summed for row in rows]
    all_of = Child(
        "", 0, "All", None if has_rest else sum(shares, ZERO), *(sum(values, ZERO) for values in columns.values())
    )
    return Children(rows, rest, all_of, count)


@dataclass(frozen=True)
class Part:
    """What a product's actuals are made of: a project by its share, or the product's own entries."""

    pk: int
    name: str
    share: Decimal | None
    income: Decimal
    cost: Decimal

    @property
    def margin(self) -> Decimal:
        return self.income - self.cost


@dataclass(frozen=True)
class Parts:
    """The product's own entries, the largest projects, all others, and all; each column adds up as it is shown."""

    rows: Sequence[Part]
    total: Part


def parts_of(standing: Standing) -> Parts:
    """What a product's actual income and costs are made of; two statements."""
    entries = FinancialEntry.objects.filter(product=standing.subject.pk, kind=EntryKind.ACTUAL)
    own = {
        name: Coalesce(Sum("reporting_amount", filter=Q(entry_class__in=side)), ZERO)
        for name, side in (("income", INCOME), ("cost", COSTS))
    }
    with connection.cursor() as cursor:
        cursor.execute(PARTS, {"node": standing.subject.pk})
        found = cursor.fetchall()
    exact = [Part(0, "Its own entries", None, **entries.aggregate(**own))]
    exact += [
        Part(pk, name, share, share * (income or ZERO), share * (cost or ZERO))
        for pk, name, share, _, income, cost in found
    ]
    income, cost = (standing.total(EntryKind.ACTUAL, side) for side in (INCOME, COSTS))
    count = found[0][3] if found else 0
    if count > len(found):
        rest_income = income - sum((row.income for row in exact), ZERO)
        rest_cost = cost - sum((row.cost for row in exact), ZERO)
        exact.append(Part(0, f"{count - len(found)} other projects", None, rest_income, rest_cost))
    incomes = largest_remainder([row.income for row in exact], WHOLE)
    costs = largest_remainder([row.cost for row in exact], WHOLE)
    rows = [
        Part(row.pk, row.name, row.share, *figures)
        for row, figures in zip(exact, zip(incomes, costs, strict=True), strict=True)
    ]
    return Parts(rows, Part(0, "All", None, sum(incomes, ZERO), sum(costs, ZERO)))


def by_month(standing: Standing, kind: str, classes: Sequence[str]) -> dict[datetime.date, Decimal]:
    """Month -> the amount of a kind and some classes."""
    found: dict[datetime.date, Decimal] = defaultdict(Decimal)
    for (each_kind, entry_class, month), amount in standing.sums.items():
        if each_kind == kind and entry_class in classes:
            found[month] += amount
    return found
