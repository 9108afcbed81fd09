"""All projects of a program on one timeline."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from core.pages import MemberRequest
from programs.models import Program
from programs.views.program import found_program, head
from projects.views.timeline import timeline_context, timeline_file, timeline_json


@require_GET
@vary_on_headers("HX-Request")
def program_timeline(request: MemberRequest, pk: int) -> HttpResponseBase:
    """A program's projects, and greyed those that their dependencies reach; htmx gets the table, `format` a file."""
    program = found_program(request, pk)
    projects = project_ids(request, program)
    if file := timeline_file(request, projects):
        return file
    context = timeline_context(request, projects)
    context |= {"data_url": reverse("programs:program-timeline-data", args=[pk])}
    if request.htmx:
        return render(request, "projects/_timeline_table.html", context)
    return render(request, "programs/program_timeline.html", head(request, program, "timeline") | context)


@require_GET
@gzip_page
def program_timeline_data(request: MemberRequest, pk: int) -> HttpResponse:
    """The rows of a program's timeline."""
    return timeline_json(request, project_ids(request, found_program(request, pk)))


def project_ids(request: MemberRequest, program: Program) -> list[int]:
    """The live projects of a program."""
    return list(program.projects.visible_to(request.user).live().values_list("pk", flat=True))
