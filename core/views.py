"""Error pages, and the answer to a form whose token is missing."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.api.errors import problem_response
from core.errors import DomainError
from core.middleware import error_response, request_id

BUG = ("error", "This is our mistake, and it was logged under the id in `instance`.")
AWAY = ("unavailable", "The database does not answer at the moment. Nothing was saved; send the same again soon.")
#: It is usually back by then: `make run` starts it again within seconds.
AWAY_SECONDS = 5


class FormExpired(DomainError):
    """The form's token is missing or old."""

    status_code = 403
    code = "form_expired"


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say what to do, in place of Django's page for developers."""
    return error_response(
        request, FormExpired("Not saved: this form has expired. Go back, reload the page and send it again.")
    )


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if of_api(request):
        return problem_response(400, "invalid", "The request is malformed.")
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    if of_api(request):
        return problem_response(403, "not_allowed", "This is not allowed.")
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if of_api(request):
        return problem_response(404, "not_found", "There is nothing at this address. /api/docs/ lists all.")
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    status = 503 if is_away(sys.exc_info()[1]) else 500
    response: HttpResponse
    if of_api(request):
        response = problem_response(status, *(AWAY if status == 503 else BUG))
    else:
        response = render(request, "500.html", {"request_id": request_id(), "status": status}, status=status)
    if status == 503:
        response["Retry-After"] = str(AWAY_SECONDS)
    return response


def is_away(error: BaseException | None) -> bool:
    """Whether the database could not be reached, or went away; what it refuses carries a code of its own."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    return str(getattr(error.__cause__, "pgcode", None) or "57P").startswith(("08", "57P"))


def of_api(request: HttpRequest) -> bool:
    """Whether a program asked, which reads no page."""
    return request.path.startswith("/api/")
