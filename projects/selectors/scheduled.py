"""What the outline of a project shows of its schedule: durations, and predecessors in Microsoft Project's notation."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from projects.algorithms.notation import lag_text, length_text, predecessor_text
from projects.models import Activity, ActivityKind, Dependency, Project
from projects.selectors.plan import load_plan
from resources.algorithms.calendars import NoWorkingTime


@dataclass(frozen=True)
class Scheduled:
    """Of each activity, by its id."""

    durations: Mapping[int, str]
    predecessors: Mapping[int, str]
    critical: frozenset[int]


def scheduled(project: Project) -> Scheduled:
    """Durations, predecessors and what is critical within a project: seven statements, however large it is."""
    try:
        loaded = load_plan(project.organization_id, [project.pk], linked=False)
        is_critical = loaded.schedule.is_critical
    except (NoWorkingTime, ValueError):  # a plan that cannot be dated still has an outline
        return Scheduled({}, _predecessors(project), frozenset())
    durations, critical = {}, set()
    for number, row in enumerate(loaded.rows):
        if row.kind == ActivityKind.SUMMARY or loaded.dated.is_undated[number]:
            continue
        minutes = Decimal(int(loaded.plan.durations[number])) / 10
        durations[row.id] = length_text(minutes, is_elapsed=bool(loaded.plan.is_elapsed[number]))
        if is_critical[number]:
            critical.add(row.id)
    return Scheduled(durations, _predecessors(project), frozenset(critical if loaded.links else ()))


def predecessors_of(activity: Activity) -> str:
    """What one activity waits for, in notation."""
    only = Dependency.objects.in_force().filter(successor=activity)
    return _predecessors(activity.project, only).get(activity.pk, "")


def _predecessors(project: Project, links: Any = None) -> dict[int, str]:
    rows = (
        (Dependency.objects.in_force().filter(successor__project=project) if links is None else links)
        .order_by("predecessor__project__code", "predecessor__position")
        .values_list(
            "successor_id", "predecessor__position", "predecessor__project_id", "predecessor__project__code",
            "link_type", "lag_unit", "lag_minutes", "lag_ratio",
        )
    )  # fmt: skip
    found: dict[int, list[str]] = {}
    for pk, position, home, code, link_type, unit, minutes, ratio in rows:
        text = predecessor_text(position, link_type, lag_text(unit, minutes, ratio), "" if home == project.pk else code)
        found.setdefault(pk, []).append(text)
    return {pk: ", ".join(texts) for pk, texts in found.items()}
