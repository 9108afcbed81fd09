"""Microsoft Project files: taken in, checked, written as a project in one transaction, taken back."""

from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import Organization, User
from core.access import require
from core.errors import Conflict, FieldErrors
from core.jobs import JobStopped
from events.services import archive_recorded, record, stale_edit, start_job
from integrations.algorithms.mspdi_exchange import without_costs
from integrations.algorithms.mspdi_files import foreign_plan
from integrations.algorithms.mspdi_outlook import starts_late
from integrations.algorithms.mspdi_xml import NotMspdi
from integrations.models import PlanImport, PlanStatus
from integrations.selectors.plan_report import read_plan
from integrations.services.uploading import Upload
from projects import services as projects
from projects.algorithms.exchange import ExchangedPlan, first_day, last_day
from projects.models import Activity, Baseline, Dependency, Project, Risk
from resources.models import Calendar

#: Files up to this size are checked while the person waits.
AT_ONCE_BYTES = 2 * 1024 * 1024
TOO_LATE = {
    PlanStatus.READING: "This file is being read. Wait until that is done.",
    PlanStatus.REFUSED: "This file cannot be imported. Correct it and upload it again.",
    PlanStatus.CHECKED: "Nothing has been imported yet.",
    PlanStatus.IMPORTING: "This file is being imported.",
    PlanStatus.DONE: "This file is imported. Undo it, or upload it again.",
    PlanStatus.UNDONE: "This import was undone. Upload the file again.",
}
Report = Callable[..., None]


@transaction.atomic
def upload_plan(
    *,
    actor: User,
    organization: Organization,
    file: Upload,
    program: Any = None,
    portfolio: Any = None,
    result_path: Callable[[PlanImport], str] | None = None,
    in_background: bool = True,
) -> PlanImport:
    """Take in a Microsoft Project file and check it, a large one as a job; nothing else is written.

    Raises:
        NotAllowed: the actor's role may not import.
        FieldErrors: it is too large, or plainly something else; the sentence says what to do.
    """
    require(actor, "import.run", organization)
    name = " ".join(file.name.replace("\x00", "").split())[:200] or "file"
    limit = settings.PLAN_MAX_BYTES
    if file.size_bytes > limit:
        size, most = file.size_bytes / 1024 / 1024, limit / 1024 / 1024
        sentence = f"“{name}” has {size:,.1f} MB; a plan may have {most:,.0f} MB. Save it in parts, one for each phase."
        raise FieldErrors({"file": sentence})
    content = file.read()
    if words := foreign_plan(content[:4096], name):
        raise FieldErrors({"file": words})
    plan = PlanImport(
        organization=organization,
        started_by=actor,
        file_name=name,
        size_bytes=len(content),
        content=content,
        program=program,
        portfolio=portfolio,
    )
    plan.clean()
    plan.save()
    record("plan_import.uploaded", actor=actor, subject=plan, changes={"file": [None, name]})
    if in_background and len(content) > AT_ONCE_BYTES:
        _start(actor, plan, "integrations.check_plan", f"Read {name}", result_path)
        return plan
    return _check(actor, plan)


@transaction.atomic
def check_plan(*, actor: User, plan: PlanImport, report: Report) -> PlanImport:
    """Read an uploaded file and keep what it would become, or why it cannot be imported.

    Run again after a crash, it does the same once more.

    Raises:
        JobStopped: somebody asked it to stop; the file is as it was before.
    """
    require(actor, "import.run", plan.organization_id)
    plan = _locked(plan, allowed={PlanStatus.READING, PlanStatus.CHECKED, PlanStatus.REFUSED})
    try:
        return _check(actor, plan, lambda words: report(0, None, words))
    except JobStopped as stopped:
        raise JobStopped("The reading was stopped. Nothing has been written.") from stopped


