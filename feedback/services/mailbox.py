"""Mailboxes are added, changed, paused and tried out; a message that could not be read is tried again or left."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import Organization, User
from core.access import require
from core.errors import Conflict, FieldErrors
from core.jobs import enqueue
from core.outgoing import ForbiddenAddress, checked_addresses
from core.secrets import sealed
from events.services import archive_recorded, change_recorded, create_recorded, record, restore_recorded
from feedback.models import FailureState, Mailbox, MailboxFailure
from feedback.selectors.imap import HINT, connected, folder_size

#: Another of these is another mailbox: what was read of the old one says nothing of it.
PLACE = ("host", "port", "user", "folder")
#: Another of these, and the password would go where its owner has not sent it.
WAY = ("host", "port", "security")
#: What a new beginning is.
UNREAD: dict[str, Any] = {"uid_validity": None, "last_uid": 0}
#: What lets a mailbox be looked into at once.
AT_ONCE: dict[str, Any] = {"failed_polls": 0, "failure": ""}


@transaction.atomic
def create_mailbox(*, actor: User, organization: Organization, password: str = "", **fields: Any) -> Mailbox:
    """Add a mailbox; it is looked into within a minute.

    Raises:
        NotAllowed: the actor's role may not change how feedback is handled.
        FieldErrors: the host is none, or on a private network.
    """
    require(actor, "feedback.manage", organization)
    row = Mailbox(organization=organization, password_sealed=sealed(password), **_cleaned(fields))
    _refuse_host(row.host, row.port)
    row = create_recorded("mailbox.created", actor=actor, subject=row)
    enqueue("feedback.poll_mailboxes", organization_id=organization.pk)
    return row


@transaction.atomic
def update_mailbox(
    *, actor: User, mailbox: Mailbox, password: str = "", expected_version: int | None = None, **fields: Any
) -> Mailbox:
    """Change a mailbox. Another server, user or folder is read from its beginning; what was stored is not stored anew.

    Args:
        password: "" leaves the one there is.
    Raises:
        StaleEdit: somebody changed it after version `expected_version`.
        FieldErrors: the host is none, or on a private network, or the server is another and no password is given.
    """
    require(actor, "feedback.manage", mailbox.organization_id)
    values = _cleaned(fields)
    if not password and any(values.get(name, getattr(mailbox, name)) != getattr(mailbox, name) for name in WAY):
        raise FieldErrors({"password": "Server, port or security is another one: type the password again."})
    if values.keys() & {"host", "port"}:
        _refuse_host(values.get("host", mailbox.host), values.get("port", mailbox.port))
    is_elsewhere = any(name in values and values[name] != getattr(mailbox, name) for name in PLACE)
    row = change_recorded(
        "mailbox.updated",
        actor=actor,
        subject=mailbox,
        values=values,
        expected_version=expected_version,
        also={"password": [None, "changed"]} if password else None,
    )
    unseen = {**AT_ONCE, **(UNREAD if is_elsewhere else {}), "next_poll_at": timezone.now(), "claim": None}
    if password:
        unseen["password_sealed"] = sealed(password)
    Mailbox.objects.filter(pk=row.pk).update(**unseen)
    enqueue("feedback.poll_mailboxes", organization_id=row.organization_id)
    return Mailbox.objects.get(pk=row.pk)


@transaction.atomic
def archive_mailbox(*, actor: User, mailbox: Mailbox, expected_version: int | None = None) -> Mailbox:
    """Read a mailbox no longer; what came from it stays."""
    require(actor, "feedback.manage", mailbox.organization_id)
    return archive_recorded("mailbox.archived", actor=actor, subject=mailbox, expected_version=expected_version)


@transaction.atomic
def restore_mailbox(*, actor: User, mailbox: Mailbox, expected_version: int | None = None) -> Mailbox:
    """Read a mailbox again, from where it was left."""
    require(actor, "feedback.manage", mailbox.organization_id)
    return restore_recorded("mailbox.restored", actor=actor, subject=mailbox, expected_version=expected_version)


@transaction.atomic
def poll_mailbox_now(*, actor: User, mailbox: Mailbox) -> None:
    """Let a mailbox be looked into at once, whatever failed before.

    Raises:
        Conflict: it is paused or archived.
    """
    require(actor, "feedback.manage", mailbox.organization_id)
    if not mailbox.is_active or mailbox.is_archived:
        raise Conflict("This mailbox is paused. Resume it first; nothing was changed.")
    Mailbox.objects.filter(pk=mailbox.pk).update(next_poll_at=timezone.now(), failed_polls=0)
    record("mailbox.poll_asked", actor=actor, subject=mailbox)
    enqueue("feedback.poll_mailboxes", organization_id=mailbox.organization_id)


def check_mailbox(*, actor: User, mailbox: Mailbox) -> int:
    """Sign in to a mailbox and open its folder, now.

    Returns:
        How many messages the folder holds.
    Raises:
        Conflict: it does not work; the sentence says where it stops.
    """
    require(actor, "feedback.manage", mailbox.organization_id)
    with connected(mailbox) as client:
        return folder_size(client, mailbox.folder)


@transaction.atomic
def retry_message(*, actor: User, failure: MailboxFailure) -> MailboxFailure:
    """Let a message be read again that could not be.

    Raises:
        Conflict: it has been read or dismissed.
    """
    return _moved(actor, failure, FailureState.RETRYING, "mailbox_failure.retried")


@transaction.atomic
def dismiss_message(*, actor: User, failure: MailboxFailure) -> MailboxFailure:
    """Say of a message that it need not become feedback.

    Raises:
        Conflict: it has been read or dismissed.
    """
    return _moved(actor, failure, FailureState.DISMISSED, "mailbox_failure.dismissed")


def _moved(actor: User, failure: MailboxFailure, to: FailureState, kind: str) -> MailboxFailure:
    require(actor, "feedback.manage", failure.organization_id)
    failure = MailboxFailure.objects.select_for_update().get(pk=failure.pk)
    if failure.state not in (FailureState.OPEN, FailureState.RETRYING):
        raise Conflict("This message has been dealt with since. Nothing was changed.")
    row = change_recorded(kind, actor=actor, subject=failure, values={"state": to})
    if to == FailureState.RETRYING:
        Mailbox.objects.filter(pk=failure.mailbox_id).update(next_poll_at=timezone.now())
        enqueue("feedback.poll_mailboxes", organization_id=failure.organization_id)
    return row


def _cleaned(fields: dict[str, Any]) -> dict[str, Any]:
    text: dict[str, Any] = {name: fields[name].strip() for name in ("name", "host", "user", "folder") if name in fields}
    if "host" in text:
        text["host"] = text["host"].lower()
    return {**fields, **text}


def _refuse_host(host: str, port: int) -> None:
    try:
        checked_addresses(host, port, settings.FEEDBACK_PRIVATE_HOSTS)
    except ForbiddenAddress as refused:
        raise FieldErrors({"host": f"{refused} {HINT}"}) from refused
    except OSError:
        raise FieldErrors({"host": f"There is no host {host}: its name leads to no address."}) from None
