"""The long jobs of imports; each may be run again after a crash."""

from typing import Any

from accounts.models import User
from core.jobs import Progress, job
from integrations import services
from integrations.models import ImportRun, PlanImport, PlanStatus


def _subject(progress: Progress) -> tuple[ImportRun, User]:
    run = ImportRun.objects.select_related("organization", "started_by").get(pk=progress.payload["run"])
    return run, User.objects.get(pk=progress.payload.get("actor", run.started_by_id))


@job("integrations.check")
def check(progress: Progress) -> dict[str, Any]:
    """Check a large import."""
    run, actor = _subject(progress)
    run = services.check_run(actor=actor, run=run, report=progress.report)
    return {"message": f"{run.row_count:,} rows are checked.", "totals": run.totals}


@job("integrations.import")
def carry_out(progress: Progress) -> dict[str, Any]:
    """Write an import, batch by batch."""
    run, actor = _subject(progress)
    return services.carry_out_import(actor=actor, run=run, report=progress.report)


@job("integrations.undo")
def undo(progress: Progress) -> dict[str, Any]:
    """Take an import back, batch by batch."""
    run, actor = _subject(progress)
    return services.carry_out_undo(actor=actor, run=run, report=progress.report)


def _plan(progress: Progress) -> tuple[PlanImport, User]:
    plan = PlanImport.objects.select_related("organization", "started_by").get(pk=progress.payload["plan"])
    return plan, User.objects.get(pk=progress.payload.get("actor", plan.started_by_id))


@job("integrations.check_plan")
def check_plan(progress: Progress) -> dict[str, Any]:
    """Read a large Microsoft Project file."""
    plan, actor = _plan(progress)
    plan = services.check_plan(actor=actor, plan=plan, report=progress.report)
    is_refused = plan.status == PlanStatus.REFUSED
    return {"message": plan.refusal[:300] if is_refused else f"{plan.report['activity_count']:,} activities are read."}


@job("integrations.import_plan")
def carry_out_plan(progress: Progress) -> dict[str, Any]:
    """Write a Microsoft Project file as a project."""
    plan, actor = _plan(progress)
    plan = services.carry_out_plan(actor=actor, plan=plan, report=progress.report)
    return {"message": f"“{plan.project_name}” is imported with {plan.report['activity_count']:,} activities."}
