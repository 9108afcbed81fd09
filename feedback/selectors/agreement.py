"""How far people and the analyser agree, from labels that people gave without seeing what it says."""

import random
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Max
from django.db.models.functions import TruncMonth

from feedback.algorithms.agreement import Agreement, agreement, agreement_by_period
from feedback.models import FeedbackItem, LabelReview

#: Labels that are checked blind.
CHECKED = ["sentiment", "kind", "urgency"]
WORDS = {"sentiment": "Sentiment", "kind": "Type", "urgency": "Urgency"}


@dataclass(frozen=True)
class LabelAgreement:
    """A label: how far people and machine agree in all, and month by month, the newest first."""

    label: str
    words: str
    overall: Agreement
    months: list[tuple[Any, Agreement]]
    corrected: int


def agreements(organization_id: int) -> list[LabelAgreement]:
    """The agreement on each label. A correction that somebody made on seeing a wrong label tells nothing of how many
    are right, so those are counted apart.

    Cost: two statements; every blind review is read.
    """
    rows = LabelReview.objects.filter(organization_id=organization_id, is_blind=True, label__in=CHECKED)
    found = list(
        rows.annotate(month=TruncMonth("created_at"))
        .order_by("-month")
        .values_list("label", "month", "value", "machine_value")
    )
    seen = LabelReview.objects.filter(organization_id=organization_id, is_blind=False)
    corrected = Counter(seen.values_list("label", flat=True))
    return [_of_label(label, [row[1:] for row in found if row[0] == label], corrected[label]) for label in CHECKED]


def _of_label(label: str, rows: list[tuple[Any, str, str]], corrected: int) -> LabelAgreement:
    months, people, machine = ([row[place] for row in rows] for place in range(3))
    return LabelAgreement(
        label=label,
        words=WORDS[label],
        overall=agreement(people, machine),
        months=list(agreement_by_period(months, people, machine).items()),
        corrected=corrected,
    )


def item_to_check(user: Any, rng: random.Random) -> FeedbackItem | None:
    """An analyzed item whose checked labels no person has said yet, by chance; None where there is none."""
    rows = FeedbackItem.objects.visible_to(user).live().filter(analysis_state="analyzed")
    rows = rows.exclude(labels_by_person__has_any_keys=CHECKED)
    last = rows.aggregate(last=Max("pk"))["last"]
    if last is None:
        return None
    first = rows.order_by("pk").values_list("pk", flat=True)[0]
    found: FeedbackItem | None = (
        rows.filter(pk__gte=rng.randint(first, last)).defer("search").select_related("account").order_by("pk").first()
    )
    return found
