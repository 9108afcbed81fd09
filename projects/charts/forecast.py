"""Charts of a delivery forecast: its samples in, figures out. Each title is a sentence that the data says."""

import datetime
from html import escape
from textwrap import shorten
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from core.charts import Figure, Row, ink, today_line
from core.templatetags.portolan import number, percent
from projects.selectors.forecast import ForecastRead

#: Room for so many bars at least: a single one does not fill the picture.
FEW_BARS = 6
DRIVER_WORDS = {"activity": "activity", "factor": "team or supplier", "risk": "risk"}


def forecast_charts(read: ForecastRead, rows_url: str) -> list[Figure]:
    """The S-curve, and the tornado where anything moves the finish."""
    charts = [curve_chart(read, rows_url), tornado_chart(read)]
    return [chart for chart in charts if chart]


def curve_chart(read: ForecastRead, rows_url: str) -> Figure:
    """The chance to have finished by each day."""
    whole, points = read.whole, read.curve
    if points[0][1] < 1:
        points = [(points[0][0] - datetime.timedelta(days=1), 0.0), *points]
    days = [day.isoformat() for day, _ in points]
    shares = [round(share * 100, 1) for _, share in points]
    shapes, labels = [], []
    if whole.wanted is not None:
        shape, label = today_line(whole.wanted.isoformat(), f"wanted {date_format(whole.wanted, 'j M Y')}")
        shapes.append(shape)
        labels.append(label)
    for share, day in ((50, whole.p50), (80, whole.p80), (95, whole.p95)):
        labels.append(
            {
                "text": f"P{share} {date_format(day, 'j M')}", "x": day.isoformat(), "y": share, "xanchor": "right",
                "yanchor": "bottom", "xshift": -6,
            }
        )  # fmt: skip
    line = {"color": ink("what-if"), "width": 2, "dash": "dash", "shape": "hv"}
    curve = {
        "type": "scatter", "mode": "lines", "x": days, "y": shares, "line": line,
        "customdata": [rows_url] * len(days), "hovertemplate": "%{y}% by %{x|%-d %b %Y}<extra></extra>",
    }  # fmt: skip
    marks = {
        "type": "scatter", "mode": "markers", "x": [day.isoformat() for day in (whole.p50, whole.p80, whole.p95)],
        "y": [50, 80, 95], "marker": {"color": ink("what-if"), "size": 8}, "customdata": [rows_url] * 3,
        "hovertemplate": "P%{y}: %{x|%-d %b %Y}<extra></extra>",
    }  # fmt: skip
    return Figure(
        key="curve",
        title=_curve_finding(read),
        subtitle=f"Chance to have finished by a day, {number(read.row.samples)} samples.",
        plot={
            "data": [curve, marks],
            "layout": {
                "margin": {"l": 8, "r": 16, "t": 24, "b": 20}, "shapes": shapes, "annotations": labels,
                "xaxis": {"type": "date", "nticks": 6, "tickangle": 0},
                "yaxis": {"range": [0, 104], "ticksuffix": "%", "dtick": 25},
                "meta": {"narrow": {"xaxis": {"nticks": 3}}},
            },
        },
        headers=("Finished by", "Chance"),
        rows=[Row(date_format(day, "j M Y"), (percent(share),)) for day, share in points],
        source=f"Seed {read.row.seed}, plan as of {_moment(read.row.as_of)}",
        rows_url=rows_url,
        rows_label="Milestones behind this",
        size="tall",
    )  # fmt: skip


def _moment(instant: datetime.datetime | None) -> str:
    return date_format(timezone.localtime(instant), "j M Y, H:i") if instant else "–"


def _curve_finding(read: ForecastRead) -> str:
    whole = read.whole
    if whole.p50 == whole.p95:
        return f"Nothing is uncertain: it finishes on {date_format(whole.p50, 'j M Y')}"
    eighty = f"Four in five chances to finish by {date_format(whole.p80, 'j M Y')}"
    if whole.wanted is None or whole.chance is None:
        return eighty
    return f"{eighty}; {percent(whole.chance)} by {date_format(whole.wanted, 'j M Y')}"


def tornado_chart(read: ForecastRead) -> Figure | None:
    """What moves the finish most, the greatest swing on top."""
    drivers = read.result["drivers"]
    if not drivers:
        return None
    shown = list(reversed(drivers))
    names = [str(shorten(driver["name"], 40, placeholder="…")) for driver in shown]
    words = [f"{number(driver['days'], 1)} d" for driver in shown]
    bars = {
        "type": "bar", "orientation": "h", "x": [driver["days"] for driver in shown], "y": list(range(len(shown))),
        "marker": {"color": ink("what-if", 0.55), "line": {"color": ink("what-if"), "width": 1}},
        "text": words, "textposition": "outside", "cliponaxis": False,
        "customdata": [driver_url(driver) for driver in shown],
        "hovertemplate": [
            f"<b>{escape(driver['name'], quote=False)}</b><br>{DRIVER_WORDS[driver['kind']]}, %{{x}} d<extra></extra>"
            for driver in shown
        ],
    }  # fmt: skip
    return Figure(
        key="tornado",
        title=f"{shorten(drivers[0]['name'], 48, placeholder='…')} moves the finish most",
        subtitle="Days by which the finish is later at a driver's P90 than at its P10.",
        plot={
            "data": [bars],
            "layout": {
                "margin": {"l": 8, "r": 44, "t": 4, "b": 20}, "bargap": 0.36,
                "xaxis": {"rangemode": "tozero", "ticksuffix": " d", "nticks": 5},
                "yaxis": {
                    "tickvals": list(range(len(shown))), "showgrid": False,
                    "range": [min(len(shown) - FEW_BARS, 0) - 0.5, len(shown) - 0.5],
                    "ticktext": [f"{escape(name, quote=False)}  " for name in names],
                },
                "meta": {"narrow": {"yaxis": {"ticktext": [f"{escape(name[:16], quote=False)} " for name in names]}}},
            },
        },
        headers=("Driver", "Kind", "Swing in days", "Correlation"),
        rows=[
            Row(
                driver["name"],
                (DRIVER_WORDS[driver["kind"]], number(driver["days"], 1), number(driver["correlation"], 2)),
                driver_url(driver),
            )
            for driver in drivers
        ],
        size="tall",
    )  # fmt: skip


def driver_url(driver: dict[str, Any]) -> str:
    """Where a driver is shown: an activity, a risk; a team has no page."""
    if driver["kind"] == "factor":
        return ""
    page = "projects:activity-edit" if driver["kind"] == "activity" else "projects:risk-edit"
    return reverse(page, args=[driver["id"]])
