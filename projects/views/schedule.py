"""What is done to the schedule of a project as a whole, and rows pasted into its outline."""

import datetime
import re
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from core.access import require
from core.errors import DomainError
from core.pages import MemberRequest, add_errors, go_on, posted, remember_sent, sent_before
from projects import services
from projects.algorithms.notation import parse_length, parse_predecessors
from projects.forms import PasteForm
from projects.models import Activity
from projects.services import PastedRow
from projects.services.predecessors import MOST_PASTED
from projects.views.activity import found_activity, outline_of, render_outline
from projects.views.effects import undo_of
from projects.views.project import found_project

#: Names of the first column by which a header is told from the first row.
HEADERS = {"name", "task name", "task", "activity"}
DAYS = ("%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%d %b %Y", "%d %B %Y")


@require_POST
def activity_mode(request: MemberRequest, pk: int) -> HttpResponse:
    """Let the schedule date an activity, or keep its dates as they are typed."""
    activity: Activity = found_activity(request, pk)
    if not sent_before(request):
        activity = services.update_activity(actor=request.user, activity=activity, is_manual=not activity.is_manual)
        remember_sent(request, request.path)
    words = "is scheduled by hand" if activity.is_manual else "is scheduled automatically"
    if request.headers.get("HX-Request"):
        return render_outline(request, found_project(request, activity.project_id))
    return go_on(request, outline_of(activity), f"“{activity!s:.80}” {words}.", undo_of(activity))


@require_POST
def project_reschedule(request: MemberRequest, pk: int) -> HttpResponse:
    """Calculate the dates of a project's automatic activities anew."""
    project = found_project(request, pk)
    before = undo_of(project)
    services.reschedule_project(actor=request.user, project=project)
    after = undo_of(project)
    url = reverse("projects:project-activities", args=[pk])
    if after == before:
        return go_on(request, url, "Every date is as the schedule gives it. Nothing has moved.")
    return go_on(request, url, f"Recalculated the schedule of “{project!s:.80}”.", after)


@require_http_methods(["GET", "POST"])
def activity_paste(request: MemberRequest, pk: int) -> HttpResponse:
    """Add the rows of a spreadsheet to a project's outline: all of them, or none and what is wrong with which."""
    project = found_project(request, pk)
    require(request.user, "activity.edit", request.organization)
    form = PasteForm(posted(request))
    status = 200
    if request.method == "POST":
        status = 422
        rows, faults = read_rows(request.POST.get("rows", ""))
        if form.is_valid() and not faults:
            try:
                made = services.paste_activities(actor=request.user, project=project, rows=rows)
            except (ValidationError, DomainError) as error:
                add_errors(form, error)
            else:
                url = reverse("projects:project-activities", args=[pk])
                return go_on(request, url, f"Added {len(made)} activities.")
        for fault in faults[:20]:
            form.add_error("rows", fault)
    context = {"project": project, "form": form, "nav": "projects:project-list"}
    return render(request, "projects/activity_paste.html", context, status=status)


def read_rows(text: str) -> tuple[list[PastedRow], list[str]]:
    """Rows of a spreadsheet, and a sentence for each line that is none."""
    lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    if lines and lines[0][1].split("\t")[0].strip().casefold() in HEADERS:
        lines = lines[1:]
    if not lines:
        return [], ["Paste at least one row."]
    if len(lines) > MOST_PASTED:
        return [], [f"{len(lines)} rows are too many at once: paste at most {MOST_PASTED}, or import a file."]
    rows: list[PastedRow] = []
    faults: list[str] = []
    indents: list[int] = []
    for number, line in lines:
        cells = [*line.split("\t"), "", "", "", ""]
        indent = len(cells[0]) - len(cells[0].lstrip(" "))
        while indents and indents[-1] >= indent:
            indents.pop()
        indents.append(indent)
        try:
            rows.append(_row(number, len(indents), cells))
        except ValueError as error:
            faults.append(f"Line {number}: {error}")
    return rows, faults


def _row(number: int, level: int, cells: list[str]) -> PastedRow:
    name = cells[0].strip()
    if not name:
        raise ValueError("The name is missing.")
    fields: dict[str, Any] = {"name": name[:300]}
    start, finish = (_day(cell.strip()) for cell in cells[3:5])
    if cells[1].strip():
        length = parse_length(cells[1])
        fields |= {"duration_minutes": length.minutes, "is_elapsed": length.is_elapsed}
        if not length.minutes:
            fields["kind"] = "milestone"
    fields["is_manual"] = bool(start and finish)
    fields |= {key: day for key, day in (("planned_start_date", start), ("planned_finish_date", finish)) if day}
    return PastedRow(number, level, fields, parse_predecessors(cells[2]))


def _day(text: str) -> datetime.date | None:
    text = re.sub(r"^(mon|tue|wed|thu|fri|sat|sun)\w*,? ", "", text, flags=re.IGNORECASE)
    if not text:
        return None
    for pattern in DAYS:
        try:
            return datetime.datetime.strptime(text, pattern).date()  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            continue
    raise ValueError(f"“{text[:40]}” is no date. Write 2026-05-04.")
