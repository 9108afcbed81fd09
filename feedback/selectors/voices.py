"""The voices behind a project or product: who asked for it, how it sounds, how much it matters, and what they pay."""

import datetime
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Avg, Count, F, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth

from feedback.algorithms.agreement import Interval, wilson
from feedback.models import CustomerAccount, FeedbackItem, FeedbackLink, Importance, Sentiment
from feedback.selectors.inbox import newest_first, rows_of

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


@dataclass(frozen=True)
class Month:
    """What was said of a product in a month: how much of it sounds negative, with the 95 % interval of that share."""

    month: datetime.date
    count: int
    negative: int
    interval: Interval
    mean: float | None

    @property
    def ratio(self) -> float:
        return self.negative / self.count


@dataclass(frozen=True)
class ProductVoices:
    """What is said of a product; each account is counted once, however much it said."""

    count: int
    account_count: int
    arr: Decimal
    months: list[Month]
    newest: list[FeedbackItem]


def product_voices(user: Any, product_id: int) -> ProductVoices:
    """Live feedback about a product, or linked to it: its last twelve months in which something was said.

    Cost: three statements.
    """
    linked = FeedbackLink.objects.filter(product=product_id).values("item")
    live = FeedbackItem.objects.visible_to(user).live()
    rows = live.filter(Q(product=product_id) | Q(pk__in=linked))
    paying = CustomerAccount.objects.filter(pk__in=rows.values("account"))
    behind = paying.aggregate(count=Count("pk"), arr=Sum("arr_reporting_amount"))
    by_month = rows.annotate(month=TruncMonth("said_at")).values("month").order_by("-month")
    said = by_month.annotate(
        count=Count("pk"),
        negative=Count("pk", filter=Q(sentiment=Sentiment.NEGATIVE)),
        mean=Avg("sentiment_score"),
    )
    months = [
        Month(row["month"].date(), row["count"], row["negative"], wilson(row["negative"], row["count"]), row["mean"])
        for row in said
    ]
    return ProductVoices(
        count=sum(month.count for month in months),
        account_count=behind["count"],
        arr=behind["arr"] or Decimal(),
        months=months[:MONTHS],
        newest=list(newest_first(rows_of(rows))[:SHOWN]),
    )
