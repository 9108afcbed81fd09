"""Signing in and out, and where a person starts."""

from typing import Any

from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.forms import SignInForm
from accounts.models import Membership
from core.errors import RateLimited
from core.limits import forget, take
from core.tenancy import enter_user, organization_url

WAIT = "Too many attempts to sign in. Wait {minutes} min, then try again."


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Let a person in, who then goes on to where they were."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = ""
    form: Any = SignInForm(request, request.POST or None)
    status, wait = 200, 0
    if request.method == "POST":
        # In capitals, as the database compares addresses: “ſ” and “s” are one letter to it.
        key = f"sign-in:{request.POST.get('username', '').strip().upper()[:254]}:{request.META.get('REMOTE_ADDR')}"
        try:
            take(key, limit=10, window_seconds=600, message=WAIT)
            if form.is_valid():
                forget(key)
                login(request, form.get_user())
                request.session.set_expiry(None if form.cleaned_data["stay"] else 0)
                return redirect(target or "/")
            status = 422
        except RateLimited as error:
            form.add_error(None, str(error))
            status, wait = 429, error.retry_after_seconds
    response = render(request, "accounts/sign_in.html", {"form": form, "next": target}, status=status)
    if wait:
        response["Retry-After"] = str(wait)
    return response


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("sign-in")


@login_required
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """The home page of the person's first organization; without one, what to do."""
    enter_user(request.user.pk)
    memberships = Membership.objects.filter(user_id=int(request.user.pk or 0))
    membership = memberships.select_related("organization").order_by("organization__name", "pk").first()
    if membership is None:
        return render(request, "accounts/no_organization.html", status=403)
    return redirect(organization_url(membership.organization.slug, "portfolio:home"))
