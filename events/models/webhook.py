"""Who outside is told what happens, and what became of telling them."""

import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from core.models import ArchivableModel, TenantModel
from events.models.event import Event
from events.querysets import WebhookDeliveryQuerySet, WebhookEndpointQuerySet

#: The type of a message that somebody sent to try an endpoint.
TEST = "webhook.test"
LONGEST_URL = 2000


class EndpointState(models.TextChoices):
    ACTIVE = "active", "Active"
    PAUSED = "paused", "Paused"
    DISABLED = "disabled", "Disabled"


class DeliveryState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    DELIVERED = "delivered", "Delivered"
    FAILED = "failed", "Failed"


class WebhookEndpoint(ArchivableModel):
    """An address outside that is told of events; what it is told, and the secret that signs it."""

    #: An address may itself be the key of a receiver, and secrets are no news.
    UNTOLD = frozenset({"url", "secret", "previous_secret", "previous_secret_until", "failure_count", "active_since"})

    name = models.CharField(max_length=100, help_text="What receives it, for example “Data warehouse”.")
    url = models.CharField("URL", max_length=LONGEST_URL)
    has_all_types = models.BooleanField("Every event", default=False)
    types = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    state = models.CharField(max_length=10, choices=EndpointState, default=EndpointState.ACTIVE, editable=False)
    state_reason = models.CharField(max_length=300, blank=True, editable=False)
    secret = models.TextField(editable=False)
    secret_hint = models.CharField(max_length=8, editable=False)
    previous_secret = models.TextField(blank=True, editable=False)
    previous_secret_until = models.DateTimeField(null=True, editable=False)
    active_since = models.DateTimeField(editable=False, help_text="What happened earlier is not told.")
    failing_since = models.DateTimeField(null=True, editable=False)
    failure_count = models.PositiveIntegerField(default=0, editable=False)
    resting_until = models.DateTimeField(null=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )

    objects = WebhookEndpointQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "name"],
                condition=Q(archived_at=None),
                name="webhook_endpoint_name_unique",
                violation_error_message="Another endpoint has this name.",
            ),
            models.CheckConstraint(
                condition=Q(has_all_types=True) | Q(types__len__gt=0),
                name="webhook_endpoint_has_types",
                violation_error_message="Choose at least one event, or every event.",
            ),
            models.CheckConstraint(condition=Q(state__in=EndpointState.values), name="webhook_endpoint_state_known"),
        ]
        indexes = [models.Index(fields=["organization", "id"], name="webhook_endpoint_by_org")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_active(self) -> bool:
        return self.state == EndpointState.ACTIVE and not self.is_archived

    def is_resting(self, now: datetime.datetime) -> bool:
        """Left alone for a while, after failures or because it asked for that."""
        return self.resting_until is not None and self.resting_until > now

    @property
    def host(self) -> str:
        """Where it is, without what may be a key in its address."""
        return str(urlsplit(self.url).hostname or "")

    @property
    def taken_ratio(self) -> float | None:
        """Share of what was tried lately that was taken, where a selector counted both."""
        tried = getattr(self, "tried", 0)
        return getattr(self, "taken", 0) / tried if tried else None

    def is_told(self, public_type: str) -> bool:
        """Whether events of a type go there."""
        return self.has_all_types or public_type in self.types


class WebhookDelivery(TenantModel):
    """One event for one endpoint: told once, however often it is tried; what was sent last, and what was answered."""

    endpoint = models.ForeignKey(WebhookEndpoint, models.PROTECT, related_name="deliveries", db_index=False)
    event = models.ForeignKey(
        Event, models.PROTECT, null=True, related_name="+", db_index=False, help_text="None: a test."
    )
    message_id = models.CharField(max_length=64)
    type = models.CharField(max_length=80)
    state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.WAITING)
    attempt_count = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True)
    claim = models.UUIDField(null=True)
    claimed_at = models.DateTimeField(null=True)
    last_attempt_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    request_headers = models.JSONField(default=dict)
    request_body = models.TextField(blank=True)
    response_status = models.PositiveSmallIntegerField(null=True)
    response_body = models.TextField(blank=True)
    failure = models.CharField(max_length=300, blank=True)
    duration_ms = models.PositiveIntegerField("duration", null=True)
    attempts = models.JSONField(default=list, encoder=DjangoJSONEncoder)

    objects = WebhookDeliveryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "message_id"], name="webhook_delivery_once"),
            models.CheckConstraint(condition=Q(state__in=DeliveryState.values), name="webhook_delivery_state_known"),
            models.CheckConstraint(
                condition=~Q(state=DeliveryState.WAITING) | Q(next_attempt_at__isnull=False),
                name="webhook_delivery_waits_for",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "id"], name="webhook_delivery_by_org"),
            models.Index(fields=["endpoint", "-id"], name="webhook_delivery_newest"),
            models.Index(
                fields=["endpoint", "next_attempt_at", "id"], name="webhook_delivery_due", condition=Q(state="waiting")
            ),
            models.Index(fields=["endpoint"], name="webhook_delivery_in_hands", condition=Q(claim__isnull=False)),
            models.Index(fields=["endpoint", "last_attempt_at"], name="webhook_delivery_lately"),
            models.Index(
                fields=["endpoint", "created_at"], name="webhook_delivery_failed", condition=Q(state="failed")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} {self.message_id}"

    @property
    def is_test(self) -> bool:
        return self.event_id is None
