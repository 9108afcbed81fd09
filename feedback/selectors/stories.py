"""What stands behind a story: quotes, who said them, and what they pay."""

from dataclasses import dataclass
from decimal import Decimal

from feedback.models import StoryEvidence, UserStory


@dataclass(frozen=True)
class Voices:
    """The quotes of a story, and the accounts behind them, each counted once."""

    quotes: list[StoryEvidence]
    account_count: int
    arr: Decimal


def voices_behind(story: UserStory) -> Voices:
    """The quotes in their order, how many accounts they come from, and the accounts' ARR in the reporting currency."""
    rows = StoryEvidence.objects.filter(story=story).select_related("item__account").defer("item__search", "item__text")
    quotes = list(rows.order_by("position", "pk"))
    accounts = {row.item.account_id: row.item.account for row in quotes if row.item.account_id}
    arr = sum((account.arr_reporting_amount or Decimal() for account in accounts.values()), Decimal())
    return Voices(quotes, len(accounts), arr)
