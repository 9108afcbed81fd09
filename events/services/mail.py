"""Mail is queued as a row in the transaction that it tells of, and sent afterwards by whichever worker claims it.

A claim is committed before the message is handed over, and lasts `CLAIM_LASTS`: whose worker dies is tried again by
another. A process that dies after the server took a message and before the row says so lets that one message be sent
twice, under the same Message-ID; none is ever lost.
"""

import datetime
import random
import smtplib
from collections.abc import Mapping
from email.utils import make_msgid, parseaddr
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from core.errors import Conflict
from core.jobs import enqueue
from events.models import MailState, OutgoingMail
from events.models.mail import ONE_LINE
from events.services.recording import record

logger = structlog.get_logger(__name__)

#: A message that a worker took and has said nothing of for so long is tried again.
CLAIM_LASTS = datetime.timedelta(minutes=5)
#: About twelve hours of trying: 30 seconds, then twice as long each time, never longer than four hours.
MOST_ATTEMPTS = 12
FIRST_PAUSE, LONGEST_PAUSE = datetime.timedelta(seconds=30), datetime.timedelta(hours=4)
#: Headers that a caller may set: those by which mail programs thread messages, and offer to end them (RFC 8058).
HEADERS = frozenset({"Message-ID", "In-Reply-To", "References", "List-Unsubscribe", "List-Unsubscribe-Post"})


def queue_mail(
    *,
    organization: Any,
    to: str,
    subject: str,
    text: str,
    reply_to: str = "",
    key: str = "",
    about: Any = None,
    headers: Mapping[str, str] | None = None,
    is_from_person: bool = False,
) -> OutgoingMail | None:
    """Queue a message inside the caller's transaction: it is sent once that commits, and not at all otherwise.

    Args:
        key: what is queued once only; "" may be queued any number of times.
        about: the row it tells of.
        headers: of `HEADERS`; without a Message-ID it gets one.
        is_from_person: somebody wrote it to somebody; otherwise it says that nobody need answer automatically.
    Returns:
        The row, or None where a message with this key is queued already.
    Raises:
        django.core.exceptions.ValidationError: an address is none, or a header line would begin another one.
        ValueError: a header that callers do not set.
    """
    lines = {"Message-ID": make_msgid(domain=_domain()), **(headers or {})}
    if unknown := lines.keys() - HEADERS:
        raise ValueError(f"Not a header that callers set: {', '.join(sorted(unknown))}")
    for line in lines.values():
        ONE_LINE(line)
    if not is_from_person:
        lines["Auto-Submitted"] = "auto-generated"
    row = OutgoingMail(
        organization=organization,
        to=to.strip(),
        reply_to=reply_to,
        subject=subject[:300],
        text=text,
        headers=lines,
        key=key,
        subject_type=about._meta.label_lower if about is not None else "",
        subject_id=str(about.pk) if about is not None else "",
    )
    row.full_clean(validate_unique=False, validate_constraints=False)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        if key and OutgoingMail.objects.filter(organization=organization, key=key).exists():
            return None
        raise
    enqueue("events.deliver_mail", organization_id=row.organization_id)
    return row


@transaction.atomic
def retry_mail(*, mail: OutgoingMail) -> OutgoingMail:
    """Let a message be tried again that was given up, at once and as often as a new one.

    Raises:
        Conflict: it has not failed.
    """
    mail = OutgoingMail.objects.select_for_update().get(pk=mail.pk)
    if mail.state != MailState.FAILED:
        raise Conflict("This message has not failed: it is sent, or on its way. Nothing was changed.")
    mail.state, mail.attempts, mail.next_try_at, mail.failure = MailState.WAITING, 0, timezone.now(), ""
    mail.version += 1
    mail.save()
    enqueue("events.deliver_mail", organization_id=mail.organization_id)
    return mail


def deliver_mail(*, organization_id: int, now: datetime.datetime) -> int:
    """Send what is due of the organization in scope, one message after the other over one connection.

    Where the mail server cannot be reached, the rest waits for the next call.

    Returns:
        How many messages were handed over.
    """
    connection = get_connection()
    sent = 0
    try:
        while (mail := _claimed(organization_id, now)) is not None:
            try:
                connection.open()
                _message(mail, connection).send()
            except (OSError, ValueError) as error:  # smtplib's errors are OSErrors; what cannot be encoded a ValueError
                _close(connection)
                _put_off(mail, error, now)
                if not _is_about_this_message(error):
                    break
            else:
                sent += _mark_sent(mail)
    finally:
        _close(connection)
    return sent


