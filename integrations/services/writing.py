"""One planned row, written through the services of the table it belongs to."""

import datetime
from collections import deque
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from accounts.models import Organization, User
from core.errors import Conflict
from feedback import services as feedback
from feedback.models import CustomerAccount
from finance import services as finance
from finance.models import FinancialEntry
from finance.models.subject import SUBJECTS
from integrations.selectors import TABLES
from integrations.selectors.people import SKILLS, levels_from_words, levels_in_words, levels_of
from integrations.selectors.plan import words_of
from integrations.services.allocations import AllocationWriter
from integrations.services.entries import EntryWriter
from integrations.services.feedback import ItemWriter
from portfolio import services as portfolios
from programs import services as programs
from projects import services as projects
from projects.models import NEXT_STATUSES, Project
from resources import services as resources
from resources.models import Capacity

#: Kinds of which many rows are created with one call, and what holds those of one call; empty: their organization.
HOLDERS = {
    "activity": "project", "measure": "program", "entry": "subject", "capacity": "role", "allocation": "project",
    "feedback_item": "",
}  # fmt: skip
SILENT = {"id", "organization", "created_at", "updated_at", "version", "position", "outline_level", "currency"}

#: Of an entry, its currency tells; what is converted follows from it, and the subject stays.
OF_ENTRY = SILENT - {"currency"} | {"reporting_amount", "rate_date", *SUBJECTS}

#: Of a customer account, what follows from its amount and its currency.
OF_ACCOUNT = SILENT - {"currency"} | {"arr_reporting_amount", "rate_date"}


