"""What was answered, and where answers go."""

from typing import Any

from accounts.models import User
from feedback.models import Channel, FeedbackItem, FeedbackReply, Mailbox


def replies_of(user: Any, item: FeedbackItem) -> list[FeedbackReply]:
    """The answers to an item, the oldest first, with their mail."""
    rows = FeedbackReply.objects.visible_to(user).filter(item=item)
    return list(rows.select_related("mail", "author").order_by("pk"))


def answer_addresses(user: User, item: FeedbackItem) -> list[str]:
    """Where the author's next message may go: to the person who answers, or into a mailbox that is read.

    The mailboxes come first for what came by mail: so the next message stands in the inbox as well.
    """
    rows = Mailbox.objects.live().filter(organization_id=item.organization_id, is_active=True, user__contains="@")
    boxes = list(dict.fromkeys(rows.order_by("pk").values_list("user", flat=True)))
    found = [*boxes, user.email] if item.channel == Channel.EMAIL else [user.email, *boxes]
    return list(dict.fromkeys(found))
