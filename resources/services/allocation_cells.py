"""The cells of projects' allocations: read and locked, checked one by one, written together, told in one event each."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple, Self

from django.utils import timezone

from accounts.models import Organization, User
from core.errors import Conflict, FieldErrors
from events.services import record
from resources.algorithms.fte import checked_fte, fte_text
from resources.models import Allocation, AllocationKind, Person, ResourceRole, Team

CHANGED = "project.allocations_changed"
#: What an event carries to be taken back by; never shown.
CELLS = "allocation_cells"
YEARS = range(2000, 2101)
BATCH = 2000
#: A project is a row of an app above: it is reached by the foreign key.
PROJECTS: Any = Allocation._meta.get_field("project").related_model
NOBODY = "Name a role, a team or a person."


class CellErrors(FieldErrors):
    """Sentences by the place of a cell among those sent; nothing was written."""

    def __init__(self, errors: Mapping[int, str], count: int) -> None:
        super().__init__({str(place): text for place, text in errors.items()})
        self.by_place = dict(errors)
        cells = "The cell" if count == 1 else f"{len(errors)} of {count} cells"
        self.args = (f"{cells} cannot be saved, so nothing was. {next(iter(errors.values()))}",)


class Seen(NamedTuple):
    """What a person saw in a cell before changing it; None is an empty cell."""

    fte: Decimal | None


@dataclass(frozen=True)
class Cell:
    """A cell as somebody typed it: who gives how much of a month to a project. Without FTE nothing is given.

    `seen` refuses to write over what somebody else has changed meanwhile; `note` None leaves the one there is.
    """

    project_id: int
    month: datetime.date
    fte: Decimal | None
    role_id: int | None = None
    team_id: int | None = None
    person_id: int | None = None
    kind: str = AllocationKind.PLAN.value
    note: str | None = None
    seen: Seen | None = None


class Key(NamedTuple):
    """What tells a cell from others. A person has one in a month of a project, whatever their role and team were."""

    project_id: int
    kind: str
    month: datetime.date
    role_id: int | None
    team_id: int | None
    person_id: int | None

    @classmethod
    def of(cls, row: Any) -> Self:
        of_person = row.person_id is not None
        role, team = (None, None) if of_person else (row.role_id, row.team_id)
        return cls(row.project_id, str(row.kind), row.month, role, team, row.person_id)

    def in_month(self, month: datetime.date) -> Self:
        return self._replace(month=month)

    def is_before(self, month: datetime.date | None) -> bool:
        return month is not None and self.month < month


class Given(NamedTuple):
    """What a cell holds, with the role and team that it counts for."""

    fte: Decimal
    note: str
    role_id: int | None
    team_id: int | None

    @classmethod
    def of(cls, row: Allocation) -> Self:
        return cls(row.fte, row.note, row.role_id, row.team_id)


class Outcome(NamedTuple):
    """What came of a cell: created, updated, removed or unchanged; the id of its row, where there is one."""

    what: str
    pk: int | None

    @property
    def is_change(self) -> bool:
        return self.what != "unchanged"


@dataclass
class Sheet:
    """Locked projects with the cells that they have (`rows`) and shall have (`wanted`; None is to be emptied)."""

    organization: Organization
    projects: dict[int, Any]
    rows: dict[Key, Allocation] = field(default_factory=dict)
    wanted: dict[Key, Given | None] = field(default_factory=dict)

    @classmethod
    def locked(cls, organization: Organization, project_ids: Iterable[int], *, may_miss: bool = False) -> Self:
        """Projects, each locked until the transaction ends, so that two people change one's cells after each other.

        Args:
            may_miss: leave out unknown and archived projects; else they are refused.
        Raises:
            Conflict: a project is archived, or unknown.
        """
        wanted = set(project_ids)
        found = PROJECTS.objects.select_for_update(of=("self",), no_key=True).filter(
            organization=organization, pk__in=wanted
        )
        projects = {project.pk: project for project in found.order_by("pk")}
        if not may_miss:
            if wanted - projects.keys():
                raise Conflict("There is no such project. Nothing was changed.")
            for project in projects.values():
                if project.is_archived:
                    raise Conflict(f"“{project}” is archived. Restore it first; nothing was changed.")
        return cls(organization, projects)

    @classmethod
    def checked(cls, organization: Organization, cells: Sequence[Cell]) -> Self:
        """A sheet that wants what cells say.

        Raises:
            CellErrors: some cells mean nothing, point nowhere, or somebody changed them meanwhile.
        """
        sheet = cls.locked(organization, {cell.project_id for cell in cells}, may_miss=True)
        sheet.read(cells)
        people = _found(Person, organization, (cell.person_id for cell in cells))
        checker = _Checker(
            sheet,
            people,
            _found(ResourceRole, organization, (cell.role_id for cell in cells)),
            _found(Team, organization, (cell.team_id for cell in cells)),
        )
        errors = {place: text for place, cell in enumerate(cells) if (text := checker.refusal(cell))}
        if errors:
            raise CellErrors(errors, len(cells))
        return sheet

    def read(self, cells: Sequence[Cell] | None = None) -> None:
        """Read the cells that the projects have: those around the given ones, or all."""
        rows = Allocation.objects.filter(organization=self.organization, project_id__in=self.projects)
        if cells is not None:
            months = [cell.month for cell in cells]
            rows = rows.filter(month__range=(min(months), max(months))) if months else rows.none()
        self.rows = {Key.of(row): row for row in rows.order_by("pk")}

    @property
    def present(self) -> dict[Key, Given]:
        return {key: Given.of(row) for key, row in self.rows.items()}

    def standing(self, key: Key) -> Given | None:
        """What a cell shall hold, or holds where nothing else is wanted."""
        if key in self.wanted:
            return self.wanted[key]
        return Given.of(self.rows[key]) if key in self.rows else None

    def save(self, actor: User, note: str = "") -> list[Outcome]:
        """Write what is wanted and differs, and record it; returns what came of each wanted cell."""
        present = self.present
        changed = {key: given for key, given in self.wanted.items() if given != present.get(key)}
        made = self._write(changed)
        for project_id in {key.project_id: None for key in changed}:
            keys = [key for key in changed if key.project_id == project_id]
            self._tell(actor, project_id, {key: (present.get(key), changed[key]) for key in keys}, note)
        return [self._outcome(key, key in changed, made) for key in self.wanted]

    def _outcome(self, key: Key, is_changed: bool, made: Mapping[Key, Allocation]) -> Outcome:
        row = made.get(key) or self.rows.get(key)
        if not is_changed:
            return Outcome("unchanged", row.pk if row else None)
        if self.wanted[key] is None:
            return Outcome("removed", None)
        return Outcome("created" if key in made else "updated", row.pk if row else None)

    def _write(self, changed: Mapping[Key, Given | None]) -> dict[Key, Allocation]:
        gone = [self.rows[key].pk for key, given in changed.items() if given is None]
        if gone:
            Allocation.objects.filter(organization=self.organization, pk__in=gone).delete()
        altered, new, now = [], {}, timezone.now()
        for key, given in changed.items():
            if given is None:
                continue
            if (row := self.rows.get(key)) is None:
                new[key] = Allocation(organization=self.organization, **{**key._asdict(), **given._asdict()})
                continue
            for name, value in given._asdict().items():
                setattr(row, name, value)
            row.version, row.updated_at = row.version + 1, now
            altered.append(row)
        Allocation.objects.bulk_create(new.values(), batch_size=BATCH)
        columns = ["fte", "note", "role", "team", "version", "updated_at"]
        Allocation.objects.bulk_update(altered, columns, batch_size=BATCH)
        return new

    def _tell(
        self, actor: User, project_id: int, cells: Mapping[Key, tuple[Given | None, Given | None]], note: str
    ) -> None:
        names = _Names(self.organization, cells)
        told: dict[str, tuple[list[str], list[str]]] = {}
        for key, pair in sorted(cells.items(), key=lambda item: item[0].month):
            for texts, given in zip(told.setdefault(names.of(key), ([], [])), pair, strict=True):
                if given is not None:
                    texts.append(f"{key.month:%Y-%m} {fte_text(given.fte)}")
        kept = [[_as_row(key, given) for key, pair in cells.items() if (given := pair[side])] for side in (0, 1)]
        changes = {name: list(texts) for name, texts in told.items()} | {CELLS: kept}
        record(CHANGED, actor=actor, subject=self.projects[project_id], changes=changes, note=note)


def _as_row(key: Key, given: Given) -> list[Any]:
    return [key.kind, f"{key.month:%Y-%m-%d}", given.role_id, given.team_id, key.person_id, str(given.fte), given.note]


def _found(model: Any, organization: Organization, ids: Iterable[int | None]) -> dict[int, Any]:
    wanted = {pk for pk in ids if pk is not None}
    rows = model.objects.filter(organization=organization, pk__in=wanted) if wanted else ()
    return {row.pk: row for row in rows}


@dataclass
class _Checker:
    """Tells what is wrong with a cell, or adds what it wants to the sheet."""

    sheet: Sheet
    people: Mapping[int, Person]
    roles: Mapping[int, ResourceRole]
    teams: Mapping[int, Team]

    def refusal(self, cell: Cell) -> str:
        project = self.sheet.projects.get(cell.project_id)
        if project is None:
            return "There is no such project."
        if project.is_archived:
            return f"“{project}” is archived. Restore it first."
        try:
            fte = None if cell.fte is None else checked_fte(cell.fte)
        except ValueError as error:
            return str(error)
        key = Key.of(cell)
        return self._about_who(cell) or self._about_when(cell, key) or self._want(cell, key, fte)

    def _about_who(self, cell: Cell) -> str:
        if cell.role_id is cell.team_id is cell.person_id is None:
            return NOBODY
        named = ((self.people, cell.person_id, "person"),)
        if cell.person_id is None:
            named = ((self.roles, cell.role_id, "role"), (self.teams, cell.team_id, "team"))  # type: ignore[assignment]
        for rows, pk, noun in named:
            row: Any = rows.get(pk) if pk is not None else None
            if pk is not None and row is None:
                return f"There is no such {noun}."
            if row is not None and row.is_archived and cell.fte is not None:
                return f"“{row}” is archived. Restore it first, or choose another {noun}."
        return ""

    def _about_when(self, cell: Cell, key: Key) -> str:
        if cell.kind not in AllocationKind.values:
            return "An allocation is plan or actual."
        if cell.month.day != 1 or cell.month.year not in YEARS:
            return f"A month is given by its first day, in the years {YEARS[0]} to {YEARS[-1]}."
        if key in self.sheet.wanted:
            return "This is given twice at once. Keep one of both."
        present = self.sheet.rows.get(key)
        held = present.fte if present else None
        if cell.seen is not None and cell.seen.fte != held and cell.fte != held:
            value = f"changed it to {fte_text(held)}" if held is not None else "removed it"
            return f"Somebody {value} after you opened this. Save again to write over it."
        return ""

    def _want(self, cell: Cell, key: Key, fte: Decimal | None) -> str:
        present = self.sheet.rows.get(key)
        if fte is None:
            self.sheet.wanted[key] = None
            return ""
        note = cell.note if cell.note is not None else present.note if present else ""
        if len(note) > 200:
            return "A note has at most 200 characters."
        role_id, team_id = cell.role_id, cell.team_id
        if cell.person_id is not None:
            person = self.people[cell.person_id]
            role_id, team_id = person.role_id, person.team_id
        self.sheet.wanted[key] = Given(fte, note, role_id, team_id)
        return ""


class _Names:
    """What the rows of a grid are called in the log."""

    def __init__(self, organization: Organization, keys: Iterable[Key]) -> None:
        keys = list(keys)
        self.roles, self.teams, self.people = (
            _found(model, organization, (getattr(key, name) for key in keys))
            for model, name in ((ResourceRole, "role_id"), (Team, "team_id"), (Person, "person_id"))
        )

    def of(self, key: Key) -> str:
        if key.person_id is not None:
            who = str(self.people[key.person_id])
        else:
            parts = (self.roles.get(key.role_id or 0), self.teams.get(key.team_id or 0))
            who = ", ".join(str(part) for part in parts if part is not None)
        return f"{AllocationKind(key.kind).label.lower()} of {who}"
