"""What a file and its columns probably are, from the words of the header and the look of the cells."""

import re
from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from integrations.algorithms.catalog import KINDS
from integrations.algorithms.mapping import FROM_ACTIVITIES, OUR_COLUMNS, Mapping, Source
from integrations.algorithms.meanings import meant
from integrations.algorithms.profiling import Column, date_order, decimal_sign
from integrations.algorithms.said_columns import could_be_said
from integrations.algorithms.targets import Kind, Target
from integrations.algorithms.words import WEAK, Heading, heading, tokens

#: Below it, a likeness between a header and a field is chance.
THRESHOLD = 0.5
WEIGHTS = {"key": 1.0, "code": 0.8, "text": 0.9, "reference": 1.0}
#: A column that is called text, review or feedback speaks for its file, as one called description does not.
SAID_PLAINLY = 0.85
#: A column whose header is a question holds what people answered.
ASKED = 0.7
#: Days of Excel from 1954 to 2119.
EXCEL_DAYS = (20_000, 80_000)
WRONG_DAY = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b")


@dataclass(frozen=True, slots=True)
class Match:
    """A column that seems to fill a target."""

    place: int
    target: Target
    score: float


def likeness(kind: Kind, target: Target, words: Heading, column: Column) -> float:
    """How well a column fits a target, 0 to 1: its words first, then whether its cells can be such values at all."""
    score = max(
        _word_score(kind, phrase, words, rank, is_exact=target.is_exact) for rank, phrase in enumerate(target.word_sets)
    )
    if target.name == "text" and "?" in column.name:
        score = max(score, ASKED)
    if score == 0 or not _could_be(kind, target, words, column, is_named=score > 0.9):
        return 0.0
    if (words.currency or words.scale != 1) and target.type != "money":
        score -= 0.5
    if words.is_days and target.type not in {"days", "prose"} and target.type != "date":
        score -= 0.4
    if target.type == "days" and not words.is_days and "delay" not in words.words:
        score -= 0.2
    if target.type == "key" and column.filled and column.distinct < column.filled * 0.9:
        score -= 0.45
    return max(0.0, score)


def _word_score(kind: Kind, phrase: frozenset[str], words: Heading, rank: int, *, is_exact: bool) -> float:
    own = kind.name.split("_")[0]
    for found, worth in ((words.words, 1.0), (words.words - WEAK, 0.97), (words.words - WEAK - {own}, 0.95)):
        if found and found == phrase:
            return worth - rank * 0.01
    if is_exact:
        return 0.0
    extras = len(words.words - WEAK - phrase)
    return max(0.0, 0.78 - 0.12 * extras - rank * 0.01) if phrase < words.words and extras < 3 else 0.0


def _could_be(kind: Kind, target: Target, words: Heading, column: Column, *, is_named: bool) -> bool:
    """Whether most cells can be such values; in a column of exactly that name many may be wrong: rows tell it."""
    enough = 0.2 if is_named else 0.8
    if kind.name == "feedback_item" and not could_be_said(target, words, column):
        return False
    if target.type in {"date", "instant"}:
        are_days = column.share(column.dates, "not_date") >= enough or _is_excel_days(column)
        are_days = are_days or (target.type == "instant" and _is_since_1970(column))
        return are_days or (is_named and _look_like_days(column))
    if target.type in {"money", "number", "days", "ratio"}:
        return column.share(column.numbers, "not_number") >= enough
    if target.type == "choice":
        if is_named and target.name == "status" and "status" in tokens(column.name) and column.choices:
            return True  # in whatever language: what its words mean is asked
        understood = sum(
            count
            for text, count in column.choices.items()
            if meant(kind.name, target.name, text, is_rating=words.is_rating)
        )
        return not column.filled or understood >= column.filled * (0.2 if is_named else 0.5)
    if target.type == "code":
        return column.longest <= target.longest
    return target.type not in {"key", "reference", "person"} or column.longest <= 200


def _look_like_days(column: Column) -> bool:
    """Every sample begins like 2026-13-45: wrong days, and no other thing."""
    return bool(column.samples) and all(WRONG_DAY.match(sample) for sample in column.samples)


def _is_excel_days(column: Column) -> bool:
    low, high = EXCEL_DAYS
    numeric = column.share(column.numbers, "not_number") == 1.0 and column.filled > 0
    return numeric and (column.smallest or 0) >= low and (column.largest or 0) <= high


def _is_since_1970(column: Column) -> bool:
    """Seconds or milliseconds since 1970, in the years 2001 to 2033."""
    low, high = column.smallest or 0, column.largest or 0
    return column.share(column.numbers, "not_number") == 1.0 and 1e9 <= low <= high < 2e12 and not 2e9 <= low < 1e12


def match_columns(kind: Kind, columns: Sequence[Column]) -> list[Match]:
    """Each column with the target it fits best; a target is filled once, by the column that fits it best."""
    headings = [heading(column.name) for column in columns]
    candidates = [
        Match(place, target, score)
        for place, column in enumerate(columns)
        if column.name.casefold() not in OUR_COLUMNS
        for target in kind.targets
        if (score := likeness(kind, target, headings[place], column)) >= THRESHOLD
    ]
    matches: list[Match] = []
    for candidate in sorted(candidates, key=lambda match: (-match.score, match.place)):
        places, names = {match.place for match in matches}, {match.target.name for match in matches}
        if candidate.place not in places and candidate.target.name not in names:
            matches.append(candidate)
    filled = {match.target.name for match in matches}
    return [match for match in matches if not (match.target.fills and match.target.fills in filled)]


