"""Every write to customer accounts."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_domain_name
from django.db import transaction
from django.utils import timezone

from accounts.models import Organization, User
from core.access import require
from core.errors import FieldErrors
from events.services import archive_recorded, change_recorded, create_recorded, refuse_while_needed, restore_recorded
from feedback.models import CustomerAccount, FeedbackItem
from finance.algorithms.rates import MissingRate
from finance.selectors.rates import rates_of


@transaction.atomic
def create_account(*, actor: User, organization: Organization, **fields: Any) -> CustomerAccount:
    """Add a customer account.

    Raises:
        NotAllowed: the actor's role may not change accounts, or ARR is given and amounts are hidden from the actor.
        FieldErrors: there is no exchange rate for the currency today.
    """
    require(actor, "account.edit", organization)
    row = CustomerAccount(organization=organization, **_cleaned(fields))
    for name, value in _converted(organization, row.arr_amount, row.currency).items():
        setattr(row, name, value)
    return create_recorded("customer_account.created", actor=actor, subject=row)


@transaction.atomic
def update_account(
    *, actor: User, account: CustomerAccount, expected_version: int | None = None, **fields: Any
) -> CustomerAccount:
    """Change a customer account; a changed ARR is converted at the rate of today.

    Raises:
        StaleEdit: somebody changed it after version `expected_version`.
        FieldErrors: there is no exchange rate for the currency today.
    """
    require(actor, "account.edit", account.organization_id)
    values = _cleaned(fields)
    if any(name in values and values[name] != getattr(account, name) for name in ("arr_amount", "currency")):
        amount = values.get("arr_amount", account.arr_amount)
        values |= _converted(account.organization, amount, values.get("currency", account.currency))
    return change_recorded(
        "customer_account.updated", actor=actor, subject=account, values=values, expected_version=expected_version
    )


@transaction.atomic
def archive_account(*, actor: User, account: CustomerAccount, expected_version: int | None = None) -> CustomerAccount:
    """Put an account out of sight.

    Raises:
        Conflict: live feedback is of it.
    """
    require(actor, "account.edit", account.organization_id)
    items = FeedbackItem.objects.live().filter(organization_id=account.organization_id, account=account)
    refuse_while_needed(account, items_of_feedback=items)
    return archive_recorded(
        "customer_account.archived", actor=actor, subject=account, expected_version=expected_version
    )


@transaction.atomic
def restore_account(*, actor: User, account: CustomerAccount, expected_version: int | None = None) -> CustomerAccount:
    """Bring an archived account back."""
    require(actor, "account.edit", account.organization_id)
    return restore_recorded(
        "customer_account.restored", actor=actor, subject=account, expected_version=expected_version
    )


def _cleaned(fields: Mapping[str, Any]) -> dict[str, Any]:
    values = dict(fields)
    if "email_domain" in values:
        domain = values["email_domain"] = values["email_domain"].strip().lower().removeprefix("@")
        if domain:
            _check_domain(domain)
    return values


def _check_domain(domain: str) -> None:
    try:
        validate_domain_name(domain)
    except ValidationError:
        raise FieldErrors({"email_domain": "Give a domain of e-mail addresses, such as halden.example."}) from None


def _converted(organization: Organization, amount: Any, currency: str) -> dict[str, Any]:
    """ARR in the organization's currency, at the rate in force today, and the day of that rate."""
    if amount is None:
        return {"arr_amount": None, "currency": "", "arr_reporting_amount": None, "rate_date": None}
    currency = currency or organization.currency
    today: datetime.date = timezone.localdate()
    try:
        found = rates_of(organization, [currency]).convert(amount, currency, today)
    except MissingRate as missing:
        raise FieldErrors({"currency": str(missing)}) from missing
    return {
        "arr_amount": amount,
        "currency": currency,
        "arr_reporting_amount": found.amount,
        "rate_date": found.rate_date,
    }
