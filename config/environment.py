"""Settings as they stand in the environment: text, words, numbers, lists; one that makes no sense is an error."""

import os
from collections.abc import Collection
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ImproperlyConfigured


def env(name: str, default: str | None = None) -> str:
    """A setting as text: the variable, else the file that `NAME_FILE` names, else the default."""
    if name in os.environ:
        return os.environ[name]
    if file := os.environ.get(f"{name}_FILE"):
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE names {file}, which cannot be read: {error.strerror}.") from None
    if default is None:
        raise ImproperlyConfigured(f"Set {name} or {name}_FILE in the environment.")
    return default


def env_bool(name: str, default: bool) -> bool:
    """A setting that is on or off; any other word is an error."""
    words = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    value = env(name, "1" if default else "0").lower()
    if value not in words:
        raise ImproperlyConfigured(f"{name} is {value!r}; use 1 or 0.")
    return words[value]


def env_int(name: str, default: int) -> int:
    """A setting that is a whole number above zero."""
    value = env(name, str(default))
    if not value.isascii() or not value.isdigit() or not int(value):
        raise ImproperlyConfigured(f"{name} is {value!r}; give a whole number above zero.")
    return int(value)


def env_word(name: str, default: str, known: Collection[str]) -> str:
    """A setting that is one of some words, in capitals or not."""
    value = env(name, default)
    found = {word.upper(): word for word in known}.get(value.upper())
    if found is None:
        raise ImproperlyConfigured(f"{name} is {value!r}; use one of {', '.join(sorted(known))}.")
    return found


def env_zone(name: str, default: str) -> str:
    """A setting that is a time zone as the IANA database names it."""
    value = env(name, default)
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ImproperlyConfigured(f"{name} is {value!r}; give a name such as Europe/Berlin.") from None
    return value


def env_list(name: str, default: str = "") -> list[str]:
    """A setting of several values, separated by commas."""
    return [item.strip() for item in env(name, default).split(",") if item.strip()]


def env_seconds(name: str, default: str) -> list[int]:
    """A setting of several lengths of time in seconds, separated by commas."""
    items = env_list(name, default)
    if not all(item.isascii() and item.isdigit() for item in items):
        raise ImproperlyConfigured(f"{name} is {','.join(items)!r}; give whole seconds, separated by commas.")
    return [int(item) for item in items]


def database(url: str) -> dict[str, Any]:
    """Django's settings for a postgresql:// URL; a `host` query parameter names a socket folder."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ImproperlyConfigured("DATABASE_URL is postgresql://user:password@host:port/name.")
    try:
        port = str(parts.port or "")
    except ValueError:
        raise ImproperlyConfigured("DATABASE_URL names a port that is none; give a number up to 65535.") from None
    query = dict(item.split("=", 1) for item in parts.query.split("&") if "=" in item)
    host = unquote(query.pop("host", parts.hostname or ""))
    return {
        "ENGINE": "core.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": port,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": query,
    }
