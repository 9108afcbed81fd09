"""Items that may say the same as another: found by the database, ordered by what they mean; a person decides."""

import re
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.db.models import Q, QuerySet
from django.db.models.functions import Left

from feedback.algorithms.similarity import Similarity
from feedback.models import FeedbackItem
from feedback.selectors.inbox import newest_first

#: So many items that share words, and so many of the same product, are compared.
BY_WORDS, OF_PRODUCT = 200, 100
#: So much of each text is compared, by so many of its words; what is less alike is not told.
COMPARED, ASKED_WORDS, LEAST = 1_000, 10, 0.2
WORD = re.compile(r"[^\W\d_]{4,}")


@dataclass(frozen=True)
class Near:
    """An item, and how alike it is to the one that was asked for, 0 to 1."""

    item: FeedbackItem
    score: float


def nearest(user: Any, item: FeedbackItem, most: int = 5) -> list[Near]:
    """Live items most like an item, which are no duplicates of anything; the likeliest first.

    Compared are those that share one of its longest words, and those of its product, the newest of each: so an
    organization's size does not matter, and an old item with other words may be missed.
    Cost: at most two statements.
    """
    rows = FeedbackItem.objects.visible_to(user).live().filter(duplicate_of=None).exclude(pk=item.pk)
    found = {row.pk: row for row in [*_sharing_words(rows, item), *_of_product(rows, item)]}
    candidates = list(found.values())
    if not candidates:
        return []
    known = Similarity([row.compared for row in candidates])
    (matches,) = known.top([item.text[:COMPARED]], most, LEAST)
    return [Near(candidates[match.place], match.score) for match in matches]


def newest(rows: QuerySet[FeedbackItem], most: int) -> list[Any]:
    """The newest of some items, with the part of their texts that is compared and shown."""
    columns = ("organization", "title", "author_name", "said_at", "account__name")
    compared = rows.annotate(compared=Left("text", COMPARED)).select_related("account").only(*columns)
    return list(newest_first(compared)[:most])


def _sharing_words(rows: QuerySet[FeedbackItem], item: FeedbackItem) -> list[Any]:
    words = sorted({word.lower() for word in WORD.findall(item.text[:COMPARED])}, key=lambda word: (-len(word), word))
    asked = Q()
    for word in words[:ASKED_WORDS]:
        asked |= Q(search=SearchQuery(word, config="simple"))
    return newest(rows.filter(asked), BY_WORDS) if words else []


def _of_product(rows: QuerySet[FeedbackItem], item: FeedbackItem) -> list[Any]:
    return newest(rows.filter(product=item.product_id), OF_PRODUCT) if item.product_id else []
