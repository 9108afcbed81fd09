"""Charts of what customers say. Each title is a sentence that the data says, or says that the data says none."""

import datetime
from collections.abc import Sequence
from html import escape
from math import sqrt
from textwrap import shorten
from typing import Any

from django.utils.formats import date_format
from django.utils.text import capfirst

from core.amounts import are_hidden
from core.charts import Figure, Row, ink, money_axis
from core.templatetags.navigation import place_url
from core.templatetags.portolan import money_short, number, percent, signed
from feedback.algorithms.change import Change, Verdict
from feedback.algorithms.tally import Tally
from feedback.charts.words import NOTHING, between, door, theme_url
from feedback.models import Release
from feedback.selectors.compare import ProductFigures, Products
from feedback.selectors.insights import Asked, Finding, River, ThemeFigures, Themes

COLORS = {"negative": ink("bad"), "neutral": ink("unknown"), "positive": ink("ok"), "mixed": ink("unknown")}
#: Read without colour too.
SYMBOLS = {"negative": "square", "mixed": "diamond", "positive": "circle"}
#: More than these are not told apart; all are in the table.
MOST_LABELS, MOST_BUBBLES, MOST_BARS, LABELED_BUBBLES = 12, 40, 12, 6


def river_chart(river: River) -> Figure | None:
    """Neutral items lie on the middle line, positive ones above them, negative ones below."""
    whole = river.whole
    if not whole.judged:
        return None
    days = [_middle(period.first, period.last).isoformat() for period in river.periods]
    doors = [river.asked.during(period.first, period.last).door() for period in river.periods]
    tallies = [period.tally for period in river.periods]
    height = max(max(one.neutral / 2 + one.positive, one.neutral / 2 + one.negative) for one in tallies) or 1
    layers = [
        _layer("neutral", "up", days, [one.neutral / 2 for one in tallies], doors, tallies),
        _layer("positive", "up", days, [one.positive for one in tallies], doors, tallies),
        _layer("neutral", "down", days, [-one.neutral / 2 for one in tallies], doors, tallies),
        _layer("negative", "down", days, [-one.negative for one in tallies], doors, tallies),
    ]
    shapes, labels = _release_lines(river.releases, height)
    labels += _layer_names(days[-1], tallies[-1], height)
    return Figure(
        key="river",
        title=finding_words(river.finding),
        subtitle=f"Items by {'week' if river.is_weekly else 'month'}: positive above, neutral between, negative below.",
        plot={
            "data": layers,
            "layout": {
                "margin": {"l": 8, "r": 64, "t": 26, "b": 20}, "hovermode": "x unified", "shapes": shapes,
                "annotations": labels,
                "xaxis": {"type": "date", "nticks": 8, "tickangle": 0, "hoverformat": "%-d %b %Y"},
                "yaxis": {
                    "range": [-height * 1.05, height * 1.05], "showticklabels": False, "zeroline": False,
                },
                "meta": {
                    "narrow": {"annotations": [], "margin": {"l": 8, "r": 8, "t": 8, "b": 20}, "xaxis": {"nticks": 4}}
                },
            },
        },
        headers=(
            "Week" if river.is_weekly else "Month", "Items", "Negative", "Neutral", "Positive", "Share negative",
            "Between", "Mean",
        ),
        rows=[_period_row(river, period.first, period.last, period.tally) for period in reversed(river.periods)],
        source=_river_source(river),
        rows_url=river.asked.door(),
        rows_label=f"{number(whole.count)} items behind this",
        size="tall",
    )  # fmt: skip


def _layer(
    sentiment: str, side: str, days: list[str], heights: list[float], doors: list[str], tallies: Sequence[Tally]
) -> dict[str, Any]:
    is_half = sentiment == "neutral" and side == "down"
    return {
        "type": "scatter", "mode": "lines", "stackgroup": side, "x": days, "y": heights, "customdata": doors,
        "name": sentiment.capitalize(), "line": {"width": 0.8, "color": COLORS[sentiment]},
        "fillcolor": ink({"negative": "bad", "neutral": "unknown", "positive": "ok"}[sentiment], 0.3),
        "text": [f"{getattr(one, sentiment):,}" for one in tallies],
        **({"hoverinfo": "skip"} if is_half else {"hovertemplate": f"%{{text}} {sentiment}<extra></extra>"}),
    }  # fmt: skip


