"""Charts of what a portfolio is made of: parts in, figures out. Each title is a sentence that the data says."""

import datetime
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from html import escape
from math import ceil
from textwrap import shorten, wrap
from typing import Any

from django.utils.formats import date_format

from core.amounts import are_hidden
from core.charts import HEALTH_COLORS, HEALTH_SYMBOLS, Figure, Row, ink, money_axis, today_line
from core.templatetags.portolan import money_short, number, percent, signed_days
from portfolio.metrics import HEALTH_METRICS, METRICS
from portfolio.models import Rollup
from portfolio.selectors.dashboard import Part

#: More bars than these are not read; the rest are in the table below the chart.
MOST_BARS = 12
WORDS = {"green": "on track", "amber": "at risk", "red": "off track", "unreported": "not reported"}
TEXT_ON = {"green": "on-fill", "amber": "on-warn", "red": "on-fill", "unreported": "ink-2"}
#: Half a percent over the budget is rounding, not overspending.
OVER = Decimal("1.005")
SIZES = ("short", "", "tall")
BARS = {"l": 8, "r": 12, "t": 4, "b": 20}


def dashboard_charts(parts: Sequence[Part], rollup: Rollup, rows_url: str, day: datetime.date) -> list[Figure]:
    """The charts that the data has something to say for, in the order of the page; none of amounts that are hidden.

    Args:
        rows_url: the list of all projects of the node, with a query.
        day: today, which the finish dates are seen from.
    """
    known = [part for part in parts if part.rollup]
    of_amounts = () if are_hidden() else (budget_chart, spending_chart)
    charts = (
        health_chart(known, rollup, rows_url),
        *(chart(known, rollup, rows_url) for chart in of_amounts),
        finish_chart(known, rows_url, day),
    )
    return _in_rows([chart for chart in charts if chart])


def _in_rows(charts: Sequence[Figure]) -> list[Figure]:
    """Two by two, the two of a row equally high."""
    sizes = [max(charts[i - i % 2 : i - i % 2 + 2], key=_rank).size for i in range(len(charts))]
    return [replace(chart, size=size) for chart, size in zip(charts, sizes, strict=True)]


def _rank(chart: Figure) -> int:
    return SIZES.index(chart.size)


def health_chart(parts: Sequence[Part], rollup: Rollup, rows_url: str) -> Figure | None:
    """Projects in flight by health, one stacked bar for each part; the bar with most off track on top."""
    flying = sorted((part for part in parts if _row(part).in_flight_count), key=_trouble)
    if not flying:
        return None
    shown = flying[-MOST_BARS:]
    step = max(1, ceil(max(_row(part).in_flight_count for part in shown) / 5))
    return Figure(
        key="health",
        title=_health_finding(flying, rollup),
        subtitle=f"Projects in flight: green on track, amber at risk, red off track{_of_most(shown, flying)}.",
        plot={
            "data": [_health_bar(health, shown) for health in HEALTH_METRICS],
            "layout": {
                "barmode": "stack", "bargap": 0.36, "margin": BARS,
                "xaxis": {"tickformat": ",d", "rangemode": "tozero", "dtick": step}, **_names(shown),
            },
        },
        headers=("", *(METRICS[key].label for key in HEALTH_METRICS.values())),
        rows=[_table_row(part, *HEALTH_METRICS.values()) for part in reversed(flying)],
        rows_url=f"{rows_url}&in_flight=1",
        size=_height(len(shown)),
    )  # fmt: skip


def _health_bar(health: str, shown: Sequence[Part]) -> dict[str, Any]:
    counts = [getattr(_row(part), f"{health}_count") for part in shown]
    fill: dict[str, Any] = {"color": HEALTH_COLORS[health], "line": {"color": ink("paper"), "width": 1}}
    if health == "unreported":
        fill = {"color": ink("unknown", 0.16), "line": {"color": ink("unknown"), "width": 1}}
    return {
        "type": "bar", "orientation": "h", "name": WORDS[health], "y": list(range(len(shown))), "x": counts,
        "text": [str(count) if count else "" for count in counts],
        "customdata": [part.figures[HEALTH_METRICS[health]].url or part.url for part in shown],
        "marker": fill, "textposition": "inside", "insidetextanchor": "middle", "textangle": 0,
        "insidetextfont": {"color": ink(TEXT_ON[health])},
        "hovertemplate": [f"<b>{_label(part)}</b><br>%{{x}} {WORDS[health]}<extra></extra>" for part in shown],
    }  # fmt: skip


