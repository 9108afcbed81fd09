"""What kind of feedback a text is: weights of words and pairs of words, phrases that tell a kind, and the tone.

How it was trained, on what, and what it reaches stands in `data/kinds.md`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache

import numpy as np
import numpy.typing as npt

from feedback.algorithms.sentiment import Sentiments, learned_logits, soft
from feedback.algorithms.tables import Table, table, words_of
from feedback.algorithms.tokens import Tokenizer, readable
from feedback.algorithms.valence import Values

VERSION = "kinds-table 1"


class Kind(IntEnum):
    """What somebody wants to tell. `OTHER` is an opinion or a statement that is none of the four."""

    BUG = 0
    REQUEST = 1
    PRAISE = 2
    QUESTION = 3
    OTHER = 4


#: Phrases that tell a kind, each a feature; the name says what is found.
PHRASES = {
    "fault": r"crash\w*|bugs?\b|buggy|errors?\b|fail(?:s|ed|ing|ure)?\b|freez\w+|frozen|froze|glitch\w*|hangs?\b|"
    r"stuck|broken|broke|exception|traceback|segfault|defect\w*",
    "stopped": r"(?:does|do|did|is|are|was|has|have|wo|ca|could|would|can)(?:n't|nt| not) (?:\w+ )?(?:work|open|"
    r"load|start|save|sync|respond|show|display|play|connect|update|log|sign|find|let|appear|launch|"
    r"download|install)\w*|cannot|unable to|stopped work\w*|no longer|not working|won't|"
    r"keeps? (?:\w+ )?\w+ing|used to work",
    "expected": r"expected (?:behavio\w+|result|output)|actual (?:behavio\w+|result)|steps to reproduce|repro\w*|"
    r"regression|stack ?trace|current behavio\w+",
    "since": r"(?:after|since|with) (?:the |this |last |latest |new |recent )*(?:update|upgrade|version|release|"
    r"ios ?\d*)|please fix|fix (?:this|it|the|asap)|needs? (?:to be )?fix\w*",
    "wish": r"(?:would|'d|could) (?:be |really |also )*(?:nice|great|good|helpful|useful|like|love|prefer|better|"
    r"awesome|cool)|wish(?:es)?\b|(?:only|one) (?:thing|issue|complaint|problem) (?:is|i|missing)|if only|"
    r"5 stars if|five stars if",
    "please add": r"(?:please|pls|plz|kindly|can you|could you|should) (?:\w+ )?(?:add|support|allow|include|"
    r"implement|provide|bring|make|give|consider|let|have|enable)\b|add(?:ing)? (?:a|an|the|more|"
    r"support|option|ability|feature)\b",
    "lacks": r"(?:need|needs|want|lack|lacks|missing|miss)\b(?: \w+){0,3} (?:option|feature|ability|way|support|"
    r"button|function\w*|mode|setting|filter|integration)|there (?:should|needs to|must) be|no (?:way|"
    r"option|ability) to|(?:ability|option|possibility|way) to\b",
    "proposal": r"feature request|enhancement|proposal|suggestion|suggest\b|describe the feature|use cases?\b|"
    r"motivation|would you like to see|new feature|improvement|is your feature request",
    "asks": r"^\W*(?:how|what|why|where|when|who|which|is there|are there|can (?:i|we|you)|could|does|do|did|"
    r"is (?:it|this)|are|should|any(?:one|body)?)\b",
    "wonders": r"(?:how (?:do|can|to|should|does|did)|is (?:there|it possible)|what (?:is|are|does|do|should)|"
    r"where (?:is|can|do)|why (?:is|are|does|do|did|am)|wondering|not sure|any (?:idea|help|advice|"
    r"way)|does anyone|i have a question|question\b|help me|understand|explain|clarif\w+|documentation)",
    "thanks": r"thank(?:s| you)|love (?:it|this|the)|great (?:app|product|job|work|tool|service)|excellent|"
    r"awesome|perfect|amazing|works (?:great|well|perfectly|fine|like a charm)|best (?:\w+ )?(?:app|"
    r"product|tool)|easy to use|recommend\w*|fantastic|well done|keep (?:it )?up",
    "mark": r"\?",
    "ends asking": r"\?\W*$",
    "code": r"```|`[^`\n]+`|\w+\(\)|\w+::\w+|0x[0-9a-f]{4,}|\bat \w+\.\w+|\b[a-z]+_[a-z_]+\b",
}
PATTERNS = tuple(re.compile(words, re.IGNORECASE) for words in PHRASES.values())
#: What is looked at: the essence of a long report stands at its beginning.
LONGEST = 4_000


@dataclass(frozen=True)
class Kinds:
    """Kinds of some texts.

    Args:
        labels: int64 (texts), of `Kind`.
        confidence: float64 (texts), 0 to 1; 0 for a text without a word.
        chances: float64 (texts, 5), of each kind.
        phrases: of each text, the phrases of `PHRASES` found in it, by name: what a person can check.
    """

    labels: npt.NDArray[np.int64]
    confidence: Values
    chances: Values
    phrases: tuple[tuple[str, ...], ...]


class Model:
    """The table of `data/kinds.npz`, ready for use."""

    def __init__(self, arrays: Table) -> None:
        vocabulary = words_of(arrays["vocabulary"])
        self.tokenizer = Tokenizer(vocabulary)
        self.size = len(vocabulary)
        self.pairs = arrays["pairs"].astype(np.int64)
        self.weights = arrays["weights"].astype(np.float32) * arrays["weights_scale"]
        self.cues = arrays["cues"]
        self.bias = arrays["bias"]
        self.temperature = float(arrays["temperature"])


@cache
def model() -> Model:
    """The shipped table, read once."""
    return Model(table("kinds"))


def cut(text: str) -> str:
    """The part that is looked at, its first line twice where there are more: the title says most."""
    text = readable(text[:LONGEST]).replace("’", "'")
    title, _, rest = text.partition("\n")
    return f"{title}\n{text}" if rest.strip() else text


def cues(texts: Sequence[str], tone: Sentiments) -> Values:
    """float64 (texts, cues): phrases found, tone from -1 to 1, its size, and the logarithm of the length, near 1."""
    found = [[pattern.search(text) is not None for pattern in PATTERNS] for text in texts]
    length = np.log1p([len(text) for text in texts]) / 5
    return np.column_stack(
        [np.array(found, float).reshape(len(texts), len(PATTERNS)), tone.scores, np.abs(tone.scores), length]
    )


def classify(texts: Sequence[str], tone: Sentiments) -> Kinds:
    """Kinds of texts, of any number at once, looked at to their 4,000th character.

    Args:
        tone: their sentiment, in the same order.
    Raises:
        ValueError: the sentiment is of another number of texts.
    """
    if len(tone.labels) != len(texts):
        raise ValueError("Each text has its sentiment.")
    shipped = model()
    cut_texts = [cut(text) for text in texts]
    tokens = shipped.tokenizer.read(cut_texts)
    _, logits = learned_logits(tokens, shipped.weights, shipped.pairs, shipped.size)
    signs = cues(cut_texts, tone)
    chances = soft((logits + signs @ shipped.cues + shipped.bias) * shipped.temperature)
    is_empty = tokens.counts == 0
    labels = chances.argmax(axis=1).astype(np.int64)
    labels[is_empty] = Kind.OTHER
    names = tuple(PHRASES)
    phrases = tuple(tuple(names[place] for place in np.flatnonzero(row[: len(names)])) for row in signs)
    return Kinds(labels, np.where(is_empty, 0.0, chances.max(axis=1)), chances, phrases)
