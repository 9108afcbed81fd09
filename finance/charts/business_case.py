"""Charts of a business case: its cash flow run up over time, and its NPV at other discount rates."""

from collections.abc import Sequence
from typing import Any

from django.utils.formats import date_format

from core.charts import Figure, Row, ink, money_axis, today_line
from core.templatetags.portolan import money, money_short, percent
from finance.selectors import CaseRead, CashMonth
from resources.algorithms.months import first_of


def cash_chart(read: CaseRead, rows_url: str, currency: str) -> Figure:
    """Net cash flow by month, and what it sums up to, plain and discounted."""
    today = first_of(read.today)
    past = [row for row in read.months if row.month < today]
    later = past[-1:] + [row for row in read.months if row.month >= today]
    bars = {
        "type": "bar", "name": "Net of the month", "x": [row.month.isoformat() for row in read.months],
        "y": [float(row.net) for row in read.months], "marker": {"color": ink("ink-3", 0.35)},
        "customdata": [rows_url.format(month=f"{row.month:%Y-%m}") for row in read.months],
        "text": [money(row.net, currency) for row in read.months], "textposition": "none",
        "hovertemplate": "%{x|%b %Y}: %{text}<extra>net of the month</extra>",
    }  # fmt: skip
    data = [bars]
    for name, field, color in (("Cumulative", "cumulative", "ink-1"), ("Discounted cumulative", "worth", "sea")):
        data.append(_line(past, field, name, {"color": ink(color), "width": 2}, currency, legend=bool(past)))
        ahead = {"color": ink("what-if" if field == "cumulative" else "sea"), "width": 2, "dash": "dash"}
        data.append(_line(later, field, name, ahead, currency, legend=not past))
    shapes, labels = [], []
    if past and len(later) > 1:
        shape, label = today_line(today.isoformat(), "today")
        shapes, labels = [shape], [label]
    return Figure(
        key="cash",
        title=cash_finding(read, currency),
        subtitle=f"{currency}, run up from {date_format(read.months[0].month, 'M Y')}. Dashed has not happened yet.",
        plot={
            "data": [each for each in data if each["x"]],
            "layout": {
                "margin": {"l": 8, "r": 12, "t": 30, "b": 20}, "showlegend": True, "bargap": 0.3,
                "shapes": shapes, "annotations": labels,
                "xaxis": {"type": "date", "nticks": 8, "tickangle": 0, "tickformat": "%b %Y"},
                "yaxis": money_axis(currency, zeroline=True),
                "meta": {"narrow": {"xaxis": {"nticks": 3}}},
            },
        },
        headers=("Month", "Costs", "Income", "Net", "Cumulative", "Discounted cumulative"),
        rows=[
            Row(
                date_format(row.month, "M Y"),
                [
                    money(round(each, 2), currency)
                    for each in (row.cost, row.income, row.net, row.cumulative, row.worth)
                ],
                rows_url.format(month=f"{row.month:%Y-%m}"),
            )
            for row in read.months
        ],
        source="From financial entries, at the exchange rates of their months",
        size="tall",
    )  # fmt: skip


def cash_finding(read: CaseRead, currency: str) -> str:
    """What the cash flow says, in a sentence."""
    worth = money_short(read.figures.npv, currency)
    if read.payback_month is not None:
        return f"It pays back by {date_format(read.payback_month, 'F Y')}; its NPV is {worth}"
    if not read.figures.cost:
        return f"Nothing goes out; its NPV is {worth}"
    return f"It does not pay back within its horizon; its NPV is {worth}"


def _line(
    rows: Sequence[CashMonth], field: str, name: str, line: dict[str, Any], currency: str, *, legend: bool
) -> dict[str, Any]:
    values = [getattr(row, field) for row in rows]
    return {
        "type": "scatter", "mode": "lines", "name": name, "legendgroup": field, "showlegend": legend,
        "x": [row.month.isoformat() for row in rows], "y": [float(value) for value in values], "line": line,
        "text": [money(round(value), currency) for value in values],
        "hovertemplate": f"%{{x|%b %Y}}: %{{text}}<extra>{name.lower()}</extra>",
    }  # fmt: skip


def rate_chart(read: CaseRead, currency: str) -> Figure:
    """The NPV at other discount rates, with the one that is assumed."""
    points = read.sensitivity.rates
    mark = read.case.discount_ratio
    line = {
        "type": "scatter", "mode": "lines+markers", "x": [float(rate * 100) for rate, _ in points],
        "y": [float(npv) for _, npv in points], "line": {"color": ink("sea"), "width": 2},
        "marker": {"size": [11 if rate == mark else 5 for rate, _ in points], "color": ink("sea")},
        "text": [money(round(npv), currency) for _, npv in points],
        "hovertemplate": "%{text} at %{x:.3~g}%<extra></extra>",
    }  # fmt: skip
    rates = read.figures.irr.rates
    inside = [rate for rate in rates if points[0][0] <= rate <= points[-1][0]]
    shapes, labels = [], []
    for rate in inside:
        shape, label = today_line(float(rate * 100), f"IRR {percent(rate, 1)}")
        shapes.append(shape)
        labels.append(label)
    return Figure(
        key="rates",
        title=_rate_finding(read),
        subtitle="NPV by discount rate; the large mark is the rate assumed.",
        plot={
            "data": [line],
            "layout": {
                "margin": {"l": 8, "r": 12, "t": 24, "b": 20}, "shapes": shapes, "annotations": labels,
                "xaxis": {"ticksuffix": "%", "nticks": 8}, "yaxis": money_axis(currency, zeroline=True),
                "meta": {"narrow": {"xaxis": {"nticks": 4}}},
            },
        },
        headers=("Discount rate", "NPV"),
        rows=[Row(percent(rate, 1), (money(round(npv), currency),)) for rate, npv in points],
        size="tall",
    )  # fmt: skip


def _rate_finding(read: CaseRead) -> str:
    signs = {npv >= 0 for _, npv in read.sensitivity.rates}
    low, high = (percent(read.sensitivity.rates[place][0]) for place in (0, -1))
    if signs == {True}:
        return f"Worth doing at every rate from {low} to {high}"
    if signs == {False}:
        return f"Not worth doing at any rate from {low} to {high}"
    return f"Whether it is worth doing turns between {low} and {high}"
