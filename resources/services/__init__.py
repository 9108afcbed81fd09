"""Every write to calendars, teams and people's time."""

from resources.services.allocation import (
    copy_allocations_across,
    copy_plan_to_actual,
    set_allocations,
    shift_allocations,
    undo_allocations,
)
from resources.services.allocation_cells import Cell, CellErrors, Outcome, Seen
from resources.services.calendar import (
    archive_calendar,
    create_calendar,
    restore_calendar,
    set_default_calendar,
    update_calendar,
)

__all__ = [
    "Cell",
    "CellErrors",
    "Outcome",
    "Seen",
    "archive_calendar",
    "copy_allocations_across",
    "copy_plan_to_actual",
    "create_calendar",
    "restore_calendar",
    "set_allocations",
    "set_default_calendar",
    "shift_allocations",
    "undo_allocations",
    "update_calendar",
]
