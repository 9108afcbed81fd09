"""What each row of a file of capacities would do: its cell is told by role, team and month, not by a key."""

from collections.abc import Mapping, Sequence
from typing import Any

from integrations.algorithms.rows import Reading
from integrations.selectors.plan import Plan
from integrations.selectors.planning import Planner
from resources.models import Capacity


class CapacityPlanner(Planner):
    """Plans rows of typed capacity. Without a team, the capacity is that of the role outside teams."""

    def __init__(self, **rest: Any) -> None:
        super().__init__(**rest)
        self.first_rows: dict[tuple[Any, ...], int] = {}

    def _look_up(self, readings: Sequence[Reading]) -> None:
        for name, kind in (("role", "resource_role"), ("team", "team")):
            texts = {reading.references.get(name, "") for reading in readings}
            self.directory.load(kind, texts | {self.mapping.defaults.get(name, "")})
        months = [month for reading in readings if (month := reading.values.get("month"))]
        rows = Capacity.objects.visible_to(self.user)
        found = rows.filter(month__range=(min(months), max(months))) if months else ()
        self.by_cell = {(row.role_id, row.team_id, row.month): row for row in found}
        self.by_key, self.by_code, self.by_name = {}, {}, {}

    def _existing(self, plan: Plan, reading: Reading, parents: Mapping[str, Any]) -> Any:
        role, team, month = parents.get("role"), parents.get("team"), reading.values.get("month")
        plan.label = ", ".join(str(part) for part in (role, team, month and f"{month:%Y-%m}") if part)
        if plan.has_errors:
            return None
        if (first := self.first_rows.setdefault((str(role), str(team), month), plan.number)) != plan.number:
            plan.refuse("duplicate", f"Row {first:,} gives the capacity of this role, team and month already.")
        return self.by_cell.get((getattr(role, "pk", None), getattr(team, "pk", None), month))
