"""Every write to absences and to the dated rates of roles: rows that are removed, and told of in the log."""

import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.models import Organization, User
from core.access import require
from core.errors import Conflict
from events.models import Event
from events.services import change_recorded, create_recorded, record, stale_edit
from resources.models import Absence, Person, ResourceRole, RoleRate

EDIT = "resource.edit"
AMOUNTS = "finance.read"


@transaction.atomic
def create_absence(*, actor: User, person: Person, **fields: Any) -> Absence:
    """Say when somebody is away, or works less. Shares of absences on one day add up, to the whole day at most.

    Raises:
        NotAllowed: the actor's role may not change teams and people.
        Conflict: the person is a placeholder.
        ValidationError: the last day comes before the first, or the share is none.
    """
    require(actor, EDIT, person.organization_id)
    if person.is_placeholder:
        raise Conflict(f"“{person}” is a placeholder, and nobody is never away. Nothing was changed.")
    absence = Absence(organization_id=person.organization_id, person=person, **fields)
    return create_recorded("absence.created", actor=actor, subject=absence)


@transaction.atomic
def update_absence(*, actor: User, absence: Absence, expected_version: int | None = None, **fields: Any) -> Absence:
    """Change an absence.

    Raises:
        StaleEdit: somebody changed it after version `expected_version`.
        ValidationError: the last day comes before the first, or the share is none.
    """
    require(actor, EDIT, absence.organization_id)
    return change_recorded(
        "absence.updated", actor=actor, subject=absence, values=fields, expected_version=expected_version
    )


@transaction.atomic
def remove_absence(*, actor: User, absence: Absence, expected_version: int | None = None) -> Event:
    """Take an absence away; its event keeps what it said.

    Returns:
        The event, from which `return_absence` brings it back.
    Raises:
        StaleEdit: somebody changed it after version `expected_version`.
    """
    require(actor, EDIT, absence.organization_id)
    fresh = _locked(Absence, absence, expected_version)
    event = record("absence.removed", actor=actor, subject=fresh, changes=_told(fresh))
    fresh.delete()
    return event


@transaction.atomic
def return_absence(*, actor: User, organization: Organization, event_id: int) -> Absence:
    """Bring back an absence that the actor took away.

    Raises:
        Conflict: there is no such event, or its person is gone.
    """
    require(actor, EDIT, organization)
    told = _taken(actor, organization, "absence.removed", event_id)
    person = Person.objects.filter(organization=organization, pk=told["person"]["id"]).first()
    if person is None:
        raise Conflict("There is nothing to bring back. Nothing was changed.")
    days = {name: datetime.date.fromisoformat(told[name]) for name in ("first_date", "last_date")}
    share = Decimal(told["away_ratio"])
    return create_absence(
        actor=actor, person=person, kind=told["kind"], note=told.get("note", ""), away_ratio=share, **days
    )


@transaction.atomic
def create_role_rate(*, actor: User, role: ResourceRole, **fields: Any) -> RoleRate:
    """Say what a working day of a role costs from a day on. Without `currency`, in the organization's own.

    Raises:
        NotAllowed: the actor's role may not change rates, or the actor sees no amounts.
        ValidationError: the role has a rate from that day on, or the amount is none.
    """
    require(actor, EDIT, role.organization_id)
    require(actor, AMOUNTS, role.organization_id)
    rate = RoleRate(organization_id=role.organization_id, role=role, **fields)
    rate.currency = (rate.currency or role.organization.currency).upper()
    return create_recorded("role_rate.created", actor=actor, subject=rate)


@transaction.atomic
def update_role_rate(*, actor: User, rate: RoleRate, expected_version: int | None = None, **fields: Any) -> RoleRate:
    """Change a rate; effort that it prices is priced anew.

    Raises:
        NotAllowed: the actor's role may not change rates, or the actor sees no amounts.
        StaleEdit: somebody changed it after version `expected_version`.
        ValidationError: the role has a rate from that day on, or the amount is none.
    """
    require(actor, EDIT, rate.organization_id)
    require(actor, AMOUNTS, rate.organization_id)
    if fields.get("currency"):
        fields["currency"] = fields["currency"].upper()
    return change_recorded(
        "role_rate.updated", actor=actor, subject=rate, values=fields, expected_version=expected_version
    )


@transaction.atomic
def remove_role_rate(*, actor: User, rate: RoleRate, expected_version: int | None = None) -> Event:
    """Take a rate away; the one before it holds on. The event keeps what it said.

    Returns:
        The event, from which `return_role_rate` brings it back.
    Raises:
        NotAllowed: the actor's role may not change rates, or the actor sees no amounts.
        StaleEdit: somebody changed it after version `expected_version`.
    """
    require(actor, EDIT, rate.organization_id)
    require(actor, AMOUNTS, rate.organization_id)
    fresh = _locked(RoleRate, rate, expected_version)
    event = record("role_rate.removed", actor=actor, subject=fresh, changes=_told(fresh))
    fresh.delete()
    return event


@transaction.atomic
def return_role_rate(*, actor: User, organization: Organization, event_id: int) -> RoleRate:
    """Bring back a rate that the actor took away.

    Raises:
        Conflict: there is no such event, or its role is gone.
        ValidationError: the role has another rate from that day on now.
    """
    require(actor, EDIT, organization)
    require(actor, AMOUNTS, organization)
    told = _taken(actor, organization, "role_rate.removed", event_id)
    role = ResourceRole.objects.filter(organization=organization, pk=told["role"]["id"]).first()
    if role is None:
        raise Conflict("There is nothing to bring back. Nothing was changed.")
    return create_role_rate(
        actor=actor,
        role=role,
        from_date=datetime.date.fromisoformat(told["from_date"]),
        day_amount=Decimal(told["day_amount"]),
        currency=told["currency"],
    )


def _locked(model: Any, row: Any, expected_version: int | None) -> Any:
    fresh = model.objects.select_for_update(of=("self",)).filter(pk=row.pk).first()
    if fresh is None:
        raise Conflict("Somebody has removed this already. Nothing was changed.")
    if expected_version is not None and expected_version != fresh.version:
        raise stale_edit(fresh, expected_version)
    return fresh


def _told(row: Any) -> dict[str, list[Any]]:
    """What the event of a removed row keeps: every value that it had."""
    told: dict[str, list[Any]] = {}
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        if field.name in {"id", "organization", "created_at", "updated_at", "version"} or value in (None, ""):
            continue
        if field.is_relation:
            value = {"id": value, "name": str(getattr(row, field.name))}
        elif isinstance(value, datetime.date):
            value = value.isoformat()
        told[field.name] = [str(value) if isinstance(value, Decimal) else value, None]
    return told


def _taken(actor: User, organization: Organization, kind: str, event_id: int) -> dict[str, Any]:
    """The values that a row had which the actor took away."""
    event = Event.objects.filter(organization=organization, kind=kind, actor=actor, pk=event_id).first()
    if event is None:
        raise Conflict("There is nothing to bring back. Nothing was changed.")
    return {name: pair[0] for name, pair in event.changes.items()}
