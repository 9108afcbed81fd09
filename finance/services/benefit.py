"""What the work is to bring, and what it brought."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import Organization, User
from core.access import require
from events.services import archive_recorded, change_recorded, create_recorded, restore_recorded
from finance.models import Benefit, BenefitUnit


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


def _currency(unit: str, currency: str, organization: Organization) -> str:
    """The currency of a benefit in money, by default the organization's; none of any other."""
    return (currency or organization.currency) if unit == BenefitUnit.MONEY else ""
