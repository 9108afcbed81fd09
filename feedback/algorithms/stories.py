"""A draft of a user story from what customers wrote, by extraction: what nobody said is missing, never invented."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from feedback.algorithms.tokens import readable


class Size(StrEnum):
    """How large the work sounds, by how much is asked; a hint to estimate against, no estimate."""

    SMALL = "S"
    MEDIUM = "M"
    LARGE = "L"


@dataclass(frozen=True)
class Quote:
    """Words of one item: `items[item][start:end]`, in characters."""

    item: int
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Story:
    """What could be drawn from the items, in the customers' own words.

    Args:
        role: the segment given; None where none is.
        goal, benefit: the words after `I want` and `so that`, with where they stand; None where nobody says so.
        criteria: sentences that say when it must work or what must hold.
        evidence: the sentence of each item that asks for it, else its first one.
        size_reason: what the hint of the size rests on.
    """

    role: str | None
    goal: str | None
    benefit: str | None
    goal_quote: Quote | None
    benefit_quote: Quote | None
    criteria: tuple[Quote, ...]
    evidence: tuple[Quote, ...]
    size: Size
    size_reason: str


CUT = (
    r"(?=[.!?;\n]|$|,? (?:so that|so (?:i|we|they|it)\b|in order to|because|but|otherwise|instead of having)\b|"
    r",? as (?:it|this|that) )"
)
BODY = rf"(?P<goal>[^.!?;\n]{{3,200}}?){CUT}"
PRONOUN = r"(?:i|we|you|users?|people|customers?|one|it|my team|our team|our \w+)"
#: Ways to ask, the clearest first. The words after them are the goal.
ASKING = tuple(
    re.compile(pattern.replace("BODY", BODY).replace("PRONOUN", PRONOUN), re.IGNORECASE)
    for pattern in (
        r"\b(?:i|we)(?:'d| would| do)? (?:really |also |just |still )*(?:want|like|love|wish|need|"
        r"prefer)(?: you)? to (?:be able to |have the (?:ability|option) to )?BODY",
        r"\b(?:be|being|able) able to BODY",
        r"\b(?:allow|let|enable|permit)(?:s|ing)? (?:us|me|users|people|customers|everyone|you) (?:to )?BODY",
        r"\b(?:ability|option|way|possibility|feature|chance) (?:for PRONOUN )?to (?:be able to )?BODY",
        r"\b(?:(?:can|could|would|will) you )?(?:please|kindly|pls|plz) (?P<verb>add|support|provide|bring|"
        r"include|implement|create|make|give|allow|consider|change|fix|enable|introduce|put|offer|"
        r"integrate)\b BODY",
        r"\b(?:can|could|would|will) you (?:please |guys )?(?P<verb>add|support|provide|bring|include|implement|"
        r"create|make|give|allow|consider|change|fix|enable|introduce|put|offer|integrate)\b BODY",
        r"\b(?P<verb>add) (?:(?:a|an|the|some|more|support|option|ability)\b) ?BODY",
        r"\b(?:would|it'd|it would) be (?:really |so |very |even )?(?:nice|great|good|helpful|useful|awesome|cool|"
        r"amazing|perfect|better|lovely|handy|nicer|fantastic)(?: if (?:PRONOUN (?:could|can|would|had|"
        r"was able to) )?| to (?:be able to |have )?)BODY",
        r"\b(?:i|we) (?:really |just )?(?:wish|hope) (?:that )?(?:PRONOUN |there (?:was|were|is) )(?:could |"
        r"would |had |was able to |an? (?:way|option) to )?BODY",
        r"\bwhy (?:can't|cannot|can not|can) (?:i|we) (?:not )?BODY",
        r"\b(?:i|we)(?:'d| would)? (?:really |also |just )*(?P<verb>need|want|would like|like|love|"
        r"require) (?=an?\b|the\b|more\b|better\b|some\b|support\b)BODY",
        r"\b(?:missing|lacks?|needs?|there is no|there's no|there should be|there must be) (?=an?\b|the\b|more\b|"
        r"support\b|option\b|ability\b|\w+ (?:option|support|feature|mode|export|import|filter)\b)BODY",
        r"\bshould (?:be able to |have |support |allow |offer |let (?:me|us) )BODY",
    )
)  # fmt: skip
BENEFIT = re.compile(
    r"\b(?:so that|so (?=(?:i|we|they|users?|people|my team|our team)\b)|in order to|(?:that|this|it|"
    r"which) (?:would|will|'d) (?=help|save|allow|make|let|enable|reduce|avoid|spare|give)"
    r"|(?=to (?:save|avoid|reduce|speed up|prevent) (?:\w+ ){0,3}(?:time|work|errors?|mistakes?|clicks|cost|"
    r"effort|money|duplicat\w+)))"
    r"(?P<benefit>[^.!?;\n]{3,200})",
    re.IGNORECASE,
)
CRITERION = re.compile(
    r"\b(?:must(?! have been)|should|has to|have to|needs to|at least|at most|no more than|within \d+|"
    r"when(?:ever)? (?:i|we|you|the)|if (?:i|we|you|the)|only (?:if|when)|without (?:having|losing|needing)|"
    r"as (?:a )?(?:csv|pdf|xlsx|excel)|per (?:user|team|project|month|week))\b",
    re.IGNORECASE,
)
SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?](?=\w)[^.!?\n]*)*[.!?]*")
LARGE = re.compile(
    r"\b(?:integrat\w+|migrat\w+|redesign|rewrite|platform|offline|multi[- ]?(?:tenant|language|user)|"
    r"real[- ]?time|sync\w*|permissions?|roles?|api|workflow|mobile app)\b",
    re.IGNORECASE,
)
SMALL = re.compile(
    r"\b(?:button|label|typo|colou?r|icon|font|text|tooltip|wording|default|link|shortcut|rename|sort|column)\b",
    re.IGNORECASE,
)
MOST_CRITERIA, LONGEST_QUOTE = 6, 300
VERBS_OF_ASKING = {"need", "want", "like", "love", "would like", "require"}


def sentences(text: str) -> list[tuple[int, int]]:
    """Where the sentences of a text begin and end, without the space around them."""
    found = []
    for match in SENTENCE.finditer(text):
        inner = match[0].strip()
        if any(letter.isalnum() for letter in inner):
            start = match.start() + len(match[0]) - len(match[0].lstrip())
            found.append((start, start + len(inner)))
    return found


def draft(items: Sequence[str], segment: str = "") -> Story:
    """A story from one or several items about the same thing.

    Args:
        items: what customers wrote, masked beforehand where policy says so. English is understood; of other
        languages only
            evidence is given.
        segment: of the customers who wrote it; the role, and the only one.
    """
    texts = [readable(item).replace("’", "'") for item in items]
    goals = [_goal(number, text) for number, text in enumerate(texts)]
    goal, goal_place = next(((words, place) for words, place in goals if place is not None), (None, None))
    benefit = next((place for number, text in enumerate(texts) if (place := _benefit(number, text))), None)
    criteria = _criteria(texts, [place for _, place in goals if place])
    evidence = [_evidence(number, text, goals[number][1]) for number, text in enumerate(texts)]
    role = " ".join(segment.split()) or None
    size, reason = _size(texts, criteria)
    return Story(
        role=role,
        goal=goal,
        benefit=_clause(benefit.text) if benefit else None,
        goal_quote=_in_original(items, goal_place),
        benefit_quote=_in_original(items, benefit),
        criteria=tuple(criteria),
        evidence=tuple(quote for quote in evidence if quote),
        size=size,
        size_reason=reason,
    )


def _in_original(items: Sequence[str], place: Quote | None) -> Quote | None:
    return place and Quote(place.item, place.start, place.end, items[place.item][place.start : place.end])


def _clause(words: str) -> str:
    """Words as part of a sentence: one space between them, nothing at the ends that ends a sentence."""
    return " ".join(words.split()).strip(" ,:-\"'()")


def _goal(number: int, text: str) -> tuple[str | None, Quote | None]:
    for pattern in ASKING:
        found = pattern.search(text)
        if found and len(_clause(found["goal"]).split()) >= 1 and any(map(str.isalpha, found["goal"])):
            words = _clause(found["goal"])
            verb = (found.groupdict().get("verb") or "").lower()
            start = found.start("verb") if verb and verb not in VERBS_OF_ASKING else found.start("goal")
            if start != found.start("goal"):
                words = _clause(text[start : found.end("goal")])
            return words, Quote(number, start, found.end("goal"), text[start : found.end("goal")])
    return None, None


def _benefit(number: int, text: str) -> Quote | None:
    found = BENEFIT.search(text)
    return Quote(number, *found.span("benefit"), found["benefit"]) if found else None


def _criteria(texts: Sequence[str], goals: Sequence[Quote]) -> list[Quote]:
    """Sentences that say what must hold, other than those that are the goal itself."""
    found: list[Quote] = []
    for number, text in enumerate(texts):
        for start, end in sentences(text):
            is_goal = any(quote.item == number and start <= quote.start < end for quote in goals)
            if not is_goal and end - start <= LONGEST_QUOTE and CRITERION.search(text, start, end):
                found.append(Quote(number, start, end, text[start:end]))
    return found[:MOST_CRITERIA]


def _evidence(number: int, text: str, goal: Quote | None) -> Quote | None:
    places = sentences(text)
    if not places:
        return None
    start, end = next(((s, e) for s, e in places if goal and s <= goal.start < e), places[0])
    end = min(end, start + LONGEST_QUOTE)
    return Quote(number, start, end, text[start:end])


def _size(texts: Sequence[str], criteria: Sequence[Quote]) -> tuple[Size, str]:
    joined = "\n".join(texts)
    large = LARGE.search(joined)
    if large:
        return Size.LARGE, f"speaks of “{large[0]}”"
    if len(criteria) > 3:
        return Size.LARGE, f"{len(criteria)} conditions"
    small = SMALL.search(joined)
    if small and len(criteria) < 2:
        return Size.SMALL, f"speaks of “{small[0]}”"
    return Size.MEDIUM, "nothing says that it is small or large"
