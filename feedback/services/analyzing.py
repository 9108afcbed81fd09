"""The rows of the items are the queue of the analyser: claimed in batches, analyzed, and written once.

A claim is committed before the work begins, and what came out is written, in one transaction, only to items that still
carry it. So a worker may die at any moment: its items are claimed anew after `CLAIM_LASTS`, and one that was only slow
finds that its claim is gone and writes nothing. Nothing is lost, and nothing is counted twice.
"""

import datetime
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Organization, User
from core.access import require
from core.jobs import enqueue
from core.tenancy import current_scope
from events.services import change_all_recorded, record
from feedback.algorithms.analyzer import ANALYZER, VERSION, Asked, Finding, analyze
from feedback.models import Analysis, AnalysisState, FeedbackItem
from feedback.selectors.products import product_names
from feedback.services.theme_counts import lock_themes
from feedback.services.theming import nearest_themes

logger = structlog.get_logger(__name__)

BATCH = 256
#: An item that was in the hands of so many workers that died is analyzed alone, and after the second number given up.
SUSPECT_ATTEMPTS, MOST_ATTEMPTS = 2, 5
DIED = "The worker stopped {count} times while it read this text. Try again, or shorten the text at its source."
#: Columns of `Analysis` that an analysis says anew.
FOUND = tuple(
    field.name
    for field in Analysis._meta.concrete_fields
    if field.name not in {"id", "organization", "item", "created_at"}
)


def analyze_batch(*, organization_id: int, now: datetime.datetime, size: int = BATCH) -> int:
    """Claim the next waiting items of the organization in scope, analyze them and write what was found.

    Returns:
        How many were claimed; 0 where none waits.
    """
    claim, items = _claimed(organization_id, now, size)
    if items:
        _write(claim, _findings(items, product_names(organization_id)))
    return len(items)


@transaction.atomic
def _claimed(organization_id: int, now: datetime.datetime, size: int) -> tuple[uuid.UUID, list[FeedbackItem]]:
    """Items that this worker holds from now on: the oldest that nobody holds; one alone that has met with deaths."""
    claim = uuid.uuid4()
    waiting = FeedbackItem.objects.filter(organization_id=organization_id).waiting(now).order_by("id")
    while items := list(waiting.defer("search").select_for_update(skip_locked=True)[:size]):
        if any(item.analysis_attempts >= SUSPECT_ATTEMPTS for item in items):
            calm = [item for item in items if item.analysis_attempts < SUSPECT_ATTEMPTS]
            items = calm or items[:1]
        if items[0].analysis_attempts < MOST_ATTEMPTS:
            break
        _fail(items[0], DIED.format(count=items[0].analysis_attempts))
    FeedbackItem.objects.filter(pk__in=[item.pk for item in items]).update(
        analysis_claim=claim, analysis_claimed_at=now, analysis_attempts=F("analysis_attempts") + 1
    )
    return claim, items


def _findings(items: Sequence[FeedbackItem], products: Mapping[int, Sequence[str]]) -> dict[int, Finding | str]:
    """What is found in each item, by its id; where one cannot be analyzed, why."""
    asked = [
        Asked(item.title, item.text, item.language if "language" in item.labels_by_person else "") for item in items
    ]
    try:
        return dict(zip([item.pk for item in items], analyze(asked, products), strict=True))
    except Exception:
        if len(items) == 1:
            logger.exception("feedback_not_analyzed", item=items[0].pk)
            return {items[0].pk: "The analyser could not read this text."}
    found: dict[int, Finding | str] = {}
    for item in items:
        found |= _findings([item], products)
    return found


