"""All that is found in a text, by one call for a batch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

ANALYZER = "portolan"
VERSION = "1"


class Asked(NamedTuple):
    """A text to analyze; `language` where a person has said it, else empty."""

    title: str
    text: str
    language: str = ""


@dataclass(frozen=True)
class Finding:
    """What is found in a text: labels with confidences from 0 to 1, and where in the text they come from."""

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


def analyze(asked: Sequence[Asked], products: Mapping[int, Sequence[str]]) -> list[Finding]:
    return [Finding("en", 0.5, "neutral", 0.0, 0.5, [], "request", 0.5, "normal", [], [], None, 0.0) for _ in asked]
