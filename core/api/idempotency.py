"""`Idempotency-Key`: a POST that is sent twice is done once, and answered twice."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.core.serializers.json import DjangoJSONEncoder
from redis.exceptions import RedisError
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.errors import Replay
from core.errors import Conflict

KEPT_SECONDS = 24 * 3600
#: A first request that died is forgotten after so long, and may be tried again.
UNDER_WAY_SECONDS = 60
LONGEST_KEY = 255


@dataclass(frozen=True, slots=True)
class Claim:
    """The right of one request to be the one that does the work."""

    key: str
    body: str

    def keep(self, response: Response) -> None:
        """Remember the answer, so that the same request gets it again."""
        tag = response.headers.get("ETag")
        place = response.headers.get("Location")
        answer = {"status": response.status_code, "data": response.data, "etag": tag, "location": place}
        self._put({"body": self.body, "answer": json.loads(json.dumps(answer, cls=DjangoJSONEncoder))})

    def release(self) -> None:
        """Nothing was done: the key may be used again."""
        try:
            cache.delete(self.key)
        except (RedisError, OSError):
            return

    def _put(self, value: dict[str, Any]) -> None:
        try:
            cache.set(self.key, value, KEPT_SECONDS)
        except (RedisError, OSError):
            return


def _of_file(file: Any) -> list[Any]:
    """An uploaded file, by what tells it from another."""
    content = hashlib.sha256()
    for chunk in file.chunks():
        content.update(chunk)
    file.seek(0)
    return [file.name, content.hexdigest()]


def claim(request: Request) -> Claim | None:
    """The claim of a POST with an `Idempotency-Key`; None without one, or without the cache.

    Raises:
        Replay: it was done before; carries the answer that it got.
        Conflict: the same key came with another body, or the first request is still at work.
    """
    text = request.headers.get("Idempotency-Key")
    if text is None or request.method != "POST":
        return None
    if not text.isascii() or not text.isprintable() or not 1 <= len(text) <= LONGEST_KEY:
        raise exceptions.ValidationError({"Idempotency-Key": [f"Send 1 to {LONGEST_KEY} printable characters."]})
    made = Claim(_name(request, text), _digest(json.dumps(request.data, sort_keys=True, default=_of_file)))
    try:
        if cache.add(made.key, {"body": made.body}, UNDER_WAY_SECONDS):
            return made
        kept = cache.get(made.key) or {}
    except (RedisError, OSError):
        return None  # without the cache the tables' own constraints stand alone
    if kept.get("body") != made.body:
        raise Conflict("This Idempotency-Key was used for another request. Use a new key for each request.")
    if "answer" not in kept:
        raise Conflict("The first request with this Idempotency-Key is still at work. Ask again in a moment.")
    answer = kept["answer"]
    told = {"ETag": answer["etag"], "Location": answer.get("location")}
    headers = {"Idempotency-Replayed": "true", **{name: text for name, text in told.items() if text}}
    raise Replay(Response(answer["data"], status=answer["status"], headers=headers))


def refuse_keeping(request: Request) -> None:
    """Refuse a key where the answer holds a secret: what is kept for a day must hold none.

    Raises:
        Conflict: the request has an `Idempotency-Key`.
    """
    if "Idempotency-Key" in request.headers:
        raise Conflict("The answer holds a secret and is not kept: send this without an Idempotency-Key.")


def _name(request: Request, text: str) -> str:
    token = getattr(request.auth, "pk", 0)
    digest = _digest(f"{request.path}\n{text}")
    return f"idempotency:{token}:{digest}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
