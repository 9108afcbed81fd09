"""The voices behind a project or product: who asked for it, how it sounds, how much it matters, and what they pay."""

import datetime
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Left, TruncMonth

from feedback.algorithms.tally import Tally
from feedback.models import CustomerAccount, FeedbackItem, FeedbackLink, Importance
from feedback.selectors.inbox import EXCERPT, newest_first, rows_of
from feedback.selectors.insights import sums, tally_of

#: So many months are told, and so many of the newest items shown.
MONTHS, SHOWN = 12, 10


@dataclass(frozen=True)
class Backing:
    """What stands behind a project or product; each account is counted once, however much it said."""

    item_count: int
    account_count: int
    arr: Decimal
    by_importance: list[tuple[str, int]]


def links_to(target: str, pk: int) -> QuerySet[FeedbackLink]:
    """Links to a project or product of what counts as said, the newest first, each with the beginning as `excerpt`."""
    rows = FeedbackLink.objects.filter(**{target: pk}).voices().annotate(excerpt=Left("item__text", EXCERPT))
    return rows.select_related("item__account").defer("item__search", "item__text").order_by("-item__said_at", "-pk")


def backing(links: QuerySet[FeedbackLink]) -> Backing:
    """How many items and accounts stand behind some links, and the accounts' ARR in the reporting currency.

    Cost: two statements.
    """
    plain = links.order_by().select_related(None)
    counts = Counter(plain.values_list("importance", flat=True))
    account_count, arr = accounts_behind(plain.values("item__account"))
    return Backing(
        item_count=counts.total(),
        account_count=account_count,
        arr=arr,
        by_importance=[(choice.label, counts[choice]) for choice in reversed(Importance) if counts[choice]],
    )


def accounts_behind(account_ids: QuerySet[Any, Any]) -> tuple[int, Decimal]:
    """How many accounts these are, each counted once, and their ARR in the reporting currency."""
    found = CustomerAccount.objects.filter(pk__in=account_ids)
    told = found.aggregate(count=Count("pk"), arr=Sum("arr_reporting_amount"))
    return told["count"], told["arr"] or Decimal()


@dataclass(frozen=True)
class Month:
    """What was said of a product in a month, and how it sounds."""

    month: datetime.date
    tally: Tally


@dataclass(frozen=True)
class ProductVoices:
    """What is said of a product; each account is counted once, however much it said."""

    count: int
    account_count: int
    arr: Decimal
    months: list[Month]
    newest: list[FeedbackItem]


def product_voices(user: Any, product_id: int) -> ProductVoices:
    """What was said of a product, or is linked to it: its last twelve months in which something was said.

    Cost: three statements.
    """
    linked = FeedbackLink.objects.filter(product=product_id).values("item")
    said = FeedbackItem.objects.visible_to(user).voices()
    rows = said.filter(Q(product=product_id) | Q(pk__in=linked))
    account_count, arr = accounts_behind(rows.values("account"))
    by_month = rows.annotate(month=TruncMonth("said_at")).values("month").order_by("-month").annotate(**sums())
    months = [Month(row["month"].date(), tally_of(row)) for row in by_month]
    return ProductVoices(
        count=sum(month.tally.count for month in months),
        account_count=account_count,
        arr=arr,
        months=months[:MONTHS],
        newest=list(newest_first(rows_of(rows))[:SHOWN]),
    )
