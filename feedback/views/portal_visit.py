"""How a public page is reached: without an account, in the scope of the one organization that its address names.

A portal that is closed, one of an archived product and one that never was answer alike. Pages set no cookie until a
visitor confirms an address, so that whoever only reads is not known, and pages may be kept by caches.
"""

import functools
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers

from accounts.models import Organization
from core.errors import DomainError, RateLimited
from core.limits import client_address, take
from core.tenancy import organization_scope
from feedback.models import Portal, PortalVisitor
from feedback.selectors.visitor import visitor_with

COOKIE = "portolan_portal"
COOKIE_SECONDS = 180 * 24 * 3600
#: So long a cache may keep a page that is the same for everybody.
KEPT_SECONDS = 60
#: What is counted -> how often, within how many seconds, and what is said beyond it.
LIMITS = {
    "submit": (6, 3600, "You have sent several ideas within the hour. What you typed is kept: wait {minutes} min."),
    "act": (60, 3600, "You did a lot here within the hour. Wait {minutes} min, then try again."),
    "mail": (20, 3600, "Several links were mailed from here within the hour. Wait {minutes} min, then try again."),
    "mail-to": (5, 3600, "This address has been sent several links. Look into the mail, or wait {minutes} min."),
    "confirm": (60, 3600, "Many links were opened from here within the hour. Wait {minutes} min, then try again."),
}

View = Callable[..., HttpResponse]


def public(view: View) -> View:
    """A page of an open portal."""
    return _reached(view, only_open=True)


def even_closed(view: View) -> View:
    """A page that a mail leads to, which must work after the portal has closed: to ask for no more mail."""
    return _reached(view, only_open=False)


def _reached(view: View, *, only_open: bool) -> View:
    @functools.wraps(view)
    def inner(request: HttpRequest, organization: str, portal: str, **more: Any) -> HttpResponse:
        tenant = Organization.objects.filter(slug=organization).first()
        if tenant is None:
            raise Http404
        # By its id: addresses of these pages do not begin with /o/.
        with organization_scope(tenant.pk, hides_amounts=True):
            rows = Portal.objects.filter(organization=tenant, slug=portal)
            if only_open:
                rows = rows.filter(is_open=True, product__archived_at=None)
            found = rows.select_related("product").first()
            if found is None:
                raise Http404
            found.organization = tenant
            try:
                return view(request, found, **more)
            except DomainError as error:
                return refused(request, found, error)

    return inner


def page(
    request: HttpRequest, portal: Portal, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page that is the same for everybody."""
    response = render(request, f"portal/{template}", {"portal": portal, **context}, status=status)
    response["Cache-Control"] = f"public, max-age={KEPT_SECONDS}" if status == 200 else "no-store"
    return response


def own_page(
    request: HttpRequest, portal: Portal, template: str, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    """A page with a form, or with what a visitor did: nobody keeps it."""
    response = page(request, portal, template, context, status=status)
    response["Cache-Control"] = "private, no-store"
    patch_vary_headers(response, ["Cookie"])
    return response


def refused(request: HttpRequest, portal: Portal, error: DomainError) -> HttpResponse:
    """Say why something was not done."""
    response = own_page(request, portal, "refused.html", {"message": str(error)}, status=error.status_code)
    return with_pause(response, error)


def with_pause(response: HttpResponse, error: Exception | None) -> HttpResponse:
    """Tell programs how long to wait."""
    if isinstance(error, RateLimited):
        response["Retry-After"] = str(error.retry_after_seconds)
    return response


def limit(what: str, request: HttpRequest, portal: Portal, about: str = "") -> None:
    """Count one use, of the address that the request came from or of what it is about.

    Raises:
        RateLimited: too many.
    """
    times, seconds, sentence = LIMITS[what]
    key = f"portal-{what}:{portal.organization_id}:{about or client_address(request)}"
    take(key, limit=times, window_seconds=seconds, message=sentence)


def limit_mail(request: HttpRequest, portal: Portal, email: str) -> None:
    """Count a link that is to be mailed, by who asks and by who gets it."""
    limit("mail", request, portal)
    limit("mail-to", request, portal, about=email.strip().upper()[:254])


def _salt(portal: Portal) -> str:
    return f"portal.visitor.{portal.organization_id}"


def visitor_of(request: HttpRequest, portal: Portal) -> PortalVisitor | None:
    """The visitor who confirmed an address in this browser."""
    text = request.get_signed_cookie(COOKIE, default=None, salt=_salt(portal), max_age=COOKIE_SECONDS)
    return visitor_with(portal.organization_id, int(text)) if text and text.isdecimal() else None


def remember(response: HttpResponse, portal: Portal, visitor: PortalVisitor) -> None:
    """Let this browser vote without a mail from now on, on every portal of the organization."""
    response.set_signed_cookie(
        COOKIE, str(visitor.pk), salt=_salt(portal), max_age=COOKIE_SECONDS, path=_cookie_path(portal), httponly=True,
        secure=settings.SESSION_COOKIE_SECURE, samesite="Lax",
    )  # fmt: skip


def forget(response: HttpResponse, portal: Portal) -> None:
    """Know nobody in this browser any more."""
    response.delete_cookie(COOKIE, path=_cookie_path(portal), samesite="Lax")


def _cookie_path(portal: Portal) -> str:
    return f"/portal/{portal.organization.slug}/"


def origin_of(request: HttpRequest) -> str:
    """How the visitor addressed the server, which `ALLOWED_HOSTS` has checked."""
    return f"{request.scheme}://{request.get_host()}"


def address(portal: Portal, name: str, *args: Any) -> str:
    """The address of a page of a portal."""
    return reverse(name, args=(portal.organization.slug, portal.slug, *args))


def go(portal: Portal, name: str, *args: Any, said: str = "") -> HttpResponseRedirect:
    """Go on to a page of a portal, which says in words what was done."""
    return redirect(address(portal, name, *args) + (f"?said={said}" if said else ""))
