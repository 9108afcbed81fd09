"""The rows of activities, in the list and in a project's outline, written in Python as those of projects (rows.py).

A cell that may be changed is a link to the page that changes it, opened in place by `cells.js`. What is done to a row
is a button of the one form below the table, `#acts`, so that neither needs script nor a form in every row.
"""

import datetime
from collections.abc import Iterable
from html import escape
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from core.access import can
from core.amounts import are_hidden
from core.pages import MemberRequest
from core.templatetags.portolan import NOTHING, day, icon, money_short, percent
from projects.models import Activity, ActivityKind, ActivityStatus, Project
from projects.selectors import OutlineRow, Scheduled
from projects.views.rows import short

#: The cell's word in the address -> its name where rows are records, and its classes.
CELLS = {
    "name": ("Activity", "w"),
    "status": ("Status", "nowrap"),
    "assignee": ("Assignee", "nowrap assignee"),
    "duration": ("Duration", "r"),
    "planned_start_date": ("Start", "r"),
    "planned_finish_date": ("Finish", "r"),
    "predecessors": ("Predecessors", "preds"),
    "progress_ratio": ("Progress", "r"),
    "planned_cost_amount": ("Planned cost", "r"),
    "actual_cost_amount": ("Actual cost", "r"),
}
#: Status and progress follow each other: where one is saved, the other comes along, found by its id.
LISTED = [field for field in CELLS if field not in ("name", "duration", "predecessors")]
COSTS = {"planned_cost_amount", "actual_cost_amount"}
#: Cells that may move other rows of the outline.
MOVING = {"name", "duration", "predecessors", "planned_start_date", "planned_finish_date"}
FOLLOWS = {"status": "progress_ratio", "progress_ratio": "status"}
#: Where an activity may move -> what the button is called, its symbol.
MOVES = {
    "up": ("Move up", "down"),
    "down": ("Move down", "down"),
    "outdent": ("Outdent: behind its summary", "left"),
    "indent": ("Indent: below the one above", "right"),
}
CANNOT = ' aria-disabled="true"'
STATUS_WORDS = {status.value: str(status.label) for status in ActivityStatus}
KIND_WORDS = {kind.value: str(kind.label) for kind in ActivityKind}


