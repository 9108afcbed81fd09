"""API tokens: keys of programs that work on a member's behalf."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from accounts import selectors, services
from accounts.forms import TokenForm
from accounts.models import ApiToken
from core.access import require
from core.htmx import wants_fragment
from core.pages import MemberRequest, form_page, go_on, page_of, posted


@require_GET
@vary_on_headers("HX-Request")
def token_list(request: MemberRequest) -> HttpResponse:
    """One's own tokens; an owner sees everybody's. htmx gets the table alone."""
    page = page_of(request, selectors.tokens(request.user, request.organization))
    name = "accounts/_token_table.html" if wants_fragment(request) else "accounts/token_list.html"
    return render(request, name, {"page": page, "now": timezone.now()})


@never_cache
@require_http_methods(["GET", "POST"])
def token_create(request: MemberRequest) -> HttpResponse:
    """Make a token; its secret is in the answer and nowhere else, ever again."""
    require(request.user, "token.create", request.organization)
    made: list[tuple[ApiToken, str]] = []

    def save(form: TokenForm) -> ApiToken:
        fields = {**form.values(), "expires_at": form.expires_at(timezone.now())}
        made.append(services.create_api_token(actor=request.user, organization=request.organization, **fields))
        return made[0][0]

    answer = form_page(
        request,
        form=TokenForm(posted(request), user=request.user, organization=request.organization),
        template="accounts/token_create.html",
        save=save,
        done=lambda row: reverse("accounts:token-list"),
        message="Made the token “{row}”.",
    )
    return secret_page(request, *made[0]) if made else answer


def secret_page(request: MemberRequest, token: ApiToken, secret: str) -> HttpResponse:
    """The list of tokens with the secret of the new one above it."""
    page = page_of(request, selectors.tokens(request.user, request.organization))
    context = {"page": page, "now": timezone.now(), "token": token, "secret": secret}
    return render(request, "accounts/token_list.html", context)


@require_POST
def token_revoke(request: MemberRequest, pk: int) -> HttpResponse:
    """End a token at once."""
    token = get_object_or_404(ApiToken.objects.visible_to(request.user).select_related("user"), pk=pk)
    services.revoke_api_token(actor=request.user, token=token)
    return go_on(
        request, reverse("accounts:token-list"), f"Revoked the token “{token}”. Programs that use it are refused."
    )
