"""Readable names of themes: the phrases that occur in one theme and hardly in the others."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from feedback.algorithms.tokens import readable

SMALL = (
    "a an the and or but if of to in on at by for from with without about into over after before than then so as "
    "is are was were be been being am do does did doing have has had having can could will would shall should may "
    "might must i me my mine we us our ours you your yours he him his she her it its they them their this that "
    "these those there here what which who whom whose when where why how not no nor only just very too also still "
    "even more most much many some any all each every both few other another such own same again once don't "
    "doesn't didn't isn't aren't wasn't can't cannot won't couldn't wouldn't i'm i've i'd it's that's there's "
    "please thanks thank hi hello hey get got getting gets go going goes want wants need needs like really "
    "am im ive dont cant etc via per up out off now one two way thing things lot lots able make makes made let "
    "lets know see use used using until while during since ever never always anymore apart less back top down same "
    "especially actually maybe pretty good great bad better best nice well"
)
#: These alone may stand within a phrase.
INNER = "to of in on for with and the a my at by from up off out not"
INNER_WORDS = frozenset(INNER.split())
#: In a phrase, but neither at its beginning nor at its end.
SMALL_WORDS = frozenset(SMALL.split())
WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*|\d+|[.!?;:,\n()]")
LONGEST_PHRASE = 3
#: A phrase names a theme if so many of its items have it.
TYPICAL_RATIO = 0.1
#: A longer phrase says more, if it is as typical.
WORTH = {1: 1.0, 2: 1.6, 3: 1.8}
LONGEST = 1_000


def candidates(text: str) -> set[str]:
    """Phrases of one to three words of a text, that begin and end with a word that means something."""
    words = [word.lower().replace("’", "'") for word in WORD.findall(readable(text[:LONGEST]))]
    found = set()
    for begin, first in enumerate(words):
        if not first[0].isalpha() or first in SMALL_WORDS or len(first) < 2:
            continue
        for end in range(begin + 1, min(begin + LONGEST_PHRASE, len(words)) + 1):
            last = words[end - 1]
            if not last[0].isalnum():
                break
            if any(word in SMALL_WORDS and word not in INNER_WORDS for word in words[begin + 1 : end - 1]):
                break
            if last not in SMALL_WORDS and (end - begin == 1 or last != first):
                found.add(" ".join(words[begin:end]))
    return found


@dataclass(frozen=True)
class Wording:
    """What themes are about: theme -> its most typical phrases, the most typical first, and its first item's text."""

    phrases: dict[int, list[str]]
    first: dict[int, str]
    sizes: Mapping[int, int]


def wording(texts: Sequence[str], labels: npt.NDArray[np.int64]) -> Wording:
    """What the texts of each theme have that others have not.

    Args:
        labels: int64 (texts), the theme of each; -1 for none.
    Source: class-based tf-idf, Grootendorst, "BERTopic", 2022.
    """
    inside: dict[int, Counter[str]] = defaultdict(Counter)
    first: dict[int, str] = {}
    overall: Counter[str] = Counter()
    for text, theme in zip(texts, labels.tolist(), strict=True):
        if theme >= 0:
            found = candidates(text)
            inside[theme].update(found)
            overall.update(found)
            first.setdefault(theme, text)
    sizes = Counter(labels[labels >= 0].tolist())
    mean = sum(sizes.values()) / max(1, len(sizes))
    return Wording({theme: _ranked(inside[theme], overall, sizes[theme], mean) for theme in sizes}, first, sizes)


def names_of(found: Wording, parts: int = 2, taken: Collection[str] = ()) -> dict[int, str]:
    """A name for each theme, such as `export to csv, spreadsheet`, no two alike, and none of those that are taken.

    Args:
        parts: phrases in a name at most.
    Returns:
        theme -> its most typical phrases, the most typical first; the words of its first item, shortened, where it has
        no phrase; `(no words)` where that has none.
    """
    names: dict[int, str] = {}
    for theme in sorted(found.sizes, key=lambda theme: (-found.sizes[theme], theme)):
        others = {*names.values(), *taken}
        names[theme] = _unlike(found.phrases[theme], parts, others) or _shortened(found.first[theme], others)
    return names


def _ranked(inside: Mapping[str, int], overall: Mapping[str, int], size: int, mean: float) -> list[str]:
    least = min(max(2 if size > 3 else 1, round(TYPICAL_RATIO * size)), max(inside.values(), default=1))
    scores = {
        phrase: WORTH[phrase.count(" ") + 1] * often / size * float(np.log1p(mean / overall[phrase]))
        for phrase, often in inside.items()
        if often >= least
    }
    return sorted(scores, key=lambda phrase: (-scores[phrase], phrase))


def _unlike(ranked: Sequence[str], parts: int, taken: set[str]) -> str:
    """The first phrases that share no word, and more of them while the name is taken."""
    chosen: list[str] = []
    for phrase in ranked[:60]:
        words = {word[:5] for word in phrase.split()}
        if all(words.isdisjoint(word[:5] for word in other.split()) for other in chosen):
            chosen.append(phrase)
            if len(chosen) >= parts and ", ".join(chosen) not in taken:
                return ", ".join(chosen)
    name = ", ".join(chosen)
    return name if name not in taken else ""


def _shortened(text: str, taken: set[str]) -> str:
    words = " ".join(readable(text[:LONGEST]).split()[:8]) or "(no words)"
    name, number = words, 2
    while name in taken:
        name, number = f"{words} ({number})", number + 1
    return name
