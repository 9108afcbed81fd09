"""Levelling of a program's projects."""

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from core.pages import MemberRequest
from programs.views.program import found_program, head
from projects.models import LevellingProposal
from projects.views.levelling import levelling_page


@require_http_methods(["GET", "POST"])
@vary_on_headers("HX-Request")
def program_levelling(request: MemberRequest, pk: int) -> HttpResponse:
    """Which projects of a program might start later; a form asks for a proposal."""
    program = found_program(request, pk)
    return levelling_page(
        request,
        rows=LevellingProposal.objects.visible_to(request.user).filter(program=program),
        here=reverse("programs:program-levelling", args=[pk]),
        template="programs/program_levelling.html",
        context=head(request, program, "levelling"),
        program=program,
    )
