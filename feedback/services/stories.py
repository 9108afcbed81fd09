"""User stories: drafted by rules from what customers said, edited, accepted as work, or discarded."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db import transaction

from accounts.models import Organization, User
from core.access import require
from core.errors import Conflict, FieldErrors
from events.services import (
    archive_recorded,
    change_recorded,
    create_all_recorded,
    create_recorded,
    restore_recorded,
)
from feedback.algorithms.stories import draft
from feedback.models import FeedbackItem, FeedbackLink, StoryEvidence, StoryOrigin, StoryStatus, UserStory
from projects.models import Project
from projects.services import create_activity, create_project

MOST_ITEMS = 50
QUOTED_CHARACTERS = 500


@transaction.atomic
def draft_story(*, actor: User, organization: Organization, items: Sequence[FeedbackItem]) -> UserStory:
    """Draft a story from what customers said, in their own words; what nobody said stays empty.

    Raises:
        NotAllowed: the actor's role may not triage feedback.
        Conflict: no item is chosen, or more than `MOST_ITEMS`.
    """
    require(actor, "feedback.triage", organization)
    if not items:
        raise Conflict("No feedback is chosen. Tick some in the list.")
    if len(items) > MOST_ITEMS:
        raise Conflict(f"A story rests on at most {MOST_ITEMS} items; these are {len(items)}. Choose the clearest.")
    found = draft([item.text for item in items], _who(items))
    story = UserStory(
        organization=organization,
        role=(found.role or "")[:200],
        goal=(found.goal or "")[:500],
        benefit=(found.benefit or "")[:500],
        criteria=[quote.text for quote in found.criteria],
        size=found.size,
        size_reason=found.size_reason[:300],
        origin=StoryOrigin.RULES,
        product=_commonest([item.product for item in items]),
    )
    create_recorded("user_story.created", actor=actor, subject=story)
    quotes = {quote.item: quote.text for quote in reversed(found.evidence)}
    rows = [
        StoryEvidence(
            organization=organization,
            story=story,
            item=item,
            quote=quotes.get(place, item.text).strip()[:QUOTED_CHARACTERS],
            position=place,
        )
        for place, item in enumerate(items)
    ]
    StoryEvidence.objects.bulk_create(rows)
    return story


@transaction.atomic
def create_story(*, actor: User, organization: Organization, **fields: Any) -> UserStory:
    """Write a story by hand."""
    require(actor, "feedback.triage", organization)
    story = UserStory(organization=organization, origin=StoryOrigin.PERSON, **fields)
    return create_recorded("user_story.created", actor=actor, subject=story)


@transaction.atomic
def update_story(*, actor: User, story: UserStory, expected_version: int | None = None, **fields: Any) -> UserStory:
    """Change the words of a draft.

    Raises:
        Conflict: it is accepted or discarded.
        StaleEdit: somebody changed it after version `expected_version`.
    """
    require(actor, "feedback.triage", story.organization_id)
    _refuse_settled(story)
    return change_recorded(
        "user_story.updated", actor=actor, subject=story, values=fields, expected_version=expected_version
    )


@transaction.atomic
def accept_story(
    *,
    actor: User,
    story: UserStory,
    project: Project | None = None,
    program: Any = None,
    portfolio: Any = None,
    expected_version: int | None = None,
) -> UserStory:
    """Make a story work: an activity of a project, or a proposed project in a program or portfolio.

    The items that it rests on are linked to the project, so that the voices behind it are found from there.

    Args:
        project: where it becomes an activity; without one, a project is proposed in `program` or `portfolio`.
    Raises:
        NotAllowed: the actor's role may not triage feedback, propose projects or change activities.
        FieldErrors: nobody has said what is wanted, or where it goes is not named.
        Conflict: it is accepted or discarded.
        StaleEdit: somebody changed it after version `expected_version`.
    """
    require(actor, "feedback.triage", story.organization_id)
    _refuse_settled(story)
    if not story.goal:
        raise FieldErrors({"goal": "Say first what is wanted."})
    activity = None
    if project is not None:
        activity = create_activity(actor=actor, project=project, name=story.goal[:200])
    elif program is None and portfolio is None:
        raise FieldErrors({"project": "Name the project it is part of, or where a project is proposed."})
    else:
        home = {"program": program} if program is not None else {"portfolio": portfolio}
        project = create_project(
            actor=actor, organization=story.organization, name=story.goal[:200], description=_told(story), **home
        )
    _link(actor, story, project)
    return change_recorded(
        "user_story.accepted",
        actor=actor,
        subject=story,
        values={"status": StoryStatus.ACCEPTED, "project": project, "activity": activity},
        expected_version=expected_version,
    )


@transaction.atomic
def discard_story(*, actor: User, story: UserStory, expected_version: int | None = None) -> UserStory:
    """Say of a draft that it comes to nothing; `reopen_story` takes it back.

    Raises:
        Conflict: it is accepted or discarded.
    """
    require(actor, "feedback.triage", story.organization_id)
    _refuse_settled(story)
    values = {"status": StoryStatus.DISCARDED}
    return change_recorded(
        "user_story.discarded", actor=actor, subject=story, values=values, expected_version=expected_version
    )


@transaction.atomic
def reopen_story(*, actor: User, story: UserStory) -> UserStory:
    """Make a discarded story a draft again.

    Raises:
        Conflict: it is not discarded.
    """
    require(actor, "feedback.triage", story.organization_id)
    if story.status != StoryStatus.DISCARDED:
        raise Conflict("Only a discarded story is taken back.")
    return change_recorded("user_story.reopened", actor=actor, subject=story, values={"status": StoryStatus.DRAFT})


@transaction.atomic
def archive_story(*, actor: User, story: UserStory, expected_version: int | None = None) -> UserStory:
    """Put a story out of sight."""
    require(actor, "feedback.triage", story.organization_id)
    return archive_recorded("user_story.archived", actor=actor, subject=story, expected_version=expected_version)


@transaction.atomic
def restore_story(*, actor: User, story: UserStory, expected_version: int | None = None) -> UserStory:
    """Bring an archived story back."""
    require(actor, "feedback.triage", story.organization_id)
    return restore_recorded("user_story.restored", actor=actor, subject=story, expected_version=expected_version)


def _refuse_settled(story: UserStory) -> None:
    if story.status != StoryStatus.DRAFT:
        raise Conflict(f"This story is {story.get_status_display().lower()}; only a draft is changed.")


def _commonest(values: Sequence[Any]) -> Any:
    """The value that stands most often, the first of equals; None where there is none."""
    counted = Counter(value for value in values if value)
    return counted.most_common(1)[0][0] if counted else None


def _who(items: Sequence[FeedbackItem]) -> str:
    """The role of those who asked, or else the segment of their accounts; empty where neither is known."""
    role = _commonest([item.author_role for item in items])
    return role or _commonest([item.account.segment for item in items if item.account]) or ""


def _told(story: UserStory) -> str:
    """The story as a project's description."""
    criteria = "".join(f"\n- {text}" for text in story.criteria)
    quotes = [f"\n“{row.quote}”" for row in story.evidence.order_by("position", "pk")]
    return "".join([story.sentence, "\n\nAccepted when:", criteria or "\n- …", "\n\nRests on:", *quotes])[:20_000]


def _link(actor: User, story: UserStory, project: Project) -> None:
    """Link the items that a story rests on to a project, those that are not yet."""
    linked = set(FeedbackLink.objects.filter(project=project).values_list("item", flat=True))
    rows = [
        FeedbackLink(organization_id=story.organization_id, item=row.item, project=project, linked_by=actor)
        for row in story.evidence.select_related("item")
        if row.item_id not in linked
    ]
    create_all_recorded("feedback_link.created", actor=actor, subjects=rows)