class ActivityRows:
    """Writes rows and cells for one person; each value is escaped where it is put in.

    Args:
        base: what addresses of activities begin with; on the list itself they are relative and need nothing.
    """

    def __init__(self, request: MemberRequest, base: str | None = None) -> None:
        self.organization: Any = request.organization
        self.may_edit = can(request.user, "activity.edit", self.organization)
        self.activities = reverse("projects:activity-list") if base is None else base
        self.projects = reverse("projects:project-list")
        self.may_link = can(request.user, "dependency.edit", self.organization)
        self.plan = Scheduled({}, {}, frozenset())
        self.left_out = COSTS if are_hidden() else set()

    def rows(self, activities: Iterable[Activity]) -> SafeString:
        """The rows of the list across projects."""
        return mark_safe("".join(map(self._listed, activities)))

    def outline(self, rows: Iterable[OutlineRow], project: Project, plan: Scheduled) -> SafeString:
        """The rows of a project's outline, with what its schedule says of them."""
        self.plan = plan
        return mark_safe("".join(self._outlined(row, project) for row in rows))

    def cell(self, activity: Activity, field: str, is_saved: bool = False) -> str:
        """One fact of an activity at rest."""
        label, css = CELLS[field]
        if field == "name":  # the outline is read again at once, with its number
            return f'<th scope="row" class="{css}">{_name(activity, f"{self.activities}{activity.pk}/edit/")}</th>'
        words = self._words(activity, field)
        may = self.may_link if field == "predecessors" else self.may_edit
        if may and not activity.is_archived and not activity.project.is_archived:
            saved = " saved" if is_saved else ""
            words = f'<a class="cell-edit{saved}" href="{self.activities}{activity.pk}/cell/{field}/">{words}</a>'
        known = f' id="{field}-{activity.pk}"' if field in FOLLOWS or field in MOVING else ""
        if field == "name":  # the outline is read again at once, with its number and its mark
            return (
                f'<th scope="row"{known} class="{css}">{_name(activity, f"{self.activities}{activity.pk}/edit/")}</th>'
            )
        return f'<td{known} class="{css}" data-k="{label}">{words}</td>'

    def saved(self, activity: Activity, field: str) -> SafeString:
        """A cell that was saved, and the one that follows it."""
        cells = self.cell(activity, field, is_saved=True)
        if follower := FOLLOWS.get(field):
            cells += self.cell(activity, follower).replace("<td ", '<td hx-swap-oob="true" ', 1)
        return mark_safe(cells)

    def _words(self, activity: Any, field: str) -> str:
        if field == "duration":
            by_hand = "" if activity.is_manual else ' title="Scheduled automatically"'
            return f"<span{by_hand}>{escape(self.plan.durations.get(activity.pk, '')) or NOTHING}</span>"
        if field == "predecessors":
            return escape(self.plan.predecessors.get(activity.pk, "")) or NOTHING
        value = getattr(activity, field)
        if field == "status":
            return _state(value)
        if field == "assignee":
            return escape(str(value)) if value else NOTHING
        if isinstance(value, datetime.date):
            return day(value, self.organization)
        if field == "progress_ratio":
            return percent(value)
        return NOTHING if value is None else money_short(value, activity.currency)

    def _listed(self, activity: Any) -> str:
        home = f"{self.projects}{activity.project_id}/activities/"
        to = f"{self.activities}{activity.pk}/edit/" if self.may_edit else f"{home}#activity-{activity.pk}"
        project = short(activity.project.name, 80)
        put_away = ' class="archived"' if activity.is_archived else ""
        return (
            f'<tr{put_away}><th scope="row" class="w">{_name(activity, to)}</th>'
            f'<td class="w full"><a class="n" href="{home}">{project}</a></td>{self._facts(activity)}</tr>'
        )

    def _facts(self, activity: Any) -> str:
        """What a summary amounts to is told by its parts."""
        if activity.kind != ActivityKind.SUMMARY:
            return "".join(self.cell(activity, field) for field in LISTED if field not in self.left_out)
        dates = (activity.planned_start_date, activity.planned_finish_date)
        none = '<td class="r muted hide-s">–</td>' * (3 - len(self.left_out))
        return f'<td class="muted hide-s">–</td>{self.cell(activity, "assignee")}{self._span(*dates)}{none}'

    def _outlined(self, row: OutlineRow, project: Project) -> str:
        activity: Any = row.activity
        may = self.may_edit and not project.is_archived
        name = _name(activity, f"{self.activities}{activity.pk}/edit/" if may else "")
        if may:
            told = f'aria-label="Rename {short(activity.name, 60)}" title="Rename"'
            address = f"{self.activities}{activity.pk}/cell/name/"
            name += f'<a class="cell-edit rename" href="{address}" {told}>{icon("edit")}</a>'
        number = f'<span class="row-no" title="The number by which predecessors name it">{activity.position}</span>'
        level = f'<span class="vh">Level {row.level}: </span>'
        heading = f'<th scope="row" class="w lvl-{row.depth}">{number}{level}{name}</th>'
        critical = activity.pk in self.plan.critical and activity.status not in ("done", "cancelled")
        css = ' class="summary"' if row.is_summary else ' class="critical"' if critical else ""
        facts = self._sums(row, project) if row.is_summary else self._work(activity)
        acts = f'<td class="r nowrap act full">{self._acts(row, project)}</td>' if may else ""
        return f'<tr id="activity-{activity.pk}"{css}>{heading}{facts}{acts}</tr>'

    def _work(self, activity: Any) -> str:
        shown = [field for field in CELLS if field != "name" and field not in self.left_out]
        cells = [self.cell(activity, field) for field in shown]
        happened = f'<td class="r x-md x-lg hide-s muted">{self._happened(activity)}</td>'
        return "".join((*cells[:6], happened, *cells[6:]))

    def _happened(self, activity: Any) -> str:
        start, finish = activity.actual_start_date, activity.actual_finish_date
        if finish:
            begun = f"{day(start, self.organization)} – " if start and start != finish else ""
            return f"{begun}{day(finish, self.organization)}"
        return f"since {day(start, self.organization)}" if start else "–"

    def _sums(self, row: OutlineRow, project: Project) -> str:
        progress = NOTHING if row.progress_ratio is None else percent(row.progress_ratio)
        sums = (("Planned cost", row.planned_cost_amount), ("Actual cost", row.actual_cost_amount))
        costs = [
            f'<td class="r" data-k="{words}">{money_short(amount, project.currency)}</td>'
            for words, amount in (() if self.left_out else sums)
        ]
        return (
            f'<td class="nowrap" data-k="Status">{_state(row.status)}</td>{self.cell(row.activity, "assignee")}'
            f'<td class="r hide-s"></td>{self._span(row.start_date, row.finish_date)}'
            f'{self.cell(row.activity, "predecessors")}<td class="r x-md x-lg hide-s"></td>'
            f'<td class="r" data-k="Progress">{progress}</td>{"".join(costs)}'
        )

    def _span(self, start: Any, finish: Any) -> str:
        return (
            f'<td class="r" data-k="Start">{day(start, self.organization)}</td>'
            f'<td class="r" data-k="Finish">{day(finish, self.organization)}</td>'
        )

    def _mode(self, activity: Any, address: str) -> str:
        if activity.kind == ActivityKind.SUMMARY:
            return ""
        return (
            f'<button class="item" type="submit" form="acts" formaction="{address}mode/">'
            f"{icon('calendar')}{_mode_words(activity.is_manual)}</button>"
        )

    def _acts(self, row: OutlineRow, project: Project) -> str:
        """The buttons that move an activity in its outline, and the menu with the rest."""
        pk, name = row.activity.pk, short(row.activity.name, 60)
        address, below = f"{self.activities}{pk}/", f"{self.projects}{project.pk}/activities/new/?parent={pk}"
        buttons = "".join(
            f'<button class="icon-btn sm {way}" type="submit" form="acts" formaction="{address}move/" name="direction"'
            f' value="{way}" id="{way}-{pk}" aria-label="{words}" title="{words}"'
            f"{'' if way in row.moves else CANNOT}>{icon(symbol)}</button>"
            for way, (words, symbol) in MOVES.items()
        )
        return (
            f'<span class="moves" role="group" aria-label="Move {name}">{buttons}</span>'
            f'<button class="icon-btn sm" type="button" popovertarget="act-{pk}" aria-haspopup="menu"'
            f' aria-label="More for {name}">{icon("more")}</button>'
            f'<div class="pop at-end act-menu" id="act-{pk}" popover>'
            f'<a class="item" href="{address}edit/">{icon("edit")}Edit</a>'
            f"{self._mode(row.activity, address)}"
            f'<a class="item" href="{below}">{icon("plus")}Add below it</a>'
            f'<button class="item" type="submit" form="acts" formaction="{address}archive/">'
            f"{icon('trash')}Archive</button></div>"
        )


def _mode_words(is_manual: bool) -> str:
    return "Schedule automatically" if is_manual else "Schedule by hand"


def _state(status: str) -> str:
    return f'<span class="state {status}">{STATUS_WORDS[status]}</span>'


def _name(activity: Any, to: str) -> str:
    """The mark of its kind - diamond, bar or bracket - and its name, which leads somewhere if `to` says so."""
    words = short(activity.name, 160)
    kind = KIND_WORDS[activity.kind]
    mark = f'<span class="kind {activity.kind}" role="img" aria-label="{kind}" title="{kind}"></span>'
    link = f'<a class="t" href="{to}">{words}</a>' if to else f'<span class="t">{words}</span>'
    return f'<span class="what">{mark}{link}</span>'
