"""Mailboxes whose messages are feedback."""

import datetime

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from core.models import ArchivableModel, TenantModel
from core.querysets import ArchivableQuerySet, TenantQuerySet


class MailSecurity(models.TextChoices):
    TLS = "tls", "TLS (port 993)"
    STARTTLS = "starttls", "STARTTLS (port 143)"
    NONE = "none", "None: the password travels in clear text"


class MailboxQuerySet(ArchivableQuerySet):
    """Mailboxes."""

    def due(self, now: datetime.datetime) -> "MailboxQuerySet":
        """To be looked into, and held by no living worker."""
        free = Q(claimed_until=None) | Q(claimed_until__lte=now)
        return self.live().filter(free, is_active=True, next_poll_at__lte=now)


class Mailbox(ArchivableModel):
    """An IMAP folder that is read, and left as it is: each new message becomes an item of feedback.

    How far it has been read is kept by UID (RFC 9051, 2.3.1.1): `last_uid`, which counts within `uid_validity`.
    """

    name = models.CharField(max_length=100, help_text="What you call it, such as Support.")
    host = models.CharField(
        max_length=253,
        validators=[RegexValidator(r"\A[\w.:-]+\Z", "Give the name of a server, such as imap.example.org.")],
        help_text="The IMAP server, such as imap.example.org.",
    )
    port = models.PositiveIntegerField(default=993, validators=[MinValueValidator(1), MaxValueValidator(65535)])
    security = models.CharField(max_length=8, choices=MailSecurity, default=MailSecurity.TLS)
    user = models.CharField(max_length=254, help_text="Often the address itself.")
    password_sealed = models.TextField(blank=True, editable=False)
    folder = models.CharField(max_length=200, default="INBOX")
    product = models.ForeignKey(
        "portfolio.Product", models.PROTECT, related_name="+", null=True, blank=True,
        help_text="What its messages are about; empty: the analyser suggests one for each.",
    )  # fmt: skip
    is_active = models.BooleanField("active", default=True, help_text="Looked into every minute.")
    reads_existing = models.BooleanField(
        "older messages too", default=False, help_text="Read the messages as well that came before it was added here."
    )

    uid_validity = models.BigIntegerField(null=True, editable=False)
    last_uid = models.BigIntegerField(default=0, editable=False)
    last_polled_at = models.DateTimeField(null=True, editable=False)
    next_poll_at = models.DateTimeField(auto_now_add=True, editable=False)
    claim = models.UUIDField(null=True, editable=False)
    claimed_until = models.DateTimeField(null=True, editable=False)
    received_count = models.PositiveIntegerField(default=0, editable=False)
    skipped_count = models.PositiveIntegerField(default=0, editable=False)
    failure = models.CharField(max_length=500, blank=True, editable=False)
    failed_polls = models.PositiveIntegerField(default=0, editable=False)

    #: What the log does not tell: a secret, and how far it has been read.
    UNTOLD = frozenset(
        {"password_sealed", "last_uid", "next_poll_at", "received_count", "skipped_count", "failed_polls"}
    )

    objects = MailboxQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organization",
                Lower("name"),
                condition=Q(archived_at=None),
                name="mailbox_name_unique",
                violation_error_message="Another mailbox has this name.",
            ),
            models.UniqueConstraint(
                fields=["organization", "external_key"],
                condition=~Q(external_key=""),
                name="mailbox_external_key_unique",
                violation_error_message="Another mailbox has this external key.",
            ),
            models.CheckConstraint(
                condition=Q(port__range=(1, 65535)),
                name="mailbox_port_range",
                violation_error_message="A port is from 1 to 65535.",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "id"], name="mailbox_by_org"),
            models.Index(
                fields=["organization", "next_poll_at"],
                name="mailbox_to_poll",
                condition=Q(is_active=True, archived_at=None),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FailureState(models.TextChoices):
    OPEN = "open", "Not read"
    RETRYING = "retrying", "Tried again soon"
    SOLVED = "solved", "Read"
    DISMISSED = "dismissed", "Dismissed"


class MailboxFailure(TenantModel):
    """A message that could not become feedback: it stays in its mailbox, and here is why."""

    mailbox = models.ForeignKey(Mailbox, models.PROTECT, related_name="failures", db_index=False)
    uid_validity = models.BigIntegerField()
    uid = models.BigIntegerField()
    sender = models.CharField(max_length=320, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    arrived_at = models.DateTimeField(null=True)
    size_bytes = models.PositiveBigIntegerField(default=0)
    reason = models.CharField(max_length=500)
    state = models.CharField(max_length=9, choices=FailureState, default=FailureState.OPEN)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["mailbox", "uid_validity", "uid"], name="mailbox_failure_once"),
            models.CheckConstraint(condition=Q(state__in=FailureState.values), name="mailbox_failure_state_known"),
        ]
        indexes = [
            models.Index(fields=["organization", "-id"], name="mailbox_failure_newest_first"),
            models.Index(
                fields=["mailbox", "id"], name="mailbox_failure_unsolved", condition=Q(state__in=["open", "retrying"])
            ),
        ]

    def __str__(self) -> str:
        return self.subject or f"Message {self.uid}"
