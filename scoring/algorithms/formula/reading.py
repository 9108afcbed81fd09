"""From the characters of a formula to its words."""

import re
from dataclasses import dataclass

MOST_CHARACTERS = 2_000
WORD = re.compile(
    r"""(?P<space>\s+)
    | (?P<number>(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
    | (?P<name>[A-Za-z_][A-Za-z_0-9]*)
    | (?P<sign><=|>=|!=|<>|==|[-+*/^()<>=,:%×÷−≤≥≠·])
    """,
    re.VERBOSE,
)
#: Signs that people paste -> the ones that the language has.
SAME = {"×": "*", "·": "*", "÷": "/", "−": "-", "≤": "<=", "≥": ">=", "≠": "!=", "<>": "!=", "==": "="}


class FormulaError(ValueError):
    """A formula that means nothing: `str()` says why, `position` where, in characters from 0."""

    def __init__(self, sentence: str, position: int) -> None:
        super().__init__(sentence)
        self.position = position

    def pointing(self, text: str) -> str:
        """The formula with a mark below the place."""
        before = text[: self.position].rpartition("\n")[2]
        line = before + text[self.position :].partition("\n")[0]
        return f"{line}\n{' ' * len(before)}^"


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a formula: `kind` is number, name, sign or end; `text` as the language writes it."""

    kind: str
    text: str
    position: int


def read(text: str) -> list[Word]:
    """The words of a formula, the last of kind `end`.

    Raises:
        FormulaError: it is too long, or has a character that is none of the language's.
    """
    if len(text) > MOST_CHARACTERS:
        raise FormulaError(f"A formula has at most {MOST_CHARACTERS:,} characters; this has {len(text):,}.", 0)
    words, place = [], 0
    while place < len(text):
        found = WORD.match(text, place)
        if found is None:
            raise FormulaError(f"“{text[place]}” is no part of a formula.", place)
        kind = str(found.lastgroup)
        if kind != "space":
            word = found[0]
            words.append(Word(kind, SAME.get(word, word) if kind == "sign" else word, place))
        place = found.end()
    return [*words, Word("end", "", len(text))]