def _domain() -> str:
    """Of our own addresses: message ids are unique within it."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"


@transaction.atomic
def _claimed(organization_id: int, now: datetime.datetime) -> OutgoingMail | None:
    """The message that is due for the longest, which is this worker's for `CLAIM_LASTS`."""
    due = OutgoingMail.objects.filter(organization_id=organization_id, state=MailState.WAITING, next_try_at__lte=now)
    due = due.select_for_update(skip_locked=True).order_by("next_try_at", "pk")
    while (mail := due.first()) is not None and mail.attempts >= MOST_ATTEMPTS:
        _give_up(mail, mail.failure or "The worker stopped each time before it could say whether this was sent.")
    if mail is None:
        return None
    mail.attempts, mail.next_try_at = mail.attempts + 1, timezone.now() + CLAIM_LASTS
    mail.save(update_fields=["attempts", "next_try_at", "updated_at"])
    return mail


def _message(mail: OutgoingMail, connection: BaseEmailBackend) -> EmailMessage:
    return EmailMessage(
        subject=mail.subject,
        body=mail.text,
        to=[mail.to],
        reply_to=[mail.reply_to] if mail.reply_to else [],
        headers=mail.headers,
        connection=connection,
    )


def _close(connection: BaseEmailBackend) -> None:
    """A connection that has broken is no longer there to be closed."""
    try:
        connection.close()
    except OSError as error:
        logger.info("mail_connection_not_closed", error=str(error))


@transaction.atomic
def _mark_sent(mail: OutgoingMail) -> int:
    """Say that a message was sent. Of a worker that was thought dead it is true as well, whatever another did since."""
    return OutgoingMail.objects.filter(pk=mail.pk).update(
        state=MailState.SENT, sent_at=timezone.now(), failure="", version=F("version") + 1, updated_at=timezone.now()
    )


@transaction.atomic
def _put_off(mail: OutgoingMail, error: Exception, now: datetime.datetime) -> None:
    """Try again later, or give up: what the server refuses for good, and what was tried often enough."""
    fresh = OutgoingMail.objects.select_for_update().get(pk=mail.pk)
    if fresh.state != MailState.WAITING or fresh.attempts != mail.attempts:
        return  # another worker has taken it since
    why = _in_words(error)
    logger.warning("mail_not_sent", mail=fresh.pk, attempts=fresh.attempts, error=why)
    if _is_refused(error) or fresh.attempts >= MOST_ATTEMPTS:
        _give_up(fresh, why)
        return
    fresh.failure, fresh.next_try_at, fresh.version = why, now + _pause(fresh.attempts), fresh.version + 1
    fresh.save()


def _give_up(mail: OutgoingMail, why: str) -> None:
    """Say that a message was not sent, in its row and in the log; a person may let it be tried again."""
    mail.state, mail.failure, mail.version = MailState.FAILED, why, mail.version + 1
    mail.save()
    changes = {"state": [MailState.WAITING.value, MailState.FAILED.value]}
    record("outgoing_mail.undelivered", actor=None, subject=mail, changes=changes, note=why)


def _pause(attempts: int) -> datetime.timedelta:
    """How long to wait after so many attempts: up to a quarter more or less, so that many do not come back at once."""
    pause: datetime.timedelta = min(FIRST_PAUSE * 2 ** (attempts - 1), LONGEST_PAUSE)
    return pause * random.uniform(0.75, 1.25)


def _codes(error: Exception) -> list[int]:
    """What the server answered, for each address or for the message as a whole."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return [code for code, _ in error.recipients.values()]
    return [int(error.smtp_code)] if isinstance(error, smtplib.SMTPResponseException) else []


def _is_about_this_message(error: Exception) -> bool:
    """Whether the server answers, and only this message is the trouble."""
    of_message = (ValueError, smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError)
    return isinstance(error, of_message) and 421 not in _codes(error)


def _is_refused(error: Exception) -> bool:
    """Whether it is of no use to try again. A sign-in or a sender may be set right."""
    if not _is_about_this_message(error):
        return False
    return isinstance(error, ValueError) or all(code >= 500 for code in _codes(error))


def _in_words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        answers = [_text(said) for _, said in error.recipients.values()]
        return f"The mail server refused the address: {' '.join(answers)}"[:500]
    if isinstance(error, smtplib.SMTPResponseException):
        return f"The mail server answered {error.smtp_code}: {_text(error.smtp_error)}"[:500]
    if isinstance(error, ValueError):
        return f"The message cannot be written as mail: {error}"[:500]
    return f"The mail server cannot be reached: {error}"[:500]


def _text(said: bytes | str) -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else said