def budget_chart(parts: Sequence[Part], rollup: Rollup, rows_url: str) -> Figure | None:
    """Where the budget lies: area is approved budget."""
    funded = sorted((part for part in parts if _budget(part) > 0), key=_budget, reverse=True)
    if len(funded) < 2:
        return None
    total, currency = sum(map(_budget, funded), Decimal(0)), rollup.currency
    strength = [round(0.92 - 0.66 * place / (len(funded) - 1), 2) for place in range(len(funded))]
    tree = {
        "type": "treemap",
        "labels": [_lines(part, 22) for part in funded],
        "ids": [f"{part.kind}-{part.pk}" for part in funded],
        "parents": [""] * len(funded),
        "values": [float(_budget(part)) for part in funded],
        "text": [f"{money_short(_budget(part), currency)}, {percent(_budget(part) / total)}" for part in funded],
        "customdata": [part.figures["budget"].url or part.url for part in funded],
        "textinfo": "label+text",
        "hovertemplate": [f"<b>{_label(part)}</b><br>%{{text}}<extra></extra>" for part in funded],
        "tiling": {"pad": 2, "packing": "squarify", "squarifyratio": 1.2},
        "pathbar": {"visible": False},
        "marker": {
            "colors": [ink("sea", share) for share in strength],
            "line": {"width": 1, "color": ink("paper")},
            "pad": {"t": 0, "l": 0, "r": 0, "b": 0},
        },
        "textfont": {"size": 12, "color": [ink("on-fill") if share > 0.62 else ink("ink-1") for share in strength]},
        "root": {"color": "rgba(0,0,0,0)"},
    }
    return Figure(
        key="budget",
        title=_budget_finding(funded, total),
        subtitle=f"Approved budget, {money_short(total, currency)}. Area is the amount.",
        plot={"data": [tree], "layout": {"margin": {"l": 0, "r": 0, "t": 0, "b": 0}}},
        headers=("", "Budget", "Share"),
        rows=[
            Row(part.name, (money_short(_budget(part), currency), percent(_budget(part) / total)), part.url)
            for part in funded
        ],
        rows_url=rows_url,
        size=_height(min(len(funded), MOST_BARS)),
    )


def spending_chart(parts: Sequence[Part], rollup: Rollup, rows_url: str) -> Figure | None:
    """What was spent, solid, in front of what is approved, in outline."""
    funded = sorted((part for part in parts if _budget(part) or _row(part).actual_amount), key=_budget)
    if not any(_row(part).actual_amount for part in funded):
        return None
    shown, currency = funded[-MOST_BARS:], rollup.currency
    outline = {"color": ink("ink-3", 0.1), "line": {"color": ink("ink-2"), "width": 1}}
    solid = {"color": [ink("bad") if _is_over(part) else ink("sea") for part in shown]}
    labels = [
        {
            "x": float(max(_budget(part), _row(part).actual_amount)), "y": place, "xanchor": "left", "xshift": 5,
            "text": percent(_row(part).spent_ratio) if _budget(part) else "no budget",
            "font": {"size": 11, "color": ink("bad") if _is_over(part) else ink("ink-3")}, "showarrow": False,
        }
        for place, part in enumerate(shown)
    ]  # fmt: skip
    return Figure(
        key="spending",
        title=_spending_finding(funded, rollup),
        subtitle=f"Actual cost to date (solid) against approved budget (outline){_of_most(shown, funded)}.",
        plot={
            "data": [
                _money_bar(shown, "budget", outline, 0.62),
                _money_bar(shown, "actual", solid, 0.3),
            ],
            "layout": {
                "barmode": "overlay", "margin": {**BARS, "r": 52}, "annotations": labels,
                "xaxis": money_axis(currency, tickformat="~s"), **_names(shown),
            },
        },
        headers=("", "Budget", "Spent", "Spent of budget"),
        rows=[_table_row(part, "budget", "actual", "spent") for part in reversed(funded)],
        rows_url=rows_url,
        size=_height(len(shown)),
    )  # fmt: skip