@transaction.atomic
def begin_plan(
    *,
    actor: User,
    plan: PlanImport,
    project_name: str = "",
    program: Any = None,
    portfolio: Any = None,
    expected_version: int | None = None,
    result_path: Callable[[PlanImport], str] | None = None,
    in_background: bool = True,
) -> PlanImport:
    """Start to write a checked plan as a new project.

    Args:
        program, portfolio: where the project goes; exactly one is given.
    Raises:
        NotAllowed: the actor's role may not import.
        FieldErrors: no name, or no home.
        Conflict: the file was not checked, or is imported already.
        StaleEdit: somebody changed it after version `expected_version`.
    """
    require(actor, "import.run", plan.organization_id)
    plan = _locked(plan, allowed={PlanStatus.CHECKED}, expected_version=expected_version)
    plan.program, plan.portfolio = program, portfolio
    if (program is None) == (portfolio is None):
        raise FieldErrors({"program": "Choose a program or a portfolio for the project, one of them."})
    plan.project_name = (project_name or plan.project_name).strip()[:200]
    if not plan.project_name:
        raise FieldErrors({"project_name": "Give the project a name."})
    plan.clean()
    plan.status = PlanStatus.IMPORTING
    plan.version += 1
    plan.save(update_fields=["program", "portfolio", "project_name", "status", "version", "updated_at"])
    record("plan_import.begun", actor=actor, subject=plan, changes={"project": [None, plan.project_name]})
    if in_background:
        _start(actor, plan, "integrations.import_plan", f"Import {plan.file_name}", result_path)
    return plan


def carry_out_plan(*, actor: User, plan: PlanImport, report: Report) -> PlanImport:
    """Write a plan: all of it in one transaction, or nothing. Run again after it was written, it changes nothing.

    Raises:
        JobStopped: somebody asked it to stop; nothing has been written.
    """
    require(actor, "import.run", plan.organization_id)
    if plan.status == PlanStatus.DONE:
        return plan
    try:
        found, _ = read_plan(bytes(plan.content or b""), plan.file_name, lambda words: report(0, None, words))
        with structlog.contextvars.bound_contextvars(source="import", request_id=plan.trace):
            return _carry_out(actor, plan, found, report)
    except NotMspdi as refusal:
        raise Conflict(str(refusal)) from refusal
    except JobStopped as stopped:
        raise JobStopped("The import was stopped. Nothing has been written.") from stopped


@transaction.atomic
def undo_plan(*, actor: User, plan: PlanImport, expected_version: int | None = None) -> PlanImport:
    """Take an import back: the project is archived with all it holds, calendars that nobody else uses with it.

    Its external keys become free, so that the file can be imported again.

    Raises:
        Conflict: somebody changed the project, or it holds something that the import did not bring.
    """
    require(actor, "import.run", plan.organization_id)
    plan = _locked(plan, allowed={PlanStatus.DONE}, expected_version=expected_version)
    project = plan.project
    if project is not None and not project.is_archived:
        _refuse_changed(plan, project)
        projects.archive_project(actor=actor, project=project)
    if project is not None:
        Activity.objects.filter(project=project).exclude(external_key="").update(external_key="")
        Project.objects.filter(pk=project.pk).update(external_key="")
    for calendar in Calendar.objects.filter(organization_id=plan.organization_id, pk__in=plan.calendar_ids):
        is_used = calendar.projects.filter(archived_at=None).exists() or (
            calendar.activities.filter(archived_at=None, project__archived_at=None).exists()
        )
        if not is_used and not calendar.is_archived and not calendar.is_default:
            archive_recorded("calendar.archived", actor=actor, subject=calendar)
    plan.status, plan.undone_at = PlanStatus.UNDONE, timezone.now()
    plan.version += 1
    plan.save(update_fields=["status", "undone_at", "version", "updated_at"])
    record("plan_import.undone", actor=actor, subject=plan, changes={"project": [plan.project_name, None]})
    return plan


@transaction.atomic
def discard_plan(*, actor: User, plan: PlanImport) -> None:
    """Throw away a file that has not been imported.

    Raises:
        Conflict: it has been.
    """
    require(actor, "import.run", plan.organization_id)
    open_states = {PlanStatus.CHECKED, PlanStatus.REFUSED}
    plan = _locked(plan, allowed=open_states | ({PlanStatus.READING} if plan.is_lost else set()))
    record("plan_import.discarded", actor=actor, subject=plan)
    plan.delete()


def _check(actor: User, plan: PlanImport, tell: Callable[[str], None] | None = None) -> PlanImport:
    try:
        found, report = read_plan(bytes(plan.content or b""), plan.file_name, tell)
    except NotMspdi as refusal:
        plan.status, plan.refusal, plan.content = PlanStatus.REFUSED, str(refusal), None
    else:
        plan.status, plan.report, plan.refusal = PlanStatus.CHECKED, report, ""
        plan.project_name = plan.project_name or found.name
        own = plan.organization.currency
        if found.currency and found.currency != own and report["cost_count"]:
            report["losses"].append(
                {
                    "what": "costs",
                    "why": f"They are in {found.currency}; this organization counts in {own}.",
                    "count": report["cost_count"],
                    "names": [],
                }
            )
    plan.version += 1
    plan.save()
    record("plan_import.checked", actor=actor, subject=plan, changes={"status": [None, plan.status]})
    return plan


