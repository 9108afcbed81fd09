"""Items as bubbles on two measures."""

import math
from collections.abc import Callable
from typing import Any

from core.charts import Figure, category, ink, money_axis
from scoring.algorithms.definition import MONEY, PERCENT
from scoring.selectors.matrix import Axis, Matrix, Place

#: Bubbles from the worst to the best score, in pixels across.
SMALLEST, LARGEST = 12, 34
#: So many bubbles carry their name; the others tell it when pointed at.
MOST_NAMED = 14


def shown(axis: Axis, value: float, currency: str) -> str:
    """A value on an axis in words."""
    if math.isnan(value):
        return "–"
    if axis.unit == PERCENT:
        return f"{value * 100:.3g}%"
    if axis.criterion is not None and (level := axis.criterion.spec.level_of(value)) is not None:
        return level.name if level.name == f"{value:g}" else f"{level.name} ({value:g})"
    text = f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    if axis.unit == MONEY:
        return f"{currency} {text}"
    return text


def matrix_chart(matrix: Matrix, currency: str, url_of: Callable[[Any], str], group_of: Callable[[Any], str]) -> Figure:
    """The matrix as a chart; each bubble leads to the explanation of its score.

    Args:
        url_of, group_of: of an item: its page, and what it belongs to, which colors it.
    """
    inside = matrix.inside
    groups = sorted({group_of(place.item) for place in inside})
    best = max((place.score for place in inside if place.rank), default=0.0)
    traces = []
    for position, group in enumerate(groups):
        of_group = [place for place in inside if group_of(place.item) == group]
        traces.append(_trace(matrix, of_group, position, group, best, currency, url_of))
    x, y = matrix.x, matrix.y
    return Figure(
        key="matrix",
        title=finding(matrix),
        subtitle=f"{y.label} upward, {x.label.lower()} across; a bubble grows with the score.",
        plot={
            "data": traces,
            "layout": {
                "margin": {"l": 8, "r": 16, "t": 28, "b": 8}, "showlegend": len(groups) > 1,
                "xaxis": _axis(x, currency, inside, "x"), "yaxis": _axis(y, currency, inside, "y"),
                "shapes": _halves(x, y), "annotations": _names(matrix),
            },
        },
        headers=(),
        rows=[],
        size="taller",
    )  # fmt: skip


def finding(matrix: Matrix) -> str:
    """What the matrix says, in a sentence."""
    if not matrix.inside:
        return "No item has both measures yet"
    first, *_, last = matrix.corners
    return f"{first}: {matrix.count(first)} of {len(matrix.inside)}; {last.lower()}: {matrix.count(last)}"


def _trace(
    matrix: Matrix,
    places: list[Place],
    position: int,
    group: str,
    best: float,
    currency: str,
    url_of: Callable[[Any], str],
) -> dict[str, Any]:
    sizes = [
        SMALLEST + (LARGEST - SMALLEST) * math.sqrt(max(place.score, 0) / best) if place.rank and best > 0 else SMALLEST
        for place in places
    ]
    named = {place.number for place in matrix.inside[:MOST_NAMED]}
    return {
        "type": "scatter", "mode": "markers+text", "name": group,
        "x": [place.x for place in places], "y": [place.y for place in places],
        "text": [str(place.item) if place.number in named else "" for place in places],
        "textposition": "middle right", "textfont": {"size": 11, "color": ink("ink-2")}, "cliponaxis": False,
        "marker": {
            "size": sizes, "color": category(position), "opacity": 0.75, "line": {"width": 1, "color": ink("surface")},
        },
        "customdata": [
            [url_of(place.item), place.item.pk, *place.seen, str(place.item), shown(matrix.x, place.x, currency),
             shown(matrix.y, place.y, currency), place.rank or "no rank"]
            for place in places
        ],
        "hovertemplate": (
            "%{customdata[4]}<br>" + matrix.x.label + ": %{customdata[5]}<br>" + matrix.y.label
            + ": %{customdata[6]}<br>rank %{customdata[7]}<extra></extra>"
        ),
    }  # fmt: skip


def _axis(axis: Axis, currency: str, places: list[Place], name: str) -> dict[str, Any]:
    values = [getattr(place, name) for place in places] or [0.0, 1.0]
    low, high = axis.ends or (min(values), max(values))
    pad = (high - low or abs(high) or 1) * 0.08
    made: dict[str, Any] = {
        "title": {"text": f"{axis.label}, {axis.shown_unit}" if axis.shown_unit else axis.label},
        "range": [low - pad, high + pad],
        "zeroline": False,
    }
    if axis.unit == PERCENT:
        made["tickformat"] = ".0%"
    elif axis.unit == MONEY:
        made |= {key: value for key, value in money_axis(currency).items() if key != "rangemode"}
    elif axis.criterion is not None and axis.criterion.levels:
        made |= {
            "tickvals": [float(level["value"]) for level in axis.criterion.levels],
            "ticktext": [level["name"] for level in axis.criterion.levels],
        }
    return made


def _halves(x: Axis, y: Axis) -> list[dict[str, Any]]:
    line = {"color": ink("control"), "width": 1, "dash": "3px,3px"}
    return [
        {
            "type": "line",
            "x0": x.middle,
            "x1": x.middle,
            "y0": 0,
            "y1": 1,
            "yref": "paper",
            "line": line,
            "layer": "below",
        },
        {
            "type": "line",
            "y0": y.middle,
            "y1": y.middle,
            "x0": 0,
            "x1": 1,
            "xref": "paper",
            "line": line,
            "layer": "below",
        },
    ]


def _names(matrix: Matrix) -> list[dict[str, Any]]:
    """The names of the corners, in the corners."""
    best_left, best_up = matrix.x.is_lower_better, not matrix.y.is_lower_better
    found = []
    for place, corner in enumerate(matrix.corners):
        is_left = (place % 2 == 0) == best_left
        is_up = (place < 2) == best_up
        found.append(
            {
                "text": corner, "xref": "paper", "yref": "paper", "x": 0.01 if is_left else 0.99,
                "y": 0.99 if is_up else 0.01, "xanchor": "left" if is_left else "right",
                "yanchor": "top" if is_up else "bottom", "font": {"size": 11, "color": ink("ink-3")},
            }
        )  # fmt: skip
    return found
