"""What each row of a file would do to the organization: the same answer for the check and for the import itself."""

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import models

from accounts.models import Organization
from core.access import can
from core.access import WORDS as ACTION_WORDS
from integrations.algorithms.catalog import KINDS, Target
from integrations.algorithms.mapping import FROM_ACTIVITIES, FROM_DESCRIPTION, FROM_KEY, Mapping as ColumnMapping
from integrations.algorithms.rows import ERROR, NOTE, Message, Reading, RowReader, order_of_days
from integrations.algorithms.values import NotRead
from integrations.models import ImportRow, RowPlan, RowStatus
from integrations.selectors.directory import Directory, Found, IncomingRow
from integrations.selectors.tables import TABLES

LONGEST_REASON = 200
DERIVED_NAME = 80
#: Where two rows may bear one name, so that a name alone identifies neither.
PARENT_NOT_MOVED = {"activity": ("project", "parent"), "risk": ("project",)}


@dataclass(slots=True)
class Plan:
    """What becomes of one row: an act, the values it writes, and what a person should know."""

    number: int
    key: str
    action: RowPlan = RowPlan.CREATE
    row: Any = None
    values: dict[str, Any] = field(default_factory=dict)
    changes: dict[str, list[Any]] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    is_parked: bool = False
    label: str = ""

    def refuse(self, code: str, text: str, target: str = "", column: str = "", value: str = "") -> None:
        self.messages.append(Message(ERROR, code, text, target, column, value))

    def note(self, code: str, text: str, target: str = "", column: str = "", value: str = "") -> None:
        self.messages.append(Message(NOTE, code, text, target, column, value))

    @property
    def has_errors(self) -> bool:
        return any(message.level == ERROR for message in self.messages)


