"""Products and lines: what they bring in and cost, what is decided about them, and which projects serve them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count, DecimalField, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, NullIf
from django.urls import reverse

from accounts.models import User
from core.exports import Amount
from core.templatetags.portolan import money_short, number, percent, signed
from portfolio.models import Product, ProductLine, ProductShare, Stance, StanceDecision
from programs.selectors import FUNDED, FUNDED_QUERY, Tile, rollup_of, shown_tiles
from projects.querysets import IN_FLIGHT

HEADER = (
    "Line",
    "Product",
    "Lifecycle stage",
    "Stance",
    "Review",
    "Owner",
    Amount("Revenue"),
    Amount("Growth"),
    Amount("Cost"),
    Amount("Margin"),
    Amount("Budget of projects"),
    Amount("Actual of projects"),
    "Projects",
    "On track",
    "At risk",
    "Off track",
    "Not reported",
    "Currency",
    "External key",
)
HEALTHS = ("green", "amber", "red", "unreported")
RATIO: Any = DecimalField(max_digits=20, decimal_places=6)


@dataclass(frozen=True)
class Sums:
    """What products bring in and cost together, and the projects that serve them."""

    product_count: int = 0
    revenue_amount: Decimal | None = None
    cost_amount: Decimal | None = None
    margin_ratio: Decimal | None = None
    growth_ratio: Decimal | None = None
    budget_amount: Decimal = Decimal(0)
    actual_amount: Decimal = Decimal(0)
    health_counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(HEALTHS, 0))
    project_count: int = 0


@dataclass(frozen=True)
class LineGroup:
    """A line with those of its products that are shown; `line` is None for products that belong to none."""

    line: Any
    sums: Sums
    share_ratio: Decimal | None
    products: list[Any]

    @property
    def tone(self) -> str:
        """The class of the line's colour."""
        return line_tone(self.line)


def line_tone(line: ProductLine | None) -> str:
    """Lines A, B, C and the platform (P) keep their colours everywhere; others get one by their code."""
    return ProductLine.tone_of(line.code if line else None)


def with_effective_stance(products: QuerySet[Any]) -> Any:
    """Products with `effective_stance`: their own decision, else that of their line."""
    of_line = StanceDecision.objects.filter(line=OuterRef("line")).order_by("-decided_date", "-pk")
    rows: Any = products
    return rows.with_stance().annotate(
        line_stance=Subquery(of_line.values("stance")[:1]), effective_stance=Coalesce("stance", "line_stance")
    )


def with_margin(products: Any) -> Any:
    """Products with `margin`, as they are sorted by it."""
    revenue, cost = F("annual_revenue_amount"), F("annual_cost_amount")
    return products.annotate(margin=ExpressionWrapper((revenue - cost) / NullIf(revenue, Decimal(0)), RATIO))


def product_tiles(product: Product) -> list[Tile]:
    """The figures at the head of a product's page."""
    currency, rollup = product.currency, rollup_of(product)
    growth = product.revenue_growth_ratio
    tiles = shown_tiles(
        Tile(
            "Revenue, 12 months", money_short(product.annual_revenue_amount, currency), note=_grown(growth),
            is_amount=True,
        ),
        Tile("Cost, 12 months", money_short(product.annual_cost_amount, currency), is_amount=True),
        Tile("Margin", percent(product.margin_ratio), is_amount=True),
    )  # fmt: skip
    return tiles + (_work_tiles(product, rollup) if rollup else [])


def _work_tiles(product: Product, rollup: Any) -> list[Tile]:
    projects = f"{reverse('projects:project-list')}?product={product.pk}"
    funded = f"{projects}&{FUNDED_QUERY}" if rollup.project_count else ""
    flight = f"{projects}&in_flight=1" if rollup.in_flight_count else ""
    return shown_tiles(
        Tile(
            "Budget of its projects",
            money_short(rollup.budget_amount, rollup.currency),
            note=f"{money_short(rollup.actual_amount, rollup.currency)} spent, by their shares",
            url=funded,
            is_amount=True,
        ),
        Tile("In flight", number(rollup.in_flight_count), f"of {number(rollup.project_count)} projects", url=flight),
        Tile("Late", number(rollup.late_count), url=f"{projects}&late=1" if rollup.late_count else ""),
    )


def sum_tiles(line: ProductLine, sums: Sums, currency: str) -> list[Tile]:
    """The figures at the head of a line's page."""
    products = f"{reverse('portfolio:product-list')}?line={line.pk}" if sums.product_count else ""
    projects = f"{reverse('projects:project-list')}?line={line.pk}" if sums.project_count else ""
    revenue = money_short(sums.revenue_amount, currency)
    return shown_tiles(
        Tile("Products", number(sums.product_count), url=products),
        Tile("Revenue, 12 months", revenue, note=_grown(sums.growth_ratio), is_amount=True),
        Tile("Cost, 12 months", money_short(sums.cost_amount, currency), is_amount=True),
        Tile("Margin", percent(sums.margin_ratio), is_amount=True),
        Tile(
            "Budget of its projects",
            money_short(sums.budget_amount, currency),
            note=f"{money_short(sums.actual_amount, currency)} spent, by their shares",
            is_amount=True,
        ),
        Tile("Projects", number(sums.project_count), url=projects),
    )


def _grown(growth: Decimal | None) -> str:
    return "" if growth is None else f"{signed(growth * 100)}% on the year before"


def sums_by_line(products: Any) -> dict[int | None, Sums]:
    """Sums of products, by the id of their line."""
    return _sums(products, "line_id", "product__line_id")


def sums_of(products: Any) -> Sums:
    """Sums of products together; a project that serves several counts once."""
    return _sums(products, None, None).get(None, Sums())


