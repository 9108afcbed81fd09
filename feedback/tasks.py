"""The analyser at work, on the queue `analysis`."""

from typing import Any

from celery import shared_task
from django.db import OperationalError
from django.utils import timezone

from core.tenancy import organization_scope
from events.services import organizations
from feedback import services
from feedback.models import FeedbackItem


@shared_task(
    name="feedback.analyze",
    acks_late=True,
    autoretry_for=(OperationalError,),
    retry_backoff=True,
    max_retries=5,
)
def analyze(*, organization_id: int, **_later: Any) -> None:
    """Analyze what waits until nothing does. Delivered twice, the second finds nothing to claim."""
    with organization_scope(organization_id):
        while services.analyze_batch(organization_id=organization_id, now=timezone.now()):
            pass


@shared_task(name="feedback.sweep", ignore_result=True)
def sweep(**_later: Any) -> None:
    """Ring wherever items wait that no living worker holds: a message was lost, or a worker died."""
    for organization_id in organizations():
        with organization_scope(organization_id):
            if FeedbackItem.objects.filter(organization_id=organization_id).waiting(timezone.now()).exists():
                analyze.delay(organization_id=organization_id)