class Planner:
    """Plans the rows of one file, a chunk at a time.

    Args:
        states: text by which activities name a project -> the status that follows from them (`activity_states`).
    """

    def __init__(
        self,
        *,
        user: Any,
        organization: Organization,
        kind: str,
        file_name: str,
        reader: RowReader,
        directory: Directory,
        states: Mapping[str, str] | None = None,
    ) -> None:
        self.user, self.organization = user, organization
        self.kind, self.table, self.file_name = KINDS[kind], TABLES[kind], file_name
        self.reader, self.directory, self.states = reader, directory, states or {}
        self.mapping: ColumnMapping = reader.mapping
        self.is_allowed = can(user, self.kind.permission, organization)

    def plan(self, rows: Sequence[tuple[int, Reading]]) -> list[Plan]:
        """Plans of rows, by number in the file; none of them points at another of the same call."""
        self._look_up([reading for _, reading in rows])
        plans = [self._plan(number, reading) for number, reading in rows]
        self._tell_undone(plans)
        self._note_other_hands([plan for plan in plans if plan.action == RowPlan.UPDATE])
        return plans

    def _look_up(self, readings: Sequence[Reading]) -> None:
        for target in self.kind.targets:
            if target.type == "reference":
                texts = {reading.references.get(target.name, "") for reading in readings}
                self.directory.load(target.to, texts | {self.mapping.defaults.get(target.name, "")})
        rows = self.table.model.objects.visible_to(self.user)
        keys = {reading.key for reading in readings if reading.key}
        self.by_key = {row.external_key: row for row in rows.filter(external_key__in=keys)} if keys else {}
        codes = {reading.values["code"] for reading in readings if reading.values.get("code")}
        self.by_code = {row.code: row for row in rows.filter(code__in=codes)} if codes and self.table.has_code else {}
        names = {
            reading.name for reading in readings if reading.name and not reading.key and not reading.values.get("code")
        }
        self.by_name: dict[str, list[Any]] = {}
        for row in rows.filter(name__in=names, archived_at=None) if names else ():
            self.by_name.setdefault(row.name, []).append(row)

    def _plan(self, number: int, reading: Reading) -> Plan:
        plan = Plan(number, reading.key, messages=list(reading.messages), label=reading.name)
        if not self.is_allowed:
            plan.refuse("not_allowed", f"Your role may not {ACTION_WORDS[self.kind.permission]}.")
        parents = self._parents(plan, reading)
        plan.row = self._existing(plan, reading, parents)
        if plan.row is None:
            self._new(plan, reading, parents)
        elif not plan.has_errors:
            self._change(plan, reading, parents)
        plan.label = plan.label or str(plan.row or "") or (f"Key {plan.key}" if plan.key else f"Row {number}")
        if plan.has_errors:
            plan.action, plan.values, plan.changes, plan.is_parked = RowPlan.ERROR, {}, {}, False
        return plan

    # What it points at ------------------------------------------------------------------------------------------------

    def _parents(self, plan: Plan, reading: Reading) -> dict[str, Any]:
        """Target -> the row it points at (one that is still to come counts), for those that were found."""
        found: dict[str, Any] = {}
        for target in self.kind.targets:
            text = reading.references.get(target.name)
            if target.type == "reference" and text and (row := self._pointed_at(plan, target, text)) is not None:
                found[target.name] = row
            elif target.type == "person" and (text := reading.persons.get(target.name)):
                if person := self.directory.person(text):
                    found[target.name] = person
                else:
                    word = target.label.lower()
                    plan.note(
                        "unknown_person",
                        f"“{text}” is no member here, so that the {word} stays open.",
                        target.name,
                        self._column(target),
                        text,
                    )
        if "program" in found and "portfolio" in found:
            del found["portfolio"]  # the program's own portfolio holds
        return found

    def _column(self, target: Target) -> str:
        return self.mapping.column_of(target.name) or ""

    def _pointed_at(self, plan: Plan, target: Target, text: str) -> Any:
        found = self.directory.find(target.to, text)
        word = KINDS[target.to].label.lower()
        tell = plan.note if self.kind.parks and target.name in self.kind.parents else plan.refuse
        column = self._column(target)
        if found.count > 1:
            tell(
                "ambiguous_reference",
                f"Several {KINDS[target.to].plural.lower()} are called “{text}”. Name it by its key.",
                target.name,
                column,
                text,
            )
        elif found.row is not None and found.row.is_archived:
            tell(
                "archived_reference",
                f"The {word} “{found.row}” is archived. Restore it, or name another.",
                target.name,
                column,
                text,
            )
        elif found.incoming is not None and found.incoming.fails:
            tell(
                "parent_fails",
                f"Its {word} “{text}” ({found.incoming}) is not imported itself.",
                target.name,
                column,
                text,
            )
        elif found.count == 0:
            tell(
                "unknown_reference",
                f"The {word} “{text}” is neither in this organization nor in these files.",
                target.name,
                column,
                text,
            )
        else:
            return found.row or found.incoming
        return None

    # What it is -------------------------------------------------------------------------------------------------------

    def _existing(self, plan: Plan, reading: Reading, parents: Mapping[str, Any]) -> Any:
        """The row of the organization that it means: by key, else by code, else by its name where that is unique."""
        code = reading.values.get("code")
        if row := self.by_key.get(reading.key):
            return row
        if code and (row := self.by_code.get(code)):
            if reading.key and row.external_key and row.external_key != reading.key:
                plan.refuse(
                    "code_taken",
                    f"The code “{code}” belongs to “{row}”, which has the key “{row.external_key}”.",
                    "code",
                    self.mapping.column_of("code") or "",
                    code,
                )
                return None
            return row
        if reading.key or code or not reading.name:
            return None
        ids = {name: getattr(parents.get(name), "pk", None) for name in self.table.within}
        rows = [
            row
            for row in self.by_name.get(reading.name, [])
            if not any(ids.values()) or all(getattr(row, f"{name}_id") == pk for name, pk in ids.items() if pk)
        ]
        if len(rows) > 1:
            plan.refuse(
                "ambiguous_name",
                f"{len(rows)} {self.kind.plural.lower()} are called “{reading.name}”. Give a key to say which.",
                "name",
                self.mapping.column_of("name") or "",
            )
        return rows[0] if len(rows) == 1 else None

    # A new row --------------------------------------------------------------------------------------------------------

    def _new(self, plan: Plan, reading: Reading, parents: dict[str, Any]) -> None:
        values = {name: value for name, value in reading.values.items() if value is not None}
        if not values and not parents and not plan.has_errors:
            plan.refuse("nothing", "Nothing in this row is imported: all its mapped cells are empty.")
            return
        self._fill_defaults(plan, reading, values, parents)
        if not reading.name:
            if not reading.key and not values.get("code"):
                plan.refuse(
                    "nothing",
                    "Nothing says what this row is: it has neither a key nor a name.",
                    "name",
                    self.mapping.column_of("name") or "",
                )
            values["name"] = plan.label = self._provisional_name(plan, reading)
        for target in self.kind.targets:
            if target.is_needed and target.name not in values and not plan.has_errors:
                plan.refuse(
                    "needed",
                    f"A {self.kind.label.lower()} needs a {target.label.lower()}.",
                    target.name,
                    self._column(target),
                )
        if self.kind.parents and not any(name in parents for name in self.kind.parents):
            self._without_parent(plan, reading, values)
        plan.values = values | parents

    def _fill_defaults(self, plan: Plan, reading: Reading, values: dict[str, Any], parents: dict[str, Any]) -> None:
        for name, text in self.mapping.defaults.items():
            target = self.kind.by_target.get(name)
            if target is None or name == "name" or name in values or name in parents:
                continue
            if text == FROM_ACTIVITIES:
                state = next(
                    (
                        self.states[word]
                        for word in (reading.key, values.get("code"), reading.name)
                        if word in self.states
                    ),
                    "",
                )
                if state:
                    values[name] = state
            elif target.type == "reference":
                blocked = name in self.kind.parents and any(other in parents for other in self.kind.parents)
                if not blocked and (row := self._pointed_at(plan, target, text)) is not None:
                    parents[name] = row
            elif target.type == "person":
                if person := self.directory.person(text):
                    parents[name] = person
            else:
                try:
                    values[name] = self.reader.default(name, text)
                except NotRead as problem:
                    plan.refuse("default", f"“{text}”, given for {target.label.lower()}, is {problem}.", name)

    def _provisional_name(self, plan: Plan, reading: Reading) -> str:
        word, what = self.kind.label.lower(), plan.key or reading.values.get("code") or f"row {plan.number}"
        name = f"Unnamed {word} {what}"
        description = str(reading.values.get("description") or "")
        if self.mapping.defaults.get("name", FROM_KEY) == FROM_DESCRIPTION and description:
            name = first_words(description)
        plan.note(
            "no_name",
            f"It has no name and is called “{name}” until somebody names it.",
            "name",
            self.mapping.column_of("name") or "",
        )
        return name[: self.kind.by_target["name"].longest]

    def _without_parent(self, plan: Plan, reading: Reading, values: dict[str, Any]) -> None:
        words = " or ".join(KINDS[name].label.lower() for name in self.kind.parents)
        said = next((message for message in plan.messages if message.target in self.kind.parents), None)
        where = f"{self.file_name}, row {plan.number}"
        column = next((column for name in self.kind.parents if (column := self.mapping.column_of(name))), "")
        if self.kind.parks:
            reason = said.text if said else f"No {words} is given"
            values["parked_reason"] = f"{reason.rstrip('.')} ({where})."[:LONGEST_REASON]
            plan.is_parked = True
            if said is None:
                plan.note(
                    "no_parent",
                    f"No {words} is given: the {self.kind.label.lower()} is parked until somebody places it.",
                    self.kind.parents[0],
                    column,
                )
        elif said is None:
            plan.refuse(
                "no_parent",
                f"No {words} is given, and a {self.kind.label.lower()} cannot stand alone.",
                self.kind.parents[0],
                column,
            )

    # A row that is there ----------------------------------------------------------------------------------------------

    def _change(self, plan: Plan, reading: Reading, parents: dict[str, Any]) -> None:
        wanted = {**self._settled(plan.row, reading.values), **parents}
        for name in PARENT_NOT_MOVED.get(self.kind.name, ()):
            parent = wanted.pop(name, None)
            current = getattr(plan.row, f"{name}_id")
            if (
                parent is None
                or getattr(parent, "pk", None) == current
                or (name == "parent" and isinstance(parent, IncomingRow))
            ):
                continue
            if name == "project":
                plan.refuse(
                    "moved",
                    f"It belongs to the project “{plan.row.project}” here. An import moves no {self.kind.label.lower()} to another project.",
                    name,
                    self._column(self.kind.by_target[name]),
                )
            else:
                plan.note("parent_kept", "It lies below another summary here and stays there.", name)
        if self.kind.name == "project" and "program" in wanted:
            wanted["portfolio"] = None
        elif self.kind.name == "project" and "portfolio" in wanted:
            wanted["program"] = None
        changed = {name: value for name, value in wanted.items() if not same(plan.row, name, value)}
        plan.changes = {name: [in_words(plan.row, name), words_of(value)] for name, value in changed.items()}
        plan.messages += order_of_days({**{name: getattr(plan.row, name, None) for name in DAYS}, **changed})
        plan.values = changed
        plan.action = RowPlan.UPDATE if changed else RowPlan.UNCHANGED
        plan.is_parked = bool(getattr(plan.row, "parked_reason", "")) and not any(
            parents.get(name) for name in self.kind.parents
        )
        plan.label = plan.label or str(plan.row)

    def _settled(self, row: Any, values: Mapping[str, Any]) -> dict[str, Any]:
        """Values as the services leave them, so that the same file changes nothing the second time."""
        settled = dict(values)
        if self.kind.name == "activity":
            status, progress = settled.get("status"), settled.get("progress_ratio")
            if status in {"done", "not_started"}:
                settled.pop("progress_ratio", None)
            elif status == "in_progress" and progress is not None and progress >= 1:
                settled["progress_ratio"] = Decimal("0.99")
            if row.kind == "summary":
                settled.pop("kind", None)
        return settled

    def _tell_undone(self, plans: Sequence[Plan]) -> None:
        """An archived row comes back where the undoing of an import archived it; what a person archived stays so."""
        archived = [plan for plan in plans if plan.row is not None and plan.row.is_archived and not plan.has_errors]
        if not archived:
            return
        ids = {plan.row.pk for plan in archived}
        undone = set(
            ImportRow.objects.visible_to(self.user)
            .filter(kind=self.kind.name, object_id__in=ids, status=RowStatus.UNDONE)
            .values_list("object_id", flat=True)
        )
        for plan in archived:
            if plan.row.pk in undone:
                plan.action = RowPlan.RESTORE
            else:
                plan.refuse(
                    "archived", f"“{plan.row}” is archived here and stays so. Restore it first, then import again."
                )
                plan.action, plan.values, plan.changes = RowPlan.ERROR, {}, {}

    def _note_other_hands(self, plans: Sequence[Plan]) -> None:
        """Say where an import writes over what somebody changed here since the last one."""
        ids = {plan.row.pk for plan in plans}
        if not ids:
            return
        left: dict[int, int] = {}
        rows = ImportRow.objects.visible_to(self.user).filter(kind=self.kind.name, object_id__in=ids)
        for object_id, version in rows.order_by("pk").values_list("object_id", "after_version"):
            left[object_id] = version or left.get(object_id, 0)
        for plan in plans:
            if left.get(plan.row.pk) and left[plan.row.pk] != plan.row.version:
                fields = ", ".join(field_label(self.table.model, name) for name in plan.changes)
                plan.note(
                    "changed_since", f"It was changed here after the last import; the file's values replace: {fields}."
                )


