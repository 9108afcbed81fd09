"""Every write that members make to ideas of a portal: worded, published, moved along, merged."""

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core.access import require
from core.errors import Conflict, FieldErrors
from core.jobs import enqueue
from events.selectors import before_last
from events.services import archive_recorded, change_recorded, create_recorded, happening_at, restore_recorded
from feedback.models import FeedbackItem, IdeaStatus, Portal, PortalIdea, PortalTelling, Release
from feedback.services.visitor_mail import mail_published


@transaction.atomic
def create_portal_idea(*, actor: User, portal: Portal, item: FeedbackItem | None = None, **fields: Any) -> PortalIdea:
    """Write an idea for a portal, of what a customer said or of one's own; it is public once it is published.

    Raises:
        NotAllowed: the actor's role may not triage feedback.
        FieldErrors: the item stands on a portal already, or the release is of another product.
    """
    require(actor, "feedback.triage", portal.organization_id)
    _refuse_other_release(portal, fields.get("release"))
    if item is not None and PortalIdea.objects.filter(item=item).exists():
        raise FieldErrors({"item": "This item stands on a portal already."})
    idea = PortalIdea(organization_id=portal.organization_id, portal=portal, item=item, **fields)
    return create_recorded("portal_idea.created", actor=actor, subject=idea)


@transaction.atomic
def update_portal_idea(
    *, actor: User, idea: PortalIdea, expected_version: int | None = None, **fields: Any
) -> PortalIdea:
    """Change an idea's public words, or the work and the release that bring it.

    Raises:
        StaleEdit: somebody changed it after version `expected_version`.
        FieldErrors: the release is of another product.
    """
    require(actor, "feedback.triage", idea.organization_id)
    _refuse_other_release(idea.portal, fields.get("release"))
    return change_recorded(
        "portal_idea.updated", actor=actor, subject=idea, values=fields, expected_version=expected_version
    )


@transaction.atomic
def publish_portal_idea(*, actor: User, idea: PortalIdea, expected_version: int | None = None) -> PortalIdea:
    """Show an idea to everybody; who asked for it is told by mail. Again is no change.

    Straight after it was withdrawn, it is published since when it was before.

    Raises:
        Conflict: it is archived, or merged into another.
    """
    require(actor, "feedback.triage", idea.organization_id)
    idea = PortalIdea.objects.select_for_update(of=("self",)).select_related("portal__product").get(pk=idea.pk)
    if idea.is_archived or idea.merged_into_id is not None:
        raise Conflict("An idea that is archived or merged is not published. Take it back first.")
    was_published = idea.is_published
    before = before_last("portal_idea.withdrawn", idea).get("published_at")
    since = idea.published_at or (datetime.datetime.fromisoformat(before) if before else None)
    idea = change_recorded(
        "portal_idea.published",
        actor=actor,
        subject=idea,
        values={"published_at": since or happening_at() or timezone.now(), "held_reason": ""},
        expected_version=expected_version,
    )
    if not was_published:
        mail_published(idea)
    return idea


@transaction.atomic
def withdraw_portal_idea(*, actor: User, idea: PortalIdea, expected_version: int | None = None) -> PortalIdea:
    """Take an idea off the portal; votes are kept, and nobody is told.

    Straight after it was published, why it was held before is known again.
    """
    require(actor, "feedback.triage", idea.organization_id)
    held = before_last("portal_idea.published", idea).get("held_reason")
    return change_recorded(
        "portal_idea.withdrawn",
        actor=actor,
        subject=idea,
        values={"published_at": None, **({"held_reason": held} if held else {})},
        expected_version=expected_version,
    )


