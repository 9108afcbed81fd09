"""One change to many projects, and its undoing."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from accounts.models import Organization, User
from core.access import require
from core.errors import Conflict
from events.models import Event
from projects.models import Project
from projects.services.project import archive_project, report_project, restore_project, update_project

#: What a change in bulk writes into the log, and which of its fields can be taken back.
UNDOABLE = {
    "project.updated": {"manager"},
    "project.reported": {"reported_health", "health_note"},
    "project.archived": {"archived_at"},
}


@transaction.atomic
def set_manager(*, actor: User, projects: Sequence[Project], manager: User | None) -> list[Project]:
    """Give several projects one manager; all of them or none, one event each."""
    return _each(projects, lambda project: update_project(actor=actor, project=project, manager=manager))


@transaction.atomic
def set_health(*, actor: User, projects: Sequence[Project], health: str, note: str) -> list[Project]:
    """Report one health, and one reason, for several projects; all of them or none, one event each."""
    values: dict[str, Any] = {"reported_health": health, "health_note": note}
    return _each(projects, lambda project: report_project(actor=actor, project=project, **values))


@transaction.atomic
def archive_projects(*, actor: User, projects: Sequence[Project]) -> list[Project]:
    """Put several projects out of sight; all of them or none, one event each."""
    return _each(projects, lambda project: archive_project(actor=actor, project=project))


@transaction.atomic
def undo_changes(*, actor: User, organization: Organization, request_id: str) -> tuple[list[Project], list[Project]]:
    """Take back what the actor changed about projects in one request; returns those taken back, and those left.

    A project that somebody has changed since is left as it is.

    Raises:
        Conflict: there is nothing of the actor's to take back.
    """
    require(actor, "project.report", organization)
    events = Event.objects.filter(
        organization_id=organization.pk,
        actor=actor,
        request_id=request_id,
        kind__in=UNDOABLE,
        subject_type=Project._meta.label_lower,
    ).exclude(request_id="")
    by_project = {int(event.subject_id): event for event in events}
    if not by_project:
        raise Conflict("There is nothing to undo: it was not you who did this, or it is undone already.")
    undone, left = [], []
    found = Project.objects.select_for_update(of=("self",)).filter(organization=organization, pk__in=by_project)
    for project in found.order_by("pk"):
        event = by_project[project.pk]
        if project.version == event.subject_version:
            undone.append(_undo(actor, project, event))
        else:
            left.append(project)
    return undone, left


def _each(projects: Sequence[Project], change: Any) -> list[Project]:
    if not projects:
        raise Conflict("No project is chosen. Tick some in the list.")
    return [change(project) for project in projects]


def _undo(actor: User, project: Project, event: Event) -> Project:
    if event.kind == "project.archived":
        return restore_project(actor=actor, project=project)
    before = {name: _value(pair[0]) for name, pair in event.changes.items() if name in UNDOABLE[event.kind]}
    if event.kind == "project.reported":
        values: dict[str, Any] = {name: value or "" for name, value in before.items()}
        return report_project(actor=actor, project=project, **values)
    manager = User.objects.filter(pk=before["manager"]).first() if before.get("manager") else None
    return update_project(actor=actor, project=project, manager=manager)


def _value(logged: Any) -> Any:
    """A value of the log as a column takes it: of a related row, its id."""
    return logged["id"] if isinstance(logged, Mapping) else logged
