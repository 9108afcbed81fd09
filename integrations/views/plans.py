"""Microsoft Project files: upload, preview, import, undo, and projects as such files."""

from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.dateparse import parse_date, parse_datetime
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from core.access import require
from core.errors import DomainError
from core.htmx import wants_fragment
from core.pages import MemberRequest, add_errors, go_on, go_to, posted, remember_sent, seen_version, sent_before
from integrations import services
from integrations.forms import PlanForm, PlanUploadForm
from integrations.models import PlanImport, PlanStatus
from integrations.selectors.plan_export import PlanFile, program_file, project_file
from integrations.services import Upload
from programs.models import Program
from projects.models import Project

STEPS = {PlanStatus.READING: 2, PlanStatus.REFUSED: 2, PlanStatus.CHECKED: 2}


def plan_path(plan: PlanImport) -> str:
    """The page of a file that becomes, or became, a project."""
    return reverse("integrations:plan-detail", args=[plan.pk])


def found_plan(request: MemberRequest, pk: int) -> PlanImport:
    """The file of an address, without its bytes; viewers and contributors are refused."""
    rows = PlanImport.objects.visible_to(request.user).defer("content")
    plan = get_object_or_404(rows.select_related("job", "started_by", "project", "program", "organization"), pk=pk)
    require(request.user, "import.run", request.organization)
    return plan


@require_http_methods(["GET", "POST"])
def plan_create(request: MemberRequest) -> HttpResponse:
    """Upload a Microsoft Project file; it is checked, and nothing is written."""
    require(request.user, "import.run", request.organization)
    if request.method == "POST" and (url := sent_before(request)):
        return go_to(request, url)
    form, status = PlanUploadForm(posted(request), request.FILES or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            sent = form.cleaned_data["file"]
            file = Upload(sent.name or "file", sent.size or 0, sent.read)
            try:
                plan = services.upload_plan(
                    actor=request.user, organization=request.organization, file=file, result_path=plan_path
                )
            except DomainError as refusal:
                add_errors(form, refusal)
            else:
                remember_sent(request, plan_path(plan))
                return go_to(request, plan_path(plan))
    return render(request, "integrations/plan_create.html", {"form": form, "step": 1}, status=status)


@require_GET
@vary_on_headers("HX-Request")
def plan_detail(request: MemberRequest, pk: int) -> HttpResponse:
    """What a file would become, what it is becoming, or what became of it; htmx gets the part that moves."""
    plan = found_plan(request, pk)
    form = PlanForm(None, user=request.user, organization=request.organization, plan=plan)
    return _shown(request, plan, form)


@require_POST
def plan_run(request: MemberRequest, pk: int) -> HttpResponse:
    """Import a checked file as a job, into the program or portfolio that is chosen."""
    plan = found_plan(request, pk)
    if url := sent_before(request):
        return go_to(request, url)
    form = PlanForm(request.POST, user=request.user, organization=request.organization, plan=plan)
    if form.is_valid():
        try:
            services.begin_plan(
                actor=request.user, plan=plan, expected_version=seen_version(request),
                result_path=plan_path, **form.values(),
            )  # fmt: skip
        except DomainError as refusal:
            add_errors(form, refusal)
        else:
            remember_sent(request, plan_path(plan))
            return go_to(request, plan_path(plan))
    return _shown(request, plan, form, status=422)


@require_POST
def plan_undo(request: MemberRequest, pk: int) -> HttpResponse:
    """Take an import back: its project is archived."""
    plan = services.undo_plan(actor=request.user, plan=found_plan(request, pk), expected_version=seen_version(request))
    return go_on(request, plan_path(plan), f"“{plan.project_name}” is archived. The file can be imported again.")


@require_POST
def plan_discard(request: MemberRequest, pk: int) -> HttpResponse:
    """Throw away a file that was not imported."""
    plan = found_plan(request, pk)
    services.discard_plan(actor=request.user, plan=plan)
    return go_on(request, reverse("integrations:import-list"), f"{plan.file_name} is discarded. Nothing was written.")


@require_GET
def project_mspdi(request: MemberRequest, pk: int) -> StreamingHttpResponse:
    """A project as a Microsoft Project file."""
    project = get_object_or_404(Project.objects.visible_to(request.user).live(), pk=pk)
    return download(project_file(project))


@require_GET
def program_mspdi(request: MemberRequest, pk: int) -> StreamingHttpResponse:
    """A program's projects as one Microsoft Project file, with a summary for each and the links between them."""
    program = get_object_or_404(Program.objects.visible_to(request.user).live(), pk=pk)
    return download(program_file(program))


def download(file: PlanFile) -> StreamingHttpResponse:
    """A Microsoft Project file as an answer."""
    response = StreamingHttpResponse(file.parts, content_type="application/xml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return response


def _shown(request: MemberRequest, plan: PlanImport, form: PlanForm, status: int = 200) -> HttpResponse:
    context = {
        "plan": plan,
        "report": dated(plan.report),
        "form": form,
        "step": STEPS.get(PlanStatus(plan.status), 3),
        "job": plan.job,
    }
    fragment = wants_fragment(request) and request.method == "GET"
    return render(
        request, "integrations/_plan.html" if fragment else "integrations/plan_detail.html", context, status=status
    )


def dated(report: dict[str, Any]) -> dict[str, Any]:
    """A report with its days as days, for a page to write them."""
    found = {**report, "start": _moment(report.get("start")), "finish": _moment(report.get("finish"))}
    found["status_date"] = parse_date(report.get("status_date") or "")
    found["outline"] = [
        {**row, "start": _moment(row["start"]), "finish": _moment(row["finish"])} for row in report.get("outline", [])
    ]
    found["dates_other"] = [
        {**row, **{name: _moment(row[name]) for name in ("start", "finish", "our_start", "our_finish")}}
        for row in report.get("dates_other", [])
    ]
    found["dates_differ"] = report.get("dates_counted", 0) - report.get("dates_same", 0)
    found["of_dates"] = f"of {report.get('dates_counted', 0):,}"
    found["more_in_outline"] = report.get("activity_count", 0) - len(found["outline"])
    found["more_other"] = found["dates_differ"] - len(found["dates_other"])
    return found


def _moment(text: str | None) -> Any:
    return parse_datetime(text) if text else None
