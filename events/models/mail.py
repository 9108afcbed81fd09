"""Mail that goes out: each message is a row, and the rows are the queue."""

from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from core.models import TenantModel
from core.querysets import TenantQuerySet

#: What stands in a header line must not begin another one.
ONE_LINE = RegexValidator(r"\A[^\x00-\x1f\x7f]*\Z", "It holds a line break or another control character.")


class MailState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    SENT = "sent", "Sent"
    FAILED = "failed", "Failed"


class OutgoingMail(TenantModel):
    """A message to one address: written with the change that it tells of, sent later, and kept with what became of it.

    What it is about is kept as text, as in the log: a message outlives its subject.
    """

    to = models.EmailField(max_length=254)
    reply_to = models.EmailField(max_length=254, blank=True)
    subject = models.CharField(max_length=300, validators=[ONE_LINE])
    text = models.TextField()
    headers = models.JSONField(default=dict, blank=True, encoder=DjangoJSONEncoder)
    key = models.CharField(max_length=200, blank=True, help_text="A second message with the same key is not queued.")
    state = models.CharField(max_length=7, choices=MailState, default=MailState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    failure = models.CharField(max_length=500, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    subject_type = models.CharField(max_length=80, blank=True)
    subject_id = models.CharField(max_length=40, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "key"],
                condition=~Q(key=""),
                name="outgoing_mail_key_unique",
                violation_error_message="This message has been queued already.",
            ),
            models.CheckConstraint(condition=Q(state__in=MailState.values), name="outgoing_mail_state_known"),
        ]
        indexes = [
            models.Index(fields=["organization", "-id"], name="outgoing_mail_newest_first"),
            models.Index(
                fields=["organization", "next_try_at"], name="outgoing_mail_waiting", condition=Q(state="waiting")
            ),
            models.Index(fields=["organization", "subject_type", "subject_id"], name="outgoing_mail_by_subject"),
        ]

    def __str__(self) -> str:
        return self.subject
