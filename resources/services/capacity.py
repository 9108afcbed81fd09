"""Every write to typed capacity: cells of a grid, copied across months, taken back.

Every call writes one event per role. It tells team by team what was typed before and after, and carries the cells
themselves, from which `undo_capacities` restores them.
"""

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import transaction
from django.utils import timezone

from accounts.models import Organization, User
from core.access import require
from core.errors import Conflict
from events.models import Event
from events.services import record
from resources.algorithms.fte import checked_fte, fte_text
from resources.algorithms.months import first_of, months_between, plus_months
from resources.models import Capacity, ResourceRole, Team
from resources.services.allocation_cells import YEARS, CellErrors, Seen

EDIT = "resource.edit"
CHANGED = "resource_role.capacity_set"
#: What an event carries to be taken back by; never shown.
CELLS = "capacity_cells"
MOST_MONTHS = 120


@dataclass(frozen=True)
class CapacityCell:
    """The capacity of a role in a team (None: outside teams) in a month as somebody typed it; None counts people.

    `seen` refuses to write over what somebody else has changed meanwhile; `note` None leaves the one there is.
    """

    role_id: int
    team_id: int | None
    month: datetime.date
    fte: Decimal | None
    note: str | None = None
    seen: Seen | None = None


class CapacityKey(NamedTuple):
    role_id: int
    team_id: int | None
    month: datetime.date


class Typed(NamedTuple):
    fte: Decimal
    note: str


Wanted = dict[CapacityKey, Typed | None]


@transaction.atomic
def set_capacities(
    *, actor: User, organization: Organization, cells: Sequence[CapacityCell], note: str = ""
) -> list[int | None]:
    """Give each cell its FTE, or none where it is empty, so that people count again; all of them or nothing.

    Returns:
        The id of each cell's row, in their order; None where there is none.
    Raises:
        NotAllowed: the actor's role may not change teams and people.
        CellErrors: some cells cannot be saved; a sentence for each, and nothing is written.
    """
    require(actor, EDIT, organization)
    months = [cell.month for cell in cells]
    rows = _locked(organization, {cell.role_id for cell in cells}, min(months), max(months)) if cells else {}
    roles = _named(ResourceRole, organization, {cell.role_id for cell in cells})
    teams = _named(Team, organization, {cell.team_id for cell in cells if cell.team_id is not None})
    wanted: Wanted = {}
    errors = {}
    for place, cell in enumerate(cells):
        if sentence := _refusal(cell, roles, teams, rows, wanted):
            errors[place] = sentence
    if errors:
        raise CellErrors(errors, len(cells))
    _save(actor, organization, rows, wanted, note)
    kept = _rows(organization, {cell.role_id for cell in cells}, min(months), max(months)) if cells else {}
    return [row.pk if (row := kept.get(_key(cell))) else None for cell in cells]


@transaction.atomic
def copy_capacities_across(
    *,
    actor: User,
    organization: Organization,
    from_month: datetime.date,
    until_month: datetime.date,
    role_id: int | None = None,
) -> int:
    """Give every role and team in the months after `from_month`, until `until_month`, what was typed in that month.

    Args:
        role_id: only this role's; None: all.
    Returns:
        How many cells are others now.
    Raises:
        Conflict: nothing was typed in `from_month`, or `until_month` is not later, or too far away.
    """
    require(actor, EDIT, organization)
    from_month = first_of(from_month)
    last = plus_months(from_month, MOST_MONTHS)
    if not from_month < until_month <= last:
        raise Conflict(f"Copy until a month from {plus_months(from_month, 1):%B %Y} to {last:%B %Y}.")
    typed = Capacity.objects.filter(
        organization=organization, month=from_month, role__archived_at=None, team__archived_at=None
    )
    if role_id is not None:
        typed = typed.filter(role=role_id)
    rows = _locked(organization, set(typed.values_list("role_id", flat=True)), from_month, until_month)
    source = {(row.role_id, row.team_id): Typed(row.fte, row.note) for row in typed}
    if not source:
        raise Conflict(f"No capacity was typed in {from_month:%B %Y} that could be copied. Nothing was changed.")
    wanted: Wanted = {
        CapacityKey(role, team, month): given
        for month in months_between(plus_months(from_month, 1), until_month)
        for (role, team), given in source.items()
    }
    return _save(actor, organization, rows, wanted, f"Copied {from_month:%B %Y} across.")


@transaction.atomic
def undo_capacities(*, actor: User, organization: Organization, request_id: str) -> int:
    """Take back what the actor typed as capacity in one request.

    Returns:
        How many cells are as they were before.
    Raises:
        Conflict: there is no such change, or somebody has changed one of its cells since; nothing is taken back.
    """
    require(actor, EDIT, organization)
    events = Event.objects.filter(organization=organization, kind=CHANGED, request_id=request_id, actor=actor)
    found = list(events.order_by("-pk")) if request_id else []
    if not found:
        raise Conflict("There is nothing to take back. Nothing was changed.")
    steps = [[_cells(int(event.subject_id), side) for side in event.changes[CELLS]] for event in found]
    months = [key.month for step in steps for side in step for key in side]
    rows = _locked(organization, {int(event.subject_id) for event in found}, min(months), max(months))
    standing: Wanted = {key: Typed(row.fte, row.note) for key, row in rows.items()}
    wanted: Wanted = {}
    for event, (before, after) in zip(found, steps, strict=True):
        for key in before.keys() | after.keys():
            present, left = standing.get(key), after.get(key)
            if (present and present.fte) != (left and left.fte):
                raise Conflict(f"Not undone: capacity of “{event.subject_name}” was changed again since.")
            standing[key] = wanted[key] = before.get(key)
    return _save(actor, organization, rows, wanted, "Undone.")


