"""Items found by their words and by what they mean, in one list.

Two functions of the database find (the migration `search`): they use the indexes of words and of meaning, which
row-level security keeps the application itself from, and stay within the organization in scope. What they cost is
bounded by how many are asked for, not by how many there are.
"""

import datetime
import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.sql import fetch
from feedback.algorithms.embedding import embed
from feedback.querysets import WORD, words_asked
from feedback.selectors.marking import Piece

#: Found are at most so many; whoever gets more asks for other words.
MOST_FOUND = 250
#: So many by meaning, if they are so much alike: of texts about other things, one in twenty is.
MOST_ALIKE, LEAST_ALIKE = 100, 0.4
#: So few matches are told by their ids; more are common words, which a walk through the newest finds soon.
FEW = 2_000
#: What the functions narrow by. Of other filters nothing is known there, so more is asked for, and cut out afterwards.
NARROWING = frozenset(
    {
        "archived", "is_first", "status", "sentiment", "kind", "urgency", "channel", "analysis_state", "product",
        "account", "owner", "theme", "project",
    }
)  # fmt: skip
MOST_BEFORE_FILTERS = 2_000
#: Reciprocal ranks are summed with this constant (Cormack, Clarke & Büttcher, SIGIR 2009).
SMOOTHED = 60
#: Of so many characters an excerpt is made; one whose first word found stands behind the 60th begins 30 before it.
MARKED_CHARACTERS, EXCERPT, IN_SIGHT, BEFORE = 4_000, 240, 60, 30

BY_WORDS = "SELECT item, said_at, fit, NULL::float8 FROM feedback_by_words({query}('simple', %s), %s, %s)"
BY_MEANING = "SELECT item, said_at, NULL::real, likeness FROM feedback_by_meaning(%s, %s, %s, %s)"
WEB, RAW = "websearch_to_tsquery", "to_tsquery"


@dataclass(frozen=True)
class Found:
    """Ids of items in their order, at most one more than `MOST_FOUND`, and how alike those are that meaning found.

    Args:
        by_words: those in which the words stand.
        is_exact: words alone were asked for.
    """

    ids: list[int]
    likeness: Mapping[int, float]
    by_words: Collection[int]
    is_exact: bool = False


def found(words: str, narrowed: Mapping[str, Any], *, is_newest_first: bool = False) -> Found:
    """Items of the organization in scope in which all words stand, and those that mean what the words mean.

    “Quotes”, or, and -without ask for words alone.

    Args:
        narrowed: values by the names of filters; those that are not in `NARROWING` the caller applies.
    Cost: one statement.
    """
    known = json.dumps({name: str(value) for name, value in sorted(narrowed.items()) if name in NARROWING})
    most = MOST_FOUND + 1 if narrowed.keys() <= NARROWING else MOST_BEFORE_FILTERS
    query, text = asked(words)
    sql, keys = BY_WORDS.format(query=query), [text, known, most]
    if query == RAW and (meaning := vector_of(words)):
        sql, keys = f"{sql} UNION ALL {BY_MEANING}", [*keys, meaning, known, MOST_ALIKE, LEAST_ALIKE]
    rows = fetch(sql, keys)
    said: dict[int, datetime.datetime] = {row[0]: row[1] for row in rows}
    fit = {row[0]: row[2] for row in rows if row[2] is not None}
    likeness = {row[0]: row[3] for row in rows if row[3] is not None}
    newest = sorted(said, key=lambda pk: (said[pk], pk), reverse=True)
    ids = newest if is_newest_first else fused([ranked(newest, fit), ranked(newest, likeness)], newest)
    return Found(ids[:most], likeness, fit.keys(), is_exact=query == WEB)


def ids_with(words: str, narrowed: Mapping[str, Any], most: int = FEW) -> list[int]:
    """The newest items of the organization in scope in which all words stand."""
    query, text = asked(words)
    rows = fetch(BY_WORDS.format(query=query), [text, json.dumps(dict(narrowed)), most])
    return [row[0] for row in sorted(rows, key=lambda row: (row[1], row[0]), reverse=True)]


def asked(words: str) -> tuple[str, str]:
    """The function that makes a query of words, and its text."""
    how, text = words_asked(words)
    return WEB if how == "websearch" else RAW, text


def vector_of(text: str) -> str:
    """What a text means, as PostgreSQL reads it; empty where no word of it is known."""
    (vector,) = embed([text])
    return "[" + ",".join(f"{value:.5g}" for value in vector.tolist()) + "]" if vector.any() else ""


def ranked(ids: Sequence[int], score: Mapping[int, float]) -> list[int]:
    """Those that have a score, the highest first, ties as they stand."""
    return sorted((pk for pk in ids if pk in score), key=lambda pk: -score[pk])


def fused(rankings: Sequence[Sequence[int]], ids: Sequence[int]) -> list[int]:
    """Ids by the sum of their reciprocal ranks, the highest first, ties as they stand."""
    sums = dict.fromkeys(ids, 0.0)
    for ranking in rankings:
        for place, pk in enumerate(ranking, start=1):
            sums[pk] += 1 / (SMOOTHED + place)
    return sorted(ids, key=lambda pk: -sums[pk])


def marked(text: str, words: str) -> list[Piece]:
    """The part of a text in which the first of some words stands, with the words marked as `hit`."""
    parts = sorted({part.lower() for part in WORD.findall(without_refused(words))}, key=lambda part: (-len(part), part))
    if not parts:
        return [Piece(text[:EXCERPT])]
    pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, parts))})\w*", re.IGNORECASE)
    first = pattern.search(text)
    begin = max(first.start() - BEFORE, 0) if first is not None and first.end() > IN_SIGHT else 0
    shown = ("…" if begin else "") + text[begin : begin + EXCERPT]
    pieces, place = [], 0
    for hit in pattern.finditer(shown):
        pieces += [Piece(shown[place : hit.start()]), Piece(hit[0], "hit")]
        place = hit.end()
    return [piece for piece in (*pieces, Piece(shown[place:])) if piece.text]


def without_refused(words: str) -> str:
    """Words without those that a minus refuses, and without the “or” between them."""
    return re.sub(r"(?:^|(?<=\s))-\S+|(?<=\s)or(?=\s)", " ", words, flags=re.IGNORECASE)
