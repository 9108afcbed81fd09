"""Answers by mail to those who said something."""

import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import User
from core.access import require
from core.errors import Conflict, FieldErrors
from events.services import queue_mail, record, retry_mail
from feedback.algorithms.texts import one_line
from feedback.models import Channel, FeedbackItem, FeedbackReply
from feedback.selectors.replies import answer_addresses

#: So much of what they said is quoted below an answer.
MOST_QUOTED = 2_000


@transaction.atomic
def reply_to_item(*, actor: User, item: FeedbackItem, text: str, reply_to: str = "") -> FeedbackReply:
    """Answer the author of an item by mail, which is sent within seconds and tried again where it cannot be.

    Args:
        reply_to: where their answer goes, one of `answer_addresses`; "" is the first of them.
    Raises:
        NotAllowed: the actor's role may not triage feedback.
        Conflict: the author's address is not known, or the item is archived.
        FieldErrors: nothing is said, or answers would go to an address of somebody else.
    """
    require(actor, "feedback.triage", item.organization_id)
    if not item.author_email:
        raise Conflict("Nobody knows the address of who said this: correct who said it first. Nothing was sent.")
    if item.is_archived:
        raise Conflict("This item is archived. Restore it first; nothing was sent.")
    said = text.strip()
    if not said:
        raise FieldErrors({"text": "Write what you want to answer."})
    known = answer_addresses(actor, item)
    if reply_to and reply_to not in known:
        raise FieldErrors({"reply_to": "Answers go to you, or to a mailbox that is read here."})
    mail = queue_mail(
        organization=item.organization,
        to=item.author_email,
        subject=_subject(item),
        text=f"{said}\n\n{_quoted(item, timezone.localdate(item.said_at))}",
        reply_to=reply_to or known[0],
        about=item,
        headers=_thread(item),
        is_from_person=True,
    )
    reply = FeedbackReply(organization=item.organization, item=item, mail=mail, text=said, author=actor)
    reply.full_clean(validate_unique=False, validate_constraints=False)
    reply.save(force_insert=True)
    record("feedback_item.replied", actor=actor, subject=item)
    return reply


@transaction.atomic
def retry_reply(*, actor: User, reply: FeedbackReply) -> FeedbackReply:
    """Let an answer be sent again that could not be.

    Raises:
        NotAllowed: the actor's role may not triage feedback.
        Conflict: it has not failed.
    """
    require(actor, "feedback.triage", reply.organization_id)
    retry_mail(mail=reply.mail)
    record("feedback_item.reply_retried", actor=actor, subject=reply.item)
    return reply


def _subject(item: FeedbackItem) -> str:
    title = one_line(item.title, 250) or "What you told us"
    return title if title.lower().startswith(("re:", "aw:")) else f"Re: {title}"


def _thread(item: FeedbackItem) -> dict[str, str]:
    """What lets a mail program show the answer below the message that it answers."""
    key = item.external_key
    if item.channel != Channel.EMAIL or not (key.startswith("<") and key.endswith(">") and key.isprintable()):
        return {}
    return {"In-Reply-To": key, "References": key}


def _quoted(item: FeedbackItem, day: datetime.date) -> str:
    text = item.text if len(item.text) <= MOST_QUOTED else f"{item.text[:MOST_QUOTED].rstrip()}…"
    lines = [f"> {line}".rstrip() for line in text.split("\n")]
    return f"On {date_format(day, 'j F Y')}, {item.author_name or 'you'} wrote:\n" + "\n".join(lines)
