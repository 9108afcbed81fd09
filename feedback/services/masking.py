"""Personal data is taken out of what is stored already: a long job, in batches, and for good."""

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.urls import reverse

from accounts.models import Organization, User
from core.access import require
from core.errors import Conflict
from core.jobs import JobStopped, enqueue
from core.sql import update_rows
from events.models import Job, JobStatus
from events.services import record, start_job
from feedback.algorithms.personal import masked, masked_both
from feedback.models import (
    LONGEST_TITLE,
    Analysis,
    AnalysisState,
    FeedbackItem,
    PortalIdea,
    StoryEvidence,
    UserStory,
)
from feedback.selectors.handling import masks_personal_data

BATCH = 200
KIND = "feedback.mask"
#: Columns that masking writes.
WRITTEN = (
    "title", "text", "masked_count", "analysis_state", "analysis_claim", "analysis_claimed_at", "analysis_attempts",
    "analysis_failure", "version",
)  # fmt: skip


@transaction.atomic
def start_masking(*, actor: User, organization: Organization) -> Job:
    """Let personal data be taken out of all texts and titles that are stored. Nobody brings it back.

    Raises:
        NotAllowed: the actor's role may not change how feedback is handled.
        Conflict: new items are not masked, so it would soon be there again; or it is under way.
    """
    require(actor, "feedback.manage", organization)
    if not masks_personal_data(organization):
        raise Conflict("Switch masking on first: else the next item would be stored unmasked. Nothing was changed.")
    under_way = Job.objects.filter(organization=organization, kind=KIND)
    if under_way.filter(status__in=[JobStatus.QUEUED, JobStatus.RUNNING]).exists():
        raise Conflict("What is stored is being masked already; its job tells how far it is.")
    record("organization.masking_asked", actor=actor, subject=organization)
    title = "Mask personal data in stored feedback"
    payload = {"organization": organization.pk, "actor": actor.pk}
    path = reverse("feedback:policy")
    return start_job(actor=actor, organization=organization, kind=KIND, title=title, payload=payload, result_path=path)


def mask_stored(
    *, actor: User, organization: Organization, report: Callable[[int, int | None, str], None]
) -> dict[str, Any]:
    """Mask item after item, archived ones too, and what stories and ideas took from them.

    Run again after a crash, it finds nothing in those that are masked. Names of authors and their addresses stay, as in
    new items; so does the log, which nobody changes.

    Returns:
        What was done, for the job's row.
    Raises:
        JobStopped: somebody asked it to stop; what is masked stays masked, and the sentence says how far it came.
    """
    require(actor, "feedback.manage", organization)
    rows = FeedbackItem.objects.filter(organization=organization)
    total, done, changed, last = rows.count(), 0, 0, 0
    report(0, total, "Masking")
    while ids := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        changed += _mask(actor, organization, ids)
        done, last = done + len(ids), ids[-1]
        try:
            report(done, max(total, done), "Masking")
        except JobStopped as stopped:
            words = f"Stopped after {done:,} of {total:,} items; {changed:,} are masked and stay so. Start it again to"
            raise JobStopped(f"{words} go on.") from stopped
    return {"message": f"{done:,} items are looked through, {changed:,} held personal data and are masked."}


@transaction.atomic
def _mask(actor: User, organization: Organization, ids: list[int]) -> int:
    """Mask some items and what was taken from them; those that change are analyzed anew, for words have moved."""
    items = FeedbackItem.objects.filter(pk__in=ids).defer("search").select_for_update().order_by("pk")
    changed = [item for item in items if _mask_item(item)]
    update_rows(changed, WRITTEN)
    changed_ids = [item.pk for item in changed]
    Analysis.objects.filter(item__in=changed_ids).update(words=[], personal=[])
    _mask_columns(StoryEvidence.objects.filter(item__in=ids), ["quote"])
    for idea in _mask_columns(PortalIdea.objects.filter(item__in=ids), ["title", "text"]):
        record("portal_idea.masked", actor=actor, subject=idea)
    stories = UserStory.objects.filter(pk__in=StoryEvidence.objects.filter(item__in=ids).values("story"))
    for story in _mask_columns(stories, ["role", "goal", "benefit", "criteria", "claims"]):
        record("user_story.masked", actor=actor, subject=story)
    for item in changed:
        record("feedback_item.masked", actor=actor, subject=item, changes={"masked_count": [None, item.masked_count]})
    if changed:
        enqueue("feedback.analyze", organization_id=organization.pk)
    return len(changed)


def _mask_item(item: FeedbackItem) -> bool:
    """Mask a row in memory; whether anything was in it."""
    title, text, count = masked_both(item.title, item.text)
    if not count:
        return False
    item.title, item.text = title[:LONGEST_TITLE], text
    item.masked_count += count
    item.analysis_state, item.analysis_claim, item.analysis_claimed_at = AnalysisState.WAITING, None, None
    item.analysis_attempts, item.analysis_failure = 0, ""
    item.version += 1
    return True


def _mask_columns(rows: Any, names: list[str]) -> list[Any]:
    """Mask columns of rows, texts and lists of texts; returns those in which anything was."""
    changed = []
    for row in rows.order_by("pk").select_for_update():
        before = [getattr(row, name) for name in names]
        after = [_without(value) for value in before]
        if before != after:
            for name, value in zip(names, after, strict=True):
                longest = row._meta.get_field(name).max_length
                setattr(row, name, value[:longest] if longest else value)
            row.version += 1
            changed.append(row)
    update_rows(changed, [*names, "version"])
    return changed


def _without(value: Any) -> Any:
    """A text, or the texts in lists, without personal data."""
    if isinstance(value, list):
        return [_without(part) for part in value]
    return masked(value).text if isinstance(value, str) else value
