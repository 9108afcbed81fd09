"""Timelines: the page's context and its data, for one project or for the projects of a program, and edits by drag."""

import datetime
import json
from collections.abc import Collection
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from core.access import can, require
from core.errors import Conflict
from core.exports import FORMATS, export
from core.pages import MemberRequest, page_of, seen_version
from projects import services
from projects.models import Activity
from projects.selectors.editing import plan_activity
from projects.selectors.files import TIMELINE_HEADER, timeline_cells
from projects.selectors.timeline import CODES, Bar, Timeline, timeline
from projects.selectors.timeline_edit import dragged
from projects.views.activity import found_activity
from projects.views.effects import effects_page, undo_of
from projects.views.project import found_project, head
from resources.algorithms.calendars import NoWorkingTime

EPOCH = datetime.date(1970, 1, 1)


def timeline_context(request: MemberRequest, projects: Collection[int]) -> dict[str, Any]:
    """What a page with a timeline shows beside the picture, and the table of the same facts."""
    try:
        found = timeline(request.organization.pk, projects)
    except (NoWorkingTime, ValueError) as error:
        return {"refused": str(error)}
    bars = [bar for bar in found.bars if bar.start or not bar.is_project]
    page = page_of(request, bars if found.has_dates else [], size=100)
    page.object_list = [
        {"bar": bar, "owner": found.people.get(bar.owner_id or 0), "project": found.projects[bar.project_id]}
        for bar in page.object_list
    ]
    return {
        "timeline": found,
        "page": page,
        "slipped": found.slipped,
        "may_edit": can(request.user, "activity.edit", request.organization),
        "may_link": can(request.user, "dependency.edit", request.organization),
    }


def _found(request: MemberRequest, projects: Collection[int]) -> Timeline:
    try:
        return timeline(request.organization.pk, projects)
    except (NoWorkingTime, ValueError) as error:
        raise Conflict(str(error)) from error


def timeline_file(request: MemberRequest, projects: Collection[int]) -> HttpResponseBase | None:
    """The rows of the table as the file that the address asks for with `format`; None where it asks for none."""
    if (file_format := request.GET.get("format", "")) not in FORMATS:
        return None
    cells = timeline_cells(_found(request, projects))
    return export(cells, header=TIMELINE_HEADER, name="timeline", file_format=file_format)


def timeline_json(request: MemberRequest, projects: Collection[int]) -> HttpResponse:
    """A timeline as rows of values, in the order that static/js/timeline.js reads them."""
    found = _found(request, projects)
    text = json.dumps(as_data(found, timezone.localdate()), separators=(",", ":"), ensure_ascii=False)
    response = HttpResponse(text, content_type="application/json")
    response["Cache-Control"] = "private, no-store"
    return response


def as_data(found: Timeline, today: datetime.date) -> dict[str, Any]:
    """Days are numbers from 1970-01-01."""
    return {
        "today": number_of(today),
        "people": {pk: [user.initials, str(user)] for pk, user in found.people.items()},
        "rows": [_values(bar) for bar in found.bars if bar.start or not bar.is_project],
        "links": [
            [a.id, a.predecessor_id, a.successor_id, CODES[a.link_type], int(a.is_driving)] for a in found.arrows
        ],
    }


def _values(bar: Bar) -> list[Any]:
    days = [number_of(day) for day in (bar.start, bar.finish)]
    baseline = [number_of(day) for day in (bar.baseline_start, bar.baseline_finish)]
    return [
        *(bar.id, bar.parent_id or 0, bar.project_id, bar.name, bar.kind, bar.status, *days),
        *(float(bar.progress_ratio), int(bar.is_critical), float(bar.float_days), bar.slip_days, *baseline),
        *(bar.owner_id or 0, bar.team, int(bar.is_manual), int(bar.is_foreign), bar.version),
    ]


def number_of(day: datetime.date | None) -> int | None:
    return None if day is None else (day - EPOCH).days


@require_GET
@vary_on_headers("HX-Request")
def project_timeline(request: MemberRequest, pk: int) -> HttpResponseBase:
    """A project on a timeline, with what its dependencies reach; `format` gets a file."""
    project = found_project(request, pk)
    if file := timeline_file(request, [pk]):
        return file
    context = timeline_context(request, [pk])
    context |= {"data_url": reverse("projects:project-timeline-data", args=[pk]), "nav": "projects:project-list"}
    if request.htmx:
        return render(request, "projects/_timeline_table.html", context)
    return render(request, "projects/project_timeline.html", head(project, "timeline") | context)


@require_GET
@gzip_page
def project_timeline_data(request: MemberRequest, pk: int) -> HttpResponse:
    """The rows of a project's timeline."""
    return timeline_json(request, [found_project(request, pk).pk])


@require_POST
def dates_preview(request: MemberRequest, pk: int) -> HttpResponse:
    """What dragging a bar to other days would move: a part of the page. Nothing is saved."""
    activity = found_activity(request, pk)
    require(request.user, "activity.edit", request.organization)
    values = _dragged(request, activity)
    return effects_page(request, lambda: plan_activity(activity, values))


@require_POST
def dates_change(request: MemberRequest, pk: int) -> HttpResponse:
    """Give an activity the days that its bar was dragged to, and move what depends on it."""
    activity = found_activity(request, pk)
    require(request.user, "activity.edit", request.organization)
    saved = services.update_activity(
        actor=request.user,
        activity=activity,
        expected_version=seen_version(request),
        expected_plan=request.POST.get("expected_plan", ""),
        **_dragged(request, activity),
    )
    return JsonResponse({"text": f"Moved “{saved!s:.80}”.", "undo": undo_of(saved), "version": saved.version})


def _dragged(request: MemberRequest, activity: Activity) -> dict[str, Any]:
    try:
        start, finish = (datetime.date.fromisoformat(request.POST.get(name, "")) for name in ("start", "finish"))
    except ValueError as error:
        raise Conflict("Nothing was moved: the days are not dates. Drag the bar again.") from error
    return dragged(activity, start, finish)
