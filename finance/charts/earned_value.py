"""The chart of earned value: what was planned, done and spent, and where it leads."""

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format

from core.charts import Figure, Row, ink, money_axis, today_line
from core.templatetags.portolan import money, money_short, percent
from finance.selectors import EarnedRead

LINES = (("pv", "Planned value", "ink-3"), ("ev", "Earned value", "sea"), ("ac", "Actual cost", "cat-2"))


def earned_chart(read: EarnedRead, currency: str, entries_url: str = "") -> Figure:
    """PV, EV and AC by month, BAC, and the estimate at completion if the rest costs as the work so far."""
    data = []
    for field, name, color in LINES:
        known = [(month.day, value) for month in read.series if (value := getattr(month, field)) is not None]
        line = {"color": ink(color), "width": 2, "dash": "dot" if field == "pv" else "solid"}
        data.append(_line(name, known, line, currency, is_point=len(known) == 1))
    figures, last = read.figures, max(read.series[-1].day, read.today)
    eac = figures.eac_typical.value
    if eac is not None and figures.ev < figures.bac:
        ahead = [(read.today, figures.ac), (last, eac)]
        line = {"color": ink("what-if"), "width": 2, "dash": "dash"}
        data.append(_line("EAC", ahead, line, currency, is_point=False))
    bac_line = {"color": ink("rule-strong"), "width": 1, "dash": "4px,3px"}
    shape, label = today_line(read.today.isoformat(), "today")
    shapes = [
        shape,
        {
            "type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": float(figures.bac), "y1": float(figures.bac),
            "line": bac_line,
        },
    ]  # fmt: skip
    labels = [
        label,
        {
            "text": f"BAC {money_short(figures.bac, currency)}", "xref": "paper", "x": 0, "xanchor": "left",
            "y": float(figures.bac), "yanchor": "bottom",
        },
    ]  # fmt: skip
    return Figure(
        key="earned",
        title=earned_finding(read, currency),
        subtitle=f"{currency}, run up month by month. Dashed is the estimate at completion, BAC / CPI.",
        plot={
            "data": [each for each in data if each["x"]],
            "layout": {
                "margin": {"l": 8, "r": 16, "t": 34, "b": 20}, "showlegend": True,
                "shapes": shapes, "annotations": labels,
                "xaxis": {"type": "date", "nticks": 8, "tickangle": 0, "tickformat": "%b %Y"},
                "yaxis": money_axis(currency),
                "meta": {"narrow": {"xaxis": {"nticks": 3}}},
            },
        },
        headers=("Until", "PV", "EV", "AC"),
        rows=[
            Row(
                date_format(month.day, "j M Y"),
                [money(None if v is None else round(v, 2), currency) for v in (month.pv, month.ev, month.ac)],
            )
            for month in read.series
        ],
        source="Baselines or plans, reported progress, and entries of kind actual",
        rows_url=entries_url,
        rows_label="Actual costs behind this",
        size="tall",
    )  # fmt: skip


def earned_finding(read: EarnedRead, currency: str) -> str:
    """Where it stands, in a sentence."""
    figures = read.figures
    late = _side(figures.spi.value, "ahead of", "behind", "on")
    if figures.cpi.value is None:
        return f"The work is {late} schedule; its cost is not known"
    if figures.cpi.value < 1:
        cost = f"each {money(1, currency)} spent has brought {money(round(figures.cpi.value, 2), currency)} of work"
    else:
        cost = f"it costs {percent(1 / figures.cpi.value if figures.cpi.value else Decimal(0))} of what was planned"
    return f"The work is {late} schedule, and {cost}"


def _side(index: Decimal | None, above: str, below: str, level: str) -> str:
    if index is None or abs(index - 1) < Decimal("0.005"):
        return level
    return above if index > 1 else below


def _line(
    name: str, points: Sequence[tuple[datetime.date, Decimal]], line: dict[str, Any], currency: str, *, is_point: bool
) -> dict[str, Any]:
    return {
        "type": "scatter", "mode": "markers" if is_point else "lines", "name": name,
        "x": [day.isoformat() for day, _ in points], "y": [float(value) for _, value in points], "line": line,
        "marker": {"color": line["color"], "size": 8},
        "text": [money(round(value), currency) for _, value in points],
        "hovertemplate": f"%{{x|%-d %b %Y}}: %{{text}}<extra>{name}</extra>",
    }  # fmt: skip
