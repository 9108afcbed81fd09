"""The long jobs of scoring, each of which may be run again after a crash, and the night's look at sessions."""

import datetime
from contextlib import suppress
from typing import Any

from celery import shared_task
from django.utils import timezone

from core.errors import Conflict
from core.jobs import Progress, job
from core.tenancy import organization_scope
from events.services import organizations
from events.tasks import RETRY
from scoring import services
from scoring.models import StabilityRun
from scoring.selectors import overdue_sessions


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


@shared_task(name="scoring.end_all_overdue_sessions", ignore_result=True)
def end_all_overdue_sessions(**_later: Any) -> None:
    """Look for sessions whose closing day is over, in each organization by a task of its own."""
    for organization_id in organizations():
        end_overdue_sessions.delay(organization_id=organization_id)


@shared_task(name="scoring.end_overdue_sessions", acks_late=True, **RETRY)
def end_overdue_sessions(*, organization_id: int, **_later: Any) -> None:
    """Reveal or close the sessions whose closing day is over. Delivered twice, the second finds nothing."""
    day = timezone.localdate()
    with organization_scope(organization_id):
        for session in overdue_sessions(organization_id, day):
            with suppress(Conflict):
                services.end_overdue_session(actor=None, session=session, day=day)
