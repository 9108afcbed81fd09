"""Workers read mailboxes: each new message becomes an item, once, and one that cannot says why.

A worker claims a mailbox for `CLAIM_LASTS`, and renews that with each message. An item and the place up to which the
mailbox has been read are written in one transaction, only while the claim is still its own: whoever dies in between has
written neither or both. Where a server counts its messages anew (another UIDVALIDITY) they are read again, and those
whose Message-ID has come before are known.
"""

import datetime
import time
import uuid
from typing import Any

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError

from core.errors import Conflict, DomainError
from events.services import record
from feedback.algorithms.email import Letter, read_letter
from feedback.algorithms.texts import one_line
from feedback.models import FIRST_YEAR, Channel, FailureState, FeedbackItem, Mailbox, MailboxFailure
from feedback.selectors.imap import Found, connected, described, message_of, newer_than, opened_folder
from feedback.services.intake import Incoming, receive_items

logger = structlog.get_logger(__name__)

CLAIM_LASTS = datetime.timedelta(minutes=5)
EVERY, LONGEST_PAUSE = datetime.timedelta(minutes=1), datetime.timedelta(hours=1)
#: So many messages are read, or so long, before another mailbox has its turn.
MOST_MESSAGES, LONGEST_TURN_SECONDS = 200, 60
#: What arrived so shortly before the mailbox was added is read as well: clocks differ, and somebody may try it out.
GRACE = datetime.timedelta(minutes=10)
#: What is no fault of the message that is being read.
NOT_ITS_FAULT = (OSError, IMAPClientAbortError, SoftTimeLimitExceeded)
GONE = "It is no longer in the mailbox."


class _Lost(Exception):
    """Another worker holds the mailbox by now."""


def poll_next_mailbox(*, organization_id: int, now: datetime.datetime) -> Mailbox | None:
    """Claim the mailbox of the organization in scope that is due for the longest, and read what is new in it.

    Returns:
        The mailbox, or None where none is due.
    """
    mailbox = _claimed(organization_id, now)
    if mailbox is None:
        return None
    try:
        is_more = _read(mailbox)
    except DomainError as error:
        _put_off(mailbox, str(error), now)
    except SoftTimeLimitExceeded:
        _put_off(mailbox, f"{mailbox.host} took too long to answer.", now)
    except _Lost:
        logger.info("mailbox_claim_lost", mailbox=mailbox.pk)
    except Exception:  # the outermost loop of a connector: one mailbox must not keep the others from being read
        logger.exception("mailbox_not_read", mailbox=mailbox.pk)
        _put_off(mailbox, "Reading it broke on our side. An administrator finds the reason in the log.", now)
    else:
        _done(mailbox, now, is_more)
    return mailbox


@transaction.atomic
def _claimed(organization_id: int, now: datetime.datetime) -> Mailbox | None:
    due = Mailbox.objects.filter(organization_id=organization_id).due(now).order_by("next_poll_at", "pk")
    mailbox = due.select_for_update(skip_locked=True, of=("self",)).select_related("product", "organization").first()
    if mailbox is not None:
        mailbox.claim, mailbox.claimed_until = uuid.uuid4(), timezone.now() + CLAIM_LASTS
        mailbox.save(update_fields=["claim", "claimed_until"])
    return mailbox


def _read(mailbox: Mailbox) -> bool:
    """Read messages that are to be tried again, then those that are new; whether there are more."""
    with connected(mailbox) as client:
        validity = opened_folder(client, mailbox.folder)
        if validity != mailbox.uid_validity:
            _begin_anew(mailbox, validity)
        _try_again(client, mailbox)
        since = None if mailbox.reads_existing else mailbox.created_at - GRACE
        # The day is the server's, which may be another than ours.
        first_day = since.date() - datetime.timedelta(days=1) if since else None
        uids = newer_than(client, mailbox.last_uid, first_day, MOST_MESSAGES)
        found = described(client, uids)
        began = time.monotonic()
        for uid in uids:
            one = found.get(uid)
            if one is None or (since and one.arrived_at and one.arrived_at < since):
                _move_on(mailbox, uid)
            else:
                _take(client, mailbox, one)
            if time.monotonic() - began > LONGEST_TURN_SECONDS:
                return True
        return len(uids) == MOST_MESSAGES


