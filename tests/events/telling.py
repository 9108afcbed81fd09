"""What tests of webhooks say in a word."""

import datetime

from django.db import transaction
from django.utils import timezone

from events.models import WebhookDelivery
from events.services import record

DAY = datetime.timedelta(days=1)


def tell(actor, subject, kind="project.updated", **more):
    with transaction.atomic():
        return record(kind, actor=actor, subject=subject, **more)


def one() -> WebhookDelivery:
    return WebhookDelivery.objects.get()


def due_in(row) -> float:
    return (row.next_attempt_at - timezone.now()).total_seconds()
