"""Charts of rank stability: a finished run in, figures out."""

from html import escape
from textwrap import shorten
from typing import Any

from core.charts import Figure, Row, ink
from core.templatetags.portolan import number, percent
from scoring.selectors.runs import RunRead

#: So many items are drawn at most, the best first.
MOST_DRAWN = 40
#: Room for so many at least.
FEWEST = 6


def rank_ranges(read: RunRead, rows_url: str) -> Figure | None:
    """The ranks that each item has over the samples: thin for the middle 80 %, thick for the middle half."""
    items = [item for item in read.result["items"] if item["quantiles"]][:MOST_DRAWN]
    if not items:
        return None
    count = len(items)
    places = list(range(count))
    thin, thick = _lines(items, 0, 4), _lines(items, 1, 3)
    line = read.row.top_count + 0.5
    labels = [f"{escape(shorten(item['name'], 36, placeholder='…'), quote=False)}  " for item in items]
    hover = [
        f"{escape(item['name'], quote=False)}<br>rank {item['rank']}, in 80% of samples "
        f"{item['quantiles'][0]} to {item['quantiles'][4]}<extra></extra>"
        for item in items
    ]
    marks = {
        "type": "scatter", "mode": "markers", "x": [item["rank"] for item in items], "y": places,
        "marker": {"symbol": "line-ns", "size": 13, "line": {"width": 2.5, "color": ink("ink-1")}},
        "customdata": [f"#item-{item['id']}" for item in items], "hovertemplate": hover, "cliponaxis": False,
    }  # fmt: skip
    most = max(max(item["quantiles"][4], item["rank"]) for item in items)
    shapes, notes = [], []
    if line < most:
        shapes.append(
            {"type": "line", "x0": line, "x1": line, "y0": 0, "y1": 1, "yref": "paper",
             "line": {"color": ink("ink-3"), "width": 1, "dash": "4px,3px"}}
        )  # fmt: skip
        notes.append({"text": f"{read.row.top_count} fit", "x": line, "y": 1, "yref": "paper", "yanchor": "bottom"})
    ticks = {"tickvals": places, "ticktext": labels, "showgrid": False}
    return Figure(
        key="rank-ranges",
        title=_finding(read),
        subtitle=f"Ranks over {number(read.row.samples)} samples: thin the middle 80%, thick the middle half, "
        "upright the rank now.",
        plot={
            "data": [_trace(thin, 3, ink("sea", 0.45)), _trace(thick, 9, ink("sea", 0.75)), marks],
            "layout": {
                "margin": {"l": 8, "r": 12, "t": 20, "b": 24}, "shapes": shapes, "annotations": notes,
                "xaxis": {"range": [0.4, most + 0.6], "nticks": 10, "tickformat": "d", "side": "bottom"},
                "yaxis": {**ticks, "range": [max(count, FEWEST) - 0.4, -0.7]},
                "meta": {"narrow": {"yaxis": {"ticktext": [f"{label[:14].strip()}… " if len(label) > 15 else label
                                                           for label in labels]}}},
            },
        },
        headers=("Item", "Rank", "In 80%", "In half", "Fits in"),
        rows=[
            Row(
                item["name"],
                (
                    item["rank"], f"{item['quantiles'][0]} to {item['quantiles'][4]}",
                    f"{item['quantiles'][1]} to {item['quantiles'][3]}", percent(item["in_top"]),
                ),
                f"#item-{item['id']}",
            )
            for item in items
        ],
        source=f"Seed {read.row.seed}, version {read.row.model_version.number} of {read.row.model}",
        rows_url=rows_url,
        size=f"ranks-{-(-max(count, FEWEST) // 10)}0",
    )  # fmt: skip


def _lines(items: list[dict[str, Any]], low: int, high: int) -> tuple[list[Any], list[Any]]:
    xs: list[Any] = []
    ys: list[Any] = []
    for place, item in enumerate(items):
        quantiles = item["quantiles"]
        widened = 0.08 if quantiles[low] == quantiles[high] else 0
        xs += [quantiles[low] - widened, quantiles[high] + widened, None]
        ys += [place, place, None]
    return xs, ys


def _trace(line: tuple[list[Any], list[Any]], width: int, color: str) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "lines", "x": line[0], "y": line[1], "hoverinfo": "skip",
        "line": {"width": width, "color": color}, "connectgaps": False,
    }  # fmt: skip


def _finding(read: RunRead) -> str:
    widest = max(
        (item for item in read.result["items"] if item["quantiles"]),
        key=lambda item: (item["quantiles"][4] - item["quantiles"][0], -item["rank"]),
    )
    span = widest["quantiles"][4] - widest["quantiles"][0]
    if not span:
        return "Every rank is firm"
    name = shorten(widest["name"], 60, placeholder="…")
    return f"“{name}” is the least certain: rank {widest['quantiles'][0]} to {widest['quantiles'][4]}"
