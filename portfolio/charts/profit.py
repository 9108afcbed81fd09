"""The chart of a product's statement: what comes in, what goes out, and what remains over time."""

from typing import Any

from core.charts import Figure, Row, ink, money_axis
from core.templatetags.portolan import money, money_short
from portfolio.selectors.profit import ProfitTable


def profit_chart(table: ProfitTable, currency: str, rows_url: str) -> Figure | None:
    """Revenue up, expense down, actual solid and estimated in outline, with the cumulative margin as a line."""
    if not table.columns:
        return None
    names = [f"{column.label}<br>{column.year}" for column in table.columns]
    places = list(range(len(names)))
    revenue, expense = table.line("revenue-expected").amounts, table.line("expense-expected").amounts
    cumulative = table.line("cumulative").amounts
    over = [column.is_over for column in table.columns]
    step = max(1, -(-len(names) // 10))
    line = {
        "type": "scatter", "mode": "lines+markers", "name": "Cumulative margin", "x": places,
        "y": [float(value) for value in cumulative], "line": {"color": ink("ink-1"), "width": 2},
        "marker": {"size": 5, "color": ink("ink-1")}, "customdata": [rows_url] * len(places),
        "text": [money(value, currency) for value in cumulative],
        "hovertemplate": "Cumulative margin: %{text}<extra></extra>",
    }  # fmt: skip
    return Figure(
        key="profit",
        title=_finding(table, currency),
        subtitle=f"Revenue up, expense down, {currency}; solid is actual, outlined estimated. Line: cumulative margin.",
        plot={
            "data": [
                _bars("Revenue", revenue, "sea", over, rows_url, currency, sign=1),
                _bars("Expense", expense, "cat-2", over, rows_url, currency, sign=-1),
                line,
            ],
            "layout": {
                "barmode": "relative", "bargap": 0.3, "margin": {"l": 8, "r": 12, "t": 8, "b": 20},
                "xaxis": {"tickvals": places[::step], "ticktext": names[::step]},
                "yaxis": {**money_axis(currency), "rangemode": "normal", "zeroline": True},
                "meta": {"narrow": {"xaxis": {"tickvals": places[:: step * 2], "ticktext": names[:: step * 2]}}},
            },
        },
        headers=("Period", "Revenue", "Expense", "Cumulative margin"),
        rows=[
            Row(f"{column.label} {column.year}", tuple(money(value, currency) for value in values))
            for column, *values in zip(table.columns, revenue, expense, cumulative, strict=True)
        ],
        rows_url=rows_url,
        rows_label="What it is made of",
        size="tall",
    )  # fmt: skip


def _bars(name: str, values: Any, color: str, over: list[bool], url: str, currency: str, *, sign: int) -> Any:
    return {
        "type": "bar", "name": name, "x": list(range(len(values))), "y": [sign * float(value) for value in values],
        "marker": {
            "color": [ink(color) if is_over else ink(color, 0.16) for is_over in over],
            "line": {"color": ink(color), "width": 1},
        },
        "customdata": [url] * len(values), "text": [money(value, currency) for value in values],
        "textposition": "none", "hovertemplate": f"{name}: %{{text}}<extra></extra>",
    }  # fmt: skip


def _finding(table: ProfitTable, currency: str) -> str:
    cumulative = table.line("cumulative").amounts
    last, column = cumulative[-1], table.columns[-1]
    end = f"{column.label} {column.year}"
    if last < 0:
        return f"It costs {money_short(-last, currency)} more than it brings by {end}"
    paid = next(place for place in range(len(cumulative)) if all(value >= 0 for value in cumulative[place:]))
    earned = f"It brings {money_short(last, currency)} more than it costs by {end}"
    if paid == 0:
        return earned
    return f"{earned}, and has paid for itself in {table.columns[paid].label} {table.columns[paid].year}"
