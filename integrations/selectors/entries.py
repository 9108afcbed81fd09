"""What each row of a file of financial entries would do: found by its key or its cell, and refused where it must be."""

from collections.abc import Mapping, Sequence
from typing import Any

from core.access import can
from finance.algorithms.rates import MissingRate
from finance.models import Budget, BudgetStatus, EntryKind, FinancialEntry
from finance.models.subject import SUBJECTS
from finance.selectors.cells import Key, column_of, key_of
from finance.selectors.rates import rates_of
from integrations.algorithms.rows import Reading
from integrations.models import RowPlan
from integrations.selectors.allocations import AllocationPlanner
from integrations.selectors.capacities import CapacityPlanner
from integrations.selectors.customers import AccountPlanner
from integrations.selectors.directory import IncomingRow
from integrations.selectors.items import ItemPlanner
from integrations.selectors.people import PersonPlanner
from integrations.selectors.plan import Plan, is_same, words_of
from integrations.selectors.planning import Planner

#: Kinds of rows that may be named, in the order in which they are asked.
NAMED = ("project", "program", "product")


class EntryPlanner(Planner):
    """Plans rows of entries. Subjects are projects, programs and products; of two with one name none is meant."""

    def _look_up(self, readings: Sequence[Reading]) -> None:
        texts = {reading.references.get("subject", "") for reading in readings}
        for kind in NAMED:
            self.directory.load(kind, texts | {self.mapping.defaults.get("subject", "")})
        rows = FinancialEntry.objects.visible_to(self.user).select_related(*SUBJECTS)
        keys = {reading.key for reading in readings if reading.key}
        self.by_key = {row.external_key: row for row in rows.filter(external_key__in=keys)} if keys else {}
        self.by_code, self.by_name = {}, {}
        self.rates = rates_of(self.organization)
        self._find_cells(readings)

    def _find_cells(self, readings: Sequence[Reading]) -> None:
        """The entries in the months of these rows, and the subjects whose budget is approved."""
        months = [month for reading in readings if (month := reading.values.get("month"))]
        subjects: dict[str, set[int]] = {}
        for entry in self.by_key.values():
            subjects.setdefault(entry.subject_kind, set()).add(getattr(entry, f"{entry.subject_kind}_id"))
        for reading in readings:
            row = self._found(reading.references.get("subject", ""))[0]
            if row is not None:
                subjects.setdefault(column_of(row), set()).add(row.pk)
        self.by_cell: dict[tuple[str, int, Key], Any] = {}
        self.approved: set[tuple[str, int]] = set()
        for column, ids in subjects.items():
            named = {f"{column}_id__in": ids}
            approved = Budget.objects.filter(**named, status=BudgetStatus.APPROVED)
            self.approved |= {(column, pk) for pk in approved.values_list(f"{column}_id", flat=True)}
            if months:
                rows = FinancialEntry.objects.filter(**named, month__range=(min(months), max(months)))
                rows = rows.select_related(column)
                self.by_cell |= {(column, getattr(row, f"{column}_id"), key_of(row)): row for row in rows}

    def _plan(self, number: int, reading: Reading) -> Plan:
        """A row as any other; one that changes an approved budget needs a reason, its own or the import's."""
        reason = str(reading.values.pop("reason", None) or "") or self.reason
        plan = super()._plan(number, reading)
        if plan.has_errors or plan.action not in {RowPlan.CREATE, RowPlan.UPDATE}:
            return plan
        if reason:
            plan.values["reason"] = reason
        if subject := self._approved_subject(plan):
            self._ask_for_reason(plan, subject, reason)
        return plan

    def _approved_subject(self, plan: Plan) -> Any:
        """Whose approved budget a row would change; None where it changes none."""
        if EntryKind.BUDGET not in {plan.values.get("kind"), getattr(plan.row, "kind", None)}:
            return None
        subject = plan.row.subject if plan.row is not None else plan.values["subject"]
        return subject if (column_of(subject), subject.pk) in self.approved else None

    def _ask_for_reason(self, plan: Plan, subject: Any, reason: str) -> None:
        if not can(self.user, "budget.approve", self.organization):
            sentence = f"The budget of “{subject}” is approved: owners and portfolio managers may change it."
            plan.refuse("approved", sentence, "kind")
        elif not reason:
            sentence = (
                f"The budget of “{subject}” is approved. Say why it changes, in a column “reason” or for all rows."
            )
            plan.refuse("needs_reason", sentence, "reason")
        else:
            sentence = (
                f"The next budget of “{subject}” is approved with the reason “{reason}”; the former stays readable."
            )
            plan.note("approves", sentence, "kind")

    def _found(self, text: str) -> tuple[Any, str]:
        """The subject that a text names, or a code for why there is none."""
        if not text:
            return None, ""
        found = [found for kind in NAMED if (found := self.directory.find(kind, text)).count]
        rows: list[Any] = [each.row or each.incoming for each in found]
        if not found:
            return None, "unknown_reference"
        if len(found) > 1 or found[0].count > 1:
            return None, "ambiguous_reference"
        if isinstance(rows[0], IncomingRow):
            return None, "unknown_reference"
        return (None, "archived_reference") if rows[0].is_archived else (rows[0], "")

    def _parents(self, plan: Plan, reading: Reading) -> dict[str, Any]:
        text = reading.references.get("subject") or self.mapping.defaults.get("subject", "")
        row, code = self._found(text)
        sentences = {
            "unknown_reference": f"No project, program or product here is called “{text}”, or has it as its code.",
            "ambiguous_reference": f"Several projects, programs or products are called “{text}”. Name it by its code.",
            "archived_reference": f"“{text}” is archived. Restore it, or name another.",
        }
        if code:
            plan.refuse(code, sentences[code], "subject", text)
        return {} if row is None else {"subject": row}

    def _existing(self, plan: Plan, reading: Reading, parents: Mapping[str, Any]) -> Any:
        values, subject = reading.values, parents.get("subject")
        currency = str(values.get("currency") or self.organization.currency).upper()
        if "currency" in values:
            values["currency"] = currency
        plan.label = " ".join(str(part) for part in (subject or "", values.get("kind", ""), values.get("month", "")))
        if subject is not None and not plan.has_errors:
            self._refuse_without_rate(plan, values, currency)
        if row := self.by_key.get(reading.key):
            return row
        if subject is None or not {"kind", "entry_class", "month"} <= values.keys():
            return None
        key: Key = values["kind"], values["entry_class"], str(values.get("line", "")), values["month"], currency
        return self.by_cell.get((column_of(subject), subject.pk, key))

    def _refuse_without_rate(self, plan: Plan, values: Mapping[str, Any], currency: str) -> None:
        if currency != self.organization.currency and values.get("month"):
            try:
                self.rates.in_force_in(currency, values["month"])
            except MissingRate as missing:
                plan.refuse("missing_rate", str(missing), "currency", currency)

    def _change(self, plan: Plan, reading: Reading, parents: dict[str, Any]) -> None:
        if plan.has_errors:
            return
        subject = parents.get("subject")
        if subject is not None and getattr(plan.row, f"{column_of(subject)}_id") != subject.pk:
            plan.refuse("moved", f"This key is that of an entry of “{plan.row.subject}”; it stays there.", "subject")
            return
        changed = {name: value for name, value in reading.values.items() if not is_same(plan.row, name, value)}
        plan.changes = {name: [words_of(getattr(plan.row, name)), words_of(value)] for name, value in changed.items()}
        plan.values, plan.action = changed, RowPlan.UPDATE if changed else RowPlan.UNCHANGED


def planner_of(*, kind: str, **rest: Any) -> Planner:
    """The planner of a kind of rows."""
    planners: dict[str, type[Planner]] = {
        "entry": EntryPlanner,
        "capacity": CapacityPlanner,
        "allocation": AllocationPlanner,
        "person": PersonPlanner,
        "customer_account": AccountPlanner,
        "feedback_item": ItemPlanner,
    }
    return planners.get(kind, Planner)(kind=kind, **rest)
