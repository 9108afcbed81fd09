"""What stands behind a story: quotes, who said them, what they pay, and which of its claims rest on which of them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from feedback.models import FeedbackItem, StoryEvidence, StoryOrigin, UserStory


@dataclass(frozen=True)
class Claim:
    """Words of a story, with the numbers of the quotes that say so.

    Args:
        is_unfounded: a model proposed them, and no quote stands behind them.
    """

    text: str
    numbers: tuple[int, ...] = ()
    is_unfounded: bool = False


@dataclass(frozen=True)
class Numbered:
    """A quote with its number in the story."""

    number: int
    row: StoryEvidence


@dataclass(frozen=True)
class Voices:
    """The quotes of a story, and the accounts behind them, each counted once.

    Args:
        cited, others: quotes that some claim rests on, and the rest.
        warning: which claims have no quote behind them, in words.
    """

    quotes: list[StoryEvidence]
    account_count: int
    arr: Decimal
    role: Claim
    goal: Claim
    benefit: Claim
    criteria: list[Claim]
    cited: list[Numbered]
    others: list[Numbered]
    warning: str


def voices_behind(story: UserStory) -> Voices:
    """The quotes in their order, how many accounts they come from, and the accounts' ARR in the reporting currency."""
    rows = StoryEvidence.objects.filter(story=story).select_related("item__account").defer("item__search", "item__text")
    quotes = list(rows.order_by("position", "pk"))
    accounts = {row.item.account_id: row.item.account for row in quotes if row.item.account_id}
    arr = sum((account.arr_reporting_amount or Decimal() for account in accounts.values()), Decimal())
    role, goal, benefit = (_claim(story, part, getattr(story, part)) for part in ("role", "goal", "benefit"))
    criteria = [_claim(story, "criterion", text) for text in story.criteria]
    said = {number for claim in (role, goal, benefit, *criteria) for number in claim.numbers}
    numbered = [Numbered(number, row) for number, row in enumerate(quotes, start=1)]
    return Voices(
        quotes,
        len(accounts),
        arr,
        role,
        goal,
        benefit,
        criteria,
        [one for one in numbered if one.number in said or not said],
        [one for one in numbered if said and one.number not in said],
        _warning({"The role": role, "The goal": goal, "The benefit": benefit}, criteria),
    )


def _claim(story: UserStory, part: str, text: str) -> Claim:
    """What stands behind words, as long as they are those of the draft: what a person typed is that person's."""
    for of, written, places in story.claims:
        if of == part and written == text and text:
            numbers = tuple(place + 1 for place in places)
            return Claim(text, numbers, not numbers and story.origin == StoryOrigin.ENDPOINT)
    return Claim(text)


def _warning(parts: dict[str, Claim], criteria: Sequence[Claim]) -> str:
    names = [name for name, claim in parts.items() if claim.is_unfounded]
    numbers = [str(place) for place, claim in enumerate(criteria, start=1) if claim.is_unfounded]
    if numbers:
        names.append(f"{'Criterion' if len(numbers) == 1 else 'Criteria'} {_listed(numbers)}")
    if not names:
        return ""
    is_one = len(names) == 1 and len(numbers) < 2
    listed = _listed([names[0], *(name[0].lower() + name[1:] for name in names[1:])])
    kept = "it only if you agree" if is_one else "them only if you agree"
    have = "has no quote behind it" if is_one else "have no quote behind them"
    return f"{listed} {have}. The model proposed {'it' if is_one else 'them'}; keep {kept}."


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def is_being_written(story: UserStory) -> bool:
    """Whether a worker has still to let the model write it."""
    return story.job is not None and not story.job.is_finished


def commonest(values: Sequence[Any]) -> Any:
    """The value that stands most often, the first of equals; None where there is none."""
    counted = Counter(value for value in values if value)
    return counted.most_common(1)[0][0] if counted else None


def role_of(items: Sequence[FeedbackItem]) -> str:
    """The role of those who asked, or else the segment of their accounts; empty where neither is known."""
    role = commonest([item.author_role for item in items])
    return role or commonest([item.account.segment for item in items if item.account]) or ""
