"""A person's own name and password."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.tokens import default_token_generator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlsafe_base64_decode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts import services
from accounts.forms import FirstPasswordForm, NameForm, PasswordForm
from accounts.models import User
from core.limits import forget, take
from core.pages import MemberRequest, form_page, posted

WAIT = "Too many wrong passwords. Wait {minutes} min, then try again."


@require_http_methods(["GET", "POST"])
def profile(request: MemberRequest) -> HttpResponse:
    """One's name and, in a form of its own, password."""
    form = NameForm(posted(request), initial={"name": request.user.name}, auto_id="name_%s")

    def save(valid: Any) -> User:
        name = valid.cleaned_data["name"]
        return services.rename_person(actor=request.user, organization=request.organization, name=name)

    return form_page(
        request,
        form=form,
        template="accounts/profile.html",
        save=save,
        done=lambda row: reverse("accounts:profile"),
        message="Saved: you are called {row}.",
        context={"name_form": form, "password_form": PasswordForm(request.user)},
    )


@sensitive_post_parameters()
@never_cache
@require_POST
def profile_password(request: MemberRequest) -> HttpResponse:
    """Change one's password; this session goes on, all others end."""
    key, user = f"password:{request.user.pk}", request.user
    form = PasswordForm(user, request.POST)
    name_form = NameForm(initial={"name": user.name}, auto_id="name_%s")
    take(key, limit=10, window_seconds=600, message=WAIT)

    def save(valid: Any) -> User:
        changed = services.change_password(actor=user, password=valid.cleaned_data["new_password1"])
        forget(key)
        update_session_auth_hash(request, changed)
        return changed

    return form_page(
        request,
        form=form,
        template="accounts/profile.html",
        save=save,
        done=lambda row: reverse("accounts:profile"),
        message="Your password is changed. You are signed out everywhere else.",
        context={"name_form": name_form, "password_form": form},
    )


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "POST"])
def set_password(request: MemberRequest, person: str, token: str) -> HttpResponse:
    """Let somebody set a password by a link that an owner has given them; it works once."""
    user = user_of(person)
    if user is None or not default_token_generator.check_token(user, token):
        return render(request, "accounts/set_password.html", {"is_over": True}, status=410)
    form = FirstPasswordForm(user, posted(request))
    if request.method == "POST" and form.is_valid():
        services.change_password(actor=user, password=form.cleaned_data["new_password1"])
        messages.success(request, "Your password is set. Sign in with it.")
        return redirect("sign-in")
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/set_password.html", {"form": form, "person": user}, status=status)


def user_of(person: str) -> User | None:
    """The active person whose id a link carries."""
    try:
        return User.objects.filter(pk=int(urlsafe_base64_decode(person)), is_active=True).first()
    except (ValueError, OverflowError):
        return None
