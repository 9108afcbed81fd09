"""Reads of the event log."""

from typing import Self

from django.db.models import BigIntegerField, Func, Q

from core.querysets import TenantQuerySet


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
