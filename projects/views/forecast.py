"""The delivery forecast of a project: asked for here, simulated by a worker, and shown with what decides it."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRefresh

from core.access import require
from core.htmx import wants_fragment
from core.pages import MemberRequest, form_page, page_of, posted
from projects import services
from projects.charts import forecast_charts
from projects.forms import ForecastForm
from projects.models import Forecast
from projects.selectors.forecast import MOST_RUNS, forecast_runs, listed_runs
from projects.selectors.uncertainty import ASSUMED_WORDS, has_estimates
from projects.views.project import found_project, head

MILESTONES = "#milestones"


def forecast_context(request: MemberRequest, rows: Any, project_ids: list[int]) -> dict[str, Any]:
    """What a forecast page shows of the runs of its project or program.

    Args:
        rows: the forecasts of it.
        project_ids: the projects that it is about.
    """
    found = forecast_runs(rows, request.GET.get("run", ""), request.organization.pk)
    return {
        "found": found,
        "read": found.shown,
        "runs": Paginator(listed_runs(rows), MOST_RUNS).get_page(request.GET.get("runs")),
        "page": page_of(request, found.shown.lines if found.shown else []),
        "charts": forecast_charts(found.shown, MILESTONES) if found.shown else [],
        "has_estimates": has_estimates(project_ids),
        "assumed_words": ASSUMED_WORDS,
        "is_empty": not found.runs,
    }


def forecast_form(request: MemberRequest, runs: Any) -> ForecastForm:
    """The form, filled in as the run before was asked for."""
    last = runs.runs[0] if runs.runs else None
    initial = {} if last is None else {name: getattr(last, name) for name in ("samples", "seed", "includes_risks")}
    if last is not None and last.job is not None:
        initial["assumes_spread"] = last.job.payload.get("assumes_spread", False)
    return ForecastForm(posted(request), initial=initial, user=request.user, organization=request.organization)


def forecast_part(request: MemberRequest, context: dict[str, Any]) -> HttpResponse:
    """What htmx gets: more milestones, or the part that waits for a run, and once it has ended the whole page anew."""
    if context["read"] and request.headers.get("HX-Target") == "milestone-table":
        return render(request, "projects/_forecast_table.html", {**context, "before": context["read"].before})
    if context["found"].waiting is None:
        return HttpResponseClientRefresh()
    return render(request, "projects/_forecast.html", context)


@require_http_methods(["GET", "POST"])
@vary_on_headers("HX-Request")
def project_forecast(request: MemberRequest, pk: int) -> HttpResponse:
    """When a project may finish; a form asks for another run."""
    project = found_project(request, pk)
    rows = Forecast.objects.visible_to(request.user).filter(project=project)
    context = forecast_context(request, rows, [pk]) | {"subject": project}
    if wants_fragment(request) and request.method == "GET":
        return forecast_part(request, {**context, "here": request.path})
    if request.method == "POST":
        require(request.user, "forecast.run", request.organization)
    here = reverse("projects:project-forecast", args=[pk])
    return form_page(
        request,
        form=forecast_form(request, context["found"]),
        template="projects/project_forecast.html",
        save=lambda form: services.run_forecast(
            actor=request.user, project=project, result_path=f"{here}?run={{pk}}", **form.running()
        ),
        done=lambda row: here,
        message="{row} is under way.",
        context={**head(project, "forecast"), **context, "here": here},
    )


@require_GET
def forecast_detail(request: MemberRequest, pk: int) -> HttpResponse:
    """A run on the page of its project or program."""
    row = get_object_or_404(Forecast.objects.visible_to(request.user), pk=pk)
    page = "projects:project-forecast" if row.project_id else "programs:program-forecast"
    return redirect(f"{reverse(page, args=[row.project_id or row.program_id])}?run={pk}")
