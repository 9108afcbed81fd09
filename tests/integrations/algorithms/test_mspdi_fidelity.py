"""The dates of Microsoft Project, recomputed: its files carry the dates that it found itself."""

from pathlib import Path

import pytest
from django.conf import settings

from integrations.algorithms.mspdi import read_mspdi
from integrations.algorithms.mspdi_plan import plan_of
from projects.algorithms.critical_path import schedule
from resources.algorithms.calendars import to_datetime

FOLDER = Path(settings.BASE_DIR).parent / "shared" / "data" / "mspdi"
FILES = sorted(FOLDER.glob("*.xml"))
#: Late dates and floats that differ, with causes in docs/decisions/0008-schedule-engine.md.
LATE = {"new-product-development.xml": 3}
FREE = {"ozbuild.xml": 1}

pytestmark = pytest.mark.skipif(not FILES, reason="the Microsoft Project files lie beside the repository")


def compare(path: Path) -> dict[str, list[str]]:
    """Names of the auto-scheduled, unlevelled activities of a file, and of those that differ, by what differs."""
    with path.open("rb") as stream:
        plan, tasks = plan_of(read_mspdi(stream))
    answer = schedule(plan)
    found: dict[str, list[str]] = {name: [] for name in ("all", "start", "finish", "late", "total", "free", "critical")}
    summaries = set(plan.parents.tolist())
    for number, task in enumerate(tasks):
        if number in summaries or task.is_summary or task.is_manual or not task.is_active or task.levelling_delay:
            continue
        dates = [
            to_datetime(dates[number], plan.epoch)
            for dates in (answer.early_start, answer.early_finish, answer.late_start, answer.late_finish)
        ]
        found["all"].append(task.name)
        for name, is_same in (
            ("start", dates[0] == task.start),
            ("finish", dates[1] == task.finish),
            ("late", (task.late_start or dates[2], task.late_finish or dates[3]) == (dates[2], dates[3])),
            ("total", task.total_slack in (None, answer.total_float[number])),
            ("free", task.free_slack in (None, answer.free_float[number])),
            ("critical", task.is_critical == answer.is_critical[number]),
        ):
            if not is_same:
                found[name].append(task.name)
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_activities_get_the_dates_that_microsoft_project_gave_them(path):
    found = compare(path)

    assert (found["start"], found["finish"]) == ([], [])
    assert (found["total"], found["critical"]) == ([], [])
    assert len(found["late"]) <= LATE.get(path.name, 0), found["late"]
    assert len(found["free"]) <= FREE.get(path.name, 0), found["free"]
