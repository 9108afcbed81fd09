"""What happened, and who follows it."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models.expressions import RawSQL
from django.utils import timezone

from core.querysets import TenantQuerySet
from events.querysets import EventQuerySet


class Event(models.Model):
    """One change of one fact: who, what, before and after; append-only.

    It outlives its subject, which is therefore kept as text.
    """

    organization = models.ForeignKey("accounts.Organization", models.PROTECT, related_name="+")
    transaction_id = models.BigIntegerField(db_default=RawSQL("(pg_current_xact_id()::text)::bigint", []))
    kind = models.CharField(max_length=80)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    actor_name = models.CharField(max_length=200)
    subject_type = models.CharField(max_length=80)
    subject_id = models.CharField(max_length=40)
    subject_name = models.CharField(max_length=300)
    subject_version = models.PositiveIntegerField(default=0)
    changes = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    note = models.TextField(blank=True)
    source = models.CharField(max_length=20, blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    occurred_at = models.DateTimeField(default=timezone.now)

    objects = EventQuerySet.as_manager()  # type: ignore[django-manager-missing, unused-ignore]

    class Meta:
        indexes = [
            models.Index(fields=["organization", "transaction_id", "id"], name="event_in_order"),
            models.Index(fields=["organization", "subject_type", "subject_id", "id"], name="event_by_subject"),
            models.Index(fields=["organization", "-id"], name="event_newest_first"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_name}"


class FollowerCursor(models.Model):
    """How far a follower has read the events of an organization: the position of the last one it has dealt with."""

    organization = models.ForeignKey("accounts.Organization", models.PROTECT, related_name="+")
    follower = models.CharField(max_length=80)
    transaction_id = models.BigIntegerField(default=0)
    event_id = models.BigIntegerField(default=0)
    advanced_at = models.DateTimeField(auto_now=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "follower"], name="follower_cursor_unique")]

    def __str__(self) -> str:
        return f"{self.follower} at {self.transaction_id}.{self.event_id}"