def grouped(products: Iterable[Any], sums: dict[int | None, Sums], total: Sums, user: User) -> list[LineGroup]:
    """Products in their order, in groups of one line each."""
    rows = list(products)
    lines = {line.pk: line for line in ProductLine.objects.visible_to(user).with_stance().filter(pk__in=sums.keys())}
    groups: dict[int | None, list[Any]] = {}
    for product in rows:
        groups.setdefault(product.line_id, []).append(product)
    return [
        LineGroup(lines.get(pk) if pk else None, found := sums.get(pk, Sums()), share_of(found, total), members)
        for pk, members in groups.items()
    ]


def share_of(part: Sums, whole: Sums) -> Decimal | None:
    """A part's share of the projects' budget."""
    return part.budget_amount / whole.budget_amount if whole.budget_amount else None


def _sums(products: Any, key: str | None, share_key: str | None) -> dict[int | None, Sums]:
    both = Q(annual_revenue_amount__gt=0, annual_cost_amount__isnull=False)
    grown = Q(annual_revenue_amount__gt=0, revenue_growth_ratio__gt=-1)
    before = ExpressionWrapper(F("annual_revenue_amount") / (1 + F("revenue_growth_ratio")), output_field=RATIO)
    columns = {
        "product_total": Count("pk"),
        "revenue": Sum("annual_revenue_amount"),
        "cost": Sum("annual_cost_amount"),
        "both_revenue": Sum("annual_revenue_amount", filter=both),
        "both_cost": Sum("annual_cost_amount", filter=both),
        "grown_now": Sum("annual_revenue_amount", filter=grown),
        "grown_before": Sum(before, filter=grown),
        "budget": Sum("rollup__budget_amount"),
        "actual": Sum("rollup__actual_amount"),
    }
    plain = products.order_by()
    found: Any = plain.values(key).annotate(**columns) if key else [plain.aggregate(**columns)]
    health = _health_by(plain, share_key)
    return {row[key] if key else None: _sum_row(row, health.get(row[key] if key else None, {})) for row in found}


def _health_by(products: Any, key: str | None) -> dict[int | None, dict[str, int]]:
    """Projects that serve the products, each once: in flight by health, and `all` of them."""
    shares = ProductShare.objects.filter(product__in=products.values("pk"), project__archived_at=None)
    flight = Q(project__status__in=IN_FLIGHT)
    is_so = {name: Q(project__rollup__health=name) for name in HEALTHS}
    is_so["unreported"] |= Q(project__rollup=None)
    counted = {name: Count("project", distinct=True, filter=flight & is_so[name]) for name in HEALTHS}
    everything = {"all": Count("project", distinct=True), **counted}
    if key is None:
        return {None: shares.aggregate(**everything)}
    return {row[key]: row for row in shares.values(key).annotate(**everything)}


def _sum_row(row: dict[str, Any], health: dict[str, int]) -> Sums:
    margin = (row["both_revenue"] - row["both_cost"]) / row["both_revenue"] if row["both_revenue"] else None
    growth = row["grown_now"] / row["grown_before"] - 1 if row["grown_before"] else None
    return Sums(
        product_count=row["product_total"],
        revenue_amount=row["revenue"],
        cost_amount=row["cost"],
        margin_ratio=margin,
        growth_ratio=growth,
        budget_amount=row["budget"] or Decimal(0),
        actual_amount=row["actual"] or Decimal(0),
        health_counts={name: health.get(name, 0) for name in HEALTHS},
        project_count=health.get("all", 0),
    )


@dataclass(frozen=True)
class Service:
    """A project that serves a product, with the part of it that does."""

    project: Any
    share_ratio: Decimal
    is_funded: bool

    @property
    def rollup(self) -> Any:
        return rollup_of(self.project)

    @property
    def is_in_flight(self) -> bool:
        return self.project.status in IN_FLIGHT

    @property
    def budget_amount(self) -> Decimal | None:
        """The product's part of the project's budget."""
        budget: Decimal | None = self.project.budget_amount
        return None if budget is None else budget * self.share_ratio

    @property
    def actual_amount(self) -> Decimal | None:
        """The product's part of the project's actual cost."""
        actual: Decimal | None = self.project.actual_amount
        return None if actual is None else actual * self.share_ratio


def services_of(products: Any, user: User) -> list[Service]:
    """Live projects that serve any of the products, the largest part first; parts of several products are added."""
    shares = (
        ProductShare.objects.visible_to(user)
        .filter(product__in=products, project__archived_at=None)
        .select_related("project__program", "project__manager", "project__rollup")
        .order_by("-share_ratio", "project__name", "pk")
    )
    found: dict[int, tuple[Any, Decimal]] = {}
    for share in shares:
        _, before = found.get(share.project_id, (None, Decimal(0)))
        found[share.project_id] = (share.project, before + share.share_ratio)
    return [Service(project, ratio, project.status in FUNDED) for project, ratio in found.values()]


def product_cells(products: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
    """Products as rows of a file, in the order of `HEADER`."""
    words = dict(Stance.choices)
    for product in products:
        rollup = rollup_of(product)
        counts = rollup.health_counts.values() if rollup else (None,) * 4
        yield (
            product.line and product.line.name,
            product.name,
            product.get_lifecycle_stage_display(),
            words.get(product.effective_stance, ""),
            product.stance_review_date,
            product.owner and product.owner.name,
            product.annual_revenue_amount,
            product.revenue_growth_ratio,
            product.annual_cost_amount,
            product.margin_ratio,
            rollup and rollup.budget_amount,
            rollup and rollup.actual_amount,
            rollup and rollup.project_count,
            *counts,
            product.currency,
            product.external_key,
        )
