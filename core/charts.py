"""Figures for pages: rows in, a Plotly figure with its words and its table out. Colours are stylesheet tokens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from plotly.io.json import to_json_plotly

from core.templatetags.portolan import currency_symbol

#: As in django.utils.html.json_script: nothing in the data can end the script element.
ESCAPES = {">": "\\u003E", "<": "\\u003C", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def ink(token: str, opacity: float | None = None) -> str:
    """A colour token of `static/css/tokens.css`, as `static/js/charts.js` reads it: ink("what-if", 0.12)."""
    return f"var(--{token})" if opacity is None else f"var(--{token},{opacity:g})"


def tint(token: str, share: float) -> str:
    """An opaque mix of a colour and the paper, for areas that carry text: tint("cat-1", 0.2)."""
    return f"var(--{token},{share:.0%})"


def category(position: int) -> str:
    """The colour of a product line or other category, by its position from 0; after eight they repeat."""
    return ink(f"cat-{position % 8 + 1}")


HEALTH_COLORS = {"green": ink("ok"), "amber": ink("warn"), "red": ink("bad"), "unreported": ink("unknown")}
#: The same shapes as the health mark: buoyage.
HEALTH_SYMBOLS = {"green": "circle", "amber": "diamond", "red": "square", "unreported": "circle-open"}

_AXIS: dict[str, Any] = {
    "automargin": True,
    "gridcolor": ink("rule"),
    "zerolinecolor": ink("rule-strong"),
    "linecolor": ink("rule-strong"),
    "tickcolor": ink("rule-strong"),
    "tickfont": {"size": 11, "color": ink("ink-3")},
    "title": {"font": {"size": 11, "color": ink("ink-2")}, "standoff": 8},
    "zeroline": False,
    "exponentformat": "B",
    "fixedrange": True,
}
TEMPLATE: dict[str, Any] = {
    "layout": {
        "font": {"family": "var(--font-ui)", "size": 12, "color": ink("ink-1")},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "colorway": [category(position) for position in range(8)],
        "margin": {"l": 8, "r": 12, "t": 8, "b": 8, "pad": 0},
        "hovermode": "closest",
        "dragmode": False,
        "hoverlabel": {
            "bgcolor": ink("surface"),
            "bordercolor": ink("control"),
            "align": "left",
            "font": {"size": 12, "color": ink("ink-1"), "family": "var(--font-ui)"},
        },
        "showlegend": False,
        "legend": {
            "orientation": "h",
            "x": 0,
            "y": 1.02,
            "yanchor": "bottom",
            "font": {"size": 11, "color": ink("ink-2")},
            "bgcolor": "rgba(0,0,0,0)",
            "itemsizing": "constant",
        },
        "uniformtext": {"minsize": 10, "mode": "hide"},
        "xaxis": {**_AXIS, "showgrid": False, "showline": True, "ticks": "outside", "ticklen": 4},
        "yaxis": {**_AXIS, "showgrid": True, "showline": False, "ticks": "", "ticklen": 0},
        "annotationdefaults": {"font": {"size": 11, "color": ink("ink-2")}, "showarrow": False, "arrowwidth": 1},
        "shapedefaults": {"line": {"color": ink("rule-strong"), "width": 1}},
    }
}


def money_axis(currency: str, **changes: Any) -> dict[str, Any]:
    """An axis of amounts, from zero: $5M, $10M."""
    return {"tickprefix": currency_symbol(currency), "rangemode": "tozero", "nticks": 6, **changes}


def today_line(x: Any, words: str, height: float = 1.0) -> tuple[dict[str, Any], dict[str, Any]]:
    """The shape and the label of a threshold or of today: a dotted red vertical, labelled at its head."""
    line = {"color": ink("bad"), "width": 1, "dash": "2px,2px"}
    shape = {"type": "line", "x0": x, "x1": x, "y0": 0, "y1": height, "yref": "paper", "line": line}
    label = {"text": words, "x": x, "y": height, "yref": "paper", "yanchor": "bottom", "font": {"color": ink("bad")}}
    return shape, label


@dataclass(frozen=True)
class Row:
    """A row of the table that says the same as the figure."""

    name: str
    cells: Sequence[Any]
    url: str = ""


@dataclass(frozen=True)
class Figure:
    """A chart as a page shows it (`core/_figure.html`).

    Args:
        key: a word unique on the page.
        title: the finding, as a sentence.
        subtitle: measure, unit, window.
        plot: a plotly Figure, or its `{"data": [...], "layout": {...}}`; no title inside, `customdata` of a mark is the
            address of its rows. `layout.meta.narrow` may hold changes of the layout for screens below 420 px.
        headers, rows: the same data as a table.
        source: provenance, one line.
        rows_url, rows_label: the rows behind the figure.
        size: "", "short", "tall" or "taller".
    """

    key: str
    title: str
    subtitle: str
    plot: Any
    headers: Sequence[str]
    rows: Sequence[Row]
    source: str = ""
    rows_url: str = ""
    rows_label: str = "Rows behind this"
    size: str = ""

    @property
    def script(self) -> SafeString:
        """The figure as data in the page; `static/js/charts.js` draws it."""
        return format_html(
            '<script type="application/json" id="figure-{}">{}</script>', self.key, figure_json(self.plot)
        )


def figure_json(plot: Any) -> SafeString:
    """A figure in our template, as JSON that is safe inside a script element."""
    figure: Mapping[str, Any] = plot.to_dict() if hasattr(plot, "to_dict") else plot
    layout = {**figure.get("layout", {}), "template": TEMPLATE}
    text = to_json_plotly({"data": list(figure.get("data", ())), "layout": layout})
    for character, escaped in ESCAPES.items():
        text = text.replace(character, escaped)
    return mark_safe(text)  # noqa: S308 - escaped above
