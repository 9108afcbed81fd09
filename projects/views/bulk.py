"""One change to many projects: chosen in the list, made in one step, taken back in one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from core.access import require
from core.errors import Conflict
from core.middleware import request_id
from core.pages import MemberRequest, form_page, go_on, ids_asked, posted
from projects import services
from projects.forms import BulkForm, BulkHealthForm, BulkManagerForm
from projects.models import Project

#: So many rows stand on the longest page of the list.
MOST = 200


@dataclass(frozen=True)
class Act:
    """What can be done to several rows at once."""

    action: str
    question: str
    verb: str
    done: str
    form: type[BulkForm]
    change: Callable[[Any, Any, Any], Any]


ACTS = {
    "manager": Act(
        "project.edit",
        "Who manages {count}?",
        "Set manager",
        "Set the manager of {count}.",
        BulkManagerForm,
        lambda actor, projects, form: services.set_manager(
            actor=actor, projects=projects, manager=form.cleaned_data["manager"]
        ),
    ),
    "health": Act(
        "project.report",
        "What is the health of {count}?",
        "Report health",
        "Reported the health of {count}.",
        BulkHealthForm,
        lambda actor, projects, form: services.set_health(
            actor=actor,
            projects=projects,
            health=form.cleaned_data["reported_health"],
            note=form.cleaned_data["health_note"],
        ),
    ),
    "archive": Act(
        "project.edit",
        "Archive {count}?",
        "Archive",
        "Archived {count}.",
        BulkForm,
        lambda actor, projects, form: services.archive_projects(actor=actor, projects=projects),
    ),
}


def counted(projects: list[Project]) -> str:
    return f"{len(projects)} project{'' if len(projects) == 1 else 's'}"


def chosen_projects(request: MemberRequest) -> list[Project]:
    """The live projects that the address names, by `id`.

    Raises:
        Conflict: it names none.
    """
    rows = Project.objects.visible_to(request.user).live().filter(pk__in=ids_asked(request, MOST))
    if projects := list(rows.order_by("name", "pk")):
        return projects
    raise Conflict("No project is chosen. Tick some in the list.")


@require_http_methods(["GET", "POST"])
def project_bulk(request: MemberRequest, act: str) -> HttpResponse:
    """Set the manager or the health of several projects, or archive them; the notice offers to undo it."""
    chosen = ACTS.get(act)
    if chosen is None:
        raise Http404
    require(request.user, chosen.action, request.organization)
    projects = chosen_projects(request)
    count = counted(projects)
    return form_page(
        request,
        form=chosen.form(posted(request), user=request.user, organization=request.organization),
        template="projects/project_bulk.html",
        save=lambda form: chosen.change(request.user, projects, form),
        done=lambda rows: reverse("projects:project-list"),
        message=chosen.done.format(count=count),
        undo=lambda rows: undo_address(),
        context={"projects": projects, "act": chosen, "question": chosen.question.format(count=count)},
    )


def undo_address() -> str:
    """Where the changes of the present request are taken back; nowhere without a request id."""
    trace = request_id()
    return reverse("projects:project-undo", args=[trace]) if trace else ""


@require_POST
def project_undo(request: MemberRequest, request_id: str) -> HttpResponse:
    """Take back what the person changed in one request; what others changed since stays."""
    undone, left = services.undo_changes(
        actor=request.user, organization=request.organization, request_id=request_id[:64]
    )
    text = f"{counted(undone)} as before."
    if left:
        text += f" {counted(left)} changed since and left: {', '.join(str(project) for project in left[:3])}."
    return go_on(request, reverse("projects:project-list"), text)
