"""What each row of a file would do to the organization: the same answer for the check and for the import itself."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from accounts.models import Organization
from core.access import WORDS, can
from integrations.algorithms.catalog import KINDS
from integrations.algorithms.rows import Reading, RowReader, order_of_days
from integrations.algorithms.targets import Target
from integrations.models import ImportRow, RowPlan, RowStatus
from integrations.selectors.directory import Directory, IncomingRow
from integrations.selectors.hands import archived_since
from integrations.selectors.newcomers import Newcomers
from integrations.selectors.plan import Plan, field_label, is_same, words_of
from integrations.selectors.tables import TABLES

#: An import changes these rows where they are, and moves none of them.
NOT_MOVED = {"activity": ("project", "parent"), "risk": ("project",)}
DAYS = ("planned_start_date", "planned_finish_date", "actual_start_date", "actual_finish_date")


class Planner:
    """Plans the rows of one file, a chunk at a time.

    Args:
        reason: why budgets that are approved change, where a row does not say it.
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
        reason: str = "",
        states: Mapping[str, str] | None = None,
    ) -> None:
        self.reason = reason
        self.user, self.organization, self.kind, self.table = user, organization, KINDS[kind], TABLES[kind]
        self.mapping, self.directory = reader.mapping, directory
        self.passed_over: Collection[int] = ()
        self.is_allowed = can(user, self.kind.permission, organization)
        self.newcomers = Newcomers(self.kind, file_name, reader, directory, self._resolve, states or {})

    def plan(self, rows: Sequence[tuple[int, Reading]], *, passed_over: Collection[int] = ()) -> list[Plan]:
        """Plans of rows, by number in the file; none of them points at another of the same call.

        Args:
            passed_over: numbers of rows that are not imported, whatever their plans.
        """
        self.passed_over = passed_over
        self._look_up([reading for _, reading in rows])
        plans = [self._plan(number, reading) for number, reading in rows]
        self._tell_archived([plan for plan in plans if plan.row is not None and plan.row.is_archived])
        self._note_other_hands([plan for plan in plans if plan.action == RowPlan.UPDATE])
        for plan in plans:
            plan.settle()
        return plans

    def _look_up(self, readings: Sequence[Reading]) -> None:
        for target in self.kind.targets:
            if target.type == "reference":
                texts = {reading.references.get(target.name, "") for reading in readings}
                self.directory.load(target.to, texts | {self.mapping.defaults.get(target.name, "")})
        rows = self.table.model.objects.visible_to(self.user)
        keys = {reading.key for reading in readings if reading.key}
        codes = {str(reading.values["code"]) for reading in readings if reading.values.get("code")}
        names = {reading.name for reading in readings if not reading.key and not reading.values.get("code")} - {""}
        self.by_key = {row.external_key: row for row in rows.filter(external_key__in=keys)} if keys else {}
        self.by_code = {row.code: row for row in rows.filter(code__in=codes)} if codes and self.table.has_code else {}
        self.by_name: dict[str, list[Any]] = {}
        for row in rows.filter(name__in=names) if names else ():
            self.by_name.setdefault(row.name, []).append(row)

    def _plan(self, number: int, reading: Reading) -> Plan:
        plan = Plan(number, reading.key, self.mapping, list(reading.messages), reading.name)
        if not self.is_allowed:
            plan.refuse("not_allowed", f"Your role may not {WORDS[self.kind.permission]}.")
        parents = self._parents(plan, reading)
        plan.row = self._existing(plan, reading, parents)
        if plan.row is not None:
            self._change(plan, reading, parents)
        else:
            self.newcomers.complete(plan, reading, parents)
        plan.label = plan.label or str(plan.row or "") or (f"Key {plan.key}" if plan.key else f"Row {number}")
        return plan

    def _parents(self, plan: Plan, reading: Reading) -> dict[str, Any]:
        """Target -> the row it points at (one that is still to come counts), for those that were found."""
        found: dict[str, Any] = {}
        for target in self.kind.targets:
            if text := reading.references.get(target.name):
                if (row := self._resolve(plan, target, text)) is not None:
                    found[target.name] = row
            elif text := reading.persons.get(target.name):
                if person := self.directory.person(text):
                    found[target.name] = person
                else:
                    sentence = f"“{text}” is no member here, so that the {target.label.lower()} stays open."
                    plan.note("unknown_person", sentence, target.name, text)
        if self.kind.name == "project" and "program" in found:
            found.pop("portfolio", None)  # the program's own portfolio holds
        return found

    def _resolve(self, plan: Plan, target: Target, text: str) -> Any:
        """The row that a text points at; None after saying why there is none."""
        found = self.directory.find(target.to, text)
        word, words = KINDS[target.to].label.lower(), KINDS[target.to].plural.lower()
        is_told = target.is_soft or (self.kind.parks and target.name in self.kind.parents)
        tell = plan.note if is_told else plan.refuse
        if found.count > 1:
            sentence = f"Several {words} are called “{text}”. Name it by its key."
            tell("ambiguous_reference", sentence, target.name, text)
        elif found.count == 0:
            sentence = f"The {word} “{text}” is neither in this organization nor in these files."
            tell("unknown_reference", sentence, target.name, text)
        elif found.row is not None and found.row.is_archived:
            sentence = f"The {word} “{found.row}” is archived. Restore it, or name another."
            tell("archived_reference", sentence, target.name, text)
        elif found.incoming is not None and found.incoming.fails:
            sentence = f"Its {word} “{text}” ({found.incoming}) is not imported itself."
            tell("parent_fails", sentence, target.name, text)
        else:
            return found.row or found.incoming
        return None

    def _existing(self, plan: Plan, reading: Reading, parents: Mapping[str, Any]) -> Any:
        """The row that is meant: by key, else by code, else by a name that is unique in its place."""
        code = reading.values.get("code")
        if row := self.by_key.get(reading.key):
            return row
        if code and (row := self.by_code.get(code)):
            if reading.key and row.external_key and row.external_key != reading.key:
                sentence = f"The code “{code}” belongs to “{row}”, which has the key “{row.external_key}”."
                plan.refuse("code_taken", sentence, "code", code)
            return row
        if reading.key or code or not reading.name:
            return None
        places = {name: parents[name].pk for name in self.table.within if getattr(parents.get(name), "pk", None)}
        named = self.by_name.get(reading.name, [])
        rows = [row for row in named if all(getattr(row, f"{name}_id") == pk for name, pk in places.items())]
        live = [row for row in rows if not row.is_archived]
        if len(live) > 1:
            sentence = f"{len(live)} {self.kind.plural.lower()} are called “{reading.name}”. Give a key to say which."
            plan.refuse("ambiguous_name", sentence, "name")
        return next(iter(live or rows), None)

    def _change(self, plan: Plan, reading: Reading, parents: dict[str, Any]) -> None:
        if plan.has_errors:
            return
        wanted = {**self._settled(plan.row, reading.values), **parents}
        for name in NOT_MOVED.get(self.kind.name, ()):
            self._keep_in_place(plan, name, wanted.pop(name, None))
        if self.kind.name == "project":
            if "program" in reading.references and "program" not in parents:
                wanted.pop("portfolio", None)  # the program that is named was not found: the project stays where it is
                parents = {name: row for name, row in parents.items() if name != "portfolio"}
            other = {"program": "portfolio", "portfolio": "program"}
            wanted |= {other[name]: None for name in ("program", "portfolio") if name in parents}
        changed = {name: value for name, value in wanted.items() if not is_same(plan.row, name, value)}
        plan.changes = {name: [words_of(getattr(plan.row, name)), words_of(value)] for name, value in changed.items()}
        if set(DAYS) & set(changed):
            plan.messages += order_of_days({**{name: getattr(plan.row, name, None) for name in DAYS}, **changed})
        plan.values = changed
        plan.action = RowPlan.UPDATE if changed else RowPlan.UNCHANGED
        is_placed = any(parents.get(name) for name in self.kind.parents)
        plan.is_parked = bool(getattr(plan.row, "parked_reason", "")) and not is_placed

    def _keep_in_place(self, plan: Plan, name: str, parent: Any) -> None:
        if parent is None or isinstance(parent, IncomingRow) or parent.pk == getattr(plan.row, f"{name}_id"):
            return
        if name == "parent":
            plan.note("parent_kept", "It lies below another summary here and stays there.", name)
        else:
            label = self.kind.label.lower()
            sentence = f"It belongs to the project “{plan.row.project}” here; an import moves no {label} to another."
            plan.refuse("moved", sentence, name)

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

    def _tell_archived(self, plans: Sequence[Plan]) -> None:
        """An archived row comes back where the undoing of an import archived it; what a person archived stays so,
        whether before an import was undone or since."""
        if not plans:
            return
        undone = self._left([plan.row.pk for plan in plans], status=RowStatus.UNDONE)
        rows = {row.pk: row for plan in plans if (row := plan.row).pk in undone}
        by_hand = archived_since(self.organization.pk, rows, undone)
        for plan in plans:
            if plan.row.pk in undone and plan.row.pk not in by_hand:
                plan.action = RowPlan.RESTORE
            else:
                plan.refuse("archived", f"“{plan.row}” is archived here and stays so. Restore it, then import again.")

    def _note_other_hands(self, plans: Sequence[Plan]) -> None:
        """Say where an import writes over what somebody changed here since the last one."""
        if not plans:
            return
        left = self._left([plan.row.pk for plan in plans])
        since = self._touched({row.pk: row for plan in plans if (row := plan.row).pk in left}, left)
        for plan in plans:
            if plan.row.pk in since:
                fields = ", ".join(field_label(self.table.model, name) for name in plan.changes)
                sentence = f"It was changed here after the last import; the file's values replace: {fields}."
                plan.note("changed_since", sentence)

    def _left(self, ids: Collection[int], **which: Any) -> dict[int, int]:
        """Id of a row -> the last version of it that an import, or its undoing, left behind."""
        rows = ImportRow.objects.visible_to(self.user).filter(kind=self.kind.name, after_version__isnull=False, **which)
        return dict(rows.filter(object_id__in=ids).order_by("after_version").values_list("object_id", "after_version"))

    def _touched(self, rows: Mapping[int, Any], left: Mapping[int, int]) -> Collection[int]:
        """Those of the rows that are other than the import left them."""
        return [pk for pk, row in rows.items() if row.version != left[pk]]
