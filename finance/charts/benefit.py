"""The realization of a benefit: what was planned by month, and what has come of it."""

from django.utils.formats import date_format

from core.charts import Figure, Row, ink, money_axis
from core.templatetags.portolan import percent
from finance.selectors import BenefitRead


def benefit_chart(read: BenefitRead) -> Figure:
    """Planned against realized: run up month by month, or each month's share."""
    scale = 100 if read.is_share else 1
    running = read.running
    planned = {
        "type": "scatter", "mode": "lines", "name": "Planned", "x": [month.isoformat() for month, _, _ in running],
        "y": [None if plan is None else float(plan * scale) for _, plan, _ in running],
        "line": {"color": ink("what-if"), "width": 2, "dash": "dash"},
        "text": [read.words(plan) for _, plan, _ in running],
        "hovertemplate": "%{x|%b %Y}: %{text}<extra>planned</extra>",
    }  # fmt: skip
    known = [(month, real) for month, _, real in running if real is not None]
    realized = {
        "type": "scatter", "mode": "lines+markers", "name": "Realized", "x": [month.isoformat() for month, _ in known],
        "y": [float(real * scale) for _, real in known], "line": {"color": ink("sea"), "width": 2},
        "marker": {"color": ink("sea"), "size": 5}, "text": [read.words(real) for _, real in known],
        "hovertemplate": "%{x|%b %Y}: %{text}<extra>realized</extra>",
    }  # fmt: skip
    axis = money_axis(read.benefit.currency) if read.is_money else {"ticksuffix": "%" if read.is_share else ""}
    how = "month by month" if read.is_share else "run up month by month"
    return Figure(
        key=f"benefit-{read.benefit.pk}",
        title=benefit_finding(read),
        subtitle=f"{read.benefit.measure}, {read.benefit.get_unit_display().lower()}, {how}.",
        plot={
            "data": [each for each in (planned, realized) if each["x"]],
            "layout": {
                "margin": {"l": 8, "r": 12, "t": 24, "b": 20}, "showlegend": True,
                "xaxis": {"type": "date", "nticks": 8, "tickangle": 0, "tickformat": "%b %Y"},
                "yaxis": {**axis, "rangemode": "tozero"}, "meta": {"narrow": {"xaxis": {"nticks": 3}}},
            },
        },
        headers=("Month", "Planned", "Realized"),
        rows=[
            Row(date_format(row.month, "M Y"), (read.words(row.planned), read.words(row.realized)))
            for row in read.months
        ],
        size="tall",
    )  # fmt: skip


def benefit_finding(read: BenefitRead) -> str:
    """What has come of it, in a sentence."""
    if read.last_measured is None:
        return "Nothing has been measured yet"
    until = date_format(read.last_measured, "M Y")
    if read.attained is None:
        return f"{read.words(read.realized, is_short=True)} realized until {until}"
    words = f"{percent(read.attained)} of what was planned has come until {until}"
    return f"{words}, where less is better" if read.benefit.is_lower_better else words
