"""Every write to portals: one per product, off until somebody opens it."""

from typing import Any

from django.db import transaction

from accounts.models import Organization, User
from core.access import require
from core.errors import Conflict
from events.services import change_recorded, create_recorded
from feedback.models import Portal


@transaction.atomic
def create_portal(*, actor: User, organization: Organization, **fields: Any) -> Portal:
    """Set up the portal of a product; nobody sees it until it is opened.

    Raises:
        NotAllowed: the actor's role may not change how feedback is handled.
        django.core.exceptions.ValidationError: the product has one, or the address is taken.
    """
    require(actor, "feedback.manage", organization)
    return create_recorded("portal.created", actor=actor, subject=Portal(organization=organization, **fields))


@transaction.atomic
def update_portal(*, actor: User, portal: Portal, expected_version: int | None = None, **fields: Any) -> Portal:
    """Change what a portal is called and how it works; its product stays.

    Raises:
        StaleEdit: somebody changed it after version `expected_version`.
    """
    require(actor, "feedback.manage", portal.organization_id)
    return change_recorded(
        "portal.updated", actor=actor, subject=portal, values=fields, expected_version=expected_version
    )


@transaction.atomic
def open_portal(*, actor: User, portal: Portal, expected_version: int | None = None) -> Portal:
    """Let everybody read the portal, without an account.

    Raises:
        Conflict: its product is archived.
    """
    require(actor, "feedback.manage", portal.organization_id)
    if portal.product.is_archived:
        raise Conflict(f"“{portal.product}” is archived, so its portal stays closed. Restore the product first.")
    return change_recorded(
        "portal.opened", actor=actor, subject=portal, values={"is_open": True}, expected_version=expected_version
    )


@transaction.atomic
def close_portal(*, actor: User, portal: Portal, expected_version: int | None = None) -> Portal:
    """Take the portal off the web: its addresses answer as if there were none. Ideas and votes are kept."""
    require(actor, "feedback.manage", portal.organization_id)
    return change_recorded(
        "portal.closed", actor=actor, subject=portal, values={"is_open": False}, expected_version=expected_version
    )
