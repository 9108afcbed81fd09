"""The budget of a portfolio, and what a product brings in and costs: from stored monthly totals."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from core.access import require
from core.pages import MemberRequest
from core.templatetags.portolan import money_short, percent
from finance.algorithms.rounding import largest_remainder
from finance.charts.burn_up import burn_up_chart, fan_words
from finance.models import EntryKind
from finance.models.entry import COSTS, INCOME
from finance.selectors.standing import Standing
from finance.selectors.variance import ZOOMS, variance_table
from finance.views.budget import Links, Tile, shown_groups
from finance.views.subject import Subject
from portfolio.charts.profit import profit_chart
from portfolio.selectors.dashboard import portfolio_head
from portfolio.selectors.money import WHOLE, ZERO, Child, Children, children_of, money_standing, parts_of
from portfolio.selectors.profit import profit_table
from portfolio.views.product import head as product_head

#: Where the budget of what lies in a portfolio is shown.
BUDGET_PAGES = {
    "portfolio": "portfolio:portfolio-budget",
    "program": "finance:program-budget",
    "project": "finance:project-budget",
}


class PortfolioLinks(Links):
    """Where the entries behind a portfolio's figures are listed: its own budget, or all that count below it."""

    def _column(self, kinds: Any) -> str:
        is_given = list(kinds) == [EntryKind.BUDGET] and self.standing.is_given
        return "portfolio" if is_given else "in_portfolio"


def zoom_of(request: MemberRequest, standing: Standing) -> str:
    """Months, quarters or fiscal years, as the address says; by default what fits."""
    zoom = request.GET.get("zoom", "")
    return zoom if zoom in ZOOMS else "quarter" if len(standing.months) > 18 else "month"


@require_GET
def portfolio_budget(request: MemberRequest, pk: int) -> HttpResponse:
    """Budget, forecast and actual of all that lies in a portfolio, and what it was given and gave on."""
    head = portfolio_head(request.user, pk)
    require(request.user, "finance.read", request.organization)
    now = timezone.now()
    portfolio = head.node
    portfolio.organization = request.organization
    standing = money_standing("portfolio", portfolio, timezone.localdate(now))
    links = PortfolioLinks(Subject("portfolio", portfolio), standing)
    children = children_of(standing) if not standing.is_empty else None
    fresh = head.freshness(now)
    subject = links.subject
    context = {
        "subject": subject,
        "urls": {name: subject.url(f"budget-{name}") for name in ("grid", "history")},
        "portfolio": portfolio,
        "above": head.above,
        "tab": "budget",
        "nav": "portfolio:portfolio-list",
        "as_of": fresh.as_of,
        "is_late": fresh.is_old,
        **(shown_budget(request, standing, links, children) if children else {}),
    }
    return render(request, "portfolio/portfolio_budget.html", context)


def shown_budget(request: MemberRequest, standing: Standing, links: Links, children: Children) -> dict[str, Any]:
    """Tiles, chart and tables of a portfolio that has money."""
    zoom = zoom_of(request, standing)
    table = variance_table(standing, zoom, request.organization.fiscal_year_start_month)
    return {
        "standing": standing,
        "tiles": budget_tiles(standing, links, children),
        "figure": burn_up_chart(standing, links.to()),
        "fan_words": fan_words(standing),
        "table": table,
        "groups": shown_groups(links, table.columns, table.groups),
        "zoom": zoom,
        "zooms": ZOOMS,
        "entries_url": links.to(),
        "children": children,
        "rows": [LinkedChild(child, child_url(child)) for child in children.rows],
    }


@dataclass(frozen=True)
class LinkedChild:
    """What lies in a portfolio, and where its own budget is shown."""

    child: Child
    url: str


def child_url(child: Child) -> str:
    return reverse(BUDGET_PAGES[child.kind], args=[child.pk])


def budget_tiles(standing: Standing, links: Links, children: Children) -> list[Tile]:
    """The headline figures of a portfolio: given, summed from below, what is left between, spent, expected."""
    currency = standing.subject.organization.currency
    given, total = standing.given, children.total
    below = given.children_amount
    spent = f"{percent(total.actual / below)} of the budgets below" if below else "no budget to compare"
    tiles = []
    if given.given_amount is not None:
        url = links.to([EntryKind.BUDGET], COSTS)
        tiles.append(Tile("Given to it", money_short(given.given_amount, currency), "its own budget", url=url))
    tiles.append(Tile("Budgets below", money_short(below, currency), "of approved projects", url="#children"))
    if given.difference is not None:
        label = "Unallocated" if given.difference >= 0 else "Over-allocated"
        words = "given, less budgets below"
        tiles.append(Tile(label, money_short(abs(given.difference), currency), words, url="#children"))
    gap = total.variance
    words = "under" if gap > 0 else "over" if gap < 0 else "as"
    return [
        *tiles,
        Tile("Actual to date", money_short(total.actual, currency), spent, url=links.to([EntryKind.ACTUAL], COSTS)),
        Tile(
            "Estimate at completion", money_short(total.estimate, currency), "actual so far, then forecast",
            url=links.to([EntryKind.FORECAST, EntryKind.ACTUAL], COSTS),
        ),
        Tile("Variance at completion", money_short(gap, currency), f"{words} budgets below", url="#children"),
    ]  # fmt: skip


@require_GET
def product_profit(request: MemberRequest, pk: int) -> HttpResponse:
    """Revenue and expense of a product by month, quarter or fiscal year: estimate, actual, margin, cumulative."""
    shown = product_head(request, pk, "profit")
    require(request.user, "finance.read", request.organization)
    product = shown["product"]
    product.organization = request.organization
    standing = money_standing("product", product, timezone.localdate())
    context = {**shown, "standing": standing, **({} if standing.is_empty else shown_profit(request, standing))}
    return render(request, "portfolio/product_profit.html", context)


def shown_profit(request: MemberRequest, standing: Standing) -> dict[str, Any]:
    """Tiles, chart and tables of a product that has money."""
    zoom = zoom_of(request, standing)
    table = profit_table(standing, zoom, request.organization.fiscal_year_start_month)
    own_url = f"{reverse('finance:entry-list')}?product={standing.subject.pk}"
    return {
        "tiles": profit_tiles(standing),
        "figure": profit_chart(table, standing.subject.organization.currency, "#made-of"),
        "table": table,
        "zoom": zoom,
        "zooms": ZOOMS,
        "parts": parts_of(standing),
        "own_url": own_url,
    }


def profit_tiles(standing: Standing) -> list[Tile]:
    """The headline figures of a product; shown amounts agree: income less costs is the margin."""
    currency = standing.subject.organization.currency
    actual = [standing.total(EntryKind.ACTUAL, side) for side in (INCOME, COSTS)]
    income, cost = largest_remainder(actual, WHOLE)
    expected_income, expected_cost = largest_remainder([standing.estimate(side) for side in (INCOME, COSTS)], WHOLE)
    margin, expected = income - cost, expected_income - expected_cost
    return [
        Tile("Revenue to date", money_short(income, currency), "and other income", url="#made-of"),
        Tile("Expense to date", money_short(cost, currency), "capital and operating", url="#made-of"),
        Tile(
            "Margin to date", money_short(margin, currency),
            f"{percent(margin / income)} of revenue" if income > ZERO else "no revenue yet", url="#made-of",
        ),
        Tile(
            "Margin expected", money_short(expected, currency), "actual so far, then forecast", url="#months",
        ),
    ]  # fmt: skip
