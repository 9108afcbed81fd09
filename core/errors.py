"""Errors a person can act on. Pages and the API turn them into one message; anything else is a bug."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


class DomainError(Exception):
    """Something the person asked for cannot be done, with a sentence that says why and what to do."""

    status_code = 400
    code = "invalid"


class NotFound(DomainError):
    """There is no such thing for this person."""

    status_code = 404
    code = "not_found"


class NotAllowed(DomainError):
    """The person's role does not permit the act."""

    status_code = 403
    code = "not_allowed"


class Conflict(DomainError):
    """The present state of the facts forbids the act."""

    status_code = 409
    code = "conflict"


class RateLimited(DomainError):
    """Too many attempts in the window."""

    status_code = 429
    code = "rate_limited"

    def __init__(self, message: str, retry_after_seconds: int) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


@dataclass(frozen=True)
class Change:
    """One field of one event, in words: who changed it, when, from what, to what."""

    field: str
    label: str
    before: Any
    after: Any
    who: str
    when: Any


class StaleEdit(Conflict):
    """The row changed after the person opened it; carries what changed, so that nothing typed is lost."""

    code = "stale"

    def __init__(self, message: str, *, changes: Sequence[Change], current_version: int) -> None:
        super().__init__(message)
        self.changes = list(changes)
        self.current_version = current_version


class FieldErrors(DomainError):
    """Sentences by field, where a rule spans rows and the database cannot say it."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = dict(errors)
