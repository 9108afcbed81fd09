"""What each row of a file of allocations would do: found by its project, who gives, kind and month."""

from collections.abc import Mapping, Sequence
from typing import Any

from integrations.algorithms.rows import Reading
from integrations.models import RowPlan
from integrations.selectors.plan import Plan, is_same, words_of
from integrations.selectors.planning import Planner
from resources.algorithms.fte import parse_fte
from resources.models import Allocation, AllocationKind, Person, ResourceRole, Team
from resources.services import AllocationKey

#: Who gives: target -> its table, and what it is called.
WHO: dict[str, tuple[Any, str]] = {
    "person": (Person, "person"),
    "role": (ResourceRole, "role"),
    "team": (Team, "team"),
}


class AllocationPlanner(Planner):
    """Plans rows of allocations. A person brings role and team along; without one, the row is of its role or team."""

    def __init__(self, **rest: Any) -> None:
        super().__init__(**rest)
        self.by_text: dict[Any, dict[str, list[Any]]] = {}
        self.met: dict[AllocationKey, int] = {}

    def _look_up(self, readings: Sequence[Reading]) -> None:
        texts = {reading.references.get("project", "") for reading in readings}
        self.directory.load("project", texts | {self.mapping.defaults.get("project", "")})
        self.by_key, self.by_code, self.by_name = {}, {}, {}
        self.staff = {name: self._named(model) for name, (model, _) in WHO.items()}
        months = [month for reading in readings if (month := reading.values.get("month"))]
        found = [self.directory.find("project", text).row for text in texts if text]
        ids = {row.pk for row in found if row is not None}
        rows = Allocation.objects.visible_to(self.user).filter(project_id__in=ids)
        rows = rows.filter(month__range=(min(months), max(months))) if months else rows.none()
        self.cells = {AllocationKey.of(row): row for row in rows.order_by("pk")}

    def _named(self, model: Any) -> dict[str, list[Any]]:
        """Live rows by every text that means them: e-mail, key, name."""
        if model not in self.by_text:
            found: dict[str, list[Any]] = {}
            for row in model.objects.visible_to(self.user).live().order_by("pk"):
                for text in {row.name, row.external_key, getattr(row, "email", "")} - {""}:
                    found.setdefault(text.casefold(), []).append(row)
            self.by_text[model] = found
        return self.by_text[model]

    def _parents(self, plan: Plan, reading: Reading) -> dict[str, Any]:
        parents = super()._parents(plan, reading)
        texts = {name: self._text(reading, name) for name in WHO}
        who = {name: self._who(plan, name, text) for name, text in texts.items() if text}
        parents |= {name: row for name, row in who.items() if row is not None}
        if not any(texts.values()):
            plan.refuse("needed", "Nobody gives it: name a person, a role or a team.", "person")
        if text := self._text(reading, "fte"):
            try:
                reading.values["fte"] = parse_fte(text)
            except ValueError as error:
                plan.refuse("not_a_fte", str(error), "fte", text)
        return parents

    def _text(self, reading: Reading, name: str) -> str:
        return str(reading.values.pop(name, "") or self.mapping.defaults.get(name, ""))

    def _who(self, plan: Plan, name: str, text: str) -> Any:
        found = self.staff[name].get(text.casefold(), [])
        noun = WHO[name][1]
        if not found:
            plan.refuse("unknown_reference", f"There is no {noun} “{text}” here.", name, text)
        elif len(found) > 1:
            sentence = f"{len(found)} answer to “{text}”. Name the {noun} by its key or e-mail."
            plan.refuse("ambiguous_reference", sentence, name, text)
        else:
            return found[0]
        return None

    def _existing(self, plan: Plan, reading: Reading, parents: Mapping[str, Any]) -> Any:
        values = reading.values
        kind = str(values.setdefault("kind", self.mapping.defaults.get("kind") or AllocationKind.PLAN.value))
        project, person = parents.get("project"), parents.get("person")
        given_by = person or parents.get("role") or parents.get("team") or ""
        month = values.get("month")
        plan.label = " ".join(str(part) for part in (project or "", given_by, month.strftime("%Y-%m") if month else ""))
        if month is None or plan.has_errors or getattr(project, "pk", None) is None:
            return None
        role, team = (None if person else getattr(parents.get(name), "pk", None) for name in ("role", "team"))
        key = AllocationKey(project.pk, kind, month, role, team, person.pk if person else None)  # type: ignore[union-attr]
        if key in self.met:
            plan.refuse("duplicate", f"Row {self.met[key]} gives the same month already. Keep one of both.")
            return None
        if plan.number not in self.passed_over:
            self.met[key] = plan.number
        return self.cells.get(key)

    def _change(self, plan: Plan, reading: Reading, parents: dict[str, Any]) -> None:
        if plan.has_errors:
            return
        wanted = {name: reading.values[name] for name in ("fte", "note") if name in reading.values}
        changed: dict[str, Any] = {n: value for n, value in wanted.items() if not is_same(plan.row, n, value)}
        plan.changes = {name: [words_of(getattr(plan.row, name)), words_of(value)] for name, value in changed.items()}
        plan.values, plan.action = changed, RowPlan.UPDATE if changed else RowPlan.UNCHANGED
