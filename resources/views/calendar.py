"""Pages of working calendars, below the settings."""

from copy import copy
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from core.access import require
from core.htmx import wants_fragment
from core.pages import MemberRequest, form_page, go_on, ordered, page_of, posted, seen_version
from events.selectors import history_of
from resources import selectors, services
from resources.filters import CalendarPageFilter
from resources.forms import CalendarForm
from resources.models import Calendar


def _found(request: MemberRequest, pk: int) -> Calendar:
    return get_object_or_404(Calendar.objects.visible_to(request.user).with_use(), pk=pk)


@require_GET
@vary_on_headers("HX-Request")
def calendar_list(request: MemberRequest) -> HttpResponse:
    """The organization's working calendars; htmx gets the table alone."""
    rows = Calendar.objects.visible_to(request.user)
    chosen = CalendarPageFilter(request.GET, rows.with_use().defer("exceptions", "effective_weeks"), request=request)
    calendars, sort = ordered(request, chosen.qs, {"name": "name"}, "name")
    page = page_of(request, calendars)
    context = {
        "filter": chosen,
        "page": page,
        "sort": sort,
        "is_empty": not page.paginator.count and not rows.exists(),
        "has_default": any(row.is_default for row in page) or rows.filter(is_default=True).exists(),
        "starts": selectors.STARTS,
        "fragment": wants_fragment(request),
    }
    return render(request, f"resources/{'_calendar_table' if context['fragment'] else 'calendar_list'}.html", context)


@require_GET
@vary_on_headers("HX-Request")
def calendar_detail(request: MemberRequest, pk: int) -> HttpResponse:
    """A calendar: its week, what differs, a year as a picture, who uses it, what happened to it."""
    calendar = _found(request, pk)
    year = selectors.year_of_row(calendar, request.GET.get("year", ""), timezone.localdate())
    if wants_fragment(request):
        return render(request, "resources/_year.html", {"calendar": calendar, "year": year})
    context = {
        "calendar": calendar,
        "week": selectors.week_rows(calendar),
        "year": year,
        "exceptions": selectors.exception_rows(calendar),
        "other_weeks": selectors.other_weeks(calendar),
        "lines": history_of(calendar),
    }
    return render(request, "resources/calendar_detail.html", context)


@require_http_methods(["GET", "POST"])
def calendar_create(request: MemberRequest) -> HttpResponse:
    """Add a calendar, beginning with a ready one or with a copy."""
    require(request.user, "calendar.edit", request.organization)
    start = selectors.start_of(request.user, request.GET.get("start", ""), request.GET.get("copy", ""))
    form = CalendarForm(posted(request), start=start, user=request.user, organization=request.organization)
    return form_page(
        request,
        form=form,
        template="resources/calendar_form.html",
        save=lambda form: services.create_calendar(
            actor=request.user, organization=request.organization, **form.values()
        ),
        done=lambda row: reverse("resources:calendar-detail", args=[row.pk]),
        message="Added calendar “{row}”.",
        context=_form_context(request, form) | {"starts": selectors.STARTS},
    )


@require_http_methods(["GET", "POST"])
def calendar_edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Change a calendar; dates on it stay until a schedule is calculated anew."""
    calendar = _found(request, pk)
    require(request.user, "calendar.edit", request.organization)
    shown = copy(calendar)  # the form writes into the row it is given
    form = CalendarForm(posted(request), instance=calendar, user=request.user, organization=request.organization)
    return form_page(
        request,
        form=form,
        template="resources/calendar_form.html",
        save=lambda form: services.update_calendar(
            actor=request.user, calendar=calendar, expected_version=form.expected_version, **form.values()
        ),
        done=lambda row: reverse("resources:calendar-detail", args=[row.pk]),
        message="Saved calendar “{row}”. Dates on it stay until “Recalculate schedule” on a project's schedule page.",
        context=_form_context(request, form) | {"calendar": shown},
    )


def _form_context(request: MemberRequest, form: CalendarForm) -> dict[str, Any]:
    engine = form.read()
    return {"year": selectors.year_of(engine, timezone.localdate().year) if engine else None}


@require_POST
def calendar_preview(request: MemberRequest) -> HttpResponse:
    """What the form says as it stands: errors at their fields and the year; nothing is kept."""
    require(request.user, "calendar.edit", request.organization)
    form = CalendarForm(request.POST, user=request.user, organization=request.organization)
    form.is_valid()
    return render(request, "resources/_calendar_preview.html", {"form": form, **_form_context(request, form)})


@require_POST
def calendar_make_default(request: MemberRequest, pk: int) -> HttpResponse:
    """Let a calendar hold for every project that names none."""
    calendar = _found(request, pk)
    former = Calendar.objects.visible_to(request.user).filter(is_default=True).exclude(pk=pk).first()
    services.set_default_calendar(actor=request.user, calendar=calendar, expected_version=seen_version(request))
    undo = reverse("resources:calendar-make-default", args=[former.pk]) if former else ""
    return go_on(request, reverse("resources:calendar-list"), f"“{calendar}” is the default calendar.", undo)


@require_POST
def calendar_archive(request: MemberRequest, pk: int) -> HttpResponse:
    """Put a calendar out of sight; refused while it is used."""
    calendar = _found(request, pk)
    services.archive_calendar(actor=request.user, calendar=calendar, expected_version=seen_version(request))
    undo = reverse("resources:calendar-restore", args=[pk])
    return go_on(request, reverse("resources:calendar-list"), f"Archived calendar “{calendar}”.", undo)


@require_POST
def calendar_restore(request: MemberRequest, pk: int) -> HttpResponse:
    """Bring an archived calendar back."""
    calendar = _found(request, pk)
    services.restore_calendar(actor=request.user, calendar=calendar, expected_version=seen_version(request))
    return go_on(request, reverse("resources:calendar-detail", args=[pk]), f"Restored calendar “{calendar}”.")
