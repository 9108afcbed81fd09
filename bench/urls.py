"""Portolan's URLs and the floor: a bare view under the same server and settings."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from config import urls

FLOOR = b'{"answer": "a constant body of forty-nine bytes"}'

handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500


def floor(request: HttpRequest) -> HttpResponse:
    """A constant: what a request costs before the application does anything."""
    return HttpResponse(FLOOR, content_type="application/json")


urlpatterns = [path("floor/", floor), *urls.urlpatterns]
