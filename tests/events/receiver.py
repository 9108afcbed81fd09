"""A receiver of webhooks as somebody else would write it: an HTTP server that checks signatures with the library."""

import http.server
import json
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from standardwebhooks.webhooks import Webhook, WebhookVerificationError


@dataclass
class Answer:
    """What the receiver answers: at once, or after some seconds."""

    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    after_seconds: float = 0


@dataclass
class Message:
    """What came in."""

    path: str
    headers: dict[str, str]
    body: str
    is_verified: bool

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def told(self) -> Any:
        return json.loads(self.body)


class Receiver(http.server.ThreadingHTTPServer):
    """Listens on this machine; `answers` are given in turn, then `answer` for ever; `messages` is what came.

    While `may_answer` is not set, messages come in and nothing is answered.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.secret = ""
        self.answers: list[Answer] = []
        self.answer = Answer()
        self.messages: list[Message] = []
        self.at_once = self.most_at_once = 0
        self.lock = threading.Condition()
        self.may_answer = threading.Event()
        self.may_answer.set()
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://localhost:{self.server_port}/hook"

    def ids(self) -> list[str]:
        return [message.id for message in self.messages]

    def has_got(self, count: int) -> bool:
        """Wait until so many messages came; False if they do not."""
        with self.lock:
            return self.lock.wait_for(lambda: len(self.messages) >= count, timeout=30)

    def handle_error(self, *args: Any) -> None:
        """The other side has gone; so be it."""

    def close(self) -> None:
        self.may_answer.set()
        self.shutdown()
        self.server_close()


class Handler(http.server.BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        headers = {name.lower(): value for name, value in self.headers.items()}
        with self.server.lock:
            self.server.messages.append(Message(self.path, headers, body, self._is_verified(headers, body)))
            self.server.lock.notify_all()
            answer = self.server.answers.pop(0) if self.server.answers else self.server.answer
            self.server.at_once += 1
            self.server.most_at_once = max(self.server.most_at_once, self.server.at_once)
        self.server.may_answer.wait()
        time.sleep(answer.after_seconds)
        with self.server.lock:
            self.server.at_once -= 1
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)

    def do_GET(self) -> None:
        """What a redirect that is followed comes to."""
        self.server.messages.append(Message(self.path, {}, "", is_verified=False))
        self.send_response(204)
        self.end_headers()

    def _is_verified(self, headers: dict[str, str], body: str) -> bool:
        try:
            Webhook(self.server.secret).verify(body, headers)
        except (WebhookVerificationError, ValueError, RuntimeError):
            return False
        return True

    def log_message(self, *args: Any) -> None:
        """Silence."""
