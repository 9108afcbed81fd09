"""Every figure of the dashboards, declared once: what it means, how it comes from the totals, and the rows behind it.

Tiles, tables, charts and the API take label, value, words and address from here, so that they cannot disagree.
`docs/how-to/add-a-metric.md` says how to add one; a test follows each figure to its rows and adds them up.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from html import escape
from typing import Any
from urllib.parse import urlencode

from django.urls import get_script_prefix, reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import mark_safe

from core.amounts import are_hidden, is_amount
from core.templatetags.portolan import day, health, money_short, number, percent, signed_days
from portfolio.models import Rollup
from programs.selectors import FUNDED

IN_FLIGHT = (("in_flight", "1"),)
APPROVED = tuple(("status", status) for status in FUNDED)
OPEN = (("status", "open"),)
MARK = '<span class="{}">{}{}</span>'
Query = tuple[tuple[str, str], ...]
#: unit -> how a value is written. Amounts need the currency too.
WORDS: Mapping[str, Callable[[Any], str]] = {
    "count": number,
    "ratio": percent,
    "days": signed_days,
    "date": day,
}


@dataclass(frozen=True)
class Metric:
    """One figure of a node.

    Args:
        key: the word for it in templates and the API.
        label: the word for it on pages.
        unit: count, money, ratio, days or date.
        meaning: one sentence for who asks what it is.
        value: the figure, from the stored totals of any node.
        rows: URL name of the list that shows the rows behind it; empty where no list does.
        query: what the list is narrowed to, besides the node.
        of_whole: the list cannot be narrowed to a node, so that only the figure of the organization leads there.
        adds_up: how the rows give the figure: `count`, or the sum that the list's total row calls so; empty where they
            give it in another way, which `meaning` tells.
    """

    key: str
    label: str
    unit: str
    meaning: str
    value: Callable[[Rollup], Any]
    rows: str = ""
    query: Query = ()
    adds_up: str = ""
    of_whole: bool = False

    @property
    def is_amount(self) -> bool:
        """An amount of money, or a share of one; left out for who sees none."""
        return self.unit == "money" or is_amount(self.key)

    def words(self, rollup: Rollup) -> str:
        """The figure as a page writes it."""
        value = self.value(rollup)
        return money_short(value, rollup.currency) if self.unit == "money" else WORDS[self.unit](value)

    def address(self, node: Query) -> str:
        """Where the rows are listed.

        Args:
            node: the list's query words for the node: (("portfolio", "7"),); empty for the whole organization.
        """
        if not self.rows or (node and self.of_whole):
            return ""
        address = _list_address(get_script_prefix(), self.rows)
        query = "&".join(filter(None, (urlencode(node), self._narrowing)))
        return f"{address}?{query}" if query else address

    @cached_property
    def _narrowing(self) -> str:
        return urlencode(self.query)


@dataclass(frozen=True)
class Shown:
    """A figure as it stands on a page; without rows behind it there is no address."""

    key: str
    label: str
    words: str
    url: str
    value: Any
    meaning: str

    @property
    def link(self) -> str:
        """The figure as a door to its rows."""
        if not self.url:
            return self.words
        words = conditional_escape(self.words)
        return mark_safe(f'<a class="n num" href="{escape(self.url)}" data-metric="{self.key}">{words}</a>')

    @property
    def explained(self) -> str:
        """The same, with its meaning for who asks."""
        html = '<a class="n num" href="{}" data-metric="{}" title="{}">{}</a>'
        return format_html(html, self.url, self.key, self.meaning, self.words) if self.url else self.words


@lru_cache(maxsize=4096)
def _list_address(prefix: str, name: str) -> str:
    """A page has hundreds of figures and five lists; an organization's prefix is part of every address."""
    return reverse(name)


def _count(name: str) -> Callable[[Rollup], int]:
    return lambda rollup: getattr(rollup, f"{name}_count")


def _column(name: str) -> Callable[[Rollup], Any]:
    return lambda rollup: getattr(rollup, name)


def _health(key: str, label: str, value: str) -> Metric:
    meaning = f"Projects in flight that are {label.lower()}: as their manager reports, else as their figures show."
    query = (("in_flight", "1"), ("health", value))
    return Metric(key, label, "count", meaning, _count(value), "projects:project-list", query, "count")


