"""Rate limits, counted atomically in Valkey."""

import functools
import ipaddress
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError

from core.errors import RateLimited

#: One step on the server: count, and start the window with the first. Many requests at once cannot slip past.
COUNT = """
local n = redis.call('INCR', KEYS[1])
if n == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return {n, redis.call('TTL', KEYS[1])}
"""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a limit in the present window."""

    limit: int
    remaining: int
    reset_seconds: int


def take(key: str, *, limit: int, window_seconds: int, message: str) -> Allowance | None:
    """Count one use of `key`, and say what is left; None where nothing is counted.

    Args:
        limit: uses allowed in a window.
        window_seconds: a window's length; it starts with the first use.
        message: what the person is told; `{minutes}` is how long to wait.
    Raises:
        RateLimited: the limit is used up. Without the server nothing is limited: people can still sign in.
    """
    try:
        count, left = _client().eval(COUNT, 1, f"limit:{key}", window_seconds)
    except (RedisError, OSError):
        return None
    if count > limit:
        raise RateLimited(message.format(minutes=max(1, round(left / 60))), retry_after_seconds=max(1, left))
    return Allowance(limit, limit - count, max(0, left))


def forget(key: str) -> None:
    """Start again from zero, after a success."""
    try:
        _client().delete(f"limit:{key}")
    except (RedisError, OSError):
        return


def client_address(request: HttpRequest) -> str:
    """Whose uses are counted together: the address that the request came from, of IPv6 the network of one household.

    With HTTPS in front (`SECURE`) that is what the proxy saw, the last of `X-Forwarded-For`; what stands before it the
    client may have written itself.
    """
    text = request.META.get("REMOTE_ADDR", "")
    if settings.SECURE_PROXY_SSL_HEADER:
        text = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip() or text
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text[:64]
    if isinstance(address, ipaddress.IPv6Address):
        return str(address.ipv4_mapped or ipaddress.ip_network((address, 64), strict=False))
    return str(address)


@functools.cache
def _client() -> Any:
    """The cache's own client, made once: making it costs more than asking."""
    return cache._cache.get_client(None, write=True)  # type: ignore[attr-defined]
