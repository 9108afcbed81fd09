"""The voices behind a project or product: who asked for it, how much it matters to them, and what they pay."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet

from feedback.models import CustomerAccount, FeedbackLink, Importance


@dataclass(frozen=True)
class Backing:
    """What stands behind a project or product; each account is counted once, however much it said."""

    item_count: int
    account_count: int
    arr: Decimal
    by_importance: list[tuple[str, int]]


def links_to(target: str, pk: int) -> QuerySet[FeedbackLink]:
    """Links to a project or product whose items are live, the newest first."""
    rows = FeedbackLink.objects.filter(**{target: pk}, item__archived_at=None)
    return rows.select_related("item__account").defer("item__search").order_by(F("item__said_at").desc(), "-pk")


def backing(links: QuerySet[FeedbackLink]) -> Backing:
    """How many items and accounts stand behind some links, and the accounts' ARR in the reporting currency.

    Cost: two statements.
    """
    plain = links.order_by().select_related(None)
    rows = list(plain.values_list("importance", "item__account"))
    counts = Counter(importance for importance, _ in rows)
    ids = {account for _, account in rows if account}
    paid: Any = CustomerAccount.objects.filter(pk__in=ids).values_list("arr_reporting_amount", flat=True)
    return Backing(
        item_count=len(rows),
        account_count=len(ids),
        arr=sum((amount for amount in paid if amount is not None), Decimal()),
        by_importance=[(choice.label, counts[choice]) for choice in reversed(Importance) if counts[choice]],
    )
