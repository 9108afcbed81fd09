"""What kind of feedback a text is: weights of words and pairs of words, phrases that tell a kind, and the tone.

A text is a vector of length 1 of the words and pairs that occur in it, rare ones longer (inverse document frequency,
Spärck Jones 1972), and a kind's logit is linear in it.

How it was trained, on what, and what it reaches stands in `data/kinds.md`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cache

import numpy as np
import numpy.typing as npt

from feedback.algorithms.sentiment import Sentiments, pair_places
from feedback.algorithms.tables import Table, table, words_of
from feedback.algorithms.tokens import ADDRESS, SEPARATOR, Tokenizer, Tokens, readable
from feedback.algorithms.valence import Values, soft

VERSION = "kinds-table 2"


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
    r"stuck|broken|broke|\w+exception\b|(?:throws?|threw|thrown|raises?|unhandled|uncaught|an) exception|"
    r"traceback|segfault|defect\w*",
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
#: Words as reports have them, with their digits, underscores and dots, and the marks of headings and code.
TOKEN = re.compile(rf"{ADDRESS}|[@#]?\w[\w'.-]*\w|\w|[?!#`*]+|{SEPARATOR}")
#: What is looked at: the essence of a long report stands at its beginning.
LONGEST = 2_000
#: A text of few words does not count as much as one of many: added to the length of its vector.
SHORTNESS = 10.0
#: How long a cue is, beside words whose length is their rarity: it tells most of a short text.
CUE_LENGTH = 16.0


@dataclass(frozen=True)
class Kinds:
    """Kinds of some texts.

    Args:
        labels: int64 (texts), of `Kind`.
        confidence: float64 (texts), 0 to 1; 0 for a text without a word.
        chances: float64 (texts, 5), of each kind.
    """

    labels: npt.NDArray[np.int64]
    confidence: Values
    chances: Values


class Model:
    """The table of `data/kinds.npz`, ready for use."""

    def __init__(self, arrays: Table) -> None:
        vocabulary = words_of(arrays["vocabulary"])
        self.tokenizer = Tokenizer(vocabulary, TOKEN)
        self.size = len(vocabulary)
        self.pairs = arrays["pairs"].astype(np.int64)
        self.rarity = arrays["rarity"].astype(np.float64)
        self.weights = arrays["weights"] * arrays["weights_scale"] * self.rarity[:, None]
        self.cues = arrays["cues"]
        self.bias = arrays["bias"]
        self.temperature = float(arrays["temperature"])

    def logits(self, tokens: Tokens, signs: Values) -> Values:
        """float64 (texts, 5): what words, pairs and cues say of each kind."""
        texts, columns = occurring(tokens, self.pairs, self.size)
        count = len(tokens.counts)
        length = lengths(texts, self.rarity[columns], count)
        said = np.column_stack([np.bincount(texts, found, count) for found in self.weights[columns].T])
        told: Values = (said + CUE_LENGTH * signs @ self.cues) / length[:, None] + self.bias
        return told


@cache
def model() -> Model:
    """The shipped table, read once."""
    return Model(table("kinds"))


def cut(text: str) -> str:
    """The part that is looked at."""
    return readable(text[:LONGEST]).replace("’", "'")


def occurring(
    tokens: Tokens, pairs: npt.NDArray[np.int64], size: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Which known words and pairs occur in which text, each once: the text's number, and the row of the word, or of
    the pair after all `size` words.
    """
    known = tokens.rows > 0
    here, which = pair_places(tokens, pairs, size)
    owners = np.concatenate([tokens.owners[known], tokens.owners[here]])
    width = size + len(pairs)
    texts, columns = np.divmod(np.unique(owners * width + np.concatenate([tokens.rows[known], size + which])), width)
    return texts, columns


def lengths(texts: npt.NDArray[np.int64], rarity: Values, count: int) -> Values:
    """float64 (count): the length of each text's vector of what occurs in it."""
    found: Values = np.sqrt(np.bincount(texts, rarity**2, count)) + SHORTNESS
    return found


def cues(texts: Sequence[str], tone: Sentiments) -> Values:
    """float64 (texts, cues): phrases found, tone from -1 to 1, its size, and the logarithm of the length, near 1."""
    found = [[pattern.search(text) is not None for pattern in PATTERNS] for text in texts]
    length = np.log1p([len(text) for text in texts]) / 5
    return np.column_stack(
        [np.array(found, float).reshape(len(texts), len(PATTERNS)), tone.scores, np.abs(tone.scores), length]
    )


def classify(texts: Sequence[str], tone: Sentiments) -> Kinds:
    """Kinds of texts, of any number at once, looked at to their 2,000th character.

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
    signs = cues(cut_texts, tone)
    chances = soft(shipped.logits(tokens, signs) * shipped.temperature)
    is_empty = tokens.counts == 0
    labels = chances.argmax(axis=1).astype(np.int64)
    labels[is_empty] = Kind.OTHER
    return Kinds(labels, np.where(is_empty, 0.0, chances.max(axis=1)), chances)
