"""Feedback compared: product by product, and before a day with after it, such as that of a release."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber
from django.utils import timezone
from django.utils.formats import date_format

from feedback.algorithms.tally import MEASURES, Comparison, Tally, compared, enough, total_of
from feedback.models import Channel, Release, Theme
from feedback.selectors.insights import (
    Asked,
    Behind,
    behind_each,
    moved,
    said_between,
    sums,
    tally_of,
)
from projects.models import Project

#: Days on each side that may be chosen, and those that are.
WINDOWS, USUAL_WINDOW = (14, 30, 60, 90), 60
#: Where so much of what came through one channel came through another after it, the two sides are not alike.
MIX_MOVED = 0.25
MOST_TOLD = 5


@dataclass(frozen=True)
class TopTheme:
    """The theme with the most items."""

    pk: int
    name: str
    count: int


@dataclass(frozen=True)
class ProductFigures:
    """What is said of a product, and how it compares with the time before. None: items that are of no product."""

    pk: int | None
    name: str
    comparison: Comparison
    top_theme: TopTheme | None
    behind: Behind

    @property
    def tally(self) -> Tally:
        """Of the time that is asked about."""
        return self.comparison.after


@dataclass(frozen=True)
class Products:
    """Products that something is said of, that with the most items first."""

    asked: Asked
    rows: list[ProductFigures]

    @property
    def comparisons(self) -> int:
        return self.rows[0].comparison.comparisons if self.rows else 0


def products_of(asked: Asked) -> Products:
    """Each product in the time asked about, and against the time before it.

    Cost: four statements; the database answers a row for each product.
    """
    earlier = asked.before()
    now, before = said_between(asked.first, asked.last), said_between(earlier.first, earlier.last)
    both = asked.during(earlier.first, asked.last).rows().values("product", "product__name")
    found = both.annotate(**sums(now, "now_"), **sums(before, "before_")).order_by("-now_count", "product")
    told = [row for row in found if row["now_count"]]
    comparisons = compared([(tally_of(row, "before_"), tally_of(row, "now_")) for row in told])
    tops, accounts = _top_themes(asked), behind_each(asked.rows(), "product")
    rows = [
        ProductFigures(pk, row["product__name"] or "No product", comparison, tops.get(pk), accounts.get(pk, Behind()))
        for row, comparison in zip(told, comparisons, strict=True)
        for pk in (row["product"],)
    ]
    return Products(asked, sorted(rows, key=lambda row: row.pk is None))


def _top_themes(asked: Asked) -> dict[int | None, TopTheme]:
    """The theme that most items of each product are in."""
    counted = asked.rows().exclude(theme=None).values("product", "theme").annotate(count=Count("pk"))
    place = Window(RowNumber(), partition_by="product", order_by=[F("count").desc(), F("theme").asc()])
    found = list(counted.annotate(place=place).filter(place=1))
    themes = Theme.objects.visible_to(asked.user).filter(pk__in={row["theme"] for row in found})
    names = dict(themes.values_list("pk", "name"))
    return {row["product"]: TopTheme(row["theme"], names[row["theme"]], row["count"]) for row in found}


@dataclass(frozen=True)
class Moment:
    """What happened on a day, and to which products; without products it is asked about all."""

    kind: str
    name: str
    day: datetime.date
    products: tuple[int, ...] = ()
    release: Release | None = None
    project: Project | None = None


def moment_of_release(release: Release) -> Moment:
    name = f"{release.product.name} {release.name}"
    return Moment("release", name, release.released_date, (release.product_id,), release=release)


def moment_of_project(project: Project) -> Moment:
    """The finish of a project, for the products that it serves.

    Raises:
        ValueError: it has not finished.
    """
    if project.actual_finish_date is None:
        raise ValueError("The project has not finished.")
    shares: Any = project.product_shares
    products = tuple(shares.order_by("product").values_list("product", flat=True))
    return Moment("project", project.name, project.actual_finish_date, products, project=project)


def moment_of_day(day: datetime.date) -> Moment:
    return Moment("date", date_format(day, "j M Y"), day)


def latest_release(asked: Asked, today: datetime.date) -> Release | None:
    """The latest release of the product asked about, or of all."""
    rows = Release.objects.visible_to(asked.user).live().filter(released_date__lte=today)
    if asked.product:
        rows = rows.filter(product=asked.product)
    return rows.select_related("product").order_by("-released_date", "-pk").first()


@dataclass(frozen=True)
class ThemeChange:
    """A theme before and after."""

    pk: int
    name: str
    comparison: Comparison


@dataclass(frozen=True)
class BeforeAfter:
    """Equally many days before a day, and from it on.

    Args:
        whole: all items, each measure with its own 95 % interval.
        themes: each theme, with intervals that hold together.
        warnings: what else may be behind a change.
    """

    moment: Moment
    days: int
    before: Asked
    after: Asked
    whole: Comparison
    themes: list[ThemeChange]
    warnings: list[str]

    @property
    def compared_themes(self) -> int:
        """Themes of which there are enough items to compare."""
        return sum(enough(one.comparison.before, one.comparison.after) for one in self.themes)

    @property
    def has_doors(self) -> bool:
        """Whether the inbox can list the items: it narrows to one product, or to none."""
        return len(self.moment.products) < 2

    @property
    def comparisons(self) -> int:
        return self.compared_themes * MEASURES


def before_after(asked: Asked, moment: Moment, days: int) -> BeforeAfter:
    """How items sound before and after a moment: of its products, or as asked where it has none.

    Cost: three statements; the database answers a row for each theme and for each channel.
    """
    before = asked.during(moved(moment.day, -days), moved(moment.day, -1))
    after = asked.during(moment.day, moved(moment.day, days - 1))
    if moment.products:
        product = moment.products[0] if len(moment.products) == 1 else None
        before, after = replace(before, product=product), replace(after, product=product)
    rows = before.during(before.first, after.last).rows()
    if len(moment.products) > 1:
        rows = rows.filter(product__in=moment.products)
    is_before, is_after = (said_between(side.first, side.last) for side in (before, after))
    found = list(rows.values("theme", "theme__name").annotate(**sums(is_before, "before_"), **sums(is_after, "after_")))
    pairs = [(tally_of(row, "before_"), tally_of(row, "after_")) for row in found]
    whole = Comparison(total_of(first for first, _ in pairs), total_of(second for _, second in pairs))
    in_themes = [(row, pair) for row, pair in zip(found, pairs, strict=True) if row["theme"] is not None]
    comparisons = compared([pair for _, pair in in_themes])
    themes = [
        ThemeChange(row["theme"], row["theme__name"], comparison)
        for (row, _), comparison in zip(in_themes, comparisons, strict=True)
    ]
    themes.sort(key=lambda one: (-one.comparison.before.count - one.comparison.after.count, one.pk))
    mix = list(
        rows.values_list("channel").annotate(before=Count("pk", filter=is_before), after=Count("pk", filter=is_after))
    )
    warnings = [
        *_of_no_product(asked, moment),
        *_others(asked, moment, before.first, after.last),
        *_unfinished(after),
        *_few(whole),
        *_mix(mix),
    ]
    return BeforeAfter(moment, days, before, after, whole, themes, warnings)


def _of_no_product(asked: Asked, moment: Moment) -> list[str]:
    if moment.project is None or moment.products or asked.product:
        return []
    return ["The project serves no product, so feedback about all products is compared."]


def _others(asked: Asked, moment: Moment, first: datetime.date, last: datetime.date) -> list[str]:
    """Other releases that may be behind a change."""
    rows = Release.objects.visible_to(asked.user).live().filter(released_date__range=(first, last))
    products = moment.products or ((asked.product,) if asked.product else ())
    if products:
        rows = rows.filter(product__in=products)
    if moment.release:
        rows = rows.exclude(pk=moment.release.pk)
    found = list(rows.select_related("product").order_by("released_date", "pk")[: MOST_TOLD + 1])
    names = [f"{one.product.name} {one.name} on {date_format(one.released_date, 'j M Y')}" for one in found]
    if not names:
        return []
    more = " and more" if len(names) > MOST_TOLD else ""
    return [f"Released within the same days: {'; '.join(names[:MOST_TOLD])}{more}. A change may be theirs."]


def _unfinished(after: Asked) -> list[str]:
    today = timezone.localdate()
    if after.last <= today:
        return []
    passed = max((today - after.first).days + 1, 0)
    return [f"The {after.days} days after it are not over: {passed} of them are counted."]


def _few(whole: Comparison) -> list[str]:
    sides = (("before", whole.before), ("after", whole.after))
    few = [f"{side.judged} {name}" for name, side in sides if side.is_small]
    unread = whole.before.unread + whole.after.unread
    found = [f"Few items: {' and '.join(few)}. Only a large change would show."] if few else []
    if unread:
        are = "item is" if unread == 1 else "items are"
        found.append(f"{unread} {are} not read yet, and left out of shares and means.")
    return found


def _mix(rows: Sequence[tuple[str, int, int]]) -> list[str]:
    """Where the sources are others after than before, the people are too."""
    totals = [sum(before for _, before, _ in rows), sum(after for _, _, after in rows)]
    if not all(totals):
        return []
    moves = [(after / totals[1] - before / totals[0], channel) for channel, before, after in rows]
    if sum(abs(move) for move, _ in moves) / 2 < MIX_MOVED:
        return []
    move, channel = max(moves, key=lambda one: abs(one[0]))
    more = "more" if move > 0 else "fewer"
    return [
        f"The sources differ: {more} items came by {Channel(channel).label.lower()} after it than before, so other "
        "people may speak."
    ]
