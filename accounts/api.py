"""Programs sign in with a token, which names its organization."""

import datetime
from typing import Any

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts.models import ApiToken, Membership, TokenScope, User
from accounts.services import token_digest
from core.tenancy import enter_organization

#: Last use is written at most this often, so that a read stays a read.
USE_NOTED_EVERY = datetime.timedelta(minutes=10)


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer ptl_…`; sets the organization for the rest of the request."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        kind, _, secret = request.headers.get("Authorization", "").partition(" ")
        if not secret:
            return None
        if kind.lower() != "bearer":
            raise AuthenticationFailed("Send “Authorization: Bearer” and the token.")
        prefix, _, rest = secret.strip().partition("_")
        number = rest.partition("_")[0]
        if prefix != "ptl" or not number.isascii() or not number.isdigit() or len(number) > 18:
            raise AuthenticationFailed("This is no token of Portolan.")
        enter_organization(int(number))
        token = self._token(secret.strip())
        enter_organization(token.organization_id, token.user_id)
        request.organization = token.organization  # type: ignore[attr-defined]
        return token.user, token

    def _token(self, secret: str) -> ApiToken:
        now = timezone.now()
        token: ApiToken | None = (
            ApiToken.objects.select_related("user", "organization")
            .filter(digest=token_digest(secret), revoked_at=None, user__is_active=True)
            .first()
        )
        if token is None:
            enter_organization(0)
            raise AuthenticationFailed("The token is unknown or was revoked. Make a new one in Settings, API tokens.")
        if token.expires_at is not None and token.expires_at <= now:
            raise AuthenticationFailed("The token has expired. Make a new one in Settings, API tokens.")
        membership = Membership.objects.filter(organization_id=token.organization_id, user_id=token.user_id).first()
        if membership is None:
            raise AuthenticationFailed("The token's owner is no longer a member.")
        token.user.remember_role(token.organization_id, membership.role)
        if token.last_used_at is None or now - token.last_used_at > USE_NOTED_EVERY:
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
        return token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="portolan"'


class TokenPermission(BasePermission):
    """A token is needed, and one that may write for writing. Roles are the services' to ask."""

    message = "This token may only read."

    def has_permission(self, request: Request, view: Any) -> bool:
        token = request.auth
        return isinstance(token, ApiToken) and (request.method in SAFE_METHODS or token.scope == TokenScope.WRITE)
