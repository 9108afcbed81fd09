"""The delivery forecast of a whole program."""

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from core.access import require
from core.htmx import wants_fragment
from core.pages import MemberRequest, form_page
from programs.views.program import found_program, head
from projects import services as project_services
from projects.models import Forecast
from projects.selectors.uncertainty import forecast_project_ids
from projects.views.forecast import forecast_context, forecast_form, forecast_part


@require_http_methods(["GET", "POST"])
@vary_on_headers("HX-Request")
def program_forecast(request: MemberRequest, pk: int) -> HttpResponse:
    """When the projects of a program may finish; a form asks for another run."""
    program = found_program(request, pk)
    rows = Forecast.objects.visible_to(request.user).filter(program=program)
    context = forecast_context(request, rows, forecast_project_ids(None, program)) | {"subject": program}
    here = reverse("programs:program-forecast", args=[pk])
    if wants_fragment(request) and request.method == "GET":
        return forecast_part(request, {**context, "here": here})
    if request.method == "POST":
        require(request.user, "forecast.run", request.organization)
    return form_page(
        request,
        form=forecast_form(request, context["found"]),
        template="programs/program_forecast.html",
        save=lambda form: project_services.run_forecast(
            actor=request.user, program=program, result_path=f"{here}?run={{pk}}", **form.running()
        ),
        done=lambda row: here,
        message="{row} is under way.",
        context={**head(request, program, "forecast"), **context, "here": here},
    )
