"""The rows of the program list, written in Python, as those of the project list are (`projects/views/rows.py`)."""

from collections.abc import Iterable
from html import escape
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from core.access import can
from core.amounts import are_hidden
from core.pages import MemberRequest
from core.templatetags.portolan import NOTHING, day, health, meter, money_short, number, percent, signed_days
from programs.models import Program
from programs.selectors import FUNDED_QUERY

#: The columns that a row reads, of the program and of what it belongs to.
READ = (
    "organization", "name", "code", "parked_reason", "archived_at", "reported_health", "health_note",
    "portfolio__name", "manager__name", "manager__email",
    *(f"rollup__{name}" for name in (
        "computed_health", "project_count", "green_count", "amber_count", "red_count", "unreported_count",
        "progress_ratio", "finish_date", "slip_days", "budget_amount", "actual_amount",
    )),
)  # fmt: skip
NONE = '<span class="muted">none</span>'


class ProgramRows:
    """Writes rows and cells for one person; each value is escaped where it is put in."""

    def __init__(self, request: MemberRequest) -> None:
        self.organization: Any = request.organization
        self.may_edit = can(request.user, "program.edit", self.organization)
        self.programs, self.portfolios = reverse("programs:program-list"), reverse("portfolio:portfolio-list")
        self.projects, self.parked = reverse("projects:project-list"), reverse("portfolio:parked")

    def rows(self, programs: Iterable[Program]) -> SafeString:
        """The rows of a table's body."""
        return mark_safe("".join(map(self.row, programs)))

    def row(self, program: Any) -> str:
        rollup = getattr(program, "rollup", None)
        name = f'<a class="t" href="{self.programs}{program.pk}/">{escape(program.name)}</a>'
        put_away = ' class="archived"' if program.is_archived else ""
        return (
            f'<tr{put_away}><th scope="row">{name} <span class="muted small nowrap">{escape(program.code)}</span>'
            f'{self._parked(program)}</th><td class="x-md hide-s small place">{self._place(program)}</td>'
            f"{self.cell('health', program)}{self.cell('manager', program)}{self._figures(program, rollup)}</tr>"
        )

    def cell(self, field: str, program: Any, is_saved: bool = False) -> SafeString:
        """A cell that may be changed, at rest: `field` is health or manager."""
        words, told = (self._health if field == "health" else self._manager)(program)
        if self.may_edit and not program.is_archived:
            saved = " saved" if is_saved else ""
            address = f"{self.programs}{program.pk}/cell/{field}/"
            words = (
                f'<button class="cell-edit{saved}" type="button" hx-get="{address}" hx-target="closest td"'
                f' hx-swap="outerHTML" data-edit{told}><span class="vh">Change {field}: </span>{words}</button>'
            )
        elif told:
            words = f"<span{told}>{words}</span>"
        if field == "health" and not program.reported_health and _shown_health(program) != "unreported":
            words += ' <span class="muted small">computed</span>'
        return mark_safe(f'<td class="nowrap" id="{field}-{program.pk}">{words}</td>')

    def _health(self, program: Any) -> tuple[str, str]:
        told = f' title="{escape(program.health_note)}"' if program.health_note else ""
        return health(_shown_health(program)), told

    def _manager(self, program: Any) -> tuple[str, str]:
        nobody = '<span class="muted">nobody</span>' if self.may_edit else NOTHING
        return (escape(str(program.manager)) if program.manager else nobody), ""

    def _parked(self, program: Any) -> str:
        if not program.is_parked:
            return ""
        return f' <a class="badge warn" href="{self.parked}" title="{escape(program.parked_reason)}">parked</a>'

    def _place(self, program: Any) -> str:
        if program.portfolio is None:
            return NOTHING
        return f'<a class="n" href="{self.portfolios}{program.portfolio_id}/">{escape(program.portfolio.name)}</a>'

    def _figures(self, program: Any, rollup: Any) -> str:
        if rollup is None:
            return "".join(
                f'<td class="{css}">{NOTHING}</td>'
                for css in ("full", "x-md hide-s", *["r hide-s"] * (2 if are_hidden() else 4))
            )
        rows, currency = f"{self.projects}?program={program.pk}", self.organization.currency
        count = f'<a class="n num count" href="{rows}">{number(rollup.project_count)}</a>'
        mix = f'<span class="row">{count}{_mix(rollup, rows)}</span>' if rollup.project_count else NONE
        late = " neg" if rollup.slip_days is not None and rollup.slip_days > 0 else " muted"
        money = (
            []
            if are_hidden()
            else [
                f'<a class="n num" href="{rows}&amp;{escape(FUNDED_QUERY)}">{money_short(amount, currency)}</a>'
                if rollup.project_count
                else NOTHING
                for amount in (rollup.budget_amount, rollup.actual_amount)
            ]
        )
        return (
            f'<td class="nowrap full" data-k="Projects">{mix}</td>'
            f'<td class="x-md hide-s nowrap">{_progress(rollup.progress_ratio)}</td>'
            f'<td class="r" data-k="Ends">{day(rollup.finish_date, self.organization)}</td>'
            f'<td class="r hide-s{late}">{signed_days(rollup.slip_days)}</td>'
        ) + (f'<td class="r" data-k="Budget">{money[0]}</td><td class="r hide-s">{money[1]}</td>' if money else "")


def _shown_health(program: Any) -> str:
    rollup = getattr(program, "rollup", None)
    return program.reported_health or (rollup.computed_health if rollup else "") or "unreported"


def _progress(ratio: Any) -> str:
    if ratio is None:
        return NOTHING
    return f'{meter(ratio, tone="sm")} <span class="num muted">{percent(ratio)}</span>'


def _mix(rollup: Any, rows: str) -> str:
    """Projects in flight by health, each count a door to its rows."""
    marks = []
    for value, count in rollup.health_counts.items():
        if count:
            link = f'<a class="n" href="{rows}&amp;in_flight=1&amp;health={value}">{number(count)}</a>'
            marks.append(f"<span>{health(value, mark_only=True)}{link}</span>")
        elif value != "unreported":
            marks.append(f'<span class="zero">{health(value, mark_only=True)}0</span>')
    return f'<span class="hcount">{"".join(marks)}</span>'
