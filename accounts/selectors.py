"""Reads of people, roles, tokens and saved views."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from django.db.models import F, Q
from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.module_loading import import_string

from accounts.models import ApiToken, Membership, Organization, SavedPage, SavedView, User
from core.access import ROLES_ALLOWED, WORDS, Role, can
from core.errors import FieldErrors
from core.pages import SHOWN
from events.models import Event

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


#: Lists that have saved views: the filter set that knows what may be asked, by name, for it stands in an app above; and
#: the list's address.
LISTS = {SavedPage.INBOX: ("feedback.filters.InboxFilter", "feedback:inbox")}
LONGEST_QUERY = 1_000


def saved_views(user: User, page: str) -> list[SavedView]:
    """A person's views of a list: what is shared first."""
    return list(SavedView.objects.visible_to(user).live().filter(page=page).in_order())


def values_before(view: SavedView, kind: str, version: int) -> dict[str, Any]:
    """The name and the filters that a view had before the event of that kind that made it `version`; empty where there
    was none, or it changed neither.
    """
    events = Event.objects.filter(organization_id=view.organization_id, kind=kind, subject_version=version)
    event = events.about(view._meta.label_lower, view.pk).first()
    return {name: before for name, (before, _) in event.changes.items() if name in ("name", "query")} if event else {}


def list_address(view: SavedView) -> str:
    """Where a view shows its rows."""
    address = reverse(LISTS[SavedPage(view.page)][1])
    return f"{address}?{view.query}" if view.query else address


def same_query(params: QueryDict) -> str:
    """What an address asks for, in one order, however it was written: without what is empty, and how it is shown."""
    given = {name: str(value) for name, value in sorted(params.items()) if name not in (*SHOWN, "whole")}
    return urlencode({name: value for name, value in given.items() if value.strip()})


def normal_query(user: User, page: str, query: str) -> str:
    """Filters of a list's address as they are kept: those it knows, each with a value that the person may ask for.

    Raises:
        FieldErrors: the list has no such filter, or a filter no such value.
    """
    kept = same_query(QueryDict(query.strip().removeprefix("?")))
    filters = import_string(LISTS[SavedPage(page)][0])(QueryDict(kept), request=SimpleNamespace(user=user))
    if unknown := [name for name in QueryDict(kept) if name not in filters.base_filters]:
        known = ", ".join(sorted(filters.base_filters))
        raise FieldErrors({"query": f"This list has no filter “{unknown[0]:.60}”. It knows {known}."})
    if not filters.form.is_valid():
        name = next(iter(filters.form.errors))
        raise FieldErrors({"query": f"{filters.form.fields[name].label}: {filters.form.errors[name][0]}"})
    if len(kept) > LONGEST_QUERY:
        raise FieldErrors({"query": f"These filters are too long: at most {LONGEST_QUERY:,} characters."})
    return kept
