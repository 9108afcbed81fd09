"""A real IMAP server (pymap) in a process of its own, where each test has a folder, and what a mailbox brings."""

import datetime
import socket
import subprocess
import sys
import time
import uuid
from contextlib import contextmanager
from pathlib import Path

from django.utils import timezone
from imapclient import IMAPClient

from accounts.models import Organization
from feedback.models import FeedbackItem, Mailbox
from feedback.services import poll_next_mailbox

USER, PASSWORD = "feedback", "correct horse"


class Server:
    """The server, and the folder that the present test writes to."""

    def __init__(self, port: int) -> None:
        self.port, self.folder = port, ""

    @contextmanager
    def client(self):
        client = IMAPClient("127.0.0.1", self.port, ssl=False, timeout=10)
        client.login(USER, PASSWORD)
        try:
            yield client
        finally:
            client.logout()

    def new_folder(self) -> str:
        self.folder = f"T{uuid.uuid4().hex}"
        with self.client() as client:
            client.create_folder(self.folder)
        return self.folder

    def put(self, *messages: bytes | str, arrived_at: datetime.datetime | None = None) -> None:
        """Let messages arrive."""
        with self.client() as client:
            for message in messages:
                raw = message.encode() if isinstance(message, str) else message
                client.append(self.folder, raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"), msg_time=arrived_at)

    def count_anew(self) -> None:
        """Make the folder anew with the same messages: they have other UIDs, in another UIDVALIDITY."""
        with self.client() as client:
            client.select_folder(self.folder)
            messages = [said[b"BODY[]"] for _, said in sorted(client.fetch(client.search(), ["BODY.PEEK[]"]).items())]
            client.close_folder()
            client.delete_folder(self.folder)
            client.create_folder(self.folder)
        self.put(*messages)

    def remove_all(self) -> None:
        with self.client() as client:
            client.select_folder(self.folder)
            client.delete_messages(client.search())
            client.expunge()

    def flags(self) -> set[bytes]:
        """What is marked on any message."""
        with self.client() as client:
            client.select_folder(self.folder, readonly=True)
            found = client.get_flags(client.search()).values()
        return {flag for flags in found for flag in flags} - {b"\\Recent"}


@contextmanager
def imap_server(certificate: Path | None = None):
    """The server, from its first answer to its end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    tls = ["--cert", str(certificate), "--key", str(certificate)] if certificate else ["--no-tls"]
    where = [str(Path(sys.executable).parent / "pymap"), "--host", "127.0.0.1", "--port", str(port), *tls]
    process = subprocess.Popen([*where, "dict", "--demo-user", USER, "--demo-password", PASSWORD])
    try:
        _wait_for(port)
        yield Server(port)
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert time.monotonic() < deadline, "the IMAP server does not answer"
            time.sleep(0.1)


def message(text: str = "The label jams.", **headers: str | None) -> str:
    """A message as a mail program writes it; a header that is None is left out."""
    head: dict[str, str | None] = {
        "Message-ID": f"<{uuid.uuid4()}@halden.example>",
        "From": "Marta Nilsson <marta@halden.example>",
        "Subject": "Labels",
        "Date": "Sun, 29 Nov 2026 09:00:00 +0100",
        "Content-Type": "text/plain; charset=utf-8",
    }
    said = {**head, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return "".join(f"{name}: {value}\n" for name, value in said.items() if value is not None) + f"\n{text}\n"


def poll(organization: Organization, after_minutes: float = 0) -> Mailbox | None:
    """Look into the mailbox of an organization that is next in turn, now or later."""
    now = timezone.now() + datetime.timedelta(minutes=after_minutes)
    return poll_next_mailbox(organization_id=organization.pk, now=now)


def texts() -> list[str]:
    """What the items of the organization in scope say, in the order in which they came."""
    return list(FeedbackItem.objects.order_by("pk").values_list("text", flat=True))
