"""Rules across settings, checked at start."""

from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register
from django.db import Error as DatabaseError

from core.health import bypasses_row_security


@register(Tags.security, deploy=True)
def secret_key_is_secret(**kwargs: Any) -> list[Any]:
    if len(settings.SECRET_KEY) < 50 or settings.SECRET_KEY.startswith("not-secret"):
        return [Error("SECRET_KEY is short or the one for debugging.", hint="50 random characters.", id="core.E001")]
    return []


@register(Tags.security, deploy=True)
def hosts_are_named(**kwargs: Any) -> list[Any]:
    if "*" in settings.ALLOWED_HOSTS:
        return [Error("ALLOWED_HOSTS admits every host.", id="core.E002")]
    return []


@register(Tags.security, deploy=True)
def https_is_on(**kwargs: Any) -> list[Any]:
    if not settings.SECURE:
        return [Warning("SECURE is off: cookies travel over plain HTTP.", id="core.W003")]
    return []


@register(Tags.security)
def debug_is_local(**kwargs: Any) -> list[Any]:
    if settings.DEBUG and settings.SECURE:
        return [Error("PORTOLAN_DEBUG and SECURE exclude each other.", id="core.E004")]
    return []


@register(Tags.database)
def application_role_is_held_by_row_security(databases: Any = None, **kwargs: Any) -> list[Any]:
    """Runs with `check --database default`; the readiness probe refuses for the same reason."""
    if not databases:
        return []
    try:
        bypasses = bypasses_row_security()
    except DatabaseError as error:
        return [Error(f"The database does not answer: {error}", id="core.E005")]
    if bypasses:
        return [
            Error(
                "The application connects as a role that row-level security does not hold.",
                hint="DATABASE_URL names a role that owns no table and lacks BYPASSRLS; see docs/how-to/deploy.md.",
                id="core.E006",
            )
        ]
    return []
