"""User stories: drafted from what customers said, edited, saved, accepted as work, or discarded."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.text import capfirst

from accounts.models import Organization, User
from core.access import require
from core.errors import Conflict, FieldErrors
from events.selectors import before_last
from events.services import (
    archive_recorded,
    change_recorded,
    create_all_recorded,
    create_recorded,
    restore_recorded,
    stale_edit,
    start_job,
)
from feedback.algorithms.stories import draft
from feedback.models import (
    DraftingEndpoint,
    FeedbackItem,
    FeedbackLink,
    StoryEvidence,
    StoryOrigin,
    StoryStatus,
    UserStory,
)
from feedback.selectors.stories import commonest, is_being_written, role_of
from projects.models import Project
from projects.services import create_activity, create_project

WRITE_KIND = "feedback.write_story"
MOST_ITEMS = 50
QUOTED_CHARACTERS = 500


@transaction.atomic
def draft_story(*, actor: User, organization: Organization, items: Sequence[FeedbackItem]) -> UserStory:
    """Draft a story from what customers said, in their own words; what nobody said stays empty.

    Where a model is set up to write drafts, a worker lets it write this one anew in a moment.

    Raises:
        NotAllowed: the actor's role may not triage feedback.
        Conflict: no item is chosen, or more than `MOST_ITEMS`.
    """
    require(actor, "feedback.triage", organization)
    if not items:
        raise Conflict("No feedback is chosen. Tick some in the list.")
    items = list({item.pk: item for item in items}.values())
    if len(items) > MOST_ITEMS:
        raise Conflict(f"A story rests on at most {MOST_ITEMS} items; these are {len(items)}. Choose the clearest.")
    words, quotes = _extracted(items)
    story = UserStory(organization=organization, product=commonest([item.product for item in items]), **words)
    create_recorded("user_story.created", actor=actor, subject=story)
    rows = [
        StoryEvidence(organization=organization, story=story, item=item, quote=quotes[place], position=place)
        for place, item in enumerate(items)
    ]
    StoryEvidence.objects.bulk_create(rows)
    if _is_written_by_a_model(organization.pk):
        _let_write(actor, story)
    return story


@transaction.atomic
def redraft_story(*, actor: User, story: UserStory, expected_version: int | None = None) -> UserStory:
    """Draft a story anew from the items that it rests on: by the model where one is set up, else by the rules.

    Raises:
        Conflict: it is settled, is being written, or rests on nothing.
        StaleEdit: somebody changed it after version `expected_version`.
    """
    require(actor, "feedback.triage", story.organization_id)
    story = _held(story)
    evidence = list(story.evidence.select_related("item__account").order_by("position", "pk"))
    if not evidence:
        raise Conflict("This story rests on no feedback, so there is nothing to draft it from.")
    if is_being_written(story):
        raise Conflict("This story is being written. It takes some seconds.")
    if _is_written_by_a_model(story.organization_id):
        if expected_version is not None and expected_version != story.version:
            raise stale_edit(story, expected_version)
        _let_write(actor, story, is_fresh=True)
        return story
    words, quotes = _extracted([row.item for row in evidence])
    claims = words.pop("claims")
    values = {**words, "model": "", "prompt_version": ""}
    fresh = change_recorded(
        "user_story.updated", actor=actor, subject=story, values=values, expected_version=expected_version
    )
    fresh.claims, fresh.drafting_note = claims, ""
    fresh.save(update_fields=["claims", "drafting_note"])
    for place, row in enumerate(evidence):
        row.quote = quotes[place]
    StoryEvidence.objects.bulk_update(evidence, ["quote"])
    return fresh


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
        Conflict: it is accepted, discarded or archived.
        StaleEdit: somebody changed it after version `expected_version`.
    """
    require(actor, "feedback.triage", story.organization_id)
    story = _held(story)
    return change_recorded(
        "user_story.updated", actor=actor, subject=story, values=fields, expected_version=expected_version
    )