DAYS = ("planned_start_date", "planned_finish_date", "actual_start_date", "actual_finish_date")


def same(row: Any, name: str, value: Any) -> bool:
    """True when a row has this value already."""
    if isinstance(value, IncomingRow):
        return False
    current = getattr(row, name) if not isinstance(value, models.Model) else getattr(row, f"{name}_id")
    wanted = value.pk if isinstance(value, models.Model) else value
    return bool(current == wanted) or (current in (None, "") and wanted in (None, ""))


def in_words(row: Any, name: str) -> Any:
    return words_of(getattr(row, name))


def words_of(value: Any) -> Any:
    """A value as JSON keeps it and people read it: a row by id and name, days and amounts as text."""
    if isinstance(value, models.Model):
        return {"id": value.pk, "name": str(value)}
    if isinstance(value, IncomingRow):
        return {"id": None, "name": value.label}
    if isinstance(value, datetime.date):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else value


def field_label(model: Any, name: str) -> str:
    return str(model._meta.get_field(name).verbose_name)


def first_words(text: str) -> str:
    """The beginning of a text as a name: its first sentence, cut at a word."""
    line = " ".join(text.split())
    sentence = line.split(". ")[0].rstrip(".")
    return sentence if len(sentence) <= DERIVED_NAME else f"{sentence[:DERIVED_NAME].rpartition(' ')[0]}…"
