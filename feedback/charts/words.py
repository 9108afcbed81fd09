"""Shares, means and their changes as they are written, and where a figure leads."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.templatetags.navigation import place_url
from core.templatetags.portolan import number, percent, signed
from feedback.algorithms.change import Change
from feedback.algorithms.tally import Comparison, Tally
from feedback.selectors.compare import BeforeAfter, ProductFigures, Products
from feedback.selectors.insights import Asked
from feedback.selectors.path import Path, ReleaseStep

NOTHING = "–"


def theme_url(pk: int) -> str:
    """The page of a theme."""
    return reverse("feedback:theme-detail", args=[pk])


def door(count: int, url: str) -> SafeString | str:
    """A figure that leads to its rows, if there are any."""
    return format_html('<a class="n" href="{}">{}</a>', url, number(count)) if count and url else number(count)


def between(one: Tally) -> str:
    """The interval of a share, in words."""
    return f"{percent(one.interval.low)} to {percent(one.interval.high)}" if one.interval else NOTHING


def share_words(change: Change) -> str:
    """The difference of two shares with its interval: −13 points, −20 to −6; below a point in parts of one."""
    if change.difference is None or change.interval is None:
        return NOTHING
    difference, low, high = (_points(value) for value in (change.difference, *_ends(change)))
    return f"{difference} points, {low} to {high}"


def _points(ratio: float) -> str:
    size = abs(ratio)
    if 0 < size < 0.00005:
        return "just above 0" if ratio > 0 else "just below 0"
    return signed(ratio * 100, 0 if size >= 0.01 or not size else 1 if size >= 0.0005 else 2)


def mean_words(change: Change) -> str:
    """The difference of two means with its interval: +0.24, +0.10 to +0.38."""
    if change.difference is None:
        return NOTHING
    if change.interval is None:
        return signed(change.difference, 2)
    low, high = (signed(end, 2) for end in _ends(change))
    return f"{signed(change.difference, 2)}, {low} to {high}"


def _ends(change: Change) -> tuple[float, float]:
    return (change.interval.low, change.interval.high) if change.interval else (0.0, 0.0)


@dataclass(frozen=True)
class ChangeLine:
    """A row of a table of changes: items before and after, and what may be said of them."""

    name: str
    comparison: Comparison
    url: str = ""
    before_url: str = ""
    after_url: str = ""

    @property
    def share(self) -> str:
        return share_words(self.comparison.share)

    @property
    def mean(self) -> str:
        return mean_words(self.comparison.mean)


def change_lines(found: BeforeAfter) -> list[ChangeLine]:
    """All items first, then theme by theme."""

    def doors(**more: int) -> tuple[str, str]:
        return (found.before.door(**more), found.after.door(**more)) if found.has_doors else ("", "")

    release = found.moment.release
    name = f"All about {release.product.name}" if release else "All feedback"
    whole = ChangeLine(name, found.whole, "", *doors())
    themes = [ChangeLine(one.name, one.comparison, theme_url(one.pk), *doors(theme=one.pk)) for one in found.themes]
    return [whole, *themes]


def step_line(step: ReleaseStep, one: Comparison, whose: str) -> ChangeLine:
    """What may be said since a release; it leads to the page that compares before with after."""
    url = f"{reverse('feedback:insights')}?release={step.release.pk}&days={step.days}#before-after"
    return ChangeLine(f"{whose} since {step.release.name}", one, url)


def path_lines(path: Path) -> list[ChangeLine]:
    """Release by release: the theme of the item, then all that is said of the product."""
    found = []
    for step in path.releases:
        if step.theme:
            found.append(step_line(step, step.theme, "of the theme"))
        found.append(step_line(step, step.product, f"about {step.release.product.name}"))
    return found


@dataclass(frozen=True)
class ProductLine:
    """A row of the comparison of products."""

    figures: ProductFigures
    url: str
    items_url: str
    negative_url: str
    before_url: str
    theme_url: str

    @property
    def share(self) -> str:
        return share_words(self.figures.comparison.share)

    @property
    def mean(self) -> str:
        return mean_words(self.figures.comparison.mean)

    @property
    def between(self) -> str:
        return between(self.figures.tally)


def product_lines(products: Products) -> list[ProductLine]:
    """Products with the addresses of what stands behind their figures; items of no product have none."""
    return [_product_line(products.asked, one) for one in products.rows]


def _product_line(asked: Asked, one: ProductFigures) -> ProductLine:
    top = theme_url(one.top_theme.pk) if one.top_theme else ""
    if one.pk is None:
        return ProductLine(one, "", "", "", "", top)
    return ProductLine(
        one,
        place_url("portfolio:product-voices", one.pk),
        asked.door(product=one.pk),
        asked.door(product=one.pk, sentiment="negative"),
        asked.before().door(product=one.pk),
        top,
    )
