"""The long jobs of imports; each may be run again after a crash."""

from typing import Any

from accounts.models import User
from core.jobs import Progress, job
from integrations import services
from integrations.models import ImportRun


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