def _key(cell: CapacityCell) -> CapacityKey:
    return CapacityKey(cell.role_id, cell.team_id, cell.month)


def _named(model: Any, organization: Organization, ids: Collection[int]) -> dict[int, Any]:
    return {row.pk: row for row in model.objects.filter(organization=organization, pk__in=ids)} if ids else {}


def _rows(
    organization: Organization, role_ids: Collection[int], first: datetime.date, last: datetime.date
) -> dict[CapacityKey, Capacity]:
    rows = Capacity.objects.filter(organization=organization, role__in=role_ids, month__range=(first, last))
    return {CapacityKey(row.role_id, row.team_id, row.month): row for row in rows}


def _locked(
    organization: Organization, role_ids: Collection[int], first: datetime.date, last: datetime.date
) -> dict[CapacityKey, Capacity]:
    """The cells of roles between two months; the roles stay locked until the transaction ends."""
    roles = ResourceRole.objects.filter(organization=organization, pk__in=role_ids).order_by("pk")
    list(roles.select_for_update(of=("self",), no_key=True))
    return _rows(organization, role_ids, first, last)


def _refusal(
    cell: CapacityCell,
    roles: Mapping[int, ResourceRole],
    teams: Mapping[int, Team],
    rows: Mapping[CapacityKey, Capacity],
    wanted: Wanted,
) -> str:
    """Why a cell cannot be saved; where it can, what it wants is added to `wanted`."""
    key = _key(cell)
    present = rows.get(key)
    for named, pk, noun in ((roles, cell.role_id, "role"), (teams, cell.team_id, "team")):
        row: Any = named.get(pk) if pk is not None else None
        if pk is not None and row is None:
            return f"There is no such {noun}."
        if row is not None and row.is_archived and cell.fte is not None:
            return f"“{row}” is archived. Restore it first, or choose another {noun}."
    if cell.month.day != 1 or cell.month.year not in YEARS:
        return f"A month is given by its first day, in the years {YEARS[0]} to {YEARS[-1]}."
    if key in wanted:
        return "This is given twice at once. Keep one of both."
    held = present.fte if present else None
    if cell.seen is not None and cell.seen.fte != held and cell.fte != held:
        value = f"changed it to {fte_text(held)}" if held is not None else "removed it"
        return f"Somebody {value} after you opened this. Save again to write over it."
    text = cell.note if cell.note is not None else present.note if present else ""
    if len(text) > 200:
        return "A note has at most 200 characters."
    try:
        wanted[key] = None if cell.fte is None else Typed(checked_fte(cell.fte), text)
    except ValueError as error:
        return str(error).replace("An allocation", "A capacity")
    return ""


def _save(
    actor: User, organization: Organization, rows: Mapping[CapacityKey, Capacity], wanted: Wanted, note: str
) -> int:
    """Write what differs and tell of it; returns how many cells are others now."""
    before: Wanted = {key: Typed(row.fte, row.note) for key, row in rows.items()}
    changed = {key: given for key, given in wanted.items() if given != before.get(key)}
    now = timezone.now()
    Capacity.objects.filter(pk__in=[rows[key].pk for key, given in changed.items() if given is None]).delete()
    new, altered = [], []
    for key, given in changed.items():
        if given is None:
            continue
        if (row := rows.get(key)) is None:
            new.append(Capacity(organization=organization, **key._asdict(), **given._asdict()))
            continue
        row.fte, row.note, row.version, row.updated_at = given.fte, given.note, row.version + 1, now
        altered.append(row)
    Capacity.objects.bulk_create(new)
    Capacity.objects.bulk_update(altered, ["fte", "note", "version", "updated_at"])
    _tell(actor, organization, before, changed, note)
    return len(changed)


def _tell(actor: User, organization: Organization, before: Wanted, changed: Wanted, note: str) -> None:
    roles = _named(ResourceRole, organization, {key.role_id for key in changed})
    teams = _named(Team, organization, {key.team_id for key in changed if key.team_id is not None})
    for role_id in sorted(roles):
        told: dict[str, tuple[list[str], list[str]]] = {}
        kept: tuple[list[Any], list[Any]] = ([], [])
        for key in sorted((key for key in changed if key.role_id == role_id), key=lambda key: key.month):
            texts = told.setdefault(str(teams[key.team_id]) if key.team_id is not None else "outside teams", ([], []))
            for side, given in enumerate((before.get(key), changed[key])):
                if given is not None:
                    texts[side].append(f"{key.month:%Y-%m} {fte_text(given.fte)}")
                    kept[side].append([key.team_id, f"{key.month:%Y-%m-%d}", str(given.fte), given.note])
        changes = {name: list(texts) for name, texts in told.items()} | {CELLS: list(kept)}
        record(CHANGED, actor=actor, subject=roles[role_id], changes=changes, note=note)


def _cells(role_id: int, rows: list[list[Any]]) -> dict[CapacityKey, Typed]:
    """The cells that an event carries."""
    return {
        CapacityKey(role_id, team_id, datetime.date.fromisoformat(month)): Typed(Decimal(fte), note)
        for team_id, month, fte, note in rows
    }
