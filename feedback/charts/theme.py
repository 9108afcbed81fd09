"""Charts of feedback: rows in, a Plotly figure out."""

import math
from collections.abc import Sequence
from typing import Any

from core.charts import Figure, Row, ink
from core.templatetags.portolan import signed
from feedback.selectors.themes import RECENT, Facts, Week


def theme_chart(facts: Facts) -> Figure:
    """What was said of a theme, week by week: how much, and how much of it sounds negative."""
    return Figure(
        key="theme-weeks",
        title=_finding(facts),
        subtitle=f"Items a week, the last {len(facts.weeks)} weeks; the lower part sounds negative",
        plot={
            "data": [
                _bars("negative", [week.negative for week in facts.weeks], facts.weeks, "bad", 1.0),
                _bars("others", [week.count - week.negative for week in facts.weeks], facts.weeks, "cat-1", 0.3),
            ],
            "layout": {
                "barmode": "stack", "bargap": 0.35, "xaxis": {"type": "category", "nticks": 6},
                "yaxis": {"rangemode": "tozero", "dtick": max(1, math.ceil(max(facts.counts) / 4))},
            },
        },
        headers=("Week of", "Items", "Negative", "Mean sentiment"),
        rows=[
            Row(week.monday.isoformat(), (week.count, week.negative, signed(week.mean, 2))) for week in facts.weeks
        ],
        source="Weeks begin on Monday, by UTC. The present week is not over.",
        size="short",
    )  # fmt: skip


def _bars(name: str, values: Sequence[int], weeks: Sequence[Week], color: str, opacity: float) -> dict[str, Any]:
    return {
        "type": "bar", "name": name, "x": [f"{week.monday:%d %b}" for week in weeks], "y": list(values),
        "marker": {"color": ink(color, opacity), "line": {"color": ink(color), "width": 1}},
        "hovertemplate": f"Week of %{{x}}: %{{y}} {name}<extra></extra>",
    }  # fmt: skip


def _finding(facts: Facts) -> str:
    if not facts.recent and not facts.earlier:
        return f"Nothing was said in the last {2 * RECENT} weeks"
    items = f"{facts.recent} item{'' if facts.recent == 1 else 's'}"
    return f"{items} in the last {RECENT} weeks, {facts.earlier} in the {RECENT} before"
