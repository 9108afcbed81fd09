"""Every write to releases: what was made available, when, and which ideas it brings."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Organization, User
from core.access import require
from core.errors import Conflict, FieldErrors
from events.services import (
    archive_recorded,
    change_all_recorded,
    change_recorded,
    create_recorded,
    happening_at,
    restore_recorded,
)
from feedback.models import IdeaStatus, PortalIdea, Release
from feedback.services.idea import move_portal_idea


@transaction.atomic
def create_release(
    *, actor: User, organization: Organization, ideas: Sequence[PortalIdea] = (), **fields: Any
) -> Release:
    """Write down a version of a product that was, or will be, made available on a date.

    Args:
        ideas: those that it brings, of the product's portal.
    Raises:
        NotAllowed: the actor's role may not triage feedback.
        FieldErrors: an idea is of another product.
    """
    require(actor, "feedback.triage", organization)
    release = create_recorded("release.created", actor=actor, subject=Release(organization=organization, **fields))
    _bring(actor, release, ideas)
    return release


@transaction.atomic
def update_release(
    *,
    actor: User,
    release: Release,
    expected_version: int | None = None,
    ideas: Sequence[PortalIdea] | None = None,
    **fields: Any,
) -> Release:
    """Change a release; its product stays.

    Args:
        ideas: all live ones that it brings from now on; None leaves them as they are.
    Raises:
        StaleEdit: somebody changed it after version `expected_version`.
        FieldErrors: an idea is of another product.
    """
    require(actor, "feedback.triage", release.organization_id)
    changed = change_recorded(
        "release.updated", actor=actor, subject=release, values=fields, expected_version=expected_version
    )
    if ideas is not None:
        _bring(actor, changed, ideas)
    return changed


@transaction.atomic
def publish_release(
    *, actor: User, release: Release, ships: bool = True, expected_version: int | None = None
) -> Release:
    """Show a release in the changelog of the product's portal.

    Args:
        ships: its ideas have shipped with it, and those who asked, voted or follow are told.
    Raises:
        Conflict: it is archived, or its day has not come.
    """
    require(actor, "feedback.triage", release.organization_id)
    today = timezone.localdate(happening_at())
    if release.is_archived:
        raise Conflict("An archived release is not published. Restore it first.")
    if release.released_date > today:
        raise Conflict(f"“{release}” comes out on {release.released_date:%-d %b %Y}. Publish it on that day or later.")
    changed = change_recorded(
        "release.published",
        actor=actor,
        subject=release,
        values={"published_at": release.published_at or happening_at() or timezone.now()},
        expected_version=expected_version,
    )
    for idea in PortalIdea.objects.live().filter(release=release, merged_into=None).order_by("pk") if ships else ():
        if idea.status != IdeaStatus.SHIPPED:
            move_portal_idea(actor=actor, idea=idea, status=IdeaStatus.SHIPPED, note=f"In release {release.name}.")
    return changed


@transaction.atomic
def withdraw_release(*, actor: User, release: Release, expected_version: int | None = None) -> Release:
    """Take a release off the changelog; what was told stays told, and its ideas stay as they are."""
    require(actor, "feedback.triage", release.organization_id)
    return change_recorded(
        "release.withdrawn",
        actor=actor,
        subject=release,
        values={"published_at": None},
        expected_version=expected_version,
    )


@transaction.atomic
def archive_release(*, actor: User, release: Release, expected_version: int | None = None) -> Release:
    """Put a release out of sight, in the changelog too."""
    require(actor, "feedback.triage", release.organization_id)
    return archive_recorded("release.archived", actor=actor, subject=release, expected_version=expected_version)


@transaction.atomic
def restore_release(*, actor: User, release: Release, expected_version: int | None = None) -> Release:
    """Bring an archived release back."""
    require(actor, "feedback.triage", release.organization_id)
    return restore_recorded("release.restored", actor=actor, subject=release, expected_version=expected_version)


def _bring(actor: User, release: Release, ideas: Sequence[PortalIdea]) -> None:
    """Let a release bring exactly these ideas, besides those that are archived or merged."""
    wanted = {idea.pk: idea for idea in ideas}
    if any(idea.portal.product_id != release.product_id for idea in ideas):
        raise FieldErrors({"ideas": "A release brings ideas of its own product's portal."})
    brought = PortalIdea.objects.live().filter(release=release, merged_into=None)
    present = {idea.pk: idea for idea in brought}
    gone = [(idea, {"release": None}) for pk, idea in present.items() if pk not in wanted]
    come = [(idea, {"release": release}) for pk, idea in wanted.items() if pk not in present]
    change_all_recorded("portal_idea.updated", actor=actor, changes=[*gone, *come])
