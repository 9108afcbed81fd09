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
#: The picture in pixels, and a name's letter and line, by which it is seen whether a name has room.
WIDTH, HEIGHT, LETTER, LINE = 1100, 420, 6.5, 14
Box = tuple[float, float, float, float]


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
    named = with_room(matrix, best)
    traces = []
    for position, group in enumerate(groups):
        of_group = [place for place in inside if group_of(place.item) == group]
        traces.append(_trace(matrix, of_group, named, position, group, best, currency, url_of))
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


def _size(place: Place, best: float) -> float:
    if not place.rank or best <= 0:
        return SMALLEST
    return SMALLEST + (LARGEST - SMALLEST) * math.sqrt(max(place.score, 0) / best)


def with_room(matrix: Matrix, best: float) -> dict[int, str]:
    """Where names stand beside their bubbles, by the item's number: the best first, none on a bubble or a name."""
    (left, right), (low, high) = _range(matrix.x, matrix.inside, "x"), _range(matrix.y, matrix.inside, "y")
    taken = []
    for place in matrix.inside:
        across, up = WIDTH * (place.x - left) / (right - left), HEIGHT * (place.y - low) / (high - low)
        half = _size(place, best) / 2
        taken.append((across - half, across + half, up - half, up + half))
    named = {}
    for place, bubble in zip(matrix.inside[:MOST_NAMED], tuple(taken), strict=False):
        for position, box in _beside(bubble, LETTER * len(str(place.item))):
            if box[0] >= 0 and box[1] <= WIDTH + LINE and not any(_lies_on(box, other) for other in taken):
                taken.append(box)
                named[place.number] = position
                break
    return named


def _beside(bubble: Box, length: float) -> list[tuple[str, Box]]:
    """Where a name of such a length may stand, as Plotly calls it, the best first."""
    left, right, low, high = bubble
    across, up = (left + right) / 2, (low + high) / 2
    return [
        ("middle right", (right + 1, right + 1 + length, up - LINE / 2, up + LINE / 2)),
        ("top center", (across - length / 2, across + length / 2, high, high + LINE)),
        ("middle left", (left - 1 - length, left - 1, up - LINE / 2, up + LINE / 2)),
        ("bottom center", (across - length / 2, across + length / 2, low - LINE, low)),
    ]


def _lies_on(one: Box, other: Box) -> bool:
    return one[0] < other[1] and other[0] < one[1] and one[2] < other[3] and other[2] < one[3]


def _trace(
    matrix: Matrix,
    places: list[Place],
    named: dict[int, str],
    position: int,
    group: str,
    best: float,
    currency: str,
    url_of: Callable[[Any], str],
) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "markers+text", "name": group,
        "x": [place.x for place in places], "y": [place.y for place in places],
        "text": [str(place.item) if place.number in named else "" for place in places],
        "textposition": [named.get(place.number, "middle right") for place in places],
        "textfont": {"size": 11, "color": ink("ink-2")}, "cliponaxis": False,
        "marker": {
            "size": [_size(place, best) for place in places], "color": category(position),
            "opacity": 0.75, "line": {"width": 1, "color": ink("surface")},
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


def _range(axis: Axis, places: list[Place], name: str) -> tuple[float, float]:
    values = [getattr(place, name) for place in places] or [0.0, 1.0]
    low, high = axis.ends or (min(values), max(values))
    pad = (high - low or abs(high) or 1) * 0.08
    return low - pad, high + pad


def _axis(axis: Axis, currency: str, places: list[Place], name: str) -> dict[str, Any]:
    made: dict[str, Any] = {
        "title": {"text": f"{axis.label}, {axis.shown_unit}" if axis.shown_unit else axis.label},
        "range": list(_range(axis, places, name)),
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
