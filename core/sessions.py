"""Sessions are rows of the database; a copy in Valkey, for minutes, spares every page the statement that reads one."""

from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

#: A copy that could not be deleted at sign-out, because the server was away, is gone after this.
LONGEST_SECONDS = 300
AWAY = (RedisError, OSError)


class SessionCache(RedisCache):
    """Holds the copies (`SESSION_CACHE_ALIAS`). Without the server it is empty, and the database is asked."""

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        try:
            return super().get(key, default, version)
        except AWAY:
            return default

    def set(self, key: Any, value: Any, timeout: Any = LONGEST_SECONDS, version: int | None = None) -> None:
        try:
            super().set(key, value, min(timeout, LONGEST_SECONDS), version)
        except AWAY:
            return

    def delete(self, key: Any, version: int | None = None) -> bool:
        try:
            return bool(super().delete(key, version))
        except AWAY:
            return False

    def has_key(self, key: Any, version: int | None = None) -> bool:
        try:
            return bool(super().has_key(key, version))
        except AWAY:
            return False
