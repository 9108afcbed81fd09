"""Many people at once, by the key that they have in another system."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import Organization, User
from core.access import require
from core.errors import DomainError, FieldErrors
from resources.models import Person, ResourceRole, Team
from resources.services.person import create_person, update_person


@transaction.atomic
def upsert_people(
    *, actor: User, organization: Organization, rows: Sequence[Mapping[str, Any]]
) -> list[tuple[int, str]]:
    """Add people, or change those who have the external key already; all of them or nothing.

    Args:
        rows: `external_key` and the fields to set; `role` and `team` are names of live rows, empty for none.
    Returns:
        For each row the person's id, and “created”, “updated” or “unchanged”.
    Raises:
        NotAllowed: the actor's role may not change teams and people.
        FieldErrors: by the number of the row from 1, what is wrong with it; nothing is saved.
    """
    require(actor, "resource.edit", organization)
    keys = [row["external_key"] for row in rows]
    present = {row.external_key: row for row in Person.objects.filter(organization=organization, external_key__in=keys)}
    named = {
        name: {row.name.lower(): row for row in model.objects.filter(organization=organization).live()}
        for name, model in (("role", ResourceRole), ("team", Team))
    }
    done: list[tuple[int, str]] = []
    errors: dict[str, str] = {}
    seen: set[str] = set()
    for number, row in enumerate(rows, start=1):
        try:
            if row["external_key"] in seen:
                raise FieldErrors({"external_key": "This key stands in an earlier row already."})
            seen.add(row["external_key"])
            done.append(_save(actor, organization, row, present.get(row["external_key"]), named))
        except ValidationError as error:
            errors[f"rows.{number}"] = " ".join(error.messages)
        except DomainError as error:
            errors[f"rows.{number}"] = str(error)
    if errors:
        raise FieldErrors(errors)
    return done


def _save(
    actor: User,
    organization: Organization,
    row: Mapping[str, Any],
    person: Person | None,
    named: Mapping[str, Mapping[str, Any]],
) -> tuple[int, str]:
    values = dict(row)
    for name, rows in named.items():
        if name in values and (words := values[name]):
            values[name] = rows.get(words.lower())
            if values[name] is None:
                raise FieldErrors({name: f"There is no live {name} “{words}”."})
        elif name in values:
            values[name] = None
    if person is None:
        if not values.get("name"):
            raise FieldErrors({"name": "A new person needs a name."})
        return create_person(actor=actor, organization=organization, **values).pk, "created"
    saved = update_person(actor=actor, person=person, **values)
    return saved.pk, "updated" if saved.version > person.version else "unchanged"
