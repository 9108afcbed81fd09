"""What is answered to those who said something."""

from django.conf import settings
from django.db import models

from core.models import TenantModel
from core.querysets import TenantQuerySet
from feedback.models.item import FeedbackItem


class FeedbackReply(TenantModel):
    """An answer by mail to who said something; its mail knows whether it was sent."""

    item = models.ForeignKey(FeedbackItem, models.PROTECT, related_name="replies", db_index=False)
    mail = models.OneToOneField("events.OutgoingMail", models.PROTECT, related_name="+")
    text = models.TextField(max_length=20_000)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = TenantQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["organization", "id"], name="feedback_reply_by_org"),
            models.Index(fields=["item", "id"], name="feedback_reply_by_item"),
        ]

    def __str__(self) -> str:
        return self.text if len(self.text) <= 80 else f"{self.text[:79]}…"
