"""Levelling of a program's or portfolio's projects: asked for here, looked for by a worker, accepted or discarded."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRefresh

from core.access import require
from core.htmx import wants_fragment
from core.pages import MemberRequest, form_page, go_on, id_in, posted, seen_version
from projects import services
from projects.charts import levelling_chart
from projects.forms import LevellingForm
from projects.models import LevellingProposal
from projects.selectors.levelling import LevellingRuns, levelling_runs

#: What htmx gets while a proposal is waited for.
PART = "projects/_levelling.html"


def levelling_page(
    request: MemberRequest, *, rows: Any, here: str, template: str, context: dict[str, Any], **subject: Any
) -> HttpResponse:
    """The proposals of a program or portfolio; a form asks for another.

    Args:
        rows: the proposals of it.
        subject: `program` or `portfolio`.
    """
    found = levelling_runs(rows, request.GET.get("run", ""))
    context = {**context, **_shown(found), "here": here, "subject": next(iter(subject.values()))}
    if wants_fragment(request) and request.method == "GET":
        return HttpResponseClientRefresh() if found.waiting is None else render(request, PART, context)
    if request.method == "POST":
        require(request.user, "levelling.run", request.organization)
    return form_page(
        request,
        form=_form(request, found.runs[0] if found.runs else None),
        template=template,
        save=lambda form: services.suggest_levelling(
            actor=request.user, result_path=f"{here}?run={{pk}}", **subject, **form.running()
        ),
        done=lambda row: here,
        message="{row} is under way.",
        context=context,
    )


def _shown(found: LevellingRuns) -> dict[str, Any]:
    chart = levelling_chart(found.shown) if found.shown else None
    return {"found": found, "read": found.shown, "chart": chart, "is_empty": not found.runs}


def _form(request: MemberRequest, last: LevellingProposal | None) -> LevellingForm:
    """The form, filled in as the proposal before was asked for."""
    initial = {} if last is None else {name: getattr(last, name) for name in ("group", "most_months", "seed")}
    return LevellingForm(posted(request), initial=initial, user=request.user, organization=request.organization)


def found_proposal(request: MemberRequest, pk: int) -> LevellingProposal:
    """The proposal of an address."""
    rows = LevellingProposal.objects.visible_to(request.user).select_related("program", "portfolio")
    return get_object_or_404(rows, pk=pk)


def page_of_proposal(row: LevellingProposal) -> str:
    """Where a proposal is shown, among those of its program or portfolio."""
    page = "programs:program-levelling" if row.program_id else "portfolio:portfolio-levelling"
    return f"{reverse(page, args=[row.program_id or row.portfolio_id])}?run={row.pk}"


@require_GET
def levelling_detail(request: MemberRequest, pk: int) -> HttpResponse:
    """A proposal on the page of its program or portfolio."""
    return redirect(page_of_proposal(found_proposal(request, pk)))


@require_POST
def levelling_accept(request: MemberRequest, pk: int) -> HttpResponse:
    """Put off the projects that are ticked."""
    chosen = [key for key in map(id_in, request.POST.getlist("project")) if key is not None]
    return _decide(
        request,
        pk,
        lambda row, **seen: services.accept_levelling(actor=request.user, proposal=row, project_ids=chosen, **seen),
        lambda row: f"Put off {len(row.accepted)} project{'' if len(row.accepted) == 1 else 's'}.",
        undo=True,
    )


@require_POST
def levelling_discard(request: MemberRequest, pk: int) -> HttpResponse:
    """Do not follow a proposal."""
    return _decide(
        request,
        pk,
        lambda row, **seen: services.discard_levelling(actor=request.user, proposal=row, **seen),
        lambda row: "Discarded the proposal. Nothing in the plan has changed.",
        undo=True,
    )


@require_POST
def levelling_take_back(request: MemberRequest, pk: int) -> HttpResponse:
    """Open a proposal again, and put back what it put off."""
    return _decide(
        request,
        pk,
        lambda row, **seen: services.take_back_levelling(actor=request.user, proposal=row, **seen),
        lambda row: "Taken back: the proposal is open again.",
    )


def _decide(
    request: MemberRequest,
    pk: int,
    act: Callable[..., LevellingProposal],
    told: Callable[[LevellingProposal], str],
    *,
    undo: bool = False,
) -> HttpResponse:
    row = act(found_proposal(request, pk), expected_version=seen_version(request))
    undo_url = reverse("projects:levelling-take-back", args=[pk]) if undo else ""
    return go_on(request, page_of_proposal(row), told(row), undo_url)
