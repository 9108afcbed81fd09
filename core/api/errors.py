"""One body for every error: `application/problem+json` (RFC 9457)."""

import json
from collections.abc import Mapping
from typing import Any

import structlog
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.exceptions import ValidationError as ModelValidationError
from django.db.utils import IntegrityError
from django.http import Http404, HttpResponse
from rest_framework import exceptions
from rest_framework.permissions import SAFE_METHODS
from rest_framework.response import Response
from rest_framework.serializers import as_serializer_error

from core.errors import DomainError, FieldErrors, RateLimited, StaleEdit

CONTENT_TYPE = "application/problem+json"
WRONG_FIELDS = "Some fields are wrong; nothing was saved."
WRONG_WORDS = "The address asks for something that this list does not know; errors names each."
NO_SUCH_ROW = "There is no such row, or it is not yours to see."

#: What PostgreSQL says when somebody else was faster: unique_violation, foreign_key_violation. The rest are bugs.
MET_ANOTHER = {"23505", "23503"}
#: kind of problem -> its title, and what it means. The documentation has a paragraph for each.
KINDS: dict[str, tuple[str, str]] = {
    "invalid": ("Invalid", "A field, a filter or a header is wrong. errors names each; nothing was saved."),
    "parse_error": ("Not JSON", "The body could not be read as JSON."),
    "not_authenticated": ("No token", "Send Authorization: Bearer and a token."),
    "authentication_failed": ("Token refused", "The token is unknown, revoked or expired, or its owner has left."),
    "permission_denied": ("Not allowed by the token", "The token may only read. Make one that may write."),
    "not_allowed": (
        "Not allowed by the role",
        "The role of the token's owner does not allow it; detail says which do.",
    ),
    "not_found": ("Not found", "There is no such row or address, or it belongs to another organization."),
    "method_not_allowed": ("Method not allowed", "The header Allow names the methods that the address takes."),
    "conflict": ("Conflict", "The present state forbids it. detail says what stands in the way."),
    "stale": ("Changed since you read it", "If-Match names an old version. changes says who changed what since."),
    "too_large": ("Too large", "The body is larger than this server takes."),
    "unsupported_media_type": ("Unsupported media type", "Send bodies as application/json."),
    "rate_limited": ("Too many requests", "The token's requests of this minute are used up. Wait for Retry-After."),
    "unavailable": ("Not now", "The database does not answer. Nothing was saved; wait for Retry-After, then repeat."),
    "error": ("Our mistake", "A bug. It is logged under the id in instance; quote it to the administrator."),
}


class Replay(Exception):
    """The answer to a request is known already: not an error, but it ends the request like one."""

    def __init__(self, response: Response) -> None:
        super().__init__("replayed")
        self.response = response


def handle_exception(error: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to an exception that somebody can act on. Bugs are not handled here: None lets them rise."""
    if isinstance(error, Replay):
        return error.response
    body, headers = _described(error, context.get("request"))
    if body is None:
        return None
    return Response(body, status=body["status"], headers=headers, content_type=CONTENT_TYPE)


def problem(code: int, word: str, detail: str, fields: Any = None) -> dict[str, Any]:
    """The body of an error, as RFC 9457 shapes it.

    Args:
        code: the HTTP status.
        word: what kind of problem it is, a key of `KINDS`.
        detail: a sentence for this occurrence: what is wrong and what to do.
        fields: sentences by field, where the body of the request is at fault.
    """
    body: dict[str, Any] = {
        "type": f"/api/docs/#problem-{word}",
        "title": KINDS[word][0] if word in KINDS else word.replace("_", " ").capitalize(),
        "status": code,
        "code": word,
        "detail": detail,
    }
    if fields:
        body["errors"] = fields
    if request_id := structlog.contextvars.get_contextvars().get("request_id"):
        body["instance"] = f"urn:uuid:{request_id}"
    return body


def problem_response(code: int, word: str, detail: str) -> HttpResponse:
    """A problem outside of a view of the API: an unknown URL, a request that Django itself refuses."""
    return HttpResponse(json.dumps(problem(code, word, detail)), status=code, content_type=CONTENT_TYPE)


def _described(error: Exception, request: Any) -> tuple[dict[str, Any] | None, dict[str, str]]:
    headers: dict[str, str] = {}
    body: dict[str, Any] | None = None
    if isinstance(error, DomainError):
        body = _domain(error, request)
        if isinstance(error, RateLimited):
            headers["Retry-After"] = str(error.retry_after_seconds)
    elif isinstance(error, exceptions.APIException):
        body = _framework(error, request)
        if challenge := getattr(error, "auth_header", None):
            headers["WWW-Authenticate"] = challenge
    elif isinstance(error, ModelValidationError):
        body = problem(400, "invalid", WRONG_FIELDS, _by_field(as_serializer_error(error)))
    elif isinstance(error, Http404):
        body = problem(404, "not_found", NO_SUCH_ROW)
    elif isinstance(error, PermissionDenied):
        body = problem(403, "not_allowed", "Your role does not allow this.")
    elif isinstance(error, RequestDataTooBig):
        body = problem(413, "too_large", "The body is larger than this server takes.")
    elif isinstance(error, SuspiciousOperation):
        body = problem(400, "invalid", "The request is malformed.")
    elif isinstance(error, IntegrityError) and getattr(error.__cause__, "pgcode", "") in MET_ANOTHER:
        body = problem(409, "conflict", "Somebody saved the same thing at the same moment. Read it, then try again.")
    return body, headers


def _domain(error: DomainError, request: Any) -> dict[str, Any]:
    if isinstance(error, StaleEdit):
        status = 412 if request is not None and "If-Match" in request.headers else 409
        who = ", ".join(dict.fromkeys(change.who for change in error.changes)) or "Somebody"
        detail = f"Nothing was saved: {who} changed the row after the version you named. Read it again, then repeat."
        return problem(status, error.code, detail) | {"changes": _changes(error)}
    if isinstance(error, FieldErrors):
        return problem(400, "invalid", str(error), {name: [text] for name, text in error.errors.items()})
    return problem(error.status_code, error.code, str(error))


def _framework(error: exceptions.APIException, request: Any) -> dict[str, Any]:
    if isinstance(error, exceptions.ValidationError):
        is_read = request is not None and request.method in SAFE_METHODS
        return problem(400, "invalid", WRONG_WORDS if is_read else WRONG_FIELDS, _by_field(error.detail))
    word = str(error.default_code)
    detail = str(error.detail)
    if isinstance(error, exceptions.MethodNotAllowed):
        detail = "This address does not take that method; Allow names those it takes."
    elif isinstance(error, exceptions.UnsupportedMediaType):
        detail = "Send the body as application/json."
    elif isinstance(error, exceptions.NotAuthenticated):
        detail = "Send “Authorization: Bearer” and a token. Make one in Settings, API tokens."
    return problem(error.status_code, word, detail)


def _by_field(detail: Any) -> Any:
    """Sentences by field; those of the row as a whole under `non_field_errors`, whoever refused it."""
    if not isinstance(detail, Mapping):
        return {"non_field_errors": detail}
    return {"non_field_errors" if name == NON_FIELD_ERRORS else name: texts for name, texts in detail.items()}


def _changes(error: StaleEdit) -> list[dict[str, Any]]:
    return [
        {"field": c.field, "before": c.before, "after": c.after, "who": c.who, "when": c.when} for c in error.changes
    ]