def _money_bar(shown: Sequence[Part], key: str, marker: dict[str, Any], width: float) -> dict[str, Any]:
    metric = METRICS[key]
    return {
        "type": "bar", "orientation": "h", "y": list(range(len(shown))), "width": width, "marker": marker,
        "x": [float(metric.value(_row(part))) for part in shown],
        "customdata": [part.figures[key].url or part.url for part in shown],
        "hovertemplate": [
            f"<b>{_label(part)}</b><br>{metric.label} {metric.words(_row(part))}<extra></extra>" for part in shown
        ],
    }  # fmt: skip


def finish_chart(parts: Sequence[Part], rows_url: str, day: datetime.date) -> Figure | None:
    """The last finish of each part with projects in flight: where it was planned, and where it is expected."""
    ahead = [part for part in parts if _row(part).in_flight_count and _row(part).planned_finish_date]
    if not ahead:
        return None
    ahead.sort(key=_finish, reverse=True)
    kept = sorted(ahead, key=lambda part: abs(_slip(part)))[-MOST_BARS:]
    shown = sorted(kept, key=_finish, reverse=True)
    places = list(range(len(shown)))
    spans: dict[str, list[Any]] = {"x": [], "y": []}
    for place, part in enumerate(shown):
        spans["x"] += [_row(part).planned_finish_date.isoformat(), _finish(part).isoformat(), None]
        spans["y"] += [place, place, None]
    line = {"type": "scatter", **spans, "mode": "lines", "line": {"color": ink("ink-3"), "width": 1.5}}
    planned = {
        "x": [_row(part).planned_finish_date.isoformat() for part in shown], "mode": "markers",
        "marker": {"size": 10, "symbol": "line-ns-open", "color": ink("ink-2"), "line": {"width": 1.5}},
    }  # fmt: skip
    expected = {
        "x": [_finish(part).isoformat() for part in shown], "mode": "markers+text", "cliponaxis": False,
        "text": [signed_days(_slip(part)) if _slip(part) else "" for part in shown],
        "textposition": "middle right", "textfont": {"size": 11, "color": ink("ink-2")},
        "marker": {
            "size": 11, "symbol": [HEALTH_SYMBOLS[_row(part).health] for part in shown],
            "color": [HEALTH_COLORS[_row(part).health] for part in shown], "line": {"width": 1},
        },
    }  # fmt: skip
    marks = {
        "type": "scatter", "y": places,
        "customdata": [part.figures["finish"].url or part.url for part in shown],
        "hovertemplate": [_finish_hover(part) for part in shown],
    }  # fmt: skip
    days = [day, *(_finish(part) for part in shown), *(_row(part).planned_finish_date for part in shown)]
    room = datetime.timedelta(days=max(14, (max(days) - min(days)).days // 12))
    shape, label = today_line(day.isoformat(), date_format(day, "j M"))
    return Figure(
        key="finish",
        title=_finish_finding(ahead),
        subtitle=f"Last finish of each, planned (tick) and expected (mark of its health){_of_most(shown, ahead)}.",
        plot={
            "data": [{**line, "hoverinfo": "skip"}, {**marks, **planned}, {**marks, **expected}],
            "layout": {
                "margin": {**BARS, "r": 44, "t": 20}, "shapes": [shape], "annotations": [label],
                "xaxis": {
                    "type": "date", "nticks": 5, "tickangle": 0,
                    "range": [(min(days) - room).isoformat(), (max(days) + room).isoformat()],
                },
                **_names(shown),
            },
        },
        headers=("", "Planned", "Expected", "Slip"),
        rows=[
            Row(part.name, (*(date_format(date, "j M Y") for date in _dates(part)), signed_days(_slip(part))), part.url)
            for part in reversed(ahead)
        ],
        rows_url=rows_url,
        size=_height(len(shown)),
    )  # fmt: skip


def _health_finding(flying: Sequence[Part], rollup: Rollup) -> str:
    off, at_risk, known = rollup.red_count, rollup.amber_count, rollup.in_flight_count
    if off:
        worst = max(flying, key=lambda part: _row(part).red_count)
        count = _row(worst).red_count
        finding = f"{number(off)} of {number(known)} projects {_are(off)} off track"
        if off == 1:
            return f"{finding}: {_name(worst)}" if worst.kind == "project" else f"{finding}, in {_name(worst)}"
        if len(flying) > 1 and count > 1 and count * 3 >= off:
            return f"{finding}, {'all' if count == off else number(count)} of them in {_name(worst)}"
        return finding
    if at_risk:
        return f"No project is off track; {number(at_risk)} of {number(known)} {_are(at_risk)} at risk"
    if rollup.unreported_count == known:
        return f"Nothing is reported of {number(known)} project{_s(known)} in flight"
    if rollup.unreported_count:
        return f"No project is off track; {number(rollup.unreported_count)} of {number(known)} are not reported"
    return f"All {number(known)} projects in flight are on track" if known > 1 else "The project in flight is on track"


def _budget_finding(funded: Sequence[Part], total: Decimal) -> str:
    largest = funded[0]
    share = _budget(largest) / total
    if share >= Decimal("0.35") or len(funded) == 2:
        return f"{_name(largest)} holds {percent(share)} of the budget"
    half, held = 0, Decimal(0)
    while held * 2 < total:
        held += _budget(funded[half])
        half += 1
    return f"{number(half)} of {number(len(funded))} hold half of the budget, {_name(largest)} the most"


def _spending_finding(funded: Sequence[Part], rollup: Rollup) -> str:
    over = [part for part in funded if _is_over(part)]
    if len(over) == 1:
        part = over[0]
        if not _budget(part):
            return f"{_name(part)} spends without a budget"
        return f"{_name(part)} is {percent(_row(part).actual_amount / _budget(part) - 1)} over its budget"
    if over:
        return f"{number(len(over))} of {number(len(funded))} are over their budget"
    whole = f"{percent(rollup.spent_ratio)} of the budget is spent"
    return f"{whole}; none is over its budget" if len(funded) > 1 else whole


def _finish_finding(ahead: Sequence[Part]) -> str:
    late = [part for part in ahead if _slip(part) > 0]
    if not late:
        return "Every finish is expected as planned" if len(ahead) > 1 else f"{_name(ahead[0])} is expected as planned"
    worst = max(late, key=_slip)
    days = f"{number(_slip(worst))} day{_s(_slip(worst))}"
    if len(late) == 1:
        return f"{_name(worst)} finishes {days} later than planned"
    return f"{number(len(late))} of {number(len(ahead))} finish later than planned, {_name(worst)} by {days}"


def _finish_hover(part: Part) -> str:
    planned, expected = (date_format(date, "j M Y") for date in _dates(part))
    return f"<b>{_label(part)}</b><br>Planned {planned}<br>Expected {expected}<extra></extra>"


def _table_row(part: Part, *keys: str) -> Row:
    return Row(part.name, [part.figures[key].words for key in keys], part.url)


def _names(shown: Sequence[Part]) -> dict[str, Any]:
    """The axis that names the bars: by place, so that two of the same name stay two."""
    places = {"tickvals": list(range(len(shown))), "showgrid": False}
    return {
        "yaxis": {**places, "ticktext": [_lines(part, 24, "  ") for part in shown]},
        "meta": {"narrow": {"yaxis": {"ticktext": [_lines(part, 15, " ") for part in shown], "nticks": 0}}},
    }


def _lines(part: Part, width: int, end: str = "") -> str:
    """A name in at most two short lines, which leave room for the bars."""
    lines = wrap(part.name, width, max_lines=2, placeholder="…")
    return "<br>".join(escape(line, quote=False) + end for line in lines)


def _name(part: Part) -> str:
    """A name that leaves room for the finding."""
    return str(shorten(part.name, 48, placeholder="…"))


def _label(part: Part) -> str:
    """A name as Plotly may show it: it reads text as a little HTML."""
    return escape(part.name, quote=False)


def _row(part: Part) -> Any:
    return part.rollup


def _budget(part: Part) -> Decimal:
    return Decimal(_row(part).budget_amount)


def _dates(part: Part) -> tuple[datetime.date, datetime.date]:
    return _row(part).planned_finish_date, _finish(part)


def _finish(part: Part) -> datetime.date:
    return _row(part).finish_date or _row(part).planned_finish_date


def _slip(part: Part) -> int:
    return _row(part).slip_days or 0


def _trouble(part: Part) -> tuple[int, int, int]:
    row = _row(part)
    return row.red_count, row.amber_count, row.in_flight_count


def _is_over(part: Part) -> bool:
    return bool(_row(part).actual_amount > _budget(part) * OVER)


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _s(count: int) -> str:
    return "" if count == 1 else "s"


def _of_most(shown: Sequence[Part], known: Sequence[Part]) -> str:
    return "" if len(shown) == len(known) else f"; {len(shown)} of {len(known)} shown, all in the table"


def _height(count: int) -> str:
    return "short" if count <= 3 else "" if count <= 7 else "tall"
