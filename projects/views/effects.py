"""What an edit would move, shown beside its form; and taking back an edit with all that it moved."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from core.access import require
from core.errors import Conflict
from core.middleware import request_id
from core.pages import MemberRequest, go_on
from events.models import Event
from projects import services
from projects.charts import picture_of
from projects.forms import DependencyForm
from projects.models import Activity, Dependency, Project
from projects.selectors.blast import effects_of
from projects.selectors.editing import plan_dependency


@require_POST
def dependency_preview(request: MemberRequest, pk: int = 0) -> HttpResponse:
    """What saving the form as it stands would move: a part of the form's page. Nothing is saved."""
    require(request.user, "dependency.edit", request.organization)
    dependency = Dependency(organization=request.organization)
    if pk:
        found = Dependency.objects.visible_to(request.user).with_ends().filter(pk=pk).first()
        if found is None:
            raise Http404
        dependency = found
    form = DependencyForm(request.POST, instance=dependency, user=request.user, organization=request.organization)
    ends = {"predecessor", "successor"} & set(form.fields)
    if not form.is_valid():
        return render(request, "projects/_effects.html", {"waiting": not ends & set(form.cleaned_data), "form": form})
    for name, value in form.values().items():
        setattr(dependency, name, value)
    return effects_page(request, lambda: plan_dependency(dependency), dependency)


def effects_page(request: MemberRequest, plan: Any, dependency: Dependency | None = None) -> HttpResponse:
    """The part of a page that tells what an edit moves, or why it cannot be."""
    try:
        planned = plan()
        effects = effects_of(request.organization.pk, planned.loaded, planned.edit, request.user, planned.versions)
    except Conflict as refused:
        loop = getattr(refused.__cause__, "path", None)
        context: dict[str, Any] = {"refused": str(refused), "dependency": dependency}
        if loop:
            context["loop"] = loop_of(planned.loaded, loop)
        return render(request, "projects/_effects.html", context)
    context = {"effects": effects, "picture": picture_of(effects), "organization": request.organization}
    return render(request, "projects/_effects.html", context)


def loop_of(loaded: Any, path: Any) -> list[dict[str, Any]]:
    """The activities of a circle in order, each with the dependency by which it waits for the one before it."""
    links = {(link.predecessor_id, link.successor_id): link.id for link in loaded.links}
    rows = [loaded.rows[number] for number in path]
    return [
        {
            "row": row,
            "project": loaded.projects[row.project_id],
            "link": links.get((before.id, row.id)) if before else None,
            "is_end": place in (0, len(rows) - 1),
        }
        for place, (before, row) in enumerate(zip([None, *rows], rows, strict=False))
    ]


def undo_of(row: Any) -> str:
    """Where what the present request did to a row is taken back with all that it moved; nowhere if it did nothing."""
    return undo_of_all([row])


def undo_of_all(rows: Sequence[Any]) -> str:
    """The same for several rows of one table, which changed together."""
    if not rows:
        return ""
    ids, kind = [str(row.pk) for row in rows], rows[0]._meta.label_lower
    events = Event.objects.filter(organization_id=rows[0].organization_id, subject_type=kind, subject_id__in=ids)
    mine = events.filter(request_id=request_id()).exclude(request_id="")
    newest = mine.order_by("-id").values_list("pk", flat=True).first()
    return reverse("projects:schedule-undo", args=[newest]) if newest else ""


@require_POST
def schedule_undo(request: MemberRequest, pk: int) -> HttpResponse:
    """Take back an edit of the schedule with all that it moved."""
    back = services.undo_schedule_change(actor=request.user, organization_id=request.organization.pk, event_id=pk)
    with_it = " and what was changed with it are as they were" if services.TOGETHER in back.changes else " is as it was"
    text = f"“{back.subject_name:.120}”{with_it} before."
    return go_on(request, _page_of(back), text, reverse("projects:schedule-undo", args=[back.pk]))


def _page_of(event: Event) -> str:
    """Where the subject of an event is seen among others."""
    if event.subject_type == Project._meta.label_lower:
        return reverse("projects:project-activities", args=[event.subject_id])
    if event.subject_type == Activity._meta.label_lower:
        home = Activity.with_roots.filter(pk=event.subject_id).values_list("project_id", flat=True).first()
        return reverse("projects:project-activities", args=[home])
    return reverse("projects:dependency-list")
