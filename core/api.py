"""What every resource of the API shares: tenancy, versions as ETags, keyset pages, one body for errors (RFC 9457)."""

import hashlib
from types import ModuleType
from typing import Any

import structlog
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as ModelValidationError
from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from redis.exceptions import RedisError
from rest_framework import exceptions, mixins, status
from rest_framework.decorators import action
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import as_serializer_error
from rest_framework.viewsets import GenericViewSet

from core.errors import DomainError, FieldErrors, RateLimited, StaleEdit

IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, description="The ETag you read; 412 if the row has changed since."
)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, description="Sent twice within a day, the row is created once."
)


class KeysetPagination(CursorPagination):
    """Pages by key, as fast at the end as at the beginning."""

    page_size = 50
    max_page_size = 1000
    page_size_query_param = "page_size"
    ordering = "id"


class TenantViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):  # type: ignore[type-arg]
    """Reads of the rows the caller may see. `?archived=true` includes archived ones."""

    pagination_class = KeysetPagination
    ordering: Any = ("id",)

    def get_queryset(self) -> Any:
        rows: Any = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return rows.none()
        rows = rows.visible_to(self.request.user)
        if hasattr(rows, "live") and self.action == "list" and self.request.query_params.get("archived") != "true":
            rows = rows.live()
        return rows

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        row = self.get_object()
        tag = etag(row)
        if tag and tag in request.headers.get("If-None-Match", "").split(", "):
            return Response(status=status.HTTP_304_NOT_MODIFIED, headers={"ETag": tag})
        return Response(self.get_serializer(row).data, headers={"ETag": tag} if tag else None)


class RecordViewSet(TenantViewSet):
    """Create, change, archive and restore through the app's services, named after the noun."""

    services: ModuleType
    noun: str
    #: True where a row is created in the organization itself, False where its body names the row it belongs to.
    in_organization = True

    def call(self, verb: str, **arguments: Any) -> Any:
        return getattr(self.services, f"{verb}_{self.noun}")(actor=self.request.user, **arguments)

    def answer(self, row: Any, code: int = status.HTTP_200_OK) -> Response:
        """The row as it now stands, read as the list reads it."""
        row = self.get_queryset().get(pk=row.pk)
        return Response(self.get_serializer(row).data, status=code, headers={"ETag": etag(row)})

    @extend_schema(parameters=[IDEMPOTENCY_KEY])
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        if (pk := _created_before(request)) is not None:
            return self.answer(self.get_queryset().get(pk=pk), status.HTTP_201_CREATED)
        body = self.get_serializer(data=request.data)
        body.is_valid(raise_exception=True)
        home = {"organization": request.organization} if self.in_organization else {}  # type: ignore[attr-defined]
        row = self.call("create", **home, **body.validated_data)
        _remember_created(request, row.pk)
        return self.answer(row, status.HTTP_201_CREATED)

    @extend_schema(parameters=[IF_MATCH])
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        row = self.get_object()
        body = self.get_serializer(row, data=request.data, partial=True)
        body.is_valid(raise_exception=True)
        fields = {self.noun_argument: row, "expected_version": expected_version(request), **body.validated_data}
        return self.answer(self.call("update", **fields))

    @extend_schema(parameters=[IF_MATCH], responses={204: None})
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Archive; nothing is deleted. `restore` brings it back."""
        row = self.get_object()
        self.call("archive", **{self.noun_argument: row}, expected_version=expected_version(request))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=None, parameters=[IF_MATCH])
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: str) -> Response:
        """Bring an archived row back."""
        row = self.get_object()
        return self.answer(
            self.call("restore", **{self.noun_argument: row}, expected_version=expected_version(request))
        )

    @property
    def noun_argument(self) -> str:
        """What the services call the row: the noun's last word."""
        return self.noun.rpartition("_")[2]


