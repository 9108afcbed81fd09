"""One handler for the errors a person can act on, on pages."""

from collections.abc import Callable
from typing import Any

import structlog
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from core.errors import Conflict, DomainError, RateLimited
from core.htmx import wants_fragment
from core.pages import forget_unsaved


class RequestIdMiddleware:
    """Give the answer the id under which the request is logged, so that a person can quote it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = request_id()  # type: ignore[attr-defined]
        response = self.get_response(request)
        response["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
        return response


class ReadablePathMiddleware:
    """An address with a null character leads nowhere: PostgreSQL refuses it as part of any value."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info:
            raise Http404
        return self.get_response(request)


def request_id() -> str:
    """The id under which the present request is logged; error pages show it, so that a person can quote it."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))[:64]


class DomainErrorMiddleware:
    """Show a DomainError raised by a page view as a message, not as a crash; what was not saved may be sent again."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.get_response(request)
        finally:
            forget_unsaved(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, ValidationError):
            error = Conflict(" ".join(error.messages))
        if not isinstance(error, DomainError):
            return None
        return error_response(request, error)


def error_response(request: HttpRequest, error: DomainError) -> HttpResponse:
    """A page, or for htmx a message in #messages, that says what happened, with the error's status."""
    fragment = wants_fragment(request)
    context: dict[str, Any] = {"message": str(error), "code": error.code, "status": error.status_code, "error": error}
    template = "core/_message.html" if fragment else "core/error.html"
    response = render(request, template, context, status=error.status_code)
    if fragment:
        response["HX-Retarget"] = "#messages"
        response["HX-Reswap"] = "innerHTML"
    if isinstance(error, RateLimited):
        response["Retry-After"] = str(error.retry_after_seconds)
    return response
