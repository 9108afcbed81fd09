"""The chart of a levelling proposal: what is asked for beyond capacity, month by month, before and after."""

from django.utils.formats import date_format

from core.charts import Figure, Row, ink
from core.templatetags.portolan import number
from projects.selectors.levelling import LevellingRead

HEAT = "#heat"


def levelling_chart(read: LevellingRead) -> Figure | None:
    """FTE over capacity of all roles or teams together; None where nothing is over."""
    if not read.months:
        return None
    before, after = read.over_by_month
    months = [month.isoformat() for month in read.months]
    words = [date_format(month, "M Y") for month in read.months]
    series = [
        ("before", before, {"color": ink("rule-strong", 0.5), "line": {"color": ink("ink-3"), "width": 1}}),
        ("after", after, {"color": ink("what-if", 0.45), "line": {"color": ink("what-if"), "width": 1}}),
    ]
    bars = [
        {
            "type": "bar", "name": name, "x": months, "y": values, "marker": marker,
            "customdata": [HEAT] * len(months),
            "hovertemplate": f"%{{x|%b %Y}}: %{{y:.2f}} FTE over capacity {name}<extra></extra>",
        }
        for name, values, marker in series
    ]  # fmt: skip
    return Figure(
        key="over",
        title=_finding(read),
        subtitle="FTE over capacity, all together: as planned, and as suggested.",
        plot={
            "data": bars,
            "layout": {
                "margin": {"l": 8, "r": 8, "t": 24, "b": 20}, "barmode": "group", "bargap": 0.3, "showlegend": True,
                "xaxis": {"type": "date", "tickformat": "%b %Y", "nticks": 8, "tickangle": 0},
                "yaxis": {"rangemode": "tozero"},
                "meta": {"narrow": {"xaxis": {"nticks": 3}}},
            },
        },
        headers=("Month", "Before", "After"),
        rows=[
            Row(word, (number(was, 2), number(now, 2))) for word, was, now in zip(words, before, after, strict=True)
        ],
        source=f"{read.result['method']}, seed {read.result['seed']}",
        rows_url=HEAT,
        rows_label="By role or team",
    )  # fmt: skip


def _finding(read: LevellingRead) -> str:
    was, now = read.result["before"]["total"], read.result["after"]["total"]
    if now >= was:
        return f"{number(was, 1)} FTE-months are over capacity, and no later start within float lowers that"
    if not now:
        return f"All {number(was, 1)} FTE-months over capacity go away"
    return f"{number(was - now, 1)} of {number(was, 1)} FTE-months over capacity go away"