def etag(row: Any) -> str:
    """A row's version as an entity tag; empty where it has none."""
    version = getattr(row, "version", None)
    return f'"{version}"' if version is not None else ""


def expected_version(request: Request) -> int | None:
    """The version that If-Match names; None for no header or `*`.

    Raises:
        rest_framework.exceptions.ValidationError: it is not an ETag of ours.
    """
    text = request.headers.get("If-Match", "*").strip()
    if text == "*":
        return None
    number = text.removeprefix("W/").strip('"')
    if not number.isascii() or not number.isdigit() or len(number) > 9:
        raise exceptions.ValidationError({"If-Match": ['Send the ETag as you read it, for example "3".']})
    return int(number)


def handle_exception(error: Exception, context: dict[str, Any]) -> Response | None:
    """One body for every error: `application/problem+json` (RFC 9457). Bugs are not handled here."""
    request = context.get("request")
    headers: dict[str, str] = {}
    if isinstance(error, StaleEdit):
        code, extra = 412 if request and "If-Match" in request.headers else 409, {"changes": _changes(error)}
        body = problem(code, error.code, str(error)) | extra
    elif isinstance(error, FieldErrors):
        body = problem(400, "invalid", str(error), {name: [text] for name, text in error.errors.items()})
    elif isinstance(error, DomainError):
        body = problem(error.status_code, error.code, str(error))
        if isinstance(error, RateLimited):
            headers["Retry-After"] = str(error.retry_after_seconds)
    elif isinstance(error, ModelValidationError):
        body = problem(400, "invalid", "Some fields are wrong; nothing was saved.", as_serializer_error(error))
    elif isinstance(error, Http404):
        body = problem(404, "not_found", "There is no such row, or it is not yours to see.")
    elif isinstance(error, PermissionDenied):
        body = problem(403, "not_allowed", "Your role does not allow this.")
    elif isinstance(error, exceptions.ValidationError):
        fields = error.detail if isinstance(error.detail, dict) else {"non_field_errors": error.detail}
        body = problem(400, "invalid", "Some fields are wrong; nothing was saved.", fields)
    elif isinstance(error, exceptions.APIException):
        body = problem(error.status_code, str(error.default_code), str(error.detail))
        if challenge := getattr(error, "auth_header", None):
            headers["WWW-Authenticate"] = challenge
        if wait := getattr(error, "wait", None):
            headers["Retry-After"] = str(int(wait))
    else:
        return None
    return Response(body, status=body["status"], headers=headers, content_type="application/problem+json")


def problem(code: int, word: str, detail: str, fields: Any = None) -> dict[str, Any]:
    """The body of an error, as RFC 9457 shapes it."""
    body: dict[str, Any] = {
        "type": f"/api/docs/#{word}",
        "title": word.replace("_", " ").capitalize(),
        "status": code,
        "code": word,
        "detail": detail,
    }
    if fields:
        body["errors"] = fields
    if request_id := structlog.contextvars.get_contextvars().get("request_id"):
        body["instance"] = f"urn:uuid:{request_id}"
    return body


def _changes(error: StaleEdit) -> list[dict[str, Any]]:
    return [
        {"field": c.field, "before": c.before, "after": c.after, "who": c.who, "when": c.when} for c in error.changes
    ]


def _created_before(request: Request) -> int | None:
    key = request.headers.get("Idempotency-Key")
    try:
        return cache.get(_idempotency_key(request, key)) if key else None
    except (RedisError, OSError):
        return None  # without the cache the tables' own constraints stand alone


def _remember_created(request: Request, pk: int) -> None:
    if key := request.headers.get("Idempotency-Key"):
        try:
            cache.set(_idempotency_key(request, key), pk, 24 * 3600)
        except (RedisError, OSError):
            return


def _idempotency_key(request: Request, key: str) -> str:
    digest = hashlib.sha256(f"{request.path}\n{key}".encode()).hexdigest()
    return f"idempotency:{request.auth.pk if request.auth else 0}:{digest}"
