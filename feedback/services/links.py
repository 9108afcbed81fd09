"""What items speak for: linked to projects and products, with how much it matters."""

from typing import Any

from django.db import transaction

from accounts.models import User
from core.access import require
from core.errors import FieldErrors
from events.services import change_recorded, create_recorded, record
from feedback.models import TARGETS, FeedbackItem, FeedbackLink, Importance


@transaction.atomic
def create_link(
    *, actor: User, item: FeedbackItem, importance: str = Importance.IMPORTANT, note: str = "", **target: Any
) -> FeedbackLink:
    """Say that an item asks for a project, or is about a product.

    Args:
        target: `project` or `product`, one of them.
    Raises:
        NotAllowed: the actor's role may not triage feedback.
        FieldErrors: not exactly one target is named.
        django.core.exceptions.ValidationError: they are linked already.
    """
    require(actor, "feedback.triage", item.organization_id)
    named = {name: row for name, row in target.items() if row is not None}
    if len(named) != 1 or not named.keys() <= set(TARGETS):
        raise FieldErrors({"target": f"Name exactly one of {', '.join(TARGETS)}."})
    row = FeedbackLink(
        organization_id=item.organization_id, item=item, importance=importance, note=note, linked_by=actor, **named
    )
    return create_recorded("feedback_link.created", actor=actor, subject=row)


@transaction.atomic
def update_link(*, actor: User, link: FeedbackLink, expected_version: int | None = None, **fields: Any) -> FeedbackLink:
    """Say anew how much it matters, or why.

    Raises:
        StaleEdit: somebody changed it after version `expected_version`.
    """
    require(actor, "feedback.triage", link.organization_id)
    return change_recorded(
        "feedback_link.updated", actor=actor, subject=link, values=fields, expected_version=expected_version
    )


@transaction.atomic
def remove_link(*, actor: User, link: FeedbackLink) -> None:
    """Take a link away; the log keeps it, and linking again brings it back."""
    require(actor, "feedback.triage", link.organization_id)
    told = {"importance": [link.importance, None], link.subject_kind: [str(link.subject), None]}
    record("feedback_link.removed", actor=actor, subject=link, changes=told)
    link.delete()
