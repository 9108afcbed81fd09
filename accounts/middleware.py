"""Which organization a request works for: the one its path names, if the person is a member."""

import re
from collections.abc import Callable
from typing import Any

import structlog
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import get_script_prefix, set_script_prefix

from core.access import Permissions, can
from core.errors import NotFound
from core.middleware import error_response
from core.tenancy import Scope, enter_user, organization_scope, scope

#: Outside organizations the root is where a person starts; below one it is that organization's home.
START_PATH = "/start/"
ORGANIZATION_PATH = re.compile(r"^/o/([-a-zA-Z0-9_]+)(/.*)$")


class OrganizationMiddleware:
    """Mount the site below `/o/<slug>/` for members; outside of it no organization is set and no row is seen."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        structlog.contextvars.bind_contextvars(source="api" if request.path.startswith("/api/") else "page")
        request.organization = None  # type: ignore[attr-defined]
        match = ORGANIZATION_PATH.match(request.path_info)
        prefix = get_script_prefix()
        with scope(Scope()):
            try:
                if match is None:
                    request.path_info = START_PATH if request.path_info == "/" else request.path_info
                    return self.get_response(request)
                return self._within(request, *match.groups())
            finally:
                set_script_prefix(prefix)

    def _within(self, request: HttpRequest, slug: str, path: str) -> HttpResponse:
        # Before the first statement, so that the connection is told once for the person and for the memberships.
        enter_user(_session_user_id(request))
        user: Any = request.user
        if not user.is_authenticated:
            return self._sign_in_first(request)
        mine = user.my_memberships
        membership = next((one for one in mine if one.organization.slug == slug), None)
        if membership is None:
            return error_response(request, NotFound("There is no such page, or it is not yours to see."))
        user.remember_role(membership.organization_id, membership.role, is_shown_amounts=membership.sees_amounts)
        request.organization = membership.organization  # type: ignore[attr-defined]
        request.my_organizations = [one.organization for one in mine]  # type: ignore[attr-defined]
        request.path_info = path
        hides_amounts = not can(user, "finance.read", membership.organization)
        with organization_scope(membership.organization, user, hides_amounts=hides_amounts):
            return self.get_response(request)

    def _sign_in_first(self, request: HttpRequest) -> HttpResponse:
        """Send the person to the sign-in page; tell htmx without losing the page that is open."""
        if request.htmx:  # type: ignore[attr-defined]
            response = HttpResponse("You were signed out.", status=401, content_type="text/plain")
            response["HX-Reswap"] = "none"
            response["HX-Trigger"] = "portolan:signed-out"
            return response
        return redirect_to_login(request.get_full_path())

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Pages of organizations exist only below one, and the others only outside."""
        namespaces = request.resolver_match.app_names if request.resolver_match else []
        belongs = bool(namespaces) and namespaces[0] != "api"
        if belongs != (request.organization is not None):  # type: ignore[attr-defined]
            raise Http404


def _session_user_id(request: HttpRequest) -> int | None:
    """Whose session it is, without asking the database; `request.user` checks whether it is still good."""
    pk = request.session.get(SESSION_KEY, "")
    return int(pk) if str(pk).isdecimal() else None


def permissions(request: HttpRequest) -> dict[str, Any]:
    """Context of every page: `organization`, and `can` for what the person may do."""
    organization = getattr(request, "organization", None)
    user = getattr(request, "user", None)
    return {"organization": organization, "can": Permissions(user, organization)}