METRICS: dict[str, Metric] = {
    metric.key: metric
    for metric in (
        Metric(
            "projects", "Projects", "count", "All that is not archived, from proposal to end.",
            _count("project"), "projects:project-list", (), "count",
        ),
        Metric(
            "in_flight", "In flight", "count", "Projects approved and not yet finished, on hold included.",
            _count("in_flight"), "projects:project-list", IN_FLIGHT, "count",
        ),
        _health("on_track", "On track", "green"),
        _health("at_risk", "At risk", "amber"),
        _health("off_track", "Off track", "red"),
        _health("unreported", "Not reported", "unreported"),
        Metric(
            "late", "Late", "count",
            "Projects in flight past their planned finish, or expected to finish after it.",
            _count("late"), "projects:project-list", (("late", "1"),), "count",
        ),
        Metric(
            "programs", "Programs", "count", "Programs that are not archived.",
            _count("program"), "programs:program-list", (), "count",
        ),
        Metric(
            "activities", "Activities", "count", "Activities of all projects, summaries included.",
            _count("activity"), "projects:activity-list", (), "count",
        ),
        Metric(
            "budget", "Budget", "money", "Budgets of projects from approval on, without cancelled ones.",
            _column("budget_amount"), "projects:project-list", APPROVED, "budget",
        ),
        Metric(
            "actual", "Spent", "money", "Actual cost to date of projects from approval on, without cancelled ones.",
            _column("actual_amount"), "projects:project-list", APPROVED, "actual",
        ),
        Metric(
            "spent", "Spent of budget", "ratio", "Actual cost to date as a share of the budget.",
            lambda rollup: rollup.spent_ratio, "projects:project-list", APPROVED,
        ),
        Metric(
            "progress", "Progress", "ratio",
            "Progress of projects from approval on, each weighted by its budget; without one by the planned cost of its"
            " activities, without either by next to nothing.",
            _column("progress_ratio"), "projects:project-list", APPROVED,
        ),
        Metric(
            "open_risks", "Open risks", "count", "Risks that may still happen.",
            _count("open_risk"), "projects:risk-list", OPEN, "count",
        ),
        Metric(
            "exposure", "Risk exposure", "money", "Probability times impact of each open risk, added up.",
            _column("risk_exposure_amount"), "projects:risk-list", OPEN, "exposure",
        ),
        Metric(
            "finish", "Ends", "date", "The last finish, as expected, of projects from approval on.",
            _column("finish_date"), "projects:project-list", (*APPROVED, ("sort", "-finish")),
        ),
        Metric(
            "slip", "Slip", "days", "Calendar days from the last planned finish to the last expected one.",
            _column("slip_days"), "projects:project-list", (*APPROVED, ("sort", "-finish")),
        ),
        Metric(
            "latest", "Latest by", "days", "The most days by which a project in flight misses its planned finish.",
            lambda rollup: rollup.late_days or None, "projects:project-list", (("late", "1"), ("sort", "-slip")),
        ),
        Metric(
            "parked", "Parked", "count", "Imported programs and projects that wait for a name or a parent.",
            _count("parked"), "portfolio:parked", (), "count", of_whole=True,
        ),
    )
}  # fmt: skip
HEALTH_METRICS = {"green": "on_track", "amber": "at_risk", "red": "off_track", "unreported": "unreported"}


def node_query(kind: str, pk: int) -> Query:
    """The lists' query words for a node: a portfolio's lists include the portfolios below it."""
    return ((kind, str(pk)),)


class Figures(Mapping[str, Shown]):
    """The figures of a node by their keys, each written when it is asked for; no amounts where they are hidden.

    Args:
        rollup: its totals.
        node: see `Metric.address`; None for a node that the lists cannot be narrowed to.
        page: where all figures lead instead of the lists; with `node` None and no page, nowhere.
    """

    def __init__(self, rollup: Rollup, node: Query | None = (), page: str = "") -> None:
        self.rollup, self.node, self.page = rollup, None if page else node, page
        self._written: dict[str, Shown] = {}
        self._hides_amounts = are_hidden()

    def __getitem__(self, key: str) -> Shown:
        if key not in self._written:
            if self._hides_amounts and METRICS[key].is_amount:
                raise KeyError(key)
            self._written[key] = self._write(METRICS[key])
        return self._written[key]

    def __iter__(self) -> Iterator[str]:
        return iter([key for key, metric in METRICS.items() if not (self._hides_amounts and metric.is_amount)])

    def __len__(self) -> int:
        return len(list(iter(self)))

    @property
    def health_mix(self) -> str:
        """Projects in flight by health, each count a door to its rows."""
        marks = []
        for value, key in HEALTH_METRICS.items():
            figure = self[key]
            if figure.value or value != "unreported":
                css = "" if figure.value else "zero"
                marks.append(MARK.format(css, health(value, mark_only=True), conditional_escape(figure.link)))
        return mark_safe(f'<span class="hcount">{"".join(marks)}</span>')

    def _write(self, metric: Metric) -> Shown:
        value = metric.value(self.rollup)
        has_rows = bool(value) or (value is not None and metric.unit == "ratio")
        url = "" if not has_rows else self.page if self.node is None else metric.address(self.node)
        return Shown(metric.key, metric.label, metric.words(self.rollup), url, value, metric.meaning)
