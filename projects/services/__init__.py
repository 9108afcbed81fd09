"""Every write to projects, activities and risks."""

from projects.services.activity import (
    archive_activity,
    create_activities,
    create_activity,
    move_activity,
    restore_activity,
    update_activity,
)
from projects.services.baseline import (
    archive_baseline,
    make_baseline_current,
    restore_baseline,
    take_baseline,
    take_program_baselines,
    undo_baselines,
    update_baseline,
)
from projects.services.bulk import archive_projects, set_health, set_manager, undo_changes
from projects.services.dependency import (
    archive_dependencies,
    archive_dependency,
    create_dependencies,
    create_dependency,
    restore_dependency,
    update_dependencies,
    update_dependency,
)
from projects.services.forecast import carry_out_forecast, run_forecast
from projects.services.levelling import (
    accept_levelling,
    carry_out_levelling,
    discard_levelling,
    suggest_levelling,
    take_back_levelling,
)
from projects.services.plan_import import CreatedPlan, create_plan, take_calendars
from projects.services.predecessors import PastedRow, paste_activities, set_predecessors
from projects.services.project import (
    archive_project,
    change_status,
    create_project,
    move_project,
    report_project,
    restore_project,
    update_project,
)
from projects.services.risk import archive_risk, create_risk, restore_risk, update_risk
from projects.services.root import root_of
from projects.services.schedule import TOGETHER, PlanChanged, reschedule_project, undo_schedule_change

__all__ = [
    "accept_levelling",
    "carry_out_levelling",
    "discard_levelling",
    "suggest_levelling",
    "take_back_levelling",
    "PastedRow",
    "paste_activities",
    "set_predecessors",
    "CreatedPlan",
    "PlanChanged",
    "TOGETHER",
    "create_plan",
    "take_calendars",
    "archive_baseline",
    "archive_dependencies",
    "archive_dependency",
    "create_dependencies",
    "create_dependency",
    "carry_out_forecast",
    "make_baseline_current",
    "reschedule_project",
    "restore_baseline",
    "restore_dependency",
    "root_of",
    "run_forecast",
    "take_baseline",
    "take_program_baselines",
    "undo_baselines",
    "undo_schedule_change",
    "update_baseline",
    "update_dependencies",
    "update_dependency",
    "archive_activity",
    "archive_project",
    "archive_projects",
    "archive_risk",
    "change_status",
    "create_activities",
    "create_activity",
    "create_project",
    "create_risk",
    "move_activity",
    "move_project",
    "report_project",
    "restore_activity",
    "restore_project",
    "restore_risk",
    "set_health",
    "set_manager",
    "undo_changes",
    "update_activity",
    "update_project",
    "update_risk",
]