def _begin_anew(mailbox: Mailbox, validity: int) -> None:
    """The server's numbers are of another count than those that are known, or none is known yet."""
    mailbox.uid_validity, mailbox.last_uid = validity, 0
    with transaction.atomic():
        _hold(mailbox, uid_validity=validity, last_uid=0)


def _hold(mailbox: Mailbox, **values: Any) -> None:
    """Write to the mailbox, and hold it longer, if it is still this worker's."""
    held = Mailbox.objects.filter(pk=mailbox.pk, claim=mailbox.claim)
    if not held.update(claimed_until=timezone.now() + CLAIM_LASTS, **values):
        raise _Lost


def _move_on(mailbox: Mailbox, uid: int, **counts: Any) -> None:
    with transaction.atomic():
        _hold(mailbox, last_uid=uid, **counts)
    mailbox.last_uid = uid


def _take(client: IMAPClient, mailbox: Mailbox, found: Found) -> None:
    """Make an item of a message, or say why not, and go on to the next."""
    reason, letter = "", None
    try:
        letter = _letter(client, found)
        if letter is not None and letter.automatic:
            _move_on(mailbox, found.uid, skipped_count=F("skipped_count") + 1)
            return
        if letter is not None:
            _store(mailbox, letter, found)
            return
    except DomainError as error:
        reason = str(error)
    except (_Lost, *NOT_ITS_FAULT):
        raise  # it waits for the next poll
    except Exception:
        logger.exception("message_not_read", mailbox=mailbox.pk, uid=found.uid)
        reason = "Its form could not be understood. An administrator finds the reason in the log."
    with transaction.atomic():
        if reason:
            _keep_failure(mailbox, found, letter, reason)
        _hold(mailbox, last_uid=found.uid)
    mailbox.last_uid = found.uid


def _letter(client: IMAPClient, found: Found) -> Letter | None:
    """What a message says, unless it is too large to be fetched; None if it is gone.

    Raises:
        Conflict: it is too large, or takes too long to read.
    """
    most = settings.FEEDBACK_MAIL_MAX_BYTES
    if found.size_bytes > most:
        raise Conflict(
            f"It has {found.size_bytes / 2**20:.1f} MB, and at most {most / 2**20:.1f} MB are read. It was not fetched."
        )
    raw = message_of(client, found.uid, most)
    try:
        return None if raw is None else read_letter(raw)
    except SoftTimeLimitExceeded:
        # The message's fault, unlike a time limit while it was fetched: the next poll would meet it again.
        raise Conflict("Reading it took too long. Nothing of it was stored.") from None


@transaction.atomic
def _store(mailbox: Mailbox, letter: Letter, found: Found) -> None:
    outcome = receive_items(
        actor=None,
        organization=mailbox.organization,
        channel=Channel.EMAIL,
        rows=[_incoming(mailbox, letter, found)],
    )
    is_new = sum(one.what == "received" for one in outcome)
    # A message that is tried again stands before those that were read since.
    reached = max(mailbox.last_uid, found.uid)
    _hold(mailbox, last_uid=reached, received_count=F("received_count") + is_new)
    mailbox.last_uid = reached


def _incoming(mailbox: Mailbox, letter: Letter, found: Found) -> Incoming:
    now = timezone.now()
    arrived_at = found.arrived_at or now
    said_at = letter.sent_at
    if said_at is None or said_at > arrived_at + datetime.timedelta(days=1) or said_at.year < FIRST_YEAR:
        said_at = arrived_at  # the sender's clock is wrong, or there is none
    text = letter.text or letter.subject
    if letter.attachments:
        text = f"{text}\n\nAttached: {', '.join(letter.attachments)}".strip()
    product = mailbox.product
    is_address = _is_address(letter.author_email)
    return Incoming(
        text=text,
        title=letter.subject,
        author_name=letter.author_name or ("" if is_address else letter.author_email),
        author_email=letter.author_email if is_address else "",
        product=None if product is None or product.archived_at else product,
        said_at=min(said_at, now),
        external_key=letter.key,
    )


