"""What an import is made of: kinds of rows, and the fields that a column can fill."""

from dataclasses import dataclass, field

from integrations.algorithms.words import heading

LONGEST_TEXT = 20_000


@dataclass(frozen=True, slots=True)
class Target:
    """A field that a column can fill: one of the table's own, or one from which such a field follows.

    `type` is key, code, text, prose, reference, person, choice, flag, date, month, instant, money, number, days, ratio,
    rating, language, email, domain or url; `phrases` are the header words by which the column is known, best first,
    divided by commas.
    """

    name: str
    label: str
    type: str
    phrases: str
    to: str = ""  # references: the kind of row
    longest: int = 200
    choices: tuple[str, ...] = ()
    fills: str = ""  # a derived target: the field that follows from it
    at_least_zero: bool = False
    is_needed: bool = False
    is_soft: bool = False  # what cannot be read stays open with a note, and the row is imported
    is_exact: bool = False  # known by exactly these words, and by no longer header in which they stand
    word_sets: tuple[frozenset[str], ...] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "word_sets", tuple(heading(phrase).words for phrase in self.phrases.split(", ")))

    @property
    def fills_label(self) -> str:
        """The field that follows from this one, in words."""
        return self.fills.removesuffix("_date").removesuffix("_amount").replace("_", " ")


@dataclass(frozen=True, slots=True)
class Kind:
    """A table that can be imported; the order of `KINDS` is the order of a whole import."""

    name: str
    label: str
    plural: str
    permission: str
    words: str  # of file names: alternatives, divided by commas
    targets: tuple[Target, ...]
    parents: tuple[str, ...] = ()  # targets that hold the row; one of them is needed
    parks: bool = False  # without a parent the row waits, instead of being refused
    by_target: dict[str, Target] = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_target", {target.name: target for target in self.targets})


def key_target(phrases: str, *, is_exact: bool = False) -> Target:
    phrases = f"{phrases}, id, key, number, external key"
    return Target("external_key", "Key in the other system", "key", phrases, is_exact=is_exact)


def name_target(phrases: str, longest: int = 200) -> Target:
    return Target("name", "Name", "text", f"name, subject, {phrases}", longest=longest)


def description_target() -> Target:
    return Target("description", "Description", "prose", "description, comment, notes, note", longest=LONGEST_TEXT)
