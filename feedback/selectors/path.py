"""From a quote to what came of it: its theme, the work it asks for, what that costs, its release, and what changed."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Case, Count, IntegerField, Max, Q, Value, When
from django.utils import timezone

from core.amounts import are_hidden
from feedback.algorithms.tally import Comparison, Tally, compared
from feedback.models import FeedbackItem, FeedbackLink, Importance, Release, Theme
from feedback.selectors.compare import USUAL_WINDOW
from feedback.selectors.insights import Behind, behind_each, moved, said_between, sums, tally_of
from feedback.selectors.products import product_model
from finance.selectors.figures import derived_figures
from projects.models import Project

#: So many projects and products are followed, and so many releases.
MOST_TARGETS, MOST_RELEASES = 5, 3
RANKS = {value: place for place, value in enumerate(Importance.values, start=1)}


@dataclass(frozen=True)
class ThemeStep:
    """The theme of an item: how its items sound and who stands behind it."""

    theme: Theme
    tally: Tally
    behind: Behind


@dataclass(frozen=True)
class TargetStep:
    """A project or product that the item, or another of its theme, is linked to.

    Args:
        importance: what the item itself says; empty where only others of its theme are linked.
        item_count: items of the theme, or this one, that are linked.
        budget_amount, actual_amount: of a project; None where there are none, or amounts are hidden.
    """

    kind: str
    row: Any
    importance: str
    item_count: int
    budget_amount: Decimal | None = None
    actual_amount: Decimal | None = None

    @property
    def importance_words(self) -> str:
        return Importance(self.importance).label.lower() if self.importance else ""

    @property
    def has_spend(self) -> bool:
        return self.budget_amount is not None or self.actual_amount is not None


@dataclass(frozen=True)
class ReleaseStep:
    """A release since the item was said, with feedback before and after it: on its product, and in the theme."""

    release: Release
    days: int
    product: Comparison
    theme: Comparison | None


@dataclass(frozen=True)
class Path:
    """Where an item leads. What is missing is None or empty."""

    item: FeedbackItem
    theme: ThemeStep | None
    targets: list[TargetStep]
    releases: list[ReleaseStep]

    @property
    def projects(self) -> list[TargetStep]:
        return [target for target in self.targets if target.kind == "project"]

    @property
    def comparisons(self) -> int:
        """Comparisons told together."""
        return self.releases[0].product.comparisons if self.releases else 0


def path_of(user: Any, item: FeedbackItem) -> Path:
    """Follow an item as far as there is something.

    Cost: ten statements at most, three of them for the releases.
    """
    theme = _theme(user, item)
    targets = _targets(user, item)
    return Path(item, theme, targets, _releases(user, item, targets))


def heard(user: Any) -> Any:
    """Live items without those that were found to be no feedback."""
    return FeedbackItem.objects.visible_to(user).voices().order_by()


def _theme(user: Any, item: FeedbackItem) -> ThemeStep | None:
    if item.theme is None:
        return None
    rows = heard(user).filter(theme=item.theme)
    tally = tally_of(rows.aggregate(**sums()))
    return ThemeStep(item.theme, tally, behind_each(rows, "theme").get(item.theme.pk, Behind()))


def _targets(user: Any, item: FeedbackItem) -> list[TargetStep]:
    """What the item is linked to first, then what most others of its theme are."""
    is_told = Q(item=item.pk)
    if item.theme_id:
        is_told |= Q(item__theme=item.theme_id, item__archived_at=None) & ~Q(item__status="not_feedback")
    own = Case(*(When(importance=value, item=item.pk, then=Value(rank)) for value, rank in RANKS.items()), default=0)
    links = FeedbackLink.objects.visible_to(user).filter(is_told).order_by()
    counted = links.values("project", "product").annotate(count=Count("pk"), own=Max(own, output_field=IntegerField()))
    found = list(counted.order_by("-own", "-count", "project", "product")[:MOST_TARGETS])
    rows = {
        "project": _by_id(Project.objects.visible_to(user).with_health(), found, "project"),
        "product": _by_id(product_model().objects.visible_to(user), found, "product"),
    }
    money = {} if are_hidden() or not rows["project"] else derived_figures(list(rows["project"]))
    targets = []
    for one in found:
        kind = "project" if one["project"] else "product"
        if row := rows[kind].get(one[kind]):
            importance = next((value for value, rank in RANKS.items() if rank == one["own"]), "")
            targets.append(TargetStep(kind, row, importance, one["count"], **_spend(kind, row, money)))
    return targets


def _by_id(rows: Any, found: Sequence[dict[str, Any]], kind: str) -> dict[int, Any]:
    ids = [one[kind] for one in found if one[kind]]
    return {row.pk: row for row in rows.filter(pk__in=ids)} if ids else {}


def _spend(kind: str, row: Any, money: dict[int, dict[str, Decimal]]) -> dict[str, Decimal | None]:
    """What a project may spend and has spent: as its entries say, else as was typed in."""
    if kind != "project" or are_hidden():
        return {}
    return {"budget_amount": row.budget_amount, "actual_amount": row.actual_amount, **money.get(row.pk, {})}


def _releases(user: Any, item: FeedbackItem, targets: Sequence[TargetStep]) -> list[ReleaseStep]:
    """The first releases of that work since the item was said."""
    projects = [target.row.pk for target in targets if target.kind == "project"]
    products = {target.row.pk for target in targets if target.kind == "product"} | {item.product_id} - {None}
    said, today = timezone.localdate(item.said_at), timezone.localdate()
    rows = Release.objects.visible_to(user).live().filter(Q(project__in=projects) | Q(product__in=products))
    since = rows.filter(released_date__range=(said, today)).select_related("product")
    found = list(since.order_by("released_date", "pk")[:MOST_RELEASES])
    pairs = [_around(user, release, item.theme_id, USUAL_WINDOW) for release in found]
    told = iter(compared(pair for both in pairs for pair in both))
    return [ReleaseStep(release, USUAL_WINDOW, next(told), next(told) if item.theme_id else None) for release in found]


def _around(user: Any, release: Release, theme: int | None, days: int) -> list[tuple[Tally, Tally]]:
    """Tallies before and after a release: of its product, and of a theme if there is one."""
    day = release.released_date
    before = said_between(moved(day, -days), moved(day, -1))
    after = said_between(day, moved(day, days - 1))
    groups = {"product_": Q(product=release.product_id), **({"theme_": Q(theme=theme)} if theme else {})}
    is_any = groups["product_"] | groups.get("theme_", Q())
    rows = heard(user).filter(before | after, is_any)
    aggregates: dict[str, Any] = {}
    for name, is_in in groups.items():
        aggregates |= sums(is_in & before, f"{name}before_") | sums(is_in & after, f"{name}after_")
    row = rows.aggregate(**aggregates)
    return [(tally_of(row, f"{name}before_"), tally_of(row, f"{name}after_")) for name in groups]


@dataclass(frozen=True)
class SinceRelease:
    """How feedback on a product sounds before and after the latest release of a project."""

    step: ReleaseStep
    more: int

    @property
    def product(self) -> str:
        """The name of the product that was released."""
        return str(self.step.release.product.name)


def since_release(user: Any, project: Any, today: datetime.date) -> SinceRelease | None:
    """The change since a project's latest release; None where there is none.

    Cost: two statements.
    """
    rows = Release.objects.visible_to(user).live().filter(project=project, released_date__lte=today)
    found = list(rows.select_related("product").order_by("-released_date", "-pk"))
    if not found:
        return None
    pair = _around(user, found[0], None, USUAL_WINDOW)[0]
    return SinceRelease(ReleaseStep(found[0], USUAL_WINDOW, Comparison(*pair), None), len(found) - 1)
