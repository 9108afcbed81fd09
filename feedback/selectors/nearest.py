"""Items that may say the same as another, found by meaning and by words, and ordered by both; a person decides."""

import json
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import QuerySet
from django.db.models.functions import Left

from core.sql import fetch
from feedback.algorithms.embedding import embed
from feedback.algorithms.similarity import Similarity
from feedback.models import FeedbackItem
from feedback.selectors.inbox import newest_first
from feedback.selectors.search import BY_MEANING, BY_WORDS, LEAST_ALIKE, RAW, vector_of

#: So many that mean the like, and so many of the newest that share words, are compared.
OF_MEANING, OF_WORDS = 100, 100
#: So much of each text is compared, by so many of its words; what is less alike is not told.
COMPARED, ASKED_WORDS, LEAST = 1_000, 10, 0.4
WORD = re.compile(r"[^\W\d_]{4,}")
#: Live items that repeat no other.
FIRST = json.dumps({"is_first": "1"})


@dataclass(frozen=True)
class Near:
    """An item, and how alike it is to the one that was asked for, 0 to 1."""

    item: FeedbackItem
    score: float


def nearest(user: Any, item: FeedbackItem, most: int = 5) -> list[Near]:
    """Live items most like an item, which are no duplicates of anything; the likeliest first.

    Compared are those closest in meaning, and the newest that share one of its longest words: so an organization's size
    does not matter. How alike two are follows from how much they mean the same, m, and how much of words, letters and
    meaning they share together, w: 1 - (1 - m)(1 - w).
    Cost: two statements.
    """
    ids = _candidates(item) - {item.pk}
    rows = FeedbackItem.objects.visible_to(user).live().filter(duplicate_of=None, pk__in=ids)
    candidates = newest(rows, len(ids)) if ids else []
    if not candidates:
        return []
    known, text = Similarity([row.compared for row in candidates]), item.text[:COMPARED]
    meaning = np.clip(embed([text]) @ known.vectors.T, 0, 1)
    (scores,) = 1 - (1 - meaning) * (1 - known.scores([text]))
    found = [Near(row, float(score)) for row, score in zip(candidates, scores, strict=True) if score >= LEAST]
    return sorted(found, key=lambda near: -near.score)[:most]


def newest(rows: QuerySet[FeedbackItem], most: int) -> list[Any]:
    """The newest of some items, with the part of their texts that is compared and shown."""
    columns = ("organization", "title", "author_name", "said_at", "account__name")
    compared = rows.annotate(compared=Left("text", COMPARED)).select_related("account").only(*columns)
    return list(newest_first(compared)[:most])


def _candidates(item: FeedbackItem) -> set[int]:
    """Ids of items to compare."""
    text = f"{item.title}. {item.text}" if item.title else item.text
    words = sorted({word.lower() for word in WORD.findall(item.text[:COMPARED])}, key=lambda word: (-len(word), word))
    statements: list[str] = []
    keys: list[Any] = []
    if words:
        statements.append(BY_WORDS.format(query=RAW))
        keys += [" | ".join(words[:ASKED_WORDS]), FIRST, OF_WORDS]
    if meaning := vector_of(text):
        statements.append(BY_MEANING)
        keys += [meaning, FIRST, OF_MEANING, LEAST_ALIKE]
    return {row[0] for row in fetch(" UNION ALL ".join(statements), keys)} if statements else set()