@transaction.atomic
def move_portal_idea(
    *,
    actor: User,
    idea: PortalIdea,
    status: str,
    note: str = "",
    tells: bool = True,
    expected_version: int | None = None,
) -> PortalIdea:
    """Say what becomes of an idea. Who asked for it, voted or follows is told by mail, each once, while it is shown.

    Args:
        note: public, and in the mail: why, or when.
        tells: False for a correction of which nobody need hear.
    Raises:
        FieldErrors: it is not planned, and no reason is given; or there is no such status.
    """
    require(actor, "feedback.triage", idea.organization_id)
    if status not in IdeaStatus.values:
        raise FieldErrors({"status": f"One of {', '.join(IdeaStatus.values)}."})
    if status == IdeaStatus.NOT_PLANNED and not note.strip():
        raise FieldErrors({"note": "Say why it is not planned: it is shown, and mailed to those who asked."})
    before = PortalIdea.objects.select_for_update().values_list("status", flat=True).get(pk=idea.pk)
    values: dict[str, Any] = {"status": status, "status_note": note.strip()}
    if status != before:
        values["status_changed_at"] = happening_at() or timezone.now()
    idea = change_recorded(
        "portal_idea.moved", actor=actor, subject=idea, values=values, expected_version=expected_version
    )
    if tells and idea.status != before and idea.is_shown:
        _tell(idea)
    return idea


@transaction.atomic
def merge_portal_idea(
    *, actor: User, idea: PortalIdea, into: PortalIdea, expected_version: int | None = None
) -> PortalIdea:
    """Say that an idea asks for the same as another: its votes and followers count there, each person once.

    Raises:
        FieldErrors: the other one is of another portal, merged itself, archived, the same, or read by nobody while
            this one is.
        Conflict: others are merged into this one.
    """
    require(actor, "feedback.triage", idea.organization_id)
    both = PortalIdea.objects.filter(pk__in=[idea.pk, into.pk]).order_by("pk")
    held = {row.pk: row for row in both.select_for_update(of=("self",))}  # in one order, whoever merges what into which
    idea, into = held[idea.pk], held[into.pk]
    if into.pk == idea.pk or into.portal_id != idea.portal_id or into.merged_into_id is not None or into.is_archived:
        raise FieldErrors({"into": "Choose another live idea of this portal that is not merged itself."})
    if PortalIdea.objects.filter(merged_into=idea).exists():
        raise Conflict("Other ideas are merged into this one. Merge those into the other idea first.")
    if idea.is_published and not into.is_published:
        raise FieldErrors({"into": f"“{into}” is not published, so nobody could read it. Publish it first."})
    return change_recorded(
        "portal_idea.merged",
        actor=actor,
        subject=idea,
        values={"merged_into": into},
        expected_version=expected_version,
    )


@transaction.atomic
def unmerge_portal_idea(*, actor: User, idea: PortalIdea, expected_version: int | None = None) -> PortalIdea:
    """Let a merged idea stand for itself again, with its own votes."""
    require(actor, "feedback.triage", idea.organization_id)
    return change_recorded(
        "portal_idea.unmerged",
        actor=actor,
        subject=idea,
        values={"merged_into": None},
        expected_version=expected_version,
    )


@transaction.atomic
def archive_portal_idea(*, actor: User, idea: PortalIdea, expected_version: int | None = None) -> PortalIdea:
    """Put an idea out of sight, on the portal too."""
    require(actor, "feedback.triage", idea.organization_id)
    return archive_recorded("portal_idea.archived", actor=actor, subject=idea, expected_version=expected_version)


@transaction.atomic
def restore_portal_idea(*, actor: User, idea: PortalIdea, expected_version: int | None = None) -> PortalIdea:
    """Bring an archived idea back."""
    require(actor, "feedback.triage", idea.organization_id)
    return restore_recorded("portal_idea.restored", actor=actor, subject=idea, expected_version=expected_version)


def _refuse_other_release(portal: Portal, release: Release | None) -> None:
    if release is not None and release.product_id != portal.product_id:
        raise FieldErrors({"release": "This release is of another product."})


def _tell(idea: PortalIdea) -> None:
    """Queue the telling of an idea's present status; one that nobody has heard of yet is not told any more."""
    now = timezone.now()
    unheard = PortalTelling.objects.filter(idea=idea, finished_at=None, last_visitor_id=0)
    unheard.update(finished_at=now, updated_at=now)
    PortalTelling.objects.create(
        organization_id=idea.organization_id, idea=idea, status=idea.status, note=idea.status_note
    )
    enqueue("feedback.tell_visitors", organization_id=idea.organization_id)
