"""Error pages, and the answer to a form whose token is missing."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from core.api.errors import problem_response
from core.errors import DomainError
from core.middleware import error_response


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
    if of_api(request):
        return problem_response(500, "error", "This is our mistake, and it was logged under the id in `instance`.")
    return render(request, "500.html", status=500)


def of_api(request: HttpRequest) -> bool:
    """Whether a program asked, which reads no page."""
    return request.path.startswith("/api/")