@transaction.atomic
def _write(claim: uuid.UUID, findings: Mapping[int, Finding | str]) -> None:
    """Write what was found to the items that still carry the claim."""
    held = FeedbackItem.objects.filter(pk__in=findings, analysis_claim=claim).defer("search")
    organization_id = current_scope().organization_id or 0
    lock_themes(organization_id, alone=False)
    items = {item.pk: item for item in held.select_for_update().order_by("pk")}
    found = {pk: finding for pk, finding in findings.items() if pk in items and isinstance(finding, Finding)}
    now = timezone.now()
    rows = [_analysis(items[pk], finding, now) for pk, finding in found.items()]
    Analysis.objects.bulk_create(rows, update_conflicts=True, unique_fields=["item"], update_fields=FOUND)
    themes = nearest_themes(organization_id, items, {pk: finding.vector for pk, finding in found.items()})
    given = {pk: {"theme": theme} for pk, theme in themes.items()}
    changes = [(items[pk], {**_labels(items[pk], finding), **given.get(pk, {})}) for pk, finding in found.items()]
    change_all_recorded("feedback_item.analyzed", actor=None, changes=changes)
    FeedbackItem.objects.filter(pk__in=found).update(
        analysis_state=AnalysisState.ANALYZED,
        analysis_claim=None,
        analysis_claimed_at=None,
        analysis_attempts=0,
        analysis_failure="",
    )
    for pk, finding in findings.items():
        if pk in items and isinstance(finding, str):
            _fail(items[pk], finding)


def _fail(item: FeedbackItem, why: str) -> None:
    FeedbackItem.objects.filter(pk=item.pk).update(
        analysis_state=AnalysisState.FAILED, analysis_claim=None, analysis_claimed_at=None, analysis_failure=why
    )
    record("feedback_item.analysis_failed", actor=None, subject=item, note=why)


def _analysis(item: FeedbackItem, finding: Finding, now: datetime.datetime) -> Analysis:
    return Analysis(
        organization_id=item.organization_id,
        item=item,
        analyzer=ANALYZER,
        analyzer_version=VERSION,
        analyzed_at=now,
        updated_at=now,
        language=finding.language,
        language_ratio=finding.language_ratio,
        sentiment=finding.sentiment,
        sentiment_score=finding.sentiment_score,
        sentiment_ratio=finding.sentiment_ratio,
        words=[list(word) for word in finding.words],
        kind=finding.kind,
        kind_ratio=finding.kind_ratio,
        urgency=finding.urgency,
        urgency_reasons=list(finding.urgency_reasons),
        personal=[list(span) for span in finding.personal],
        product_id=finding.product,
        product_ratio=finding.product_ratio,
        vector=finding.vector,
    )


def _labels(item: FeedbackItem, finding: Finding) -> dict[str, Any]:
    """The labels that the item gets: those that no person gave. A product is suggested alone."""
    said: dict[str, Any] = {
        "language": finding.language,
        "sentiment": finding.sentiment,
        "kind": finding.kind,
        "urgency": finding.urgency,
    }
    given = {name: value for name, value in said.items() if name not in item.labels_by_person}
    return given if "sentiment" in item.labels_by_person else {**given, "sentiment_score": finding.sentiment_score}


def reanalyze(*, actor: User | None, organization: Organization, everything: bool = False) -> int:
    """Let items be analyzed anew: those that another version of the analyser read, or all; those that failed with them.

    It may be asked for again at any time: what waits already goes on waiting, what is done is not asked again.

    Args:
        actor: None for the system itself.
    Returns:
        How many wait now because of it.
    Raises:
        NotAllowed: the actor's role may not change how feedback is handled.
    """
    if actor is not None:
        require(actor, "feedback.manage", organization)
    of_this_version = Q(analysis__analyzer_version=VERSION, analysis_state=AnalysisState.ANALYZED)
    rows = FeedbackItem.objects.filter(organization=organization).exclude(analysis_state=AnalysisState.WAITING)
    return _queue(actor, organization, rows if everything else rows.exclude(of_this_version))


def retry_analysis(*, actor: User, item: FeedbackItem) -> None:
    """Let an item be analyzed anew that could not be.

    Raises:
        NotAllowed: the actor's role may not triage feedback.
    """
    require(actor, "feedback.triage", item.organization_id)
    _queue(actor, item.organization, FeedbackItem.objects.filter(pk=item.pk))


@transaction.atomic
def _queue(actor: User | None, organization: Organization, rows: Any) -> int:
    count: int = FeedbackItem.objects.filter(pk__in=rows.values("pk")).update(
        analysis_state=AnalysisState.WAITING,
        analysis_claim=None,
        analysis_claimed_at=None,
        analysis_attempts=0,
        analysis_failure="",
    )
    if count:
        record(
            "organization.reanalysis_asked",
            actor=actor,
            subject=organization,
            changes={"items": [None, count]},
        )
        enqueue("feedback.analyze", organization_id=organization.pk)
    return count
