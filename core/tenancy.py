"""The organization that the present request, task or command works for. Nothing set means no rows.

The scope is a context variable. The database backend (`core.postgresql`) applies it to the connection before the
next statement, and the row-level security policies read it there. An organization is also a mount point: within its
scope every URL is reversed below `/o/<slug>/`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any

from django.urls import get_script_prefix, reverse, set_script_prefix


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose rows may be seen, and on whose behalf; `hides_amounts` where that person is shown no amounts of money."""

    organization_id: int | None = None
    user_id: int | None = None
    hides_amounts: bool = False


NOBODY = Scope()
_scope: ContextVar[Scope] = ContextVar("portolan_scope", default=NOBODY)


def current_scope() -> Scope:
    return _scope.get()


def enter_organization(organization_id: int, user_id: int | None = None, *, hides_amounts: bool = False) -> None:
    """Set the organization until the enclosing scope ends (an API token names it in the middle of a request)."""
    _scope.set(Scope(organization_id, user_id, hides_amounts))


def enter_user(user_id: int | None) -> None:
    """Say whose memberships may be read until the enclosing scope ends."""
    _scope.set(replace(_scope.get(), user_id=user_id))


@contextmanager
def scope(value: Scope) -> Iterator[None]:
    """Work under `value`, and return to what was set before, whatever happens."""
    token = _scope.set(value)
    try:
        yield
    finally:
        _scope.reset(token)


@contextmanager
def organization_scope(organization: Any, user: Any = None, *, hides_amounts: bool = False) -> Iterator[None]:
    """Work for one organization: its rows, and URLs below its prefix.

    Args:
        organization: the Organization, or its id (then URLs are not prefixed).
        user: the User on whose behalf, where there is one.
        hides_amounts: whether what is shown leaves out amounts of money (`core.amounts`).
    """
    slug = getattr(organization, "slug", "")
    prefix = get_script_prefix()
    if slug:
        set_script_prefix(f"/o/{slug}/")
    try:
        with scope(Scope(getattr(organization, "pk", organization), getattr(user, "pk", None), hides_amounts)):
            yield
    finally:
        set_script_prefix(prefix)


def global_url(name: str, *args: Any, **kwargs: Any) -> str:
    """The URL of a page that belongs to no organization (sign-in, API documentation)."""
    prefix = get_script_prefix()
    set_script_prefix("/")
    try:
        return reverse(name, args=args or None, kwargs=kwargs or None)
    finally:
        set_script_prefix(prefix)


def organization_url(slug: str, name: str, *args: Any) -> str:
    """The URL of a page of the organization with that slug."""
    return f"/o/{slug}{global_url(name, *args)}"
