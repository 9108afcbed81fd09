"""The page of a program's allocations: all its projects in one grid."""

from django.http.response import HttpResponseBase
from django.views.decorators.http import require_http_methods

from core.pages import MemberRequest
from programs.views.program import found_program, head
from projects.models import Project
from projects.views.allocation import grid_page
from projects.views.allocation_grid import AllocationGrid

#: So many projects are put into one grid.
MOST_PROJECTS = 100


@require_http_methods(["GET", "POST"])
def program_allocations(request: MemberRequest, pk: int) -> HttpResponseBase:
    """Who works on a program's projects, month by month, as one grid to type into."""
    program = found_program(request, pk)
    projects = Project.objects.visible_to(request.user).live().filter(program=program)
    found = list(projects.order_by("planned_start_date", "name", "pk")[: MOST_PROJECTS + 1])
    grid = AllocationGrid(request, found[:MOST_PROJECTS])
    return grid_page(
        request,
        grid,
        "programs/program_allocations.html",
        lambda: {**head(request, program, "allocations"), "most": MOST_PROJECTS if len(found) > MOST_PROJECTS else 0},
    )