@transaction.atomic
def _carry_out(actor: User, plan: PlanImport, found: ExchangedPlan, report: Report) -> PlanImport:
    plan = _locked(plan, allowed={PlanStatus.IMPORTING, PlanStatus.DONE})
    if plan.status == PlanStatus.DONE:
        return plan
    if found.currency and found.currency != plan.organization.currency:
        found = without_costs(found)
    calendars, made = projects.take_calendars(actor=actor, organization=plan.organization, plan=found)
    key = found.external_key
    if key and Project.objects.filter(organization_id=plan.organization_id, external_key=key).exists():
        key = ""
    project = projects.create_project(
        actor=actor,
        organization=plan.organization,
        name=plan.project_name,
        description=found.description,
        program=plan.program,
        portfolio=plan.portfolio,
        planned_start_date=first_day(found.start_at),
        planned_finish_date=last_day(found.start_at, found.finish_at),
        status_date=found.status_date,
        calendar=calendars.get(found.calendar),
        external_key=key,
    )
    created = projects.create_plan(
        actor=actor,
        project=project,
        plan=found,
        calendars=calendars,
        holds_start=starts_late(found),
        written=lambda done, what: report(done, found.row_count, f"Writing {what}"),
    )
    plan.report = {**plan.report, "taken_keys": created.taken_keys, "calendars_made": [row.name for row in made]}
    plan.status, plan.project, plan.content = PlanStatus.DONE, project, None
    plan.calendar_ids, plan.imported_at = [row.pk for row in made], timezone.now()
    plan.version += 1
    plan.save()
    changes = {"project": [None, project.name], "activities": [None, created.activity_count]}
    record("plan_import.done", actor=actor, subject=plan, changes=changes)
    return plan


def _refuse_changed(plan: PlanImport, project: Project) -> None:
    """What somebody changed after the import is not taken away from them."""
    rows = Activity.objects.filter(project=project)
    changed = rows.filter(version__gt=1).order_by("position").first()
    brought = plan.report.get("activity_count", 0)
    if changed is not None:
        raise Conflict(
            f"Kept: “{changed}” was changed after the import. Archive the project instead, if that is meant."
        )
    if project.version > 1 or rows.count() > brought or Risk.objects.live().filter(project=project).exists():
        raise Conflict(
            f"Kept: “{project}” was changed after the import. Archive the project instead, if that is meant."
        )
    links = Dependency.objects.live().touching([project.pk]).count()
    baselines = Baseline.objects.live().filter(project=project).count()
    if links > plan.report.get("link_count", 0) or baselines > len(plan.report.get("baselines", [])):
        raise Conflict(
            f"Kept: “{project}” has links or baselines that the import did not bring. Archive the project instead."
        )


def _start(
    actor: User, plan: PlanImport, kind: str, title: str, result_path: Callable[[PlanImport], str] | None
) -> None:
    plan.job = start_job(
        actor=actor,
        organization=plan.organization,
        kind=kind,
        title=title,
        payload={"plan": plan.pk, "actor": actor.pk},
        result_path=result_path(plan) if result_path else "",
    )
    plan.save(update_fields=["job", "updated_at"])


def _locked(plan: PlanImport, *, allowed: set[PlanStatus], expected_version: int | None = None) -> PlanImport:
    """The row as it stands now, locked until the transaction ends.

    Raises:
        Conflict: it is in none of the allowed states; the sentence says what to do.
    """
    rows = PlanImport.objects.select_for_update(of=("self",)).select_related("organization", "job", "project")
    fresh = rows.select_related("program", "portfolio").get(pk=plan.pk)
    if fresh.status == PlanStatus.IMPORTING and fresh.is_lost and PlanStatus.CHECKED in allowed:
        fresh.status = PlanStatus.CHECKED  # it was written in one transaction, which did not come to its end
    if fresh.status not in allowed:
        raise Conflict(TOO_LATE[PlanStatus(fresh.status)])
    if expected_version is not None and expected_version != fresh.version:
        raise stale_edit(fresh, expected_version)
    return fresh
