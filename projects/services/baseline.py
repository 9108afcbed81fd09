"""Writes to baselines: a plan is kept as it stands, and variances are measured against it."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from core.access import require
from core.errors import Conflict
from events.models import Event
from events.services import archive_recorded, change_recorded, create_recorded, restore_recorded
from projects.models import Baseline, BaselineActivity, Project
from projects.selectors.standing import Line, standing_lines
from projects.services.root import root_of

#: Key of an event's changes: the baseline that was the current one before.
INSTEAD_OF = "instead_of"


@transaction.atomic
def take_baseline(*, actor: User, project: Project, name: str, note: str = "", make_current: bool = True) -> Baseline:
    """Keep a project's plan as it stands: dates, duration, work and cost of every live activity and of the whole.

    Raises:
        NotAllowed: the actor's role may not take baselines.
        Conflict: the project has no activities.
        ValidationError: another baseline of the project has this name.
    """
    require(actor, "baseline.take", project.organization_id)
    return _taken(actor, [project], name, note, make_current)[0]


@transaction.atomic
def take_program_baselines(
    *, actor: User, projects: Sequence[Project], name: str, note: str = "", make_current: bool = True
) -> list[Baseline]:
    """Keep the plans of several projects under one name, at one moment; all of them or none.

    Projects without activities have nothing to keep and are left out.

    Raises:
        Conflict: none of the projects has an activity, or one has a baseline of this name already.
    """
    for project in projects:
        require(actor, "baseline.take", project.organization_id)
    if not projects:
        raise Conflict("There is no project to take a baseline of.")
    name = name.strip()
    taken = Baseline.objects.live().filter(project__in=projects, name=name).select_related("project")
    if names := [str(row.project) for row in taken.order_by("pk")[:3]]:
        has = "has" if len(names) == 1 else "have"
        raise Conflict(f"{' and '.join(names)} already {has} a baseline “{name}”. Give this one another name.")
    return _taken(actor, projects, name, note, make_current)


@transaction.atomic
def update_baseline(*, actor: User, baseline: Baseline, expected_version: int | None = None, **fields: Any) -> Baseline:
    """Rename a baseline or change its note. What it keeps is never changed."""
    require(actor, "baseline.take", baseline.organization_id)
    return change_recorded(
        "baseline.updated", actor=actor, subject=baseline, values=fields, expected_version=expected_version
    )


@transaction.atomic
def make_baseline_current(*, actor: User, baseline: Baseline, expected_version: int | None = None) -> Baseline:
    """Measure variances against this baseline from now on.

    Raises:
        Conflict: it is archived.
    """
    require(actor, "baseline.take", baseline.organization_id)
    Project.objects.select_for_update().get(pk=baseline.project_id)
    baseline = Baseline.objects.get(pk=baseline.pk)
    if baseline.is_archived:
        raise Conflict(f"“{baseline}” is archived. Restore it first, then make it the current one.")
    if baseline.is_current:
        return baseline
    before = _step_down([baseline.project_id], keep=baseline.pk).get(baseline.project_id)
    return change_recorded(
        "baseline.made_current",
        actor=actor,
        subject=baseline,
        values={"is_current": True},
        expected_version=expected_version,
        also={INSTEAD_OF: [_named(before), None]} if before else None,
    )


@transaction.atomic
def archive_baseline(*, actor: User, baseline: Baseline, expected_version: int | None = None) -> Baseline:
    """Put a baseline out of sight, with what it keeps; if it was the current one, the project then has none."""
    require(actor, "baseline.take", baseline.organization_id)
    return archive_recorded("baseline.archived", actor=actor, subject=baseline, expected_version=expected_version)


@transaction.atomic
def restore_baseline(*, actor: User, baseline: Baseline, expected_version: int | None = None) -> Baseline:
    """Bring an archived baseline back; as the current one only if it was that, and no other is by now."""
    require(actor, "baseline.take", baseline.organization_id)
    Project.objects.select_for_update().get(pk=baseline.project_id)
    others = Baseline.objects.live().filter(project_id=baseline.project_id, is_current=True).exclude(pk=baseline.pk)
    if baseline.is_archived and baseline.is_current and others.exists():
        return change_recorded(
            "baseline.restored",
            actor=actor,
            subject=baseline,
            values={"archived_at": None, "is_current": False},
            expected_version=expected_version,
        )
    return restore_recorded("baseline.restored", actor=actor, subject=baseline, expected_version=expected_version)


@transaction.atomic
def undo_baselines(*, actor: User, organization: Any, request_id: str) -> list[Baseline]:
    """Take back the baselines that the actor took in one request: they are archived, and those before are current.

    Raises:
        Conflict: there is nothing of the actor's to take back.
    """
    require(actor, "baseline.take", organization)
    events = Event.objects.filter(
        organization_id=organization.pk,
        actor=actor,
        request_id=request_id,
        kind="baseline.taken",
        subject_type=Baseline._meta.label_lower,
    ).exclude(request_id="")
    before = {int(event.subject_id): event.changes.get(INSTEAD_OF) for event in events}
    rows = list(Baseline.objects.live().filter(organization=organization, pk__in=before).order_by("pk"))
    if not rows:
        raise Conflict("There is nothing to undo: it was not you who did this, or it is undone already.")
    for row in rows:
        _take_back(actor, row, before[row.pk])
    return rows


def _take_back(actor: User, row: Baseline, replaced: Any) -> None:
    archive_baseline(actor=actor, baseline=row)
    earlier = replaced and Baseline.objects.live().filter(pk=replaced[0]["id"]).first()
    if earlier and row.is_current:
        make_baseline_current(actor=actor, baseline=earlier)


def _taken(actor: User, projects: Sequence[Project], name: str, note: str, make_current: bool) -> list[Baseline]:
    keys = sorted(project.pk for project in projects)
    locked = list(Project.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk"))
    for project in locked:
        if project.is_archived:
            raise Conflict(f"“{project}” is archived. Restore it first, then take the baseline.")
        root_of(actor=actor, project=project)
    lines: dict[int, list[Line]] = {}
    for line in standing_lines(locked[0].organization_id, keys):
        lines.setdefault(line.project_id, []).append(line)
    filled = [project for project in locked if any(line.level > 0 for line in lines.get(project.pk, ()))]
    if not filled:
        subject = f"“{locked[0]}” has" if len(locked) == 1 else "These projects have"
        raise Conflict(f"{subject} no activities yet, so there is nothing to keep. Add activities, then take it.")
    before = _step_down([project.pk for project in filled]) if make_current else {}
    return [
        _take(actor, project, lines[project.pk], name, note, make_current, before.get(project.pk)) for project in filled
    ]


def _take(
    actor: User, project: Project, lines: Iterable[Line], name: str, note: str, is_current: bool, before: Any
) -> Baseline:
    baseline = create_recorded(
        "baseline.taken",
        actor=actor,
        subject=Baseline(
            organization_id=project.organization_id,
            project=project,
            name=name.strip(),
            note=note,
            taken_at=timezone.now(),
            taken_by=actor,
            is_current=is_current,
        ),
        also={INSTEAD_OF: [_named(before), None]} if before else None,
    )
    BaselineActivity.objects.bulk_create(
        [
            BaselineActivity(
                organization_id=project.organization_id,
                baseline=baseline,
                activity_id=line.id,
                currency=line.currency,
                **line.standing._asdict(),
            )
            for line in lines
        ],
        batch_size=2000,
    )
    return baseline


def _step_down(project_ids: Sequence[int], keep: int | None = None) -> dict[int, Baseline]:
    """Make room for another current baseline; returns those that were current, by project."""
    rows = Baseline.objects.live().filter(project_id__in=project_ids, is_current=True).exclude(pk=keep)
    found = {row.project_id: row for row in rows.select_for_update()}
    changed = Baseline.objects.filter(pk__in=[row.pk for row in found.values()])
    changed.update(is_current=False, version=F("version") + 1, updated_at=timezone.now())
    return found


def _named(baseline: Baseline) -> dict[str, Any]:
    return {"id": baseline.pk, "name": str(baseline)}