def guess_kind(file_name: str, columns: Sequence[Column]) -> str:
    """The kind of rows a file holds, from its name and from which kind makes most sense of its columns."""
    named = kinds_named(file_name)
    scores = {
        kind.name: _sense(kind, match_columns(kind, columns)) + _word_of_name(file_name, kind, named)
        for kind in KINDS.values()
    }
    return max(scores, key=lambda name: scores[name])


def _word_of_name(file_name: str, kind: Kind, named: set[str]) -> float:
    """What a file's name says for a kind: programs.csv holds programs, program.csv may hold what one consists of."""
    if kind.name not in named:
        return 0.0
    is_plural = kind.plural.split()[-1].casefold() in tokens(file_name)
    return 4.0 if is_plural else 1.5


def kinds_named(file_name: str) -> set[str]:
    """The kinds that a file's name speaks of: product_lines.csv of product lines, and not of products."""
    words = heading(file_name.rsplit(".", 1)[0]).words
    sizes = {
        kind.name: max(len(said & words) * (said <= words) for said in _alternatives(kind)) for kind in KINDS.values()
    }
    return {name for name, size in sizes.items() if size == max(sizes.values()) > 0}


def _alternatives(kind: Kind) -> list[frozenset[str]]:
    return [frozenset(heading(words).words) for words in kind.words.split(", ")]


def _sense(kind: Kind, matches: Sequence[Match]) -> float:
    filled = {match.target.name for match in matches}
    score = sum(match.score * WEIGHTS.get(match.target.type, 0.5) for match in matches)
    score -= 0.5 * (not filled & {"name"}) + sum(
        target.is_needed for target in kind.targets if target.name not in filled
    )
    if kind.parents and not filled & set(kind.parents):
        score -= 0.3 if kind.parks else 1.5
    if any(match.target.name == "text" and match.score > SAID_PLAINLY for match in matches):
        score += 1.0
    if kind.name == "project" and not any(match.target.type in {"date", "money", "days"} for match in matches):
        score -= 0.4
    return score


def guess_mapping(kind_name: str, columns: Sequence[Column], *, has_activities: bool = False) -> Mapping:
    """Column -> what it fills, with units, formats and the meaning of values.

    Args:
        has_activities: the same import brings activities, from which the status of projects can follow.
    Questions that the cells do not answer (day or month first) are left empty.
    """
    kind = KINDS[kind_name]
    targets = {match.place: match.target for match in match_columns(kind, columns)}
    sources = {
        column.name: source_for(kind_name, targets[place].name, column) if place in targets else Source()
        for place, column in enumerate(columns)
    }
    mapping = Mapping(sources)
    if kind_name == "project" and has_activities and mapping.column_of("status") is None:
        mapping = mapping.with_default("status", FROM_ACTIVITIES)
    return mapping


def source_for(kind_name: str, target_name: str, column: Column) -> Source:
    """How a column is read if it fills this target."""
    target, words = KINDS[kind_name].by_target[target_name], heading(column.name)
    if target.type in {"date", "instant"}:
        return Source(target.name, order="excel" if _is_excel_days(column) else date_order(column) or "")
    if target.type == "choice":
        values = {
            text: choice
            for text in column.choices
            if (choice := meant(kind_name, target.name, text, is_rating=words.is_rating))
        }
        return Source(target.name, is_rating=words.is_rating, values=values)
    if target.type in {"money", "number", "days", "ratio"}:
        scale = words.scale if target.type == "money" else Decimal(1)
        if target.type == "ratio" and not column.has_percent and _is_percent(words, column):
            scale = Decimal("0.01")
        return Source(target.name, scale=scale, decimal=decimal_sign(column) or "")
    return Source(target.name)


def _is_percent(words: Heading, column: Column) -> bool:
    return (column.largest or 0) > 1 or (words.is_percent and (column.largest or 0) == 0)


@dataclass(frozen=True, slots=True)
class Question:
    """What has to be answered before a column can be read."""

    column: str
    about: str  # order, decimal
    text: str


def questions(kind_name: str, mapping: Mapping, columns: Map[str, Column]) -> list[Question]:
    """What the cells leave open and nobody has answered yet."""
    asked: list[Question] = []
    for name, source in mapping.columns.items():
        target, column = KINDS[kind_name].by_target.get(source.to), columns.get(name)
        if target is None or column is None:
            continue
        sample = column.samples[0] if column.samples else ""
        if target.type in {"date", "instant"} and not source.order and date_order(column) is None:
            asked.append(Question(name, "order", f"Is “{sample}” day first or month first?"))
        if target.type in {"money", "number", "days", "ratio"} and not source.decimal:
            asked.append(Question(name, "decimal", f"Is “{sample}” written with a decimal point or a decimal comma?"))
    return asked
