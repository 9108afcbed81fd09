"""All that is found in a text, by one call for a batch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from feedback.algorithms import embedding, kinds, language, sentiment, urgency
from feedback.algorithms.personal import personal_data
from feedback.algorithms.products import suggested

ANALYZER = "portolan"
#: The version of all the parts: what another one found is found anew by `reanalyze`.
VERSION = "; ".join(part.VERSION for part in (sentiment, kinds, urgency, language, embedding))
#: So much of a text is read; what comes after it decides nothing.
READ_CHARACTERS = 20_000
#: Words that moved the sentiment by less than this are not marked, nor more than so many of a text.
LEAST_WEIGHT, MOST_WORDS = 0.4, 8


class Asked(NamedTuple):
    """A text to analyze; `language` where a person has said it, else empty."""

    title: str
    text: str
    language: str = ""


@dataclass(frozen=True)
class Finding:
    """What is found in a text: labels with confidences from 0 to 1, and where in the text they come from.

    Args:
        words, personal: places in the text as begin and end in characters, with a weight or what it is.
        vector: float32 (256), of length 1, what the text means; None where no word of it is known.
    """

    language: str
    language_ratio: float
    sentiment: str
    sentiment_score: float
    sentiment_ratio: float
    words: Sequence[tuple[int, int, float]]
    kind: str
    kind_ratio: float
    urgency: str
    urgency_reasons: Sequence[str]
    personal: Sequence[tuple[int, int, str]]
    product: int | None
    product_ratio: float
    vector: npt.NDArray[np.float32] | None


def analyze(asked: Sequence[Asked], products: Mapping[int, Sequence[str]]) -> list[Finding]:
    """Language, sentiment, type, urgency, personal data and the product of texts.

    Args:
        asked: texts of any length; the first `READ_CHARACTERS` are read. A title counts for type and product alone.
        products: what products are called, by id.
    Returns:
        What is found in each, in their order.
    """
    texts = [one.text[:READ_CHARACTERS] for one in asked]
    titled = [f"{one.title}. {text}" if one.title else text for one, text in zip(asked, texts, strict=True)]
    detected = language.languages(texts)
    spoken = [one.language or found for one, (found, _) in zip(asked, detected, strict=True)]
    tones = sentiment.analyse(texts, spoken)
    found_kinds = kinds.classify(titled, tones)
    vectors = embedding.embed(titled)
    findings = []
    for place, text in enumerate(texts):
        label = sentiment.Sentiment(int(tones.labels[place]))
        is_negative = label is sentiment.Sentiment.NEGATIVE
        pressing = urgency.urgency(titled[place], float(tones.confidence[place]) if is_negative else 0.0)
        product, product_ratio = suggested(titled[place], products)
        findings.append(
            Finding(
                language=spoken[place],
                language_ratio=1.0 if asked[place].language else detected[place][1],
                sentiment=label.name.lower(),
                sentiment_score=float(tones.scores[place]),
                sentiment_ratio=float(tones.confidence[place]),
                words=_deciding(tones, place),
                kind=_kind(int(found_kinds.labels[place])),
                kind_ratio=float(found_kinds.confidence[place]),
                urgency=pressing.level.value,
                urgency_reasons=[reason.cause for reason in pressing.reasons],
                personal=[(span.start, span.end, span.kind.value) for span in personal_data(text)],
                product=product,
                product_ratio=product_ratio,
                vector=vectors[place] if vectors[place].any() else None,
            )
        )
    return findings


def _kind(label: int) -> str:
    """The type as items have it; empty where a text is none of them."""
    return "" if label == kinds.Kind.OTHER else kinds.Kind(label).name.lower()


def _deciding(tones: sentiment.Sentiments, place: int) -> list[tuple[int, int, float]]:
    """The words that moved the sentiment most."""
    words = tones.words(place, MOST_WORDS)
    return [
        (word.start, word.end, word.weight)
        for word in words
        if abs(word.weight) >= LEAST_WEIGHT and any(letter.isalpha() for letter in word.text)
    ]
