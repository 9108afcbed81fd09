"""The long jobs of projects; each may be run again after a crash."""

from typing import Any

from core.jobs import Progress, job
from projects import services
from projects.models import Forecast, LevellingProposal


@job("projects.forecast")
def forecast(progress: Progress) -> dict[str, Any]:
    """Simulate a delivery forecast."""
    row = Forecast.objects.select_related("project", "program", "requested_by").get(pk=progress.payload["forecast"])
    return services.carry_out_forecast(
        actor=row.requested_by,
        row=row,
        assumes_spread=progress.payload.get("assumes_spread", False),
        report=progress.report,
    )


@job("projects.levelling", queue="solver")
def levelling(progress: Progress) -> dict[str, Any]:
    """Look for later starts within float."""
    rows = LevellingProposal.objects.select_related("program", "portfolio", "requested_by")
    row = rows.get(pk=progress.payload["levelling"])
    return services.carry_out_levelling(actor=row.requested_by, row=row, report=progress.report)
