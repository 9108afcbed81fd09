"""Answers by mail to those who said something, over REST."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import IDEMPOTENCY_KEY, TenantViewSet
from core.forms import LONGEST_TEXT
from core.serializers import RowSerializer, StrictSerializer, name_of
from events.models import MailState
from feedback import services
from feedback.filters import ReplyFilter
from feedback.models import FeedbackReply


class FeedbackReplySerializer(RowSerializer):
    """An answer by mail to who said something, and what became of it."""

    author_name = name_of("author.name")
    to = serializers.EmailField(source="mail.to", read_only=True)
    reply_to = serializers.EmailField(source="mail.reply_to", read_only=True, help_text="Where their answer goes.")
    subject = serializers.CharField(source="mail.subject", read_only=True)
    state = serializers.ChoiceField(MailState.choices, source="mail.state", read_only=True)
    attempts = serializers.IntegerField(source="mail.attempts", read_only=True, help_text="So often it was tried.")
    next_try_at = serializers.DateTimeField(
        source="mail.next_try_at", read_only=True, help_text="While it waits: it is tried then."
    )
    failure = serializers.CharField(source="mail.failure", read_only=True, help_text="Why it could not be sent yet.")
    sent_at = serializers.DateTimeField(source="mail.sent_at", read_only=True, allow_null=True)

    class Meta:
        model = FeedbackReply
        fields = (
            "id", "version", "item", "text", "author", "author_name", "to", "reply_to", "subject", "state", "attempts",
            "next_try_at", "failure", "sent_at", "created_at",
        )  # fmt: skip
        read_only_fields = fields


class AnswerSerializer(StrictSerializer):
    """What is answered, and where the next message of its reader goes."""

    text = serializers.CharField(max_length=LONGEST_TEXT, help_text="What they said is quoted below it.")
    reply_to = serializers.EmailField(
        required=False, help_text="One of those that GET names; left out, it is the first of them."
    )


class AnswerAddressesSerializer(StrictSerializer):
    """Between whom answers go."""

    to = serializers.EmailField(allow_blank=True, help_text="Empty where nobody knows it: then there is no reply.")
    reply_to = serializers.ListField(
        child=serializers.EmailField(), help_text="Where their answer may go, the usual one first."
    )


def told_reply(reply: FeedbackReply) -> dict[str, Any]:
    """A reply as its list shows it."""
    plan = FeedbackReplySerializer.plan()
    return plan.row(FeedbackReply.objects.filter(pk=reply.pk).values_list(*plan.columns)[0])


class FeedbackReplyViewSet(TenantViewSet):
    """Answers by mail to those who said something. POST to `feedback-items/{id}/reply/` answers."""

    queryset = FeedbackReply.objects.all()
    serializer_class = FeedbackReplySerializer
    filterset_class = ReplyFilter
    orderings: ClassVar[dict[str, tuple[str, ...]]] = {"id": ()}

    @extend_schema(request=None, parameters=[IDEMPOTENCY_KEY])
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, pk: int) -> Response:
        """Send an answer again that could not be sent."""
        return self.answer(services.retry_reply(actor=self.actor, reply=self.get_object()))
