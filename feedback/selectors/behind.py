"""What stands behind many projects, programs or products at once: voices, how they sound, accounts and their ARR."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, QuerySet, Sum

from feedback.models import CustomerAccount, FeedbackItem, FeedbackLink

#: How a link leads to what it stands behind.
PATHS = {"project": "project", "program": "project__program", "product": "product"}


@dataclass(frozen=True)
class Heard:
    """Live items behind something, each counted once, and their mean sentiment, -1 to 1; None where none has one."""

    count: int
    mean: float | None


def heard(kind: str, ids: Collection[int]) -> dict[int, Heard]:
    """What was said for each of some projects, programs or products; those of which nothing was are left out.

    A project's are the items linked to it, a program's those of its live projects that are not cancelled, a product's
    those that are about it or linked to it.
    Cost: one statement; two for products.
    """
    counts: dict[int, int] = defaultdict(int)
    scores: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for subject, _, score in _links(kind, ids).values_list(PATHS[kind], "item", "item__sentiment_score").distinct():
        counts[subject] += 1
        if score is not None:
            scores[subject].append((score, 1))
    if kind == "product":
        told = _about(ids).values("product").annotate(count=Count("pk"), scored=Count("sentiment_score"))
        for row in told.annotate(total=Sum("sentiment_score")).order_by():
            counts[row["product"]] += row["count"]
            if row["scored"]:
                scores[row["product"]].append((row["total"], row["scored"]))
    return {subject: Heard(count, _mean(scores[subject])) for subject, count in counts.items()}


def _mean(sums: Collection[tuple[float, int]]) -> float | None:
    count = sum(number for _, number in sums)
    return sum(total for total, _ in sums) / count if count else None


def account_ids_behind(kind: str, ids: Collection[int]) -> Mapping[int, set[int]]:
    """The customer accounts that what was said for each comes from, each once, as for `heard`."""
    found: dict[int, set[int]] = defaultdict(set)
    pairs: list[QuerySet[Any, Any]] = [
        _links(kind, ids).filter(item__account__isnull=False).values_list(PATHS[kind], "item__account")
    ]
    if kind == "product":
        pairs.append(_about(ids).filter(account__isnull=False).values_list("product", "account"))
    for rows in pairs:
        for subject, account in rows.order_by().distinct():
            found[subject].add(account)
    return found


def arr_behind(kind: str, ids: Collection[int]) -> dict[int, Decimal]:
    """The ARR of those accounts in the reporting currency; of what has an account of unknown ARR, of the others."""
    accounts = account_ids_behind(kind, ids)
    everybody = set().union(*accounts.values())
    rows = CustomerAccount.objects.filter(pk__in=everybody, arr_reporting_amount__isnull=False)
    arr = dict(rows.values_list("pk", "arr_reporting_amount"))
    known = {subject: [arr[pk] for pk in some if pk in arr] for subject, some in accounts.items()}
    return {subject: sum(amounts, Decimal()) for subject, amounts in known.items() if amounts}


def _links(kind: str, ids: Collection[int]) -> QuerySet[FeedbackLink, Any]:
    links = FeedbackLink.objects.filter(**{f"{PATHS[kind]}__in": ids}).voices().order_by()
    if kind == "program":
        return links.filter(project__archived_at=None).exclude(project__status="cancelled")
    return links.exclude(item__product=F("product")) if kind == "product" else links


def _about(ids: Collection[int]) -> QuerySet[FeedbackItem, Any]:
    return FeedbackItem.objects.voices().filter(product__in=ids)
