"""What people say of labels: a correction stays, whatever is analyzed afterwards."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from accounts.models import User
from core.access import require
from core.errors import FieldErrors
from events.services import change_recorded
from feedback.algorithms.language import LANGUAGE_CODE, NO_LANGUAGE
from feedback.models import LABELS, Analysis, FeedbackItem, LabelReview

#: What a corrected sentiment counts as in means, where the analyser's own score does not hold.
SCORES = {"negative": -1.0, "neutral": 0.0, "positive": 1.0}


@transaction.atomic
def correct_labels(
    *,
    actor: User,
    item: FeedbackItem,
    values: Mapping[str, Any],
    is_blind: bool = False,
    expected_version: int | None = None,
) -> FeedbackItem:
    """Say what labels of an item are; whether the analyser had said the same is kept for `agreement`.

    Args:
        values: label -> what it is; a product as a row, or None.
        is_blind: the actor did not see what the analyser says.
    Raises:
        NotAllowed: the actor's role may not triage feedback.
        FieldErrors: there is no such label, or no such language.
        StaleEdit: somebody changed the item after version `expected_version`.
    """
    require(actor, "feedback.triage", item.organization_id)
    if unknown := values.keys() - set(LABELS):
        raise FieldErrors({name: f"There is no such label. Known: {', '.join(LABELS)}." for name in sorted(unknown)})
    fields = dict(values)
    if fields.get("language"):
        fields["language"] = fields["language"].strip().lower()
        if not LANGUAGE_CODE.fullmatch(fields["language"]):
            raise FieldErrors({"language": NO_LANGUAGE})
    if "sentiment" in values:
        fields["sentiment_score"] = SCORES.get(values["sentiment"])
    fields["labels_by_person"] = sorted({*labels_held([item])[item.pk], *values})
    fresh = change_recorded(
        "feedback_item.labeled", actor=actor, subject=item, values=fields, expected_version=expected_version
    )
    analysis = Analysis.objects.filter(item=item).first()
    if analysis is not None:
        LabelReview.objects.bulk_create(_reviews(actor, item, analysis, values, is_blind))
    return fresh


@transaction.atomic
def release_labels(*, actor: User, item: FeedbackItem, labels: list[str]) -> FeedbackItem:
    """Let the analyser say again what labels are, as it found them last; undoes a correction.

    Raises:
        NotAllowed: the actor's role may not triage feedback.
    """
    require(actor, "feedback.triage", item.organization_id)
    analysis = Analysis.objects.filter(item=item).first()
    held = labels_held([item])[item.pk]
    fields: dict[str, Any] = {"labels_by_person": [name for name in held if name not in labels]}
    for name in labels:
        fields[name] = None if name == "product" else getattr(analysis, name, "")
        if name == "sentiment":
            fields["sentiment_score"] = getattr(analysis, "sentiment_score", None)
    return change_recorded("feedback_item.labeled", actor=actor, subject=item, values=fields)


def labels_held(items: Iterable[FeedbackItem]) -> dict[int, list[str]]:
    """Item -> the labels that a person gave it by now; nobody else gives it any until the transaction ends."""
    rows = FeedbackItem.objects.filter(pk__in=[item.pk for item in items]).order_by("pk").select_for_update()
    return dict(rows.values_list("pk", "labels_by_person"))


def _reviews(
    actor: User, item: FeedbackItem, analysis: Analysis, values: Mapping[str, Any], is_blind: bool
) -> list[LabelReview]:
    return [
        LabelReview(
            organization_id=item.organization_id,
            item=item,
            label=name,
            machine_value=_plain(getattr(analysis, name)),
            analyzer_version=analysis.analyzer_version,
            value=_plain(value),
            is_blind=is_blind,
            reviewed_by=actor,
        )
        for name, value in values.items()
    ]


def _plain(value: Any) -> str:
    """A label as a review keeps it: a product by its id."""
    return str(getattr(value, "pk", value) or "")
