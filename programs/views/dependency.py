"""What the projects of a program wait for, and who waits for them."""

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from core.pages import MemberRequest
from programs.views.program import found_program, head
from projects.models import Dependency
from projects.views.dependency import listed


@require_GET
@vary_on_headers("HX-Request")
def program_dependencies(request: MemberRequest, pk: int) -> HttpResponse:
    """Dependencies with an end in a program; htmx gets the table alone."""
    program = found_program(request, pk)
    ends = Q(predecessor__project__program=program) | Q(successor__project__program=program)
    context = head(request, program, "dependencies") | listed(
        request, Dependency.objects.visible_to(request.user).filter(ends)
    )
    context |= {"nav": "programs:program-list", "of_program": program}
    name = "projects/_dependency_table.html" if context["fragment"] else "programs/program_dependencies.html"
    return render(request, name, context)
