"""Reads of the event log, and of what is told of it outside."""

import datetime
from typing import Self

from django.conf import settings
from django.db.models import BigIntegerField, Func, Q

from core.querysets import ArchivableQuerySet, TenantQuerySet

#: A worker that has not said what came of a delivery after so long is dead.
CLAIM_LASTS = datetime.timedelta(seconds=settings.WEBHOOK_CLAIM_SECONDS)


class OldestRunningTransaction(Func):
    """The id before which no transaction is still running."""

    template = "(pg_snapshot_xmin(pg_current_snapshot())::text)::bigint"
    output_field = BigIntegerField()


class EventQuerySet(TenantQuerySet):
    def in_commit_order(self) -> Self:
        """An order in which an event that commits late never slips in before one already read."""
        return self.order_by("transaction_id", "id")

    def settled(self) -> Self:
        """Before the oldest running transaction, so that nothing can still commit among them."""
        return self.filter(transaction_id__lt=OldestRunningTransaction())

    def after(self, transaction_id: int, event_id: int) -> Self:
        """Behind a follower's position."""
        return self.filter(
            Q(transaction_id__gt=transaction_id) | Q(transaction_id=transaction_id, id__gt=event_id),
            transaction_id__gte=transaction_id,
        )

    def about(self, subject_type: str, subject_id: object) -> Self:
        """What happened to one row."""
        return self.filter(subject_type=subject_type, subject_id=str(subject_id))


class WebhookEndpointQuerySet(ArchivableQuerySet):
    """Addresses that are told of events."""

    def active(self) -> Self:
        """Those to which new events go."""
        return self.live().filter(state="active")

    def under_lock(self) -> Self:
        """Locked as those who send lock them, so that what is decided here holds for them."""
        return self.select_for_update(no_key=True)


class WebhookDeliveryQuerySet(TenantQuerySet):
    """What is told to endpoints."""

    def due(self, now: datetime.datetime) -> Self:
        """To be sent now, held by no living worker, to an endpoint that takes it; a test goes to any."""
        takes = Q(endpoint__state="active") & (Q(endpoint__resting_until=None) | Q(endpoint__resting_until__lte=now))
        free = Q(claim=None) | Q(claimed_at__lt=now - CLAIM_LASTS)
        return self.filter(
            free, takes | Q(event=None), state="waiting", next_attempt_at__lte=now, endpoint__archived_at=None
        )

    def in_hands(self, now: datetime.datetime) -> Self:
        """Being sent at this moment."""
        return self.filter(state="waiting", claim__isnull=False, claimed_at__gte=now - CLAIM_LASTS)