@transaction.atomic
def save_story(*, actor: User, story: UserStory, expected_version: int | None = None, **fields: Any) -> UserStory:
    """Keep a draft as a story: a person has looked at it, and changed what was wrong.

    Raises:
        FieldErrors: nobody has said what is wanted.
        Conflict: it is accepted, discarded or archived.
        StaleEdit: somebody changed it after version `expected_version`.
    """
    require(actor, "feedback.triage", story.organization_id)
    story = _held(story)
    if not fields.get("goal", story.goal):
        raise FieldErrors({"goal": "Say first what is wanted."})
    values = {**fields, "status": StoryStatus.SAVED}
    return change_recorded(
        "user_story.saved", actor=actor, subject=story, values=values, expected_version=expected_version
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
        FieldErrors: nobody has said what is wanted; or where it goes is not named, or twice.
        Conflict: it is accepted, discarded or archived.
        StaleEdit: somebody changed it after version `expected_version`.
    """
    require(actor, "feedback.triage", story.organization_id)
    story = _held(story)
    if not story.goal:
        raise FieldErrors({"goal": "Say first what is wanted."})
    if sum(place is not None for place in (project, program, portfolio)) > 1:
        raise FieldErrors({"project": "Name one place: a project, or a program or portfolio in which one is proposed."})
    activity = None
    if project is not None:
        activity = create_activity(actor=actor, project=project, name=_as_name(story))
    elif program is None and portfolio is None:
        raise FieldErrors({"project": "Name the project it is part of, or where a project is proposed."})
    else:
        home = {"program": program} if program is not None else {"portfolio": portfolio}
        project = create_project(
            actor=actor, organization=story.organization, name=_as_name(story), description=_told(story), **home
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
        Conflict: it is accepted, discarded or archived.
    """
    require(actor, "feedback.triage", story.organization_id)
    story = _held(story)
    values = {"status": StoryStatus.DISCARDED}
    return change_recorded(
        "user_story.discarded", actor=actor, subject=story, values=values, expected_version=expected_version
    )


@transaction.atomic
def reopen_story(*, actor: User, story: UserStory) -> UserStory:
    """Make a discarded story again what it was before: a draft, or a saved one.

    Raises:
        Conflict: it is not discarded, or archived.
    """
    require(actor, "feedback.triage", story.organization_id)
    story = UserStory.objects.select_for_update().get(pk=story.pk)
    if story.status != StoryStatus.DISCARDED or story.is_archived:
        raise Conflict("Only a discarded story is taken back, and an archived one is restored first.")
    status = before_last("user_story.discarded", story).get("status", StoryStatus.DRAFT)
    return change_recorded("user_story.reopened", actor=actor, subject=story, values={"status": status})


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


def _held(story: UserStory) -> UserStory:
    """The story as it is by now, which nobody else changes until the end of the transaction.

    Raises:
        Conflict: it is accepted, discarded or archived.
    """
    story = UserStory.objects.select_for_update().get(pk=story.pk)
    if story.is_archived:
        raise Conflict("This story is archived. Restore it first.")
    if not story.is_open:
        raise Conflict(f"This story is {story.get_status_display().lower()}; only a draft is changed.")
    return story


def _extracted(items: Sequence[FeedbackItem]) -> tuple[dict[str, Any], list[str]]:
    """The words of a story as the rules find them, and a quote of each item."""
    found = draft([item.text for item in items], role_of(items))
    criteria = [quote.text[:500] for quote in found.criteria]
    parts = [("goal", found.goal, found.goal_quote), ("benefit", found.benefit, found.benefit_quote)]
    claims: list[Any] = [[part, (text or "")[:500], [quote.item]] for part, text, quote in parts if quote]
    claims += [["criterion", text, [quote.item]] for text, quote in zip(criteria, found.criteria, strict=True)]
    quotes = {quote.item: quote.text for quote in reversed(found.evidence)}
    words = {
        "role": (found.role or "")[:200],
        "goal": (found.goal or "")[:500],
        "benefit": (found.benefit or "")[:500],
        "criteria": criteria,
        "size": found.size,
        "size_reason": found.size_reason[:300],
        "origin": StoryOrigin.RULES,
        "claims": claims,
    }
    return words, [quotes.get(place, item.text).strip()[:QUOTED_CHARACTERS] for place, item in enumerate(items)]


def _is_written_by_a_model(organization_id: int) -> bool:
    return DraftingEndpoint.objects.filter(organization_id=organization_id, is_active=True).exists()


def _let_write(actor: User, story: UserStory, *, is_fresh: bool = False) -> None:
    """Ask a worker to let the model write a story; until then, and where it does not, its words stay."""
    story.job = start_job(
        actor=actor,
        organization=story.organization,
        kind=WRITE_KIND,
        title=f"Draft a story from {story.evidence.count()} items",
        payload={"story": story.pk, "version": story.version, "is_fresh": is_fresh},
        result_path=reverse("feedback:story-detail", args=[story.pk]),
    )
    story.drafting_note = ""
    story.save(update_fields=["job", "drafting_note"])


def _as_name(story: UserStory) -> str:
    """The goal as work is called by it: it begins as a sentence does."""
    return capfirst(story.goal)[:200]


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
