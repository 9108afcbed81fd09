"""Every write to allocations: cells of a grid, a plan moved, copied across, kept as what happened, and taken back.

Every call writes one event per project. It tells row by row what was given before and after, and carries the cells
themselves, from which `undo_allocations` restores them.
"""

import datetime
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.models import Organization, User
from core.access import require
from core.errors import Conflict
from events.models import Event
from resources.algorithms.months import plus_months
from resources.models import AllocationKind
from resources.services.allocation_cells import CELLS, CHANGED, Cell, Given, Key, Outcome, Sheet

#: A plan moved further than this is a typing error.
MOST_MONTHS_MOVED = 120


@transaction.atomic
def set_allocations(*, actor: User, organization: Organization, cells: Sequence[Cell], note: str = "") -> list[Outcome]:
    """Give each cell its FTE: a new row, a changed one, or none where the FTE is empty; all of them or nothing.

    A person's cell takes the role and team that the person has now. A person may be given away to more than 100 %, and
    a month may lie before the project's start or after its end: pages mark both.

    Returns:
        What came of each cell, in their order.
    Raises:
        NotAllowed: the actor's role may not change allocations.
        CellErrors: some cells cannot be saved; a sentence for each, and nothing is written.
    """
    require(actor, "allocation.edit", organization)
    return _saved(Sheet.checked(organization, cells), actor, note)


@transaction.atomic
def shift_allocations(
    *, actor: User, organization: Organization, project_id: int, months: int, from_month: datetime.date | None = None
) -> int:
    """Move a project's plan by whole months, to later ones or (negative) to earlier ones; what happened stays.

    Args:
        from_month: only what is planned from this month on moves; None moves all.
    Returns:
        How many cells are planned in another month now.
    Raises:
        Conflict: nothing is planned, it would move too far, or onto months that keep their plan; nothing is moved.
    """
    require(actor, "allocation.edit", organization)
    if not months or abs(months) > MOST_MONTHS_MOVED:
        raise Conflict(f"Move the plan by 1 to {MOST_MONTHS_MOVED} months, to later or to earlier ones.")
    sheet = _locked(organization, project_id)
    planned = {
        key: given
        for key, given in sheet.present.items()
        if key.kind == AllocationKind.PLAN and not key.is_before(from_month)
    }
    if not planned:
        raise Conflict("Nothing is planned that could be moved. Nothing was changed.")
    moved = {key.in_month(plus_months(key.month, months)): given for key, given in planned.items()}
    if met := (moved.keys() & sheet.present.keys()) - planned.keys():
        month = min(key.month for key in met)
        raise Conflict(f"{month:%B %Y} has a plan that would stay. Move from an earlier month on; nothing was moved.")
    sheet.wanted = {**dict.fromkeys(planned), **moved}
    _saved(sheet, actor, f"Plan moved by {months:+d} month{'s' if abs(months) > 1 else ''}.")
    return len(planned)


@transaction.atomic
def copy_allocations_across(
    *,
    actor: User,
    organization: Organization,
    project_id: int,
    from_month: datetime.date,
    until_month: datetime.date,
    kind: str = AllocationKind.PLAN,
) -> int:
    """Give every row of a project in the months after `from_month`, until `until_month`, what it has in that month.

    Returns:
        How many cells are others now.
    Raises:
        Conflict: nothing is allocated in `from_month`, or `until_month` is not later, or too far away.
    """
    require(actor, "allocation.edit", organization)
    sheet = _locked(organization, project_id)
    source = {key: given for key, given in sheet.present.items() if (key.kind, key.month) == (kind, from_month)}
    if not source:
        raise Conflict(f"Nothing is allocated in {from_month:%B %Y} that could be copied. Nothing was changed.")
    last = plus_months(from_month, MOST_MONTHS_MOVED)
    if not from_month < until_month <= last:
        raise Conflict(f"Copy until a month from {plus_months(from_month, 1):%B %Y} to {last:%B %Y}.")
    month = plus_months(from_month, 1)
    while month <= until_month:
        sheet.wanted |= {key.in_month(month): given for key, given in source.items()}
        month = plus_months(month, 1)
    return sum(outcome.is_change for outcome in _saved(sheet, actor, f"Copied {from_month:%B %Y} across."))


@transaction.atomic
def copy_plan_to_actual(
    *,
    actor: User,
    organization: Organization,
    project_id: int,
    first_month: datetime.date,
    last_month: datetime.date,
) -> int:
    """Take what was planned in some months as what happened, where nothing has been said of it yet.

    Returns:
        How many cells were filled.
    Raises:
        Conflict: nothing is planned in these months.
    """
    require(actor, "allocation.edit", organization)
    sheet = _locked(organization, project_id)
    planned = {
        key._replace(kind=str(AllocationKind.ACTUAL)): given
        for key, given in sheet.present.items()
        if key.kind == AllocationKind.PLAN and first_month <= key.month <= last_month
    }
    if not planned:
        raise Conflict("Nothing is planned in these months. Nothing was changed.")
    sheet.wanted = {key: given for key, given in planned.items() if key not in sheet.present}
    return len(_saved(sheet, actor, "Took the plan as what happened."))


@transaction.atomic
def undo_allocations(*, actor: User, organization: Organization, request_id: str) -> list[int]:
    """Take back what the actor changed about allocations in one request.

    Returns:
        The projects whose allocations are as they were before.
    Raises:
        Conflict: there is no such change, or somebody has changed one of its cells since; nothing is taken back.
    """
    require(actor, "allocation.edit", organization)
    events = Event.objects.filter(
        organization=organization, kind=CHANGED, request_id=request_id, actor=actor, changes__has_key=CELLS
    )
    found = list(events.order_by("pk")) if request_id else []
    if not found:
        raise Conflict("There is nothing to take back. Nothing was changed.")
    sheet = Sheet.locked(organization, [int(event.subject_id) for event in found])
    sheet.read()
    for event in reversed(found):
        before, after = (_cells(int(event.subject_id), rows) for rows in event.changes[CELLS])
        if any(_fte(sheet.standing(key)) != _fte(after.get(key)) for key in before.keys() | after.keys()):
            raise Conflict(
                f"Not undone: allocations of “{event.subject_name}” that this changed were changed again since."
            )
        sheet.wanted |= {**dict.fromkeys(after), **before}
    _saved(sheet, actor, "Undone.")
    return sorted({int(event.subject_id) for event in found})


def _cells(project_id: int, rows: list[list[Any]]) -> dict[Key, Given]:
    """The cells that an event carries."""
    cells = {}
    for kind, month, role_id, team_id, person_id, fte, note in rows:
        role, team = (None, None) if person_id is not None else (role_id, team_id)
        key = Key(project_id, kind, datetime.date.fromisoformat(month), role, team, person_id)
        cells[key] = Given(Decimal(fte), note, role_id, team_id)
    return cells


def _fte(given: Given | None) -> Decimal | None:
    return given.fte if given else None


def _saved(sheet: Sheet, actor: User, note: str) -> list[Outcome]:
    return sheet.save(actor, note)


def _locked(organization: Organization, project_id: int) -> Sheet:
    sheet = Sheet.locked(organization, [project_id])
    sheet.read()
    return sheet
