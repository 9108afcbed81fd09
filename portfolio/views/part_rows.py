"""The rows of what a whole is made of, written in Python.

A dashboard has up to sixty of them with ten cells each. The template engine takes 1 ms for such a row, this a sixth of
that (`bench/pages.py`); `projects/views/rows.py` says the same of the project list.
"""

from collections.abc import Iterable
from html import escape
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from core.amounts import are_hidden
from core.templatetags.portolan import NOTHING, day, health, meter, percent, signed_days
from portfolio.models import Rollup
from portfolio.selectors.dashboard import Part

ZERO = '<span class="muted">0</span>'
NO_DAYS = '<span class="muted">0 d</span>'
NOT_YET = '<td role="cell" colspan="{}" class="muted full">being added up</td>'
CELLS = (
    '<td role="cell" class="nowrap">{}</td><td role="cell" class="full">{}</td>'
    '<td role="cell" class="x-md hide-s nowrap">{}</td><td role="cell" class="r" data-k="Late">{}</td>'
    '<td role="cell" class="r x-md hide-s">{}</td><td role="cell" class="r hide-s{}">{}</td>'
)
MONEY = (
    '<td role="cell" class="r" data-k="Budget">{}</td><td role="cell" class="r" data-k="Spent">{}</td>'
    '<td role="cell" class="x-md hide-s nowrap">{}</td>'
)


def part_rows(parts: Iterable[Part], organization: Any) -> SafeString:
    """The rows of a table's body; each value is escaped where it is put in."""
    return mark_safe("".join(_row(part, organization) for part in parts))


def _row(part: Part, organization: Any) -> str:
    name = escape(part.name)
    name = f'<a class="t" href="{escape(part.url)}">{name}</a>' if part.url else f'<span class="ink-2">{name}</span>'
    manager = f' <span class="muted hide-s">{escape(part.manager)}</span>' if part.manager else ""
    cells = _cells(part, part.rollup, organization) if part.rollup else NOT_YET.format(6 if are_hidden() else 9)
    return f'<tr role="row"><th scope="row" role="rowheader" class="name">{name}{manager}</th>{cells}</tr>'


def _cells(part: Part, row: Rollup, organization: Any) -> str:
    figures: Any = part.figures
    judged = part.kind and (row.in_flight_count or row.health != "unreported")
    late = row.slip_days is not None and row.slip_days > 0
    slip = signed_days(row.slip_days) if row.slip_days else NO_DAYS if row.slip_days == 0 else NOTHING
    return CELLS.format(
        health(row.health) if judged else NOTHING,
        figures.health_mix if row.in_flight_count else '<span class="muted">none</span>',
        _share(row.progress_ratio, figures["progress"].link) if row.progress_ratio is not None else NOTHING,
        f'<span class="neg">{figures["late"].link}</span>' if row.late_count else ZERO,
        day(row.finish_date, organization),
        " neg" if late else "",
        slip,
    ) + _money(row, figures)


def _money(row: Rollup, figures: Any) -> str:
    """Budget, what is spent and its share, where the person sees amounts."""
    if are_hidden():
        return ""
    return MONEY.format(
        figures["budget"].link if row.budget_amount else NOTHING,
        figures["actual"].link if row.actual_amount else NOTHING,
        _spent(row.spent_ratio),
    )


def _share(ratio: Any, words: str) -> str:
    return f'{meter(ratio, tone="sm")} <span class="muted">{words}</span>'


def _spent(ratio: Any) -> str:
    if ratio is None:
        return ""
    over = ratio > 1
    tone, css = ("sm bad", "neg") if over else ("sm", "muted")
    return f'{meter(ratio, tone=tone)} <span class="num {css}">{percent(ratio)}</span>'
