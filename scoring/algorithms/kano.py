"""The class of a feature by Kano's pair of questions: how one feels if it is there, and how if it is missing.

Source: the evaluation table of C. Berger et al., "Kano's methods for understanding customer-defined quality", Center
for Quality of Management Journal 2:4, 1993, after N. Kano et al., "Attractive quality and must-be quality", 1984.
"""

from collections.abc import Collection

#: What may be answered to either question, the happiest first.
ANSWERS = ("I like it", "I expect it", "I am neutral", "I can live with it", "I dislike it")
ATTRACTIVE, PERFORMANCE, MUST_BE, INDIFFERENT, REVERSE = (
    "Attractive",
    "Performance",
    "Must-be",
    "Indifferent",
    "Reverse",
)
#: Berger's letters; the one-dimensional class is called performance here.
_CLASSES = {"A": ATTRACTIVE, "O": PERFORMANCE, "M": MUST_BE, "I": INDIFFERENT, "R": REVERSE}
#: A row for each answer to “if it is there”, in it a letter for each answer to “if it is missing”; Q is questionable.
_TABLE = (
    "QAAAO",
    "RIIIM",
    "RIIIM",
    "RIIIM",
    "RRRRQ",
)


def kano_class(there: int, missing: int) -> str:
    """The class that two answers make, by their places in `ANSWERS`.

    Raises:
        ValueError: the answers contradict each other; the message is a sentence.
    """
    letter = _TABLE[there][missing]
    if letter == "Q":
        raise ValueError("The two answers contradict each other: it is liked, or disliked, both ways. Ask again.")
    return _CLASSES[letter]


def has_kano_classes(names: Collection[str]) -> bool:
    """Whether a scale has all the classes that the questions lead to."""
    return set(_CLASSES.values()) <= set(names)
