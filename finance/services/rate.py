"""Writes of exchange rates. Entries of the currency are converted again in the same transaction."""

import datetime
from decimal import Decimal
from typing import Any

from django.db import connection, transaction

from accounts.models import Organization, User
from core.access import require
from core.errors import Conflict, FieldErrors
from events.services import change_all_recorded, change_recorded, create_recorded, record
from finance.models import ExchangeRate, FinancialEntry
from finance.selectors.figures import derived_figures
from finance.services.locking import lock_rates
from projects.models import Project

#: For each entry of a currency, the last rate on or before the last day of its month; those that are so already rest.
CONVERT = """
UPDATE finance_financialentry AS entry
SET reporting_amount = round(entry.amount * rate.rate, 10), rate_date = rate.from_date, updated_at = now()
FROM (
    SELECT from_date, rate, lead(from_date) OVER (ORDER BY from_date) AS next_date
    FROM finance_exchangerate WHERE organization_id = %s AND currency = %s
) AS rate
WHERE entry.organization_id = %s AND entry.currency = %s
    AND (entry.month + interval '1 month - 1 day')::date >= rate.from_date
    AND (rate.next_date IS NULL OR (entry.month + interval '1 month - 1 day')::date < rate.next_date)
    AND (entry.reporting_amount <> round(entry.amount * rate.rate, 10) OR entry.rate_date <> rate.from_date)
RETURNING entry.project_id
"""


@transaction.atomic
def set_rate(
    *,
    actor: User,
    organization: Organization,
    currency: str,
    from_date: datetime.date,
    rate: Decimal,
    source: str = "",
) -> ExchangeRate:
    """Say what one unit of a currency is worth from a day on; entries from then on are converted again.

    Raises:
        NotAllowed: the actor's role may not change exchange rates.
        FieldErrors: it is the organization's own currency.
        ValidationError: the currency has a rate from that day already, or a value is wrong.
    """
    require(actor, "rate.edit", organization)
    if currency == organization.currency:
        raise FieldErrors({"currency": f"{currency} is the organization's own currency: it needs no rate."})
    lock_rates(organization.pk, to_change=True)
    row = ExchangeRate(organization=organization, currency=currency, from_date=from_date, rate=rate, source=source)
    create_recorded("exchange_rate.created", actor=actor, subject=row)
    _convert(actor, organization, currency)
    return row


@transaction.atomic
def update_rate(
    *,
    actor: User,
    rate: ExchangeRate,
    value: Decimal | None = None,
    expected_version: int | None = None,
    **fields: Any,
) -> ExchangeRate:
    """Change a rate, its day or its source; its currency stays.

    Args:
        value: the new rate itself.

    Raises:
        NotAllowed: the actor's role may not change exchange rates.
        StaleEdit: somebody changed it after version `expected_version`.
        Conflict: it moves to a later day and entries before would have no rate.
    """
    require(actor, "rate.edit", rate.organization_id)
    if fields.get("currency", rate.currency) != rate.currency:
        raise FieldErrors({"currency": "A rate stays with its currency. Add one for the other currency."})
    lock_rates(rate.organization_id, to_change=True)
    if value is not None:
        fields["rate"] = value
    if fields.get("from_date", rate.from_date) > rate.from_date:
        _refuse_needed(rate, until=fields["from_date"])
    changed = change_recorded(
        "exchange_rate.updated", actor=actor, subject=rate, values=fields, expected_version=expected_version
    )
    _convert(actor, rate.organization, rate.currency)
    return changed


@transaction.atomic
def remove_rate(*, actor: User, rate: ExchangeRate, expected_version: int | None = None) -> None:
    """Remove a rate; its entries are converted at the one before it.

    Raises:
        NotAllowed: the actor's role may not change exchange rates.
        StaleEdit: somebody changed it after version `expected_version`.
        Conflict: entries need it, and no earlier one replaces it; the sentence says how many.
    """
    require(actor, "rate.edit", rate.organization_id)
    lock_rates(rate.organization_id, to_change=True)
    rate = change_recorded(
        "exchange_rate.updated", actor=actor, subject=rate, values={}, expected_version=expected_version
    )
    _refuse_needed(rate, until=None)
    values = {"currency": rate.currency, "from_date": rate.from_date.isoformat(), "rate": format(rate.rate, "f")}
    record(
        "exchange_rate.removed", actor=actor, subject=rate, changes={name: [was, None] for name, was in values.items()}
    )
    organization, currency = rate.organization, rate.currency
    rate.delete()
    _convert(actor, organization, currency)


def _refuse_needed(rate: ExchangeRate, until: datetime.date | None) -> None:
    """Refuse where entries that are converted at a rate would be left without one."""
    rows = ExchangeRate.objects.filter(organization_id=rate.organization_id, currency=rate.currency)
    if rows.filter(from_date__lt=rate.from_date).exists():
        return
    entries = FinancialEntry.objects.filter(organization_id=rate.organization_id, currency=rate.currency)
    after = rows.filter(from_date__gt=rate.from_date).order_by("from_date").values_list("from_date", flat=True).first()
    days = [day for day in (after, until) if day is not None]
    if days:
        entries = entries.filter(month__lt=min(days).replace(day=1))  # in that month, the next one holds at its end
    if count := entries.count():
        raise Conflict(
            f"{count} entr{'ies' if count > 1 else 'y'} in {rate.currency} would have no exchange rate to"
            f" {rate.organization.currency}: no earlier one replaces it. Add one from an earlier day first;"
            " nothing was changed."
        )


def _convert(actor: User, organization: Organization, currency: str) -> None:
    """Convert the entries of a currency at the rates as they are now; amounts of projects follow."""
    with connection.cursor() as cursor:
        cursor.execute(CONVERT, [organization.pk, currency, organization.pk, currency])
        project_ids = {pk for (pk,) in cursor.fetchall() if pk is not None}
    if not project_ids:
        return
    figures = derived_figures(project_ids)
    rows = Project.objects.filter(pk__in=[pk for pk in project_ids if figures[pk]])
    changes = [(row, figures[row.pk]) for row in rows.order_by("pk")]
    change_all_recorded(
        "project.reconverted", actor=actor, changes=changes, note=f"The exchange rate of {currency} changed."
    )
