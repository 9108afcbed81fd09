"""Pages of what happened and of what is under way."""

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from core.access import require
from core.exports import FORMATS, export
from core.htmx import wants_fragment
from core.pages import MemberRequest, go_on, id_in, ordered, page_of
from events import selectors, services
from events.filters import EventFilter, JobFilter
from events.models import Event, Job

JOB_SORTS = {
    "title": "title",
    "status": "status",
    "by": "started_by__name",
    "queued": "created_at",
    "ended": "finished_at",
}


@require_GET
@vary_on_headers("HX-Request")
def audit_list(request: MemberRequest) -> HttpResponseBase:
    """Who did what, newest first; htmx gets the table alone, `format` gets a file of all that matches."""
    require(request.user, "audit.read", request.organization)
    chosen = EventFilter(request.GET, Event.objects.visible_to(request.user), request=request)
    if (file_format := request.GET.get("format", "")) in FORMATS:
        cells = selectors.audit_cells(chosen.qs)
        return export(cells, header=selectors.AUDIT_HEADER, name="audit-log", file_format=file_format)
    page = selectors.event_page(chosen.qs, before=event_id(request, "before"), after=event_id(request, "after"))
    context = {"filter": chosen, "page": page, "fragment": wants_fragment(request), "nav": "accounts:settings"}
    return render(request, "events/_audit_table.html" if context["fragment"] else "events/audit_list.html", context)


def event_id(request: MemberRequest, name: str) -> int | None:
    """An id in the address; nonsense is none."""
    return id_in(request.GET.get(name))


@require_GET
@vary_on_headers("HX-Request")
def job_list(request: MemberRequest) -> HttpResponse:
    """Long work, newest first; htmx gets the table alone."""
    rows = Job.objects.visible_to(request.user).select_related("started_by")
    chosen = JobFilter(request.GET, rows, request=request)
    jobs, sort = ordered(request, chosen.qs, JOB_SORTS, "-queued")
    page = page_of(request, jobs)
    context: dict[str, Any] = {
        "filter": chosen, "page": page, "sort": sort, "fragment": wants_fragment(request),
        "is_moving": any(not job.is_finished for job in page),
        "is_empty": not page.paginator.count and not request.GET,
    }  # fmt: skip
    return render(request, "events/_job_table.html" if context["fragment"] else "events/job_list.html", context)


def found_job(request: MemberRequest, pk: int) -> Job:
    """The job of an address, with the person who started it."""
    return get_object_or_404(Job.objects.visible_to(request.user).select_related("started_by"), pk=pk)


@require_GET
@vary_on_headers("HX-Request")
def job_detail(request: MemberRequest, pk: int) -> HttpResponse:
    """How far a job has come and what came of it; htmx gets the bar alone."""
    job = found_job(request, pk)
    if wants_fragment(request):
        return job_status(request, pk)
    return render(request, "events/job_detail.html", {"job": job, "results": results(job)})


def results(job: Job) -> list[tuple[str, Any]]:
    """What a job says it has done, in words; lists are counted."""
    said = job.result if isinstance(job.result, dict) else {}
    shown = {name: len(value) if isinstance(value, list | dict) else value for name, value in said.items()}
    return [(name.replace("_", " ").capitalize(), value) for name, value in shown.items() if name != "message"]


@require_GET
def job_status(request: MemberRequest, pk: int) -> HttpResponse:
    """The bar of a job, which asks for itself until the job has ended; then its own page is loaded anew."""
    job = found_job(request, pk)
    response = render(request, "core/_job.html", {"job": job})
    at_home = request.htmx.current_url_abs_path == reverse("events:job-detail", args=[pk])
    if job.is_finished and at_home:
        response["HX-Refresh"] = "true"
    elif job.is_finished:
        response["HX-Trigger"] = "portolan:job-ended"
    return response


@require_POST
def job_stop(request: MemberRequest, pk: int) -> HttpResponse:
    """Ask a job to stop; what it has done stays."""
    job = services.request_stop(actor=request.user, job=found_job(request, pk))
    if wants_fragment(request):
        return render(request, "core/_job.html", {"job": job})
    said = "Stopped before it began." if job.is_finished else "It stops at its next step. What it has done stays."
    return go_on(request, reverse("events:job-detail", args=[pk]), said)