def _release_lines(releases: Sequence[Release], height: float) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The latest releases as verticals, labelled at their heads at two heights."""
    shown = releases[-MOST_LABELS:]
    is_one = len({release.product_id for release in shown}) == 1
    shapes, labels = [], []
    for place, release in enumerate(shown):
        day = release.released_date.isoformat()
        name = release.name if is_one else f"{release.product.name} {release.name}"
        line = {"color": ink("ink-2"), "width": 1, "dash": "2px,2px"}
        shapes.append({"type": "line", "x0": day, "x1": day, "y0": -height, "y1": height, "line": line})
        labels.append(
            {
                "text": _label(name, 24), "x": day, "yref": "paper",
                "y": 1 if place % 2 else 0.93, "yanchor": "bottom", "xanchor": "center", "bgcolor": ink("paper", 0.8),
                "font": {"color": ink("ink-2")},
            }
        )  # fmt: skip
    return shapes, labels


def _layer_names(day: str, last: Tally, height: float) -> list[dict[str, Any]]:
    """What the layers are called, at their ends, apart from each other."""
    apart = height * 0.12
    places = {
        "positive": max(last.neutral / 2 + last.positive / 2, apart),
        "neutral": 0.0,
        "negative": -max(last.neutral / 2 + last.negative / 2, apart),
    }
    return [
        {"text": name, "x": day, "y": y, "xanchor": "left", "xshift": 5, "font": {"color": COLORS[name]}}
        for name, y in places.items()
    ]


def _period_row(river: River, first: datetime.date, last: datetime.date, one: Tally) -> Row:
    part = river.asked.during(first, last)
    cells = [
        door(one.count, part.door()),
        *(door(getattr(one, name), part.door(sentiment=name)) for name in ("negative", "neutral", "positive")),
        percent(one.negative_ratio) if one.judged else NOTHING,
        between(one),
        NOTHING if one.scores.mean is None else signed(one.scores.mean, 2),
    ]
    pattern = "j M Y" if river.is_weekly else "M Y"
    return Row(date_format(first, pattern), cells)


def _river_source(river: River) -> str:
    parts = []
    if river.whole.unread:
        parts.append(f"{number(river.whole.unread)} not read yet, in no layer")
    if len(river.releases) > MOST_LABELS:
        parts.append(f"the latest {MOST_LABELS} of {number(len(river.releases))} releases are drawn")
    return capfirst("; ".join(parts))


def finding_words(finding: Finding | None) -> str:
    """What changed, if the interval says so."""
    if finding is None:
        return "Nothing is known yet of how it sounds"
    name = finding.release.name if finding.release else date_format(finding.since, "j M Y")
    share = finding.comparison.share
    if share.verdict == Verdict.TOO_FEW:
        return f"Too few items to say whether it sounds otherwise since {name}"
    if share.verdict == Verdict.NOT_CLEAR:
        return f"No clear change in the negative share since {name}: {percent(share.before)} before, {_after(share)}"
    moved = "fell" if (share.difference or 0) < 0 else "rose"
    return f"Negative share {moved} from {percent(share.before)} to {percent(share.after)} since {name}"


def _after(share: Change) -> str:
    return f"{percent(share.after)} after"


def themes_chart(themes: Themes, currency: str) -> Figure | None:
    """Items against what those who said them pay; where amounts are hidden, against how many accounts they are."""
    if not themes.rows:
        return None
    shown = themes.rows[:MOST_BUBBLES]
    is_money = not are_hidden()
    heights = [float(one.behind.arr) if is_money else one.behind.account_count for one in shown]
    largest = max(one.behind.account_count for one in shown) or 1
    labeled = _labeled([one.tally.count for one in shown], heights)
    names = [
        {
            "text": _label(shown[place].name, 28), "x": shown[place].tally.count, "y": heights[place], "yshift": 26,
            "xanchor": "center",
        }
        for place in sorted(labeled)
    ]  # fmt: skip
    bubbles = {
        "type": "scatter", "mode": "markers", "x": [one.tally.count for one in shown], "y": heights,
        "cliponaxis": False,
        "customdata": [theme_url(one.pk) for one in shown],
        "hovertemplate": [_bubble_words(one, currency) for one in shown],
        "marker": {
            "size": [10 + 22 * sqrt(one.behind.account_count / largest) for one in shown],
            "symbol": [SYMBOLS[one.tally.tone] for one in shown],
            "color": [COLORS[one.tally.tone] for one in shown], "opacity": 0.75,
            "line": {"width": 1, "color": ink("paper")},
        },
    }  # fmt: skip
    axis = money_axis(currency, tickformat="~s") if is_money else {"rangemode": "tozero", "tickformat": ",d"}
    what = "ARR behind them, each account once" if is_money else "accounts behind them"
    return Figure(
        key="themes",
        title=_themes_finding(themes, is_money, currency),
        subtitle=f"Items across, {what}, up; area is accounts. Square: mostly negative, circle: mostly positive.",
        plot={
            "data": [bubbles],
            "layout": {
                "margin": {"l": 8, "r": 24, "t": 24, "b": 24}, "annotations": names,
                "meta": {"narrow": {"annotations": []}},
                "xaxis": {"title": {"text": "Items"}, "rangemode": "tozero", "tickformat": ",d", "nticks": 6},
                "yaxis": {**axis, "title": {"text": "ARR" if is_money else "Accounts"}},
            },
        },
        headers=("Theme", "Items", "Negative", "Share negative", "Between", "Mean", "Accounts", *(["ARR"] * is_money)),
        rows=[_theme_row(one, themes.asked, currency, is_money) for one in themes.rows],
        source=_themes_source(themes, shown),
        rows_url=themes.asked.door(theme="none") if themes.without else "",
        rows_label=f"{number(themes.without)} item{_s(themes.without)} in no theme",
        size="tall",
    )  # fmt: skip


def _labeled(across: Sequence[float], up: Sequence[float]) -> set[int]:
    """The bubbles that carry their names: the loudest, as far as their names do not meet."""
    wide, high = max(across) or 1, max(up) or 1
    order = sorted(range(len(up)), key=lambda place: -(across[place] / wide + up[place] / high))
    named: list[int] = []
    for place in order:
        meets = (
            abs(across[place] - across[other]) < wide * 0.22 and abs(up[place] - up[other]) < high * 0.08
            for other in named
        )
        if len(named) < LABELED_BUBBLES and not any(meets):
            named.append(place)
    return set(named)


def _theme_row(one: ThemeFigures, asked: Asked, currency: str, is_money: bool) -> Row:
    tally = one.tally
    cells = [
        door(tally.count, asked.door(theme=one.pk)),
        door(tally.negative, asked.door(theme=one.pk, sentiment="negative")),
        percent(tally.negative_ratio) if tally.judged else NOTHING,
        between(tally),
        NOTHING if tally.scores.mean is None else signed(tally.scores.mean, 2),
        number(one.behind.account_count),
        *([money_short(one.behind.arr, currency)] * is_money),
    ]
    return Row(one.name, cells, theme_url(one.pk))


def _bubble_words(one: ThemeFigures, currency: str) -> str:
    pays = "" if are_hidden() else f", {money_short(one.behind.arr, currency)} a year"
    accounts = f"{number(one.behind.account_count)} account{_s(one.behind.account_count)}{pays}"
    share = f"{percent(one.tally.negative_ratio)} negative" if one.tally.judged else "not read yet"
    items = f"{number(one.tally.count)} item{_s(one.tally.count)}, {share}"
    return f"<b>{escape(one.name, quote=False)}</b><br>{items}<br>{accounts}<extra></extra>"


def _themes_finding(themes: Themes, is_money: bool, currency: str) -> str:
    most = themes.rows[0]
    if not any(one.behind.account_count for one in themes.rows):
        return f"{_name(most.name)} has the most items; no account stands behind any theme"
    key = (lambda one: one.behind.arr) if is_money else (lambda one: one.behind.account_count)
    dear = max(themes.rows, key=key)
    behind = money_short(dear.behind.arr, currency) if is_money else f"{number(dear.behind.account_count)} accounts"
    if dear.pk == most.pk:
        return f"{_name(most.name)} is asked for most, with {behind} behind it"
    return f"{_name(most.name)} has the most items, {_name(dear.name)} the most behind it: {behind}"


def _themes_source(themes: Themes, shown: Sequence[ThemeFigures]) -> str:
    if len(shown) == len(themes.rows):
        return ""
    return f"{len(shown)} of {number(len(themes.rows))} themes drawn, all in the table"


def products_chart(products: Products) -> Figure | None:
    """The share of negative items of each product, a dot with its interval; the most negative on top."""
    known = [one for one in products.rows if one.tally.judged and one.pk is not None]
    if not known:
        return None
    most = sorted(known, key=lambda one: -one.tally.judged)[:MOST_BARS]
    shown = sorted(most, key=lambda one: one.tally.negative_ratio or 0)
    shares = [(one.tally.negative_ratio or 0) * 100 for one in shown]
    bars = [one.tally.interval for one in shown]
    dots = {
        "type": "scatter", "mode": "markers", "x": shares, "y": list(range(len(shown))),
        "error_x": {
            "type": "data", "symmetric": False, "thickness": 2, "width": 0, "color": ink("ink-3"),
            "array": [bar.high * 100 - share if bar else 0 for bar, share in zip(bars, shares, strict=True)],
            "arrayminus": [share - bar.low * 100 if bar else 0 for bar, share in zip(bars, shares, strict=True)],
        },
        "marker": {
            "size": 10, "color": ink("bad"),
            "symbol": ["circle-open" if one.tally.is_small else "circle" for one in shown],
        },
        "customdata": [products.asked.door(product=one.pk, sentiment="negative") for one in shown],
        "hovertemplate": [_product_words(one) for one in shown],
    }  # fmt: skip
    return Figure(
        key="products",
        title=_products_finding(known),
        subtitle="Share of negative items, with its 95 % interval (Wilson); an open dot is of few items.",
        plot={
            "data": [dots],
            "layout": {
                "margin": {"l": 8, "r": 16, "t": 4, "b": 20},
                "xaxis": {"range": [-2, 102], "ticksuffix": "%", "dtick": 25, "showgrid": True},
                "yaxis": {
                    "tickvals": list(range(len(shown))), "showgrid": False, "range": [-0.6, len(shown) - 0.4],
                    "ticktext": [_label(one.name, 26) + "  " for one in shown],
                },
                "meta": {"narrow": {"yaxis": {"ticktext": [_label(one.name, 14) + " " for one in shown], "nticks": 0}}},
            },
        },
        headers=("Product", "Items", "Negative", "Share negative", "Between"),
        rows=[_product_row(one, products.asked) for one in reversed(shown)],
        source="" if len(shown) == len(known) else f"{len(shown)} of {len(known)} products, those with the most items",
        size="short" if len(shown) <= 3 else "" if len(shown) <= 7 else "tall",
    )  # fmt: skip


def _product_row(one: ProductFigures, asked: Asked) -> Row:
    cells = [
        door(one.tally.count, asked.door(product=one.pk)),
        door(one.tally.negative, asked.door(product=one.pk, sentiment="negative")),
        percent(one.tally.negative_ratio),
        between(one.tally),
    ]
    return Row(one.name, cells, place_url("portfolio:product-voices", one.pk))


def _product_words(one: ProductFigures) -> str:
    share = f"{percent(one.tally.negative_ratio)} of {number(one.tally.judged)} negative, {between(one.tally)}"
    return f"<b>{escape(one.name, quote=False)}</b><br>{share}<extra></extra>"


def _products_finding(known: Sequence[ProductFigures]) -> str:
    """The worst is named only where its interval lies above those of all others."""
    clear = [one for one in known if not one.tally.is_small]
    if len(known) == 1:
        return f"{percent(known[0].tally.negative_ratio)} of what is said of {_name(known[0].name)} sounds negative"
    if len(clear) < 2:
        return "Too few items to tell the products apart"
    ordered = sorted(clear, key=lambda one: -(one.tally.negative_ratio or 0))
    worst, next_one = ordered[0], max(ordered[1:], key=lambda one: one.tally.interval.high)  # type: ignore[union-attr]
    if worst.tally.interval and next_one.tally.interval and worst.tally.interval.low > next_one.tally.interval.high:
        return f"{_name(worst.name)} sounds most negative: {percent(worst.tally.negative_ratio)} of its items"
    return "No product sounds clearly more negative than all others"


def _middle(first: datetime.date, last: datetime.date) -> datetime.date:
    return first + (last - first) // 2


def _name(text: str, width: int = 48) -> str:
    """A name that leaves room for the rest."""
    return str(shorten(text, width, placeholder="…"))


def _label(text: str, width: int) -> str:
    """A name as Plotly may show it: it reads text as a little HTML."""
    return escape(_name(text, width), quote=False)


def _s(count: int) -> str:
    return "" if count == 1 else "s"
