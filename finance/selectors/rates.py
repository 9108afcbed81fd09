"""Exchange rates as amounts are converted with them, and what depends on each."""

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Min

from accounts.models import Organization
from finance.algorithms.rates import RateTable
from finance.models import ExchangeRate, FinancialEntry


def rates_of(organization: Organization, currencies: Collection[str] | None = None) -> RateTable:
    """The rates of an organization, or those of some currencies."""
    rows = ExchangeRate.objects.filter(organization=organization)
    if currencies is not None:
        rows = rows.filter(currency__in=currencies)
    return RateTable(organization.currency, rows.values_list("currency", "from_date", "rate"))


@dataclass(frozen=True)
class Use:
    """How a currency is used by entries."""

    currency: str
    entry_count: int
    first_month: datetime.date
    last_month: datetime.date
    unrated_count: int = 0


def currencies_used(organization: Organization) -> list[Use]:
    """The other currencies in which there are entries, by name."""
    rows = FinancialEntry.objects.filter(organization=organization).exclude(currency=organization.currency)
    found = rows.values("currency").annotate(count=Count("pk"), first=Min("month"), last=Max("month"))
    return [Use(row["currency"], row["count"], row["first"], row["last"]) for row in found.order_by("currency")]


def used_by_rate(rates: Collection[Any]) -> dict[int, int]:
    """How many entries are converted at each of some rates of one organization."""
    keys = {(rate.currency, rate.from_date): rate.pk for rate in rates}
    if not keys:
        return {}
    rows = FinancialEntry.objects.filter(
        organization_id=next(iter(rates)).organization_id, currency__in={currency for currency, _ in keys}
    )
    counts = rows.values_list("currency", "rate_date").annotate(count=Count("pk")).order_by()
    return {keys[currency, day]: count for currency, day, count in counts if (currency, day) in keys}


def shown_rate(rate: Decimal) -> str:
    """A rate with four decimals at least, and no zeros after them."""
    text = format(rate.normalize(), "f")
    whole, _, fraction = text.partition(".")
    return f"{whole}.{fraction:0<4}"
