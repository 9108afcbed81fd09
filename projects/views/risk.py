"""Pages of risks: those of a project, and the list across projects."""

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from core.access import require
from core.amounts import are_hidden
from core.exports import FORMATS, export
from core.htmx import wants_fragment
from core.pages import MemberRequest, asked, form_page, go_on, ordered, page_of, posted, seen_version
from events.selectors import kept
from projects import selectors, services
from projects.filters import ProjectRiskFilter, RiskListFilter
from projects.forms import RiskForm
from projects.models import Project, Risk
from projects.views.project import found_project, head
from projects.views.risk_rows import RiskRows

SORTS = {
    "name": "name",
    "project": "project__name",
    "probability": "probability_ratio",
    "impact": "impact_amount",
    "days": "impact_days",
    "exposure": "exposure",
    "response": "response",
    "owner": "owner__name",
    "status": "status",
}
#: The columns that a row reads; `project__name` where rows are of several projects.
READ = (
    "organization", "project", "name", "status", "archived_at", "version", "probability_ratio", "impact_amount",
    "impact_days", "response", "currency", "owner__name", "owner__email",
)  # fmt: skip


def found_risk(request: MemberRequest, pk: int) -> Risk:
    """The risk of an address, with its project."""
    return get_object_or_404(Risk.objects.visible_to(request.user).select_related("project", "owner"), pk=pk)


def risks_of(risk: Risk) -> str:
    """Where a risk is listed among those of its project."""
    return reverse("projects:project-risks", args=[risk.project_id])


def listed(request: MemberRequest, chosen: Any, project: Project | None = None) -> dict[str, Any]:
    """The risks that the address asks for, and what they amount to; the likeliest first where amounts are hidden."""
    first = "-probability" if are_hidden() else "-exposure"
    risks, sort = ordered(request, chosen.qs.with_exposure(), SORTS, first)
    totals = kept(request.organization.pk, asked(request), lambda: selectors.risk_totals(chosen.qs))
    names = () if project else ("project__name",)
    page = page_of(request, risks.only(*READ, *names), count=totals.count)
    return {
        "filter": chosen,
        "risks": risks,
        "page": page,
        "rows": RiskRows(request, project).rows(page),
        "sort": sort,
        "totals": totals,
        "is_empty": not totals.count and not request.GET,
        "fragment": wants_fragment(request),
        "nav": "projects:risk-list",
    }


@require_GET
@vary_on_headers("HX-Request")
def risk_list(request: MemberRequest) -> HttpResponseBase:
    """Risks of all projects, the largest exposure first; htmx gets the table alone, `format` gets a file."""
    rows = Risk.objects.visible_to(request.user).filter(project__archived_at=None)
    chosen = RiskListFilter(request.GET, rows.select_related("project", "owner"), request=request)
    context = listed(request, chosen)
    if (file_format := request.GET.get("format", "")) in FORMATS:
        cells = selectors.risk_cells(context["risks"])
        return export(cells, header=selectors.RISK_HEADER, name="risks", file_format=file_format)
    context["of_project"] = chosen.form.cleaned_data.get("project") if chosen.form.is_valid() else None
    name = "projects/_risk_table.html" if context["fragment"] else "projects/risk_list.html"
    return render(request, name, context)


@require_GET
@vary_on_headers("HX-Request")
def project_risks(request: MemberRequest, pk: int) -> HttpResponse:
    """What may happen to a project."""
    project = found_project(request, pk)
    rows = Risk.objects.visible_to(request.user).filter(project=project)
    chosen = ProjectRiskFilter(request.GET, rows.select_related("owner"), request=request)
    context = listed(request, chosen, project) | head(project, "risks")
    name = "projects/_risk_table.html" if context["fragment"] else "projects/project_risks.html"
    return render(request, name, context)


@require_http_methods(["GET", "POST"])
def risk_create(request: MemberRequest, pk: int) -> HttpResponse:
    """Name something that may happen to a project."""
    project = found_project(request, pk)
    require(request.user, "risk.edit", request.organization)
    form = RiskForm(posted(request), project=project, user=request.user, organization=request.organization)
    return form_page(
        request,
        form=form,
        template="projects/risk_form.html",
        save=lambda form: services.create_risk(actor=request.user, project=project, **form.values()),
        done=risks_of,
        message="Added risk “{row!s:.80}”.",
        context={"project": project, "nav": "projects:project-list"},
    )


@require_http_methods(["GET", "POST"])
def risk_edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Change a risk, or say that it has happened or can happen no more."""
    risk = found_risk(request, pk)
    require(request.user, "risk.edit", request.organization)
    form = RiskForm(
        posted(request), instance=risk, project=risk.project, user=request.user, organization=request.organization
    )
    return form_page(
        request,
        form=form,
        template="projects/risk_form.html",
        save=lambda form: services.update_risk(
            actor=request.user, risk=risk, expected_version=form.expected_version, **form.values()
        ),
        done=risks_of,
        message="Saved risk “{row!s:.80}”.",
        context={"project": risk.project, "risk": risk, "nav": "projects:project-list"},
    )


@require_POST
def risk_archive(request: MemberRequest, pk: int) -> HttpResponse:
    """Put a risk out of sight."""
    risk = found_risk(request, pk)
    services.archive_risk(actor=request.user, risk=risk, expected_version=seen_version(request))
    undo = reverse("projects:risk-restore", args=[pk])
    return go_on(request, risks_of(risk), f"Archived risk “{risk!s:.80}”.", undo)


@require_POST
def risk_restore(request: MemberRequest, pk: int) -> HttpResponse:
    """Bring an archived risk back."""
    risk = found_risk(request, pk)
    services.restore_risk(actor=request.user, risk=risk, expected_version=seen_version(request))
    return go_on(request, risks_of(risk), f"Restored risk “{risk!s:.80}”.")
