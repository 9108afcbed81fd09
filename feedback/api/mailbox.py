"""Mailboxes over REST."""

from collections.abc import Mapping
from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request

from core.access import require
from core.api import RecordViewSet
from core.serializers import RowSerializer, name_of
from feedback import services
from feedback.filters import MailboxFilter
from feedback.models import Mailbox

BY_READING = "It follows from reading the mailbox."


class MailboxSerializer(RowSerializer):
    """An IMAP folder whose messages are feedback."""

    product_name = name_of("product.name")
    password = serializers.CharField(
        write_only=True, required=False, allow_blank=True, max_length=500, trim_whitespace=False,
        help_text="Never read back; empty or left out it stays as it is.",
    )  # fmt: skip

    class Meta:
        model = Mailbox
        fields = (
            "id",
            "version",
            "name",
            "host",
            "port",
            "security",
            "user",
            "password",
            "folder",
            "product",
            "product_name",
            "is_active",
            "reads_existing",
            "last_polled_at",
            "received_count",
            "skipped_count",
            "failure",
            "external_key",
            "archived_at",
            "created_at",
            "updated_at",
        )
        read_only_fields = ("archived_at", "last_polled_at", "received_count", "skipped_count", "failure")
        instead: Mapping[str, str] = {
            "archived_at": "DELETE archives, POST to restore/ brings back.",
            "last_polled_at": BY_READING,
            "received_count": BY_READING,
            "skipped_count": BY_READING,
            "failure": BY_READING,
        }


class MailboxViewSet(RecordViewSet):
    """Mailboxes that are read every minute; each message becomes an item of feedback, once."""

    queryset = Mailbox.objects.all()
    serializer_class = MailboxSerializer
    filterset_class = MailboxFilter
    services = services
    noun = "mailbox"
    orderings: ClassVar[dict[str, tuple[str, ...]]] = {"id": ()}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Where mail is read and by whom is for those who look after it."""
        super().initial(request, *args, **kwargs)
        require(self.actor, "feedback.manage", self.organization)
