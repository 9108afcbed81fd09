"""Programs sign in with a token, which names its organization."""

import datetime
from typing import Any, cast

from django.db.models import OuterRef, Subquery
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts.models import ApiToken, Membership, TokenScope, User
from accounts.services import token_digest
from core.tenancy import Scope, enter_organization, scope

#: Last use is written at most this often, so that a read stays a read.
USE_NOTED_EVERY = datetime.timedelta(minutes=10)


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer ptl_…`; sets the organization for the rest of the request."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        kind, _, secret = request.headers.get("Authorization", "").strip().partition(" ")
        if not kind:
            return None
        if kind.lower() != "bearer":
            raise AuthenticationFailed("Send “Authorization: Bearer” and the token.")
        token = _token(secret.strip())
        enter_organization(token.organization_id, token.user_id)
        request.organization = token.organization  # type: ignore[attr-defined]
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="portolan"'


def _token(secret: str) -> ApiToken:
    """The token with that secret, its person and their role, in one statement; if it fails, no organization is set."""
    prefix, _, rest = secret.partition("_")
    number = rest.partition("_")[0]
    if prefix != "ptl" or not number.isascii() or not number.isdigit() or len(number) > 18:
        raise AuthenticationFailed("This is no token of Portolan.")
    now = timezone.now()
    with scope(Scope(organization_id=int(number))):
        role = Membership.objects.filter(organization=OuterRef("organization"), user=OuterRef("user")).values("role")
        tokens = ApiToken.objects.select_related("user", "organization").annotate(role=Subquery(role[:1]))
        token: Any = tokens.filter(digest=token_digest(secret), revoked_at=None, user__is_active=True).first()
        if token is None:
            raise AuthenticationFailed("The token is unknown or was revoked. Make a new one in Settings, API tokens.")
        if token.expires_at is not None and token.expires_at <= now:
            raise AuthenticationFailed("The token has expired. Make a new one in Settings, API tokens.")
        if token.role is None:
            raise AuthenticationFailed("The token's owner is no longer a member.")
        if token.last_used_at is None or now - token.last_used_at > USE_NOTED_EVERY:
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    token.user.remember_role(token.organization_id, token.role)
    return cast(ApiToken, token)


class TokenPermission(BasePermission):
    """A token is needed, and one that may write for writing. Roles are the services' to ask."""

    message = "This token may only read."

    def has_permission(self, request: Request, view: Any) -> bool:
        token = request.auth
        return isinstance(token, ApiToken) and (request.method in SAFE_METHODS or token.scope == TokenScope.WRITE)


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the documentation describes tokens."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A token from Settings, API tokens: `Authorization: Bearer ptl_…`.",
        }
