"""A local server that speaks the protocol of chat completions, and behaves as badly as it is told to."""

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

GOOD = {
    "role": {"text": "", "items": []},
    "goal": {"text": "print labels in register from any workstation", "items": [1, 2]},
    "benefit": {"text": "a shift does not depend on one old PC", "items": [1]},
    "criteria": [
        {"text": "It works without an administrator.", "items": [2]},
        {"text": "100 labels in a row stay within 1 mm.", "items": []},
    ],
    "quotes": [{"item": 1, "words": "a shift does not depend on one old PC"}, {"item": 2, "words": "nobody said this"}],
    "size": "M",
    "size_reason": "two machines",
}
#: The same of one item.
ONE = {
    **GOOD,
    "goal": {"text": "print from other machines", "items": [1]},
    "criteria": [{"text": "It works without an administrator.", "items": [1]}],
    "quotes": [],
}


def said(answer=GOOD, tokens=(400, 100), **more):
    """The body of an answer."""
    content = answer if isinstance(answer, str) else json.dumps(answer)
    body = {"choices": [{"message": {"role": "assistant", "content": content}, "finish_reason": "stop"}]}
    if tokens:
        body["usage"] = {"prompt_tokens": tokens[0], "completion_tokens": tokens[1]}
    return {**body, **more}


class ChatServer(ThreadingHTTPServer):
    """Answers by its script, the last of it again and again.

    Each entry is a body, or a status with headers and a body, or a function of the request that gives one of these.
    """

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.script, self.received, self.headers, self.delay = [said()], [], [], 0
        self.lock = threading.Lock()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/v1"

    def answer(self, *script):
        self.script = list(script)

    def texts(self):
        """All that it ever received, as one text."""
        return json.dumps([self.received, self.headers], ensure_ascii=False)

    def next(self, request):
        with self.lock:
            entry = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        entry = entry(request) if callable(entry) else entry
        return entry if isinstance(entry, tuple) else (200, {}, entry)


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.received.append(request)
        self.server.headers.append({"path": self.path, **dict(self.headers)})
        status, headers, body = self.server.next(request)
        time.sleep(self.server.delay)
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        try:
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
        except OSError:
            return

    def log_message(self, *words):
        """Quietly."""


@contextmanager
def chat_server():
    server = ChatServer()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
