"""The burn-up of costs: what was to be spent by each month, what was, and where it is heading."""

from decimal import Decimal
from itertools import accumulate
from typing import Any

from django.utils.formats import date_format

from core.charts import Figure, Row, ink, money_axis, today_line
from core.templatetags.portolan import money, money_short, percent
from finance.models import EntryKind
from finance.models.entry import COSTS
from finance.selectors.standing import ZERO, Standing


def burn_up_chart(standing: Standing, rows_url: str) -> Figure | None:
    """Cumulative costs by month: budget, actual, and the forecast with its fan. None without costs."""
    currency = standing.subject.organization.currency
    months = standing.cost_months
    if not months:
        return None
    budget = list(accumulate(standing.total(EntryKind.BUDGET, COSTS, {month}) for month in months))
    expected = standing.expected()
    so_far = [month for month in months if standing.last_actual and month <= standing.last_actual]
    actual = list(accumulate(expected[month] for month in so_far))
    after = months[max(len(so_far) - 1, 0) :]
    spent = actual[-1] if actual else ZERO
    steps = list(accumulate((expected[month] for month in months[len(so_far) :]), initial=ZERO))
    rest = steps if so_far else steps[1:]
    low, high = ([spent + step * factor for step in rest] for factor in (standing.spread.low, standing.spread.high))
    ahead = [spent + step for step in rest]
    data = [
        *_fan(after, low, high, rows_url),
        _line("Budget", months, budget, {"color": ink("ink-2"), "width": 1}, rows_url, currency),
        _line("Forecast", after, ahead, {"color": ink("what-if"), "width": 2, "dash": "dash"}, rows_url, currency),
        _line("Actual", so_far, actual, {"color": ink("ink-1"), "width": 2.5}, rows_url, currency),
    ]
    shapes, labels = [], []
    if so_far and len(so_far) < len(months):
        shape, label = today_line(so_far[-1].isoformat(), f"actual to {date_format(so_far[-1], 'M Y')}")
        shapes, labels = [shape], [label]
    labels += _ends(months, budget, after, ahead, currency)
    return Figure(
        key="burn-up",
        title=_finding(standing, currency),
        subtitle=f"Cumulative costs by month, {currency}.",
        plot={
            "data": data,
            "layout": {
                "margin": {"l": 8, "r": 64, "t": 24, "b": 20}, "shapes": shapes, "annotations": labels,
                "xaxis": {"type": "date", "nticks": 8, "tickformat": "%b<br>%Y"}, "yaxis": money_axis(currency),
                "meta": {"narrow": {"xaxis": {"nticks": 4}}},
            },
        },
        headers=("Month", "Budget", "Actual or forecast", "P10", "P90"),
        rows=[
            Row(date_format(month, "M Y"), _cells(n, budget, actual, ahead, low, high, len(so_far), currency))
            for n, month in enumerate(months)
        ],
        source=fan_words(standing),
        rows_url=rows_url,
        rows_label="Entries behind this",
        size="tall",
    )  # fmt: skip


def fan_words(standing: Standing) -> str:
    """By which method the fan is drawn."""
    spread = standing.spread
    if not spread.month_count:
        return "Fan: 10% less to 10% more of what remains, assumed: fewer than 4 months have a forecast and an actual."
    less, more = (percent(abs(1 - factor)) for factor in (spread.low, spread.high))
    return (
        f"Fan, P10 to P90: what remains, from {less} less to {more} more, as the forecasts of"
        f" {spread.month_count} past months have missed."
    )


def _finding(standing: Standing, currency: str) -> str:
    budget, estimate = standing.total(EntryKind.BUDGET), standing.estimate()
    if not standing.has(EntryKind.BUDGET):
        return f"Heading for {money_short(estimate, currency)}; no budget to compare with"
    gap = estimate - budget
    if abs(gap) < Decimal("0.005") * max(budget, Decimal(1)):
        return f"Heading for its budget of {money_short(budget, currency)}"
    words = "over" if gap > 0 else "under"
    return f"Heading for {money_short(estimate, currency)}, {money_short(abs(gap), currency)} {words} budget"


def _line(name: str, months: list[Any], values: list[Decimal], line: dict[str, Any], url: str, currency: str) -> Any:
    return {
        "type": "scatter", "mode": "lines", "name": name, "x": [month.isoformat() for month in months],
        "y": [float(value) for value in values], "line": line, "customdata": [url] * len(months),
        "text": [money(value.quantize(Decimal(1)), currency) for value in values],
        "hovertemplate": f"{name} to %{{x|%b %Y}}: %{{text}}<extra></extra>",
    }  # fmt: skip


def _fan(months: list[Any], low: list[Decimal], high: list[Decimal], url: str) -> list[dict[str, Any]]:
    common = {
        "type": "scatter", "mode": "lines", "x": [month.isoformat() for month in months], "hoverinfo": "skip",
        "line": {"width": 0}, "customdata": [url] * len(months),
    }  # fmt: skip
    return [
        {**common, "y": [float(value) for value in low]},
        {**common, "y": [float(value) for value in high], "fill": "tonexty", "fillcolor": ink("what-if", 0.12)},
    ]


def _ends(months: list[Any], budget: list[Decimal], after: list[Any], ahead: list[Decimal], currency: str) -> list[Any]:
    """The names of the lines at their ends; the higher one above the other."""
    ends = [("Budget", months[-1], budget[-1], "ink-2")]
    if ahead:
        ends.append(("Forecast", after[-1], ahead[-1], "what-if"))
    top = max(value for _, _, value, _ in ends)
    return [
        {
            "text": f"{name}<br>{money_short(value, currency)}", "x": month.isoformat(), "y": float(value),
            "xanchor": "left", "xshift": 6, "align": "left", "font": {"color": ink(color), "size": 11},
            "yanchor": "bottom" if value == top else "top",
        }
        for name, month, value, color in ends
    ]  # fmt: skip


def _cells(
    place: int, budget: list[Decimal], actual: list[Decimal], ahead: list[Decimal], low: list[Decimal],
    high: list[Decimal], over: int, currency: str,
) -> tuple[str, ...]:  # fmt: skip
    def words(value: Decimal) -> str:
        return money(value.quantize(Decimal(1)), currency)

    if place < over:
        return words(budget[place]), words(actual[place]), "–", "–"
    later = place - over + (1 if over else 0)
    return words(budget[place]), words(ahead[later]), words(low[later]), words(high[later])
