"""Writes to projects."""

from typing import Any

from django.db import transaction

from accounts.models import Organization, User
from core.access import require
from core.errors import Conflict, DomainError, FieldErrors
from core.models import take_number
from events.services import archive_recorded, change_recorded, create_recorded, restore_recorded
from projects.models import NEXT_STATUSES, Activity, Project, ProjectStatus
from projects.selectors.derived import DERIVED, derived_amounts
from projects.services.root import make_root

#: What a contributor may report without the right to change the plan.
REPORTED = {
    "reported_health",
    "health_note",
    "reported_progress_ratio",
    "expected_finish_date",
    "actual_start_date",
    "actual_finish_date",
    "actual_amount",
}


@transaction.atomic
def create_project(*, actor: User, organization: Organization, **fields: Any) -> Project:
    """Propose a new project, below a program or directly in a portfolio.

    Raises:
        NotAllowed: the actor's role may not propose projects.
        ValidationError: a value or a rule of the table is broken.
    """
    require(actor, "project.create", organization)
    if fields.get("status", ProjectStatus.PROPOSED) != ProjectStatus.PROPOSED:
        require(actor, "project.govern", organization)
    project = Project(organization=organization, currency=organization.currency, **fields)
    if not project.code:
        project.pk = take_number(Project)
        project.code = f"P-{project.pk}"
    create_recorded("project.created", actor=actor, subject=project)
    make_root(project)
    return project


@transaction.atomic
def update_project(*, actor: User, project: Project, expected_version: int | None = None, **fields: Any) -> Project:
    """Change a project's plan, people or money. Its status has a service of its own.

    A parked project that is given a name or a parent, and has both, is parked no longer.

    Raises:
        NotAllowed: the actor's role may not change projects.
        StaleEdit: somebody changed it after version `expected_version`.
        FieldErrors: its budget or cost follows from entries, and would be another.
    """
    require(actor, "project.edit", project.organization_id)
    has_parent = fields.get("program", project.program_id) or fields.get("portfolio", project.portfolio_id)
    if project.is_parked and has_parent and fields.keys() & {"name", "program", "portfolio"}:
        fields["parked_reason"] = ""
    fields = _without_derived(project, fields)
    changed = change_recorded(
        "project.updated", actor=actor, subject=project, values=fields, expected_version=expected_version
    )
    if fields.get("name", project.name) != project.name:
        Activity.with_roots.filter(project=project, outline_level=0).exclude(name=changed.name).update(
            name=changed.name
        )
    return changed


@transaction.atomic
def report_project(*, actor: User, project: Project, expected_version: int | None = None, **fields: Any) -> Project:
    """Report where a project stands: health and why, progress, dates, cost to date.

    Raises:
        NotAllowed: the actor's role may not report.
        Conflict: a field is part of the plan and not of a report, or bad health comes without a reason.
    """
    require(actor, "project.report", project.organization_id)
    if unknown := set(fields) - REPORTED:
        raise Conflict(f"A report does not set {', '.join(sorted(unknown))}.")
    if fields.get("reported_health") in {"amber", "red"} and not fields.get("health_note", project.health_note):
        raise FieldErrors({"health_note": "At risk and off track ask for one line of why."})
    return change_recorded(
        "project.reported",
        actor=actor,
        subject=project,
        values=_without_derived(project, fields),
        expected_version=expected_version,
    )


def _without_derived(project: Project, fields: dict[str, Any]) -> dict[str, Any]:
    """Fields without the amounts that follow from entries and are sent as they are.

    Raises:
        FieldErrors: such an amount would be another.
    """
    named = DERIVED.keys() & fields.keys()
    derived = named.intersection(derived_amounts(project)) if named else set()
    wrong = {
        name: f"It is the sum of the project's {DERIVED[name]} entries. Change them on its Budget tab."
        for name in derived
        if fields[name] != getattr(project, name)
    }
    if wrong:
        raise FieldErrors(wrong)
    return {name: value for name, value in fields.items() if name not in derived}


@transaction.atomic
def move_project(
    *, actor: User, project: Project, program: Any = None, portfolio: Any = None, expected_version: int | None = None
) -> Project:
    """Put a project below another program, or directly into a portfolio; exactly one of the two is given."""
    require(actor, "project.edit", project.organization_id)
    if (program is None) == (portfolio is None):
        raise DomainError("A project moves to a program or to a portfolio: name one of them.")
    return change_recorded(
        "project.moved",
        actor=actor,
        subject=project,
        values={"program": program, "portfolio": portfolio, "parked_reason": ""},
        expected_version=expected_version,
    )


@transaction.atomic
def change_status(
    *, actor: User, project: Project, to: str, reason: str = "", expected_version: int | None = None
) -> Project:
    """Move a project along its lifecycle and record who moved it, and why.

    Raises:
        NotAllowed: the actor's role may not govern projects.
        Conflict: the lifecycle has no step from the present status to `to`.
    """
    require(actor, "project.govern", project.organization_id)
    project = Project.objects.select_for_update().get(pk=project.pk)
    if to not in NEXT_STATUSES[project.status]:
        allowed = ", ".join(status.label.lower() for status in project.next_statuses)
        raise Conflict(
            f"A project that is {project.get_status_display().lower()} cannot become"
            f" {ProjectStatus(to).label.lower()}. From here: {allowed}."
        )
    return change_recorded(
        "project.status_changed",
        actor=actor,
        subject=project,
        values={"status": to},
        expected_version=expected_version,
        note=reason,
    )


@transaction.atomic
def archive_project(*, actor: User, project: Project, expected_version: int | None = None) -> Project:
    """Put a project out of sight and out of every total; its activities and risks stay with it."""
    require(actor, "project.edit", project.organization_id)
    return archive_recorded("project.archived", actor=actor, subject=project, expected_version=expected_version)


@transaction.atomic
def restore_project(*, actor: User, project: Project, expected_version: int | None = None) -> Project:
    """Bring an archived project back.

    Raises:
        Conflict: its program or portfolio is archived.
    """
    require(actor, "project.edit", project.organization_id)
    parent = project.program or project.portfolio
    if parent is not None and parent.is_archived:
        raise Conflict(f"“{parent}” is archived. Restore it first, then this project.")
    return restore_recorded("project.restored", actor=actor, subject=project, expected_version=expected_version)
