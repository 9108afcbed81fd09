"""The long jobs of scoring; each may be run again after a crash."""

import datetime
from typing import Any

from core.jobs import Progress, job
from scoring import services
from scoring.models import StabilityRun


@job("scoring.stability")
def stability(progress: Progress) -> dict[str, Any]:
    """Draw ranks anew."""
    rows = StabilityRun.objects.select_related("model__organization", "model_version", "session", "requested_by")
    row = rows.get(pk=progress.payload["run"])
    return services.carry_out_stability(
        actor=row.requested_by,
        row=row,
        day=datetime.date.fromisoformat(progress.payload["day"]),
        report=progress.report,
    )
