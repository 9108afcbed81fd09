"""What the work is to bring, and what it brought."""

import datetime
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import Organization, User
from core.access import require
from core.errors import FieldErrors
from events.services import archive_recorded, change_recorded, create_recorded, restore_recorded
from finance.models import Benefit, BenefitMonth, BenefitUnit

#: A profile is 50 years long at most.
MOST_MONTHS = 600
VALUES = ("planned_value", "realized_value", "note")
#: No value is larger than a column holds: 14 digits before the point.
LARGEST = Decimal(10) ** 14


@transaction.atomic
def create_benefit(
    *, actor: User, program: Any = None, project: Any = None, product: Any = None, **values: Any
) -> Benefit:
    """Name a gain that a program, project or product is to bring.

    Raises:
        NotAllowed: the actor's role may not change finances, or amounts are hidden from them.
        ValidationError: a value or a rule of the table is broken.
    """
    subject = next((each for each in (program, project, product) if each is not None), None)
    if subject is None:
        raise ValidationError("A benefit is of exactly one program, project or product.")
    require(actor, "finance.edit", subject.organization_id)
    benefit = Benefit(
        organization_id=subject.organization_id, program=program, project=project, product=product, **values
    )
    benefit.currency = _currency(benefit.unit, benefit.currency, subject.organization)
    return create_recorded("benefit.created", actor=actor, subject=benefit)


@transaction.atomic
def update_benefit(*, actor: User, benefit: Benefit, expected_version: int | None = None, **values: Any) -> Benefit:
    """Change what a benefit is; its months keep their values, also in another unit.

    Raises:
        NotAllowed: the actor's role may not change finances, or amounts are hidden from them.
        StaleEdit: somebody changed it since `expected_version`.
    """
    require(actor, "finance.edit", benefit.organization_id)
    if "unit" in values or "currency" in values:
        unit, currency = values.get("unit", benefit.unit), values.get("currency", benefit.currency)
        values["currency"] = _currency(unit, currency, benefit.organization)
    return change_recorded(
        "benefit.updated", actor=actor, subject=benefit, values=values, expected_version=expected_version
    )


@transaction.atomic
def archive_benefit(*, actor: User, benefit: Benefit, expected_version: int | None = None) -> Benefit:
    """Take a benefit out of the lists, with its months.

    Raises:
        NotAllowed: the actor's role may not change finances, or amounts are hidden from them.
    """
    require(actor, "finance.edit", benefit.organization_id)
    return archive_recorded("benefit.archived", actor=actor, subject=benefit, expected_version=expected_version)


@transaction.atomic
def restore_benefit(*, actor: User, benefit: Benefit, expected_version: int | None = None) -> Benefit:
    """Bring an archived benefit back.

    Raises:
        NotAllowed: the actor's role may not change finances, or amounts are hidden from them.
        ValidationError: another one has its name meanwhile.
    """
    require(actor, "finance.edit", benefit.organization_id)
    return restore_recorded("benefit.restored", actor=actor, subject=benefit, expected_version=expected_version)


@transaction.atomic
def set_benefit_months(
    *, actor: User, benefit: Benefit, months: Iterable[Mapping[str, Any]], expected_version: int | None = None
) -> Benefit:
    """Plan and measure a benefit: many months at once, also after its program has closed.

    Args:
        months: `month` (any day of it) and what to set of `planned_value`, `realized_value` and `note`; what is not
            named stays. A month that is left with neither value goes.
    Raises:
        NotAllowed: the actor's role may not change finances, or amounts are hidden from them.
        StaleEdit: somebody changed the benefit or its months since `expected_version`.
        FieldErrors: a month comes twice, or a value is too large.
    One event tells of all months, each with its values before and after.
    """
    require(actor, "finance.edit", benefit.organization_id)
    benefit = Benefit.objects.select_for_update().get(pk=benefit.pk)
    wanted = _by_month(months)
    kept = {row.month: row for row in BenefitMonth.objects.filter(benefit=benefit)}
    changes: dict[str, list[Any]] = {}
    changed: list[BenefitMonth] = []
    gone: list[BenefitMonth] = []
    for month, values in sorted(wanted.items()):
        row = kept.get(month) or BenefitMonth(organization_id=benefit.organization_id, benefit=benefit, month=month)
        told = _set(row, values)
        if not told:
            continue
        changes |= {f"{name} {month:%Y-%m}{_ending(name, benefit)}": pair for name, pair in told.items()}
        (gone if row.planned_value is None and row.realized_value is None else changed).append(row)
    changed_benefit = change_recorded(
        "benefit.measured", actor=actor, subject=benefit, values={}, expected_version=expected_version, also=changes
    )
    _write(changed, gone)
    return changed_benefit


def _by_month(months: Iterable[Mapping[str, Any]]) -> dict[datetime.date, dict[str, Any]]:
    wanted: dict[datetime.date, dict[str, Any]] = {}
    for given in months:
        month = given["month"].replace(day=1)
        if month in wanted:
            raise FieldErrors({"month": f"{month:%Y-%m} comes twice."})
        if any(abs(given[name]) >= LARGEST for name in VALUES[:2] if given.get(name) is not None):
            raise FieldErrors({"month": f"{month:%Y-%m}: a value has at most 14 digits before the point."})
        wanted[month] = {name: given[name] for name in VALUES if name in given}
    if len(wanted) > MOST_MONTHS:
        raise FieldErrors({"month": f"At most {MOST_MONTHS} months at once."})
    return wanted


def _set(row: BenefitMonth, values: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Set what differs, and tell it: field -> before and after."""
    told = {}
    for name, value in values.items():
        before = getattr(row, name)
        if before != value:
            setattr(row, name, value)
            told[name.removesuffix("_value")] = [_plain(before), _plain(value)]
    return told


def _plain(value: Any) -> Any:
    """A value as the log keeps it."""
    return format(value.normalize(), "f") if isinstance(value, Decimal) else value


def _ending(name: str, benefit: Benefit) -> str:
    """What marks a value in the log as an amount of money, to be hidden from those who see none."""
    return "_amount" if name != "note" and benefit.unit == BenefitUnit.MONEY else ""


def _write(changed: list[BenefitMonth], gone: list[BenefitMonth]) -> None:
    for row in changed:
        row.full_clean(exclude=["benefit"], validate_unique=False, validate_constraints=False)
    BenefitMonth.objects.bulk_create([row for row in changed if row.pk is None])
    BenefitMonth.objects.bulk_update([row for row in changed if row.pk is not None], VALUES)
    BenefitMonth.objects.filter(pk__in=[row.pk for row in gone if row.pk]).delete()


def _currency(unit: str, currency: str, organization: Organization) -> str:
    """The currency of a benefit in money, by default the organization's; none of any other."""
    return (currency or organization.currency) if unit == BenefitUnit.MONEY else ""
