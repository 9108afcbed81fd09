"""Reads of people, roles and tokens."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q

from accounts.models import ApiToken, Membership, Organization, User
from core.access import ROLES_ALLOWED, WORDS, Role, can

MEMBER_HEADER = ("Name", "E-mail", "Role", "Sees amounts", "Member since", "Last signed in")


@dataclass(frozen=True)
class Right:
    """One line of the permission table: what, and for each role whether it may."""

    words: str
    allowed: tuple[bool, ...]


def rights() -> list[Right]:
    """The whole permission table in words, the roles in their order."""
    return [Right(WORDS[action], tuple(role in allowed for role in Role)) for action, allowed in ROLES_ALLOWED.items()]


def members(user: User) -> Any:
    """The members that a person may see, with their names."""
    return Membership.objects.visible_to(user).select_related("user")


def member_cells(memberships: Iterable[Membership]) -> Iterator[tuple[Any, ...]]:
    """Members as rows of a file, in the order of `MEMBER_HEADER`."""
    for member in memberships:
        user = member.user
        sees_amounts = "yes" if member.is_shown_amounts else "no"
        yield user.name, user.email, member.get_role_display(), sees_amounts, member.created_at, user.last_login


def tokens(user: User, organization: Organization) -> Any:
    """Tokens that are not revoked: one's own, and for those who manage members everybody's; those in use first."""
    rows = ApiToken.objects.visible_to(user).filter(revoked_at=None).select_related("user")
    if not can(user, "member.manage", organization):
        rows = rows.filter(Q(user=user))
    return rows.order_by(F("last_used_at").desc(nulls_last=True), "-pk")