class Writer:
    """Creates, changes, archives and restores rows as a person, each by the service that a page would call."""

    def __init__(self, actor: User, organization: Organization, note: str) -> None:
        self.actor, self.organization, self.note = actor, organization, note
        self.allocations = AllocationWriter(actor, organization, note)
        self.entries = EntryWriter(actor, organization, note)
        self.items = ItemWriter(actor, organization)

    def create(self, kind: str, values: Mapping[str, Any]) -> Any:
        """A new row; services check, save and record it."""
        fields = _named_by_services(values)
        in_organization = {
            "portfolio": portfolios.create_portfolio,
            "product_line": portfolios.create_product_line,
            "program": programs.create_program,
            "product": portfolios.create_product,
            "project": projects.create_project,
            "team": resources.create_team,
            "resource_role": resources.create_resource_role,
            "person": resources.create_person,
            "customer_account": feedback.create_account,
        }
        if kind in in_organization:
            return in_organization[kind](actor=self.actor, organization=self.organization, **fields)
        if kind == "measure":
            return programs.create_measure(actor=self.actor, program=fields.pop("program"), **fields)
        if kind == "capacity":
            return self._create_capacities([fields])[0]
        if kind == "entry":
            return finance.create_entry(actor=self.actor, organization=self.organization, **fields)
        if kind == "allocation":
            return self.allocations.create([fields])[0]
        if kind == "feedback_item":
            return self.items.create([fields])[0]
        if kind == "risk":
            return projects.create_risk(actor=self.actor, project=fields.pop("project"), **fields)
        return projects.create_activity(actor=self.actor, project=fields.pop("project"), **fields)

    def create_together(self, kind: str, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
        """New activities of one project, or measures of one program, with few statements; all or none."""
        if kind == "entry":
            return list(self.entries.write([(None, row) for row in rows]))
        if kind == "capacity":
            return self._create_capacities(rows)
        if kind == "allocation":
            return self.allocations.create(rows)
        if kind == "feedback_item":
            return self.items.create(rows)
        holder = rows[0][HOLDERS[kind]]
        fields = [{name: value for name, value in row.items() if name != HOLDERS[kind]} for row in rows]
        if kind == "measure":
            return list(programs.create_measures(actor=self.actor, program=holder, rows=fields))
        return list(projects.create_activities(actor=self.actor, project=holder, rows=fields))

    def _create_capacities(self, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
        cells = [
            resources.CapacityCell(
                row["role"].pk, row["team"].pk if row.get("team") else None, row["month"], row["fte"], row.get("note")
            )
            for row in rows
        ]
        return self._set_capacities(cells)

    def _set_capacities(self, cells: Sequence[resources.CapacityCell]) -> list[Any]:
        ids = resources.set_capacities(actor=self.actor, organization=self.organization, cells=cells, note=self.note)
        found = Capacity.objects.in_bulk([pk for pk in ids if pk])
        return [found[pk] for pk in ids if pk]

    def update(self, kind: str, row: Any, values: Mapping[str, Any]) -> tuple[Any, dict[str, list[Any]]]:
        """The changed row, and every field that changed with it: a status brings its progress along."""
        if kind == "feedback_item":
            return self.items.update(row, values)
        before = _snapshot(row, values)
        fields = _named_by_services(values)
        if kind == "project":
            status = fields.pop("status", None)
            row = projects.update_project(actor=self.actor, project=row, **fields) if fields else row
            row = self._walk(row, status) if status else row
        else:
            row = self._update(kind, row, fields)
        after = _snapshot(row, values)
        return row, {name: [before[name], after[name]] for name in after if before[name] != after[name]}

    def _update(self, kind: str, row: Any, fields: dict[str, Any]) -> Any:
        if kind == "allocation":
            return self.allocations.update(row, fields)
        by_kind: dict[str, Any] = {
            "portfolio": portfolios.update_portfolio,
            "product_line": portfolios.update_product_line,
            "program": programs.update_program,
            "product": portfolios.update_product,
            "activity": projects.update_activity,
            "risk": projects.update_risk,
            "measure": programs.update_measure,
            "entry": finance.update_entry,
            "team": resources.update_team,
            "resource_role": resources.update_resource_role,
            "person": resources.update_person,
            "customer_account": feedback.update_account,
        }
        if kind == "capacity":
            return self._set_capacities([self._cell(row, fte=fields.get("fte", row.fte), note=fields.get("note"))])[0]
        return by_kind[kind](actor=self.actor, **{self._word(kind): row}, **fields)

    def _walk(self, project: Project, status: str) -> Project:
        """Take a project along its lifecycle to a status, by the fewest steps; each is recorded."""
        for step in _steps(project.status, status):
            project = projects.change_status(actor=self.actor, project=project, to=step, reason=self.note)
        return project

    def _cell(self, row: Capacity, **values: Any) -> resources.CapacityCell:
        return resources.CapacityCell(row.role_id, row.team_id, row.month, **values)

    def archive(self, kind: str, row: Any) -> Any:
        if kind == "entry":
            finance.remove_entry(actor=self.actor, entry=row, reason=self.note)
            return row
        if kind == "capacity":
            self._set_capacities([self._cell(row, fte=None)])
            return row
        if kind == "allocation":
            return self.allocations.remove(row)
        return self._by_verb(kind, row, "archive")

    def restore(self, kind: str, row: Any) -> Any:
        return self._by_verb(kind, row, "restore")

    def _by_verb(self, kind: str, row: Any, verb: str) -> Any:
        room: Any = {"program": programs, "measure": programs}.get(kind)
        if kind in {"team", "resource_role", "person"}:
            room = resources
        if room is None:
            room = projects if kind in {"project", "activity", "risk"} else portfolios
        if kind in {"customer_account", "feedback_item"}:
            return getattr(feedback, f"{verb}_{self._word(kind)}")(actor=self.actor, **{self._word(kind): row})
        return getattr(room, f"{verb}_{kind}")(actor=self.actor, **{self._word(kind): row})

    def _word(self, kind: str) -> str:
        words = {
            "product_line": "line",
            "resource_role": "role",
            "customer_account": "account",
            "feedback_item": "item",
        }
        return words.get(kind, kind)

    def take_back(self, kind: str, row: Any, changes: Mapping[str, list[Any]]) -> Any:
        """Give a row the values that it had before the import."""
        fields = self.values_before(kind, changes)
        if kind == "entry":
            fields["reason"] = self.note
        return self.update(kind, row, fields)[0]

    def values_before(self, kind: str, changes: Mapping[str, list[Any]]) -> dict[str, Any]:
        """What a row held before the import, as its services take it."""
        return {name: self._value(kind, name, before) for name, (before, _) in changes.items()}

    def _value(self, kind: str, name: str, value: Any) -> Any:
        if name == SKILLS:
            return levels_from_words(value)
        field = TABLES[kind].model._meta.get_field(name)
        if not field.is_relation:
            return field.to_python(value)
        if value is None:
            return None
        row = field.related_model._default_manager.filter(pk=value["id"]).first()
        if row is None:
            raise Conflict(f"“{value['name']}”, which it pointed at before, no longer exists.")
        return row


def _named_by_services(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by the names of the services' arguments: skills come with their levels."""
    return {"skill_levels" if name == SKILLS else name: value for name, value in values.items()}


def _snapshot(row: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """What a row holds, with what is kept beside it where that is among the values to be written."""
    silent = {FinancialEntry: OF_ENTRY, CustomerAccount: OF_ACCOUNT}.get(type(row), SILENT)
    fields = [field for field in row._meta.concrete_fields if field.name not in silent]
    beside = {SKILLS: levels_in_words(levels_of({row.pk}).get(row.pk, {}))} if SKILLS in values else {}
    return {field.name: _words(row, field) for field in fields} | beside


def _words(row: Any, field: Any) -> Any:
    value = getattr(row, field.attname)
    if value is None:
        return None
    if field.is_relation:
        return words_of(getattr(row, field.name))
    if isinstance(value, Decimal):
        return format(value.quantize(Decimal(1).scaleb(-field.decimal_places)), "f")
    return value.isoformat() if isinstance(value, datetime.date) else value


def _steps(start: str, goal: str) -> list[str]:
    """The shortest way along the lifecycle, without where it starts; empty if it is there."""
    ways: dict[str, list[str]] = {start: []}
    waiting = deque([start])
    while waiting and goal not in ways:
        here = waiting.popleft()
        for step in sorted(NEXT_STATUSES[here]):
            if step not in ways:
                ways[step] = [*ways[here], step]
                waiting.append(step)
    return ways.get(goal, [])
