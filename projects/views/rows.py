"""The rows of the project list, written in Python.

A page has up to 200 of them with eleven cells each. The template engine takes 0.3 ms for such a row, this 0.06 ms:
the difference between a list page of 40 and one of 20 times an empty answer (`bench/pages.py`). Columns are styled by
their place (`projects.css`; without amounts they are three fewer), roles and titles are given by script (`cells.js`),
and addresses are relative to the list.
"""

from collections.abc import Iterable
from html import escape
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from core.access import can
from core.amounts import are_hidden
from core.pages import MemberRequest
from core.templatetags.portolan import NOTHING, ago_light, day, health, money_short, percent, signed_days
from projects.selectors import ListedProject


class RowWriter:
    """Writes rows for one person: a cell that the person may change is a link to the page that changes it."""

    def __init__(self, request: MemberRequest) -> None:
        self.organization: Any = request.organization
        self.may_edit = can(request.user, "project.edit", self.organization)
        self.may_report = can(request.user, "project.report", self.organization)
        self.hides_amounts = are_hidden()
        self.programs, self.portfolios = reverse("programs:program-list"), reverse("portfolio:portfolio-list")

    def rows(self, projects: Iterable[ListedProject]) -> SafeString:
        """The rows of a table's body."""
        return mark_safe("".join(map(self.row, projects)))

    def row(self, project: ListedProject) -> str:
        """One row; each value is escaped where it is put in."""
        key = str(project.pk)
        is_live = project.archived_at is None
        edit, report = is_live and self.may_edit, is_live and self.may_report
        slip = project.slip_days
        parked = f' <span class="badge warn" title="{escape(project.parked_reason)}">parked</span>'
        cells = (
            self._home(project),
            self._cell(key, "health", health(project.health), report, project.why),
            self._cell(key, "manager", escape(project.manager) or NOTHING, edit),
            project.status_words,
            self._cell(
                key, "finish", day(project.finish_date, self.organization), report and not project.actual_finish_date
            ),
            signed_days(slip),
            *self._money(project, edit, report),
            ago_light(project.updated_at),
        )
        name = f'<a class="t" href="{key}/">{escape(project.name)}</a>{parked if project.parked_reason else ""}'
        late = ' class="neg"' if slip is not None and slip > 0 else ""
        body = "</td><td>".join(cells[:5]) + f"</td><td{late}>" + "</td><td>".join(cells[5:])
        put_away = "" if is_live else ' class="archived"'
        return f'<tr data-row{put_away}><th scope="row">{name}</th><td>{body}</td></tr>'

    def _money(self, project: ListedProject, edit: bool, report: bool) -> tuple[str, ...]:
        """Budget, actual cost and the share spent, where the person sees amounts."""
        if self.hides_amounts:
            return ()
        key, currency = str(project.pk), self.organization.currency
        return (
            self._cell(key, "budget", money_short(project.budget_amount, currency), edit),
            self._cell(key, "actual", money_short(project.actual_amount, currency), report),
            _spent(project),
        )

    def _home(self, project: ListedProject) -> str:
        if project.program_id:
            return f'<a class="n" href="{self.programs}{project.program_id}/">{escape(project.program_name or "")}</a>'
        if project.portfolio_id:
            name = escape(project.portfolio_name or "")
            return f'<a class="n" href="{self.portfolios}{project.portfolio_id}/">{name}</a>'
        return NOTHING

    @staticmethod
    def _cell(key: str, field: str, words: str, may: bool, title: str = "") -> str:
        """A value, as a link to its cell where it may be changed; `words` is HTML."""
        if not may:
            return words
        told = f' title="{escape(title)}"' if title else ""
        return f'<a class="cell-edit" href="{key}/cell/{field}/"{told}>{words}</a>'


def _spent(project: ListedProject) -> str:
    ratio = project.spent_ratio
    if ratio is None:
        return NOTHING
    over = ' class="over"' if ratio > 1 else ""
    return f'<progress{over} value="{ratio:.2f}" aria-hidden="true"></progress>{percent(ratio)}'


def short(text: str, most: int) -> str:
    """A text of at most so many characters, escaped."""
    return escape(text if len(text) <= most else f"{text[: most - 1].rstrip()}…")
