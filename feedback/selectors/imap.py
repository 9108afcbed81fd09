"""Speaking IMAP with a mailbox: connect safely, open a folder without changing it, read messages by UID."""

import datetime
import imaplib
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from core.errors import Conflict
from core.outgoing import ForbiddenAddress, connect
from core.secrets import unsealed
from feedback.models import Mailbox, MailSecurity

HINT = "Whoever runs this server can allow it, in FEEDBACK_PRIVATE_HOSTS."
CONNECT_SECONDS, READ_SECONDS = 10, 30


class MailboxUnreachable(Conflict):
    """A mailbox cannot be read now; the sentence says where it stops."""


@dataclass(frozen=True, slots=True)
class Found:
    """A message in a folder, before it is read."""

    uid: int
    size_bytes: int
    arrived_at: datetime.datetime | None


@contextmanager
def connected(mailbox: Mailbox) -> Iterator[IMAPClient]:
    """A signed-in connection, closed at the end. What goes wrong on it while it is used becomes a sentence as well.

    Raises:
        MailboxUnreachable: no connection, no trust in its certificate, no sign-in, or it broke.
        core.secrets.Unreadable: the password is to be given anew.
    """
    password = unsealed(mailbox.password_sealed)
    client: Any = None
    try:
        client = _client(mailbox)
        if mailbox.security == MailSecurity.STARTTLS:
            client.starttls(ssl_context=ssl.create_default_context())
        client.login(mailbox.user, password)
        yield client
    except ForbiddenAddress as error:
        raise MailboxUnreachable(f"{error} {HINT}") from error
    except (OSError, IMAPClientError, UnicodeError) as error:
        raise MailboxUnreachable(_in_words(mailbox, error)) from error
    finally:
        _close(client)


class CheckedConnection(imaplib.IMAP4):
    """A connection to a checked address; with a context it is encrypted from its first byte."""

    def __init__(self, host: str, port: int, context: ssl.SSLContext | None) -> None:
        self.context = context
        super().__init__(host, port)

    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        plain = connect(self.host, self.port, allowed=settings.FEEDBACK_PRIVATE_HOSTS, timeout=CONNECT_SECONDS)
        encrypted = plain if self.context is None else self.context.wrap_socket(plain, server_hostname=self.host)
        encrypted.settimeout(READ_SECONDS)
        return encrypted


class CheckedClient(IMAPClient):
    """IMAPClient, which offers no argument for how it connects, on such a connection."""

    def _create_IMAP4(self) -> imaplib.IMAP4:  # noqa: N802
        return CheckedConnection(self.host, self.port, self.ssl_context if self.ssl else None)


def _client(mailbox: Mailbox) -> IMAPClient:
    is_tls = mailbox.security == MailSecurity.TLS
    context = ssl.create_default_context() if is_tls else None
    client = CheckedClient(mailbox.host, port=mailbox.port, ssl=is_tls, ssl_context=context)
    client.normalise_times = False
    return client


def _close(client: IMAPClient | None) -> None:
    """Say good-bye where somebody still listens."""
    if client is None:
        return
    try:
        client.logout()
    except (OSError, IMAPClientError):
        try:
            client.shutdown()
        except OSError:
            return


def opened_folder(client: IMAPClient, folder: str) -> int:
    """Open a folder to read, which marks nothing as read; its UIDVALIDITY.

    Raises:
        MailboxUnreachable: there is no such folder.
    """
    return int(_selected(client, folder)[b"UIDVALIDITY"])


def folder_size(client: IMAPClient, folder: str) -> int:
    """How many messages a folder holds."""
    return int(_selected(client, folder)[b"EXISTS"])


def _selected(client: IMAPClient, folder: str) -> Any:
    try:
        return client.select_folder(folder, readonly=True)
    except IMAPClientAbortError:
        raise
    except IMAPClientError as error:
        raise MailboxUnreachable(f"The folder {folder} cannot be opened: {_said(error)}") from error


def newer_than(client: IMAPClient, last_uid: int, since: datetime.date | None, most: int) -> list[int]:
    """The UIDs above one, in their order, at most so many.

    Args:
        since: messages that arrived before this day are left out; None leaves out none.
    """
    day: Sequence[Any] = ["SINCE", since] if since is not None else []
    # “7:*” names the last message even where it is older: RFC 9051, 9, seq-range.
    found = client.search([*day, "UID", f"{last_uid + 1}:*"])
    return sorted(uid for uid in found if uid > last_uid)[:most]


def described(client: IMAPClient, uids: Sequence[int]) -> dict[int, Found]:
    """Size and arrival of messages; those that are gone are left out."""
    if not uids:
        return {}
    answers = client.fetch(uids, ["RFC822.SIZE", "INTERNALDATE"])
    return {
        uid: Found(uid, int(said.get(b"RFC822.SIZE", 0)), said.get(b"INTERNALDATE"))
        for uid, said in answers.items()
        if uid in uids
    }


def message_of(client: IMAPClient, uid: int, most_bytes: int) -> bytes | None:
    """A message as it was transferred, up to so many bytes, without marking it as read; None if it is gone."""
    said = client.fetch([uid], [f"BODY.PEEK[]<0.{most_bytes}>"]).get(uid, {})
    content = said.get(b"BODY[]<0>", said.get(b"BODY[]"))
    return content if isinstance(content, bytes) else None


def _in_words(mailbox: Mailbox, error: Exception) -> str:
    if isinstance(error, LoginError):
        return f"{mailbox.host} refused the user or the password: {_said(error)}"[:500]
    if isinstance(error, ssl.SSLError):
        return f"The connection to {mailbox.host} is not safe: {error}"[:500]
    if isinstance(error, TimeoutError):
        return f"{mailbox.host} did not answer in time."
    if isinstance(error, OSError):
        return f"{mailbox.host}, port {mailbox.port}, cannot be reached: {error.strerror or error}"[:500]
    return f"{mailbox.host} answered what could not be understood: {_said(error)}"[:500]


def _said(error: Exception) -> str:
    text = str(error)
    return text[2:-1] if text.startswith(("b'", 'b"')) else text