def _is_address(text: str) -> bool:
    """Whether a sender's address is one that a column of addresses takes: mail knows others, which stand as names."""
    try:
        FeedbackItem._meta.get_field("author_email").run_validators(text)
    except ValidationError:
        return False
    return True


def _keep_failure(mailbox: Mailbox, found: Found, letter: Letter | None, reason: str) -> None:
    """Keep a message that could not be read where a person sees it, once, with the latest reason."""
    about = {
        "arrived_at": found.arrived_at,
        "size_bytes": found.size_bytes,
        "reason": reason[:500],
        "state": FailureState.OPEN,
    }
    if letter is not None:
        about |= {"sender": one_line(letter.author_email or letter.author_name, 320)}
        about |= {"subject": one_line(letter.subject, 300)}
    row, is_new = MailboxFailure.objects.update_or_create(
        organization_id=mailbox.organization_id,
        mailbox=mailbox,
        uid_validity=mailbox.uid_validity or 0,
        uid=found.uid,
        defaults=about,
    )
    if is_new:
        record("mailbox_failure.unread", actor=None, subject=row, note=row.reason)


def _try_again(client: IMAPClient, mailbox: Mailbox) -> None:
    """Read the messages again that somebody wants to be."""
    waiting = list(mailbox.failures.filter(state=FailureState.RETRYING).order_by("pk")[:MOST_MESSAGES])
    current = [row for row in waiting if row.uid_validity == mailbox.uid_validity]
    found = described(client, [row.uid for row in current])
    for row in waiting:
        one = found.get(row.uid) if row in current else None
        _retry(client, mailbox, row, one)


def _retry(client: IMAPClient, mailbox: Mailbox, row: MailboxFailure, found: Found | None) -> None:
    reason = GONE
    try:
        letter = None if found is None else _letter(client, found)
        if letter is not None and found is not None:
            with transaction.atomic():
                _store(mailbox, letter, found)
                MailboxFailure.objects.filter(pk=row.pk).update(state=FailureState.SOLVED)
                record("mailbox_failure.solved", actor=None, subject=row)
            return
    except DomainError as error:
        reason = str(error)
    except (_Lost, *NOT_ITS_FAULT):
        raise
    except Exception:
        logger.exception("message_not_read", mailbox=mailbox.pk, uid=row.uid)
        reason = row.reason
    MailboxFailure.objects.filter(pk=row.pk).update(state=FailureState.OPEN, reason=reason[:500])


@transaction.atomic
def _done(mailbox: Mailbox, now: datetime.datetime, is_more: bool) -> None:
    """Give the mailbox back; where it could not be read before, the log tells that it can."""
    values = {"claim": None, "claimed_until": None, "failure": "", "failed_polls": 0, "last_polled_at": timezone.now()}
    held = Mailbox.objects.filter(pk=mailbox.pk, claim=mailbox.claim)
    if held.update(**values, next_poll_at=now if is_more else now + EVERY) and mailbox.failure:
        record("mailbox.reached", actor=None, subject=mailbox)


@transaction.atomic
def _put_off(mailbox: Mailbox, why: str, now: datetime.datetime) -> None:
    """Give the mailbox back for a while that grows; the log tells the first time and not each."""
    pause = min(EVERY * 2 ** min(mailbox.failed_polls, 10), LONGEST_PAUSE)
    held = Mailbox.objects.filter(pk=mailbox.pk, claim=mailbox.claim)
    is_ours = held.update(
        claim=None,
        claimed_until=None,
        failure=why[:500],
        failed_polls=F("failed_polls") + 1,
        last_polled_at=timezone.now(),
        next_poll_at=now + pause,
    )
    if is_ours and not mailbox.failure:
        record("mailbox.unreachable", actor=None, subject=mailbox, note=why[:500])
