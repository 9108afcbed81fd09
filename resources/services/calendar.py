"""Every write to working calendars."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.models import Organization, User
from core.access import require
from core.errors import Conflict, FieldErrors
from events.services import (
    archive_recorded,
    change_recorded,
    create_recorded,
    refuse_while_needed,
    restore_recorded,
)
from resources.algorithms.calendar_rows import BadCalendar, calendar_of
from resources.algorithms.calendars import NoWorkingTime
from resources.models import Calendar
from resources.services.naming import refuse_namesake

HOURS = ("week", "exceptions", "effective_weeks")


@transaction.atomic
def create_calendar(*, actor: User, organization: Organization, **fields: Any) -> Calendar:
    """Add a working calendar.

    Raises:
        NotAllowed: the actor's role may not change calendars.
        FieldErrors: its hours mean nothing, or there are none; the sentence names the place.
    """
    require(actor, "calendar.edit", organization)
    calendar = Calendar(organization=organization, **fields)
    hours = _checked(calendar.name, {name: getattr(calendar, name) for name in HOURS})
    for name, value in hours.items():
        setattr(calendar, name, value)
    return create_recorded("calendar.created", actor=actor, subject=calendar)


@transaction.atomic
def update_calendar(*, actor: User, calendar: Calendar, expected_version: int | None = None, **fields: Any) -> Calendar:
    """Change a working calendar. Dates on it are calculated anew when a schedule is, not here.

    Raises:
        NotAllowed: the actor's role may not change calendars.
        FieldErrors: its hours mean nothing, or there are none; the sentence names the place.
        StaleEdit: somebody changed it after version `expected_version`.
    """
    require(actor, "calendar.edit", calendar.organization_id)
    if fields.keys() & set(HOURS):
        fresh = Calendar.objects.select_for_update().get(pk=calendar.pk)
        whole = {name: fields.get(name, getattr(fresh, name)) for name in HOURS}
        checked = _checked(fields.get("name", fresh.name), whole)
        fields |= {name: value for name, value in checked.items() if name in fields}
    return change_recorded(
        "calendar.updated", actor=actor, subject=calendar, values=fields, expected_version=expected_version
    )


def _checked(name: str, hours: Mapping[str, Any]) -> dict[str, Any]:
    """The hours as they are kept: every exception and other week with a name, be it empty."""
    try:
        calendar_of(name, **hours)
    except BadCalendar as error:
        raise FieldErrors({error.column: str(error)}) from error
    except NoWorkingTime as error:
        raise FieldErrors({"week": str(error)}) from error
    named = {key: [{"name": "", **row} for row in hours[key]] for key in HOURS[1:]}
    return {"week": hours["week"], **named}


@transaction.atomic
def set_default_calendar(*, actor: User, calendar: Calendar, expected_version: int | None = None) -> Calendar:
    """Let a calendar hold for every project that names none; the one that did before holds no longer.

    Raises:
        Conflict: it is archived.
        StaleEdit: somebody changed it after version `expected_version`.
    """
    require(actor, "calendar.edit", calendar.organization_id)
    rows = Calendar.objects.filter(organization_id=calendar.organization_id).order_by("pk")
    locked = {row.pk: row for row in rows.select_for_update()}
    if locked[calendar.pk].is_archived:
        raise Conflict(f"“{calendar}” is archived. Restore it first, then make it the default.")
    for former in locked.values():
        if former.is_default and former.pk != calendar.pk:
            change_recorded("calendar.default_ended", actor=actor, subject=former, values={"is_default": False})
    return change_recorded(
        "calendar.default_set",
        actor=actor,
        subject=calendar,
        values={"is_default": True},
        expected_version=expected_version,
    )


@transaction.atomic
def archive_calendar(*, actor: User, calendar: Calendar, expected_version: int | None = None) -> Calendar:
    """Put a working calendar out of sight.

    Raises:
        Conflict: it is the default, or live projects or activities use it; the sentence names them.
    """
    require(actor, "calendar.edit", calendar.organization_id)
    calendar = Calendar.objects.select_for_update().get(pk=calendar.pk)
    if calendar.is_default:
        raise Conflict(f"“{calendar}” is the default. Make another calendar the default first; nothing was changed.")
    refuse_while_needed(
        calendar,
        projects=calendar.projects.live().order_by("name", "pk"),
        activities=calendar.activities.live().order_by("name", "pk"),
    )
    return archive_recorded("calendar.archived", actor=actor, subject=calendar, expected_version=expected_version)


@transaction.atomic
def restore_calendar(*, actor: User, calendar: Calendar, expected_version: int | None = None) -> Calendar:
    """Bring an archived calendar back.

    Raises:
        Conflict: a live calendar has its name now.
    """
    require(actor, "calendar.edit", calendar.organization_id)
    refuse_namesake(calendar)
    return restore_recorded("calendar.restored", actor=actor, subject=calendar, expected_version=expected_version)
