"""Programs sign in with a token, which names its organization."""

import datetime
from typing import Any

from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts.models import ApiToken, Membership, Organization, TokenScope, User
from accounts.services import token_digest
from core.access import can
from core.postgresql.prepared import Prepared
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
        hides_amounts = not can(token.user, "finance.read", token.organization_id)
        enter_organization(token.organization_id, token.user_id, hides_amounts=hides_amounts)
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
        row = BY_DIGEST.row(token_digest(secret))
        if row is None:
            raise AuthenticationFailed("The token is unknown or was revoked. Make a new one in Settings, API tokens.")
        token, role, is_shown_amounts = _from_row(row), row[0], row[1]
        if token.expires_at is not None and token.expires_at <= now:
            raise AuthenticationFailed("The token has expired. Make a new one in Settings, API tokens.")
        if role is None:
            raise AuthenticationFailed("The token's owner is no longer a member.")
        if token.last_used_at is None or now - token.last_used_at > USE_NOTED_EVERY:
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    token.user.remember_role(token.organization_id, role, is_shown_amounts=is_shown_amounts)
    return token


def _by_digest(digest: str) -> QuerySet[Any, tuple[Any, ...]]:
    """A token, its person, its organization and the person's standing there, in one row."""
    standing = Membership.objects.filter(organization=OuterRef("organization"), user=OuterRef("user"))
    here = {name: Subquery(standing.values(column)[:1]) for name, column in STANDING.items()}
    tokens = ApiToken.objects.filter(digest=digest, revoked_at=None, user__is_active=True)
    columns = [*TOKEN, *(f"user__{name}" for name in USER), *(f"organization__{name}" for name in ORGANIZATION)]
    return tokens.annotate(**here).values_list(*here, *columns)


def _from_row(row: tuple[Any, ...]) -> ApiToken:
    start = len(STANDING)
    first, second = start + len(TOKEN), start + len(TOKEN) + len(USER)
    token = ApiToken.from_db("default", TOKEN, row[start:first])
    token.user = User.from_db("default", USER, row[first:second])
    token.organization = Organization.from_db("default", ORGANIZATION, row[second:])
    return token


def _columns(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


#: What is read of the membership: name in the statement -> column.
STANDING = {"role_here": "role", "sees_amounts_here": "sees_amounts"}
TOKEN, USER, ORGANIZATION = _columns(ApiToken), _columns(User), _columns(Organization)
BY_DIGEST = Prepared(_by_digest, mark="the digest of a token")


class TokenPermission(BasePermission):
    """A token is needed, and one that may write for writing. Roles are the services' to ask."""

    message = "This token may only read."

    def has_permission(self, request: Request, view: Any) -> bool:
        token = request.auth
        return isinstance(token, ApiToken) and (request.method in SAFE_METHODS or token.scope == TokenScope.WRITE)


class TokenScheme(OpenApiAuthenticationExtension):
    """How the documentation describes tokens."""

    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A token from Settings, API tokens: `Authorization: Bearer ptl_…`.",
        }
