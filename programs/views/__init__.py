"""Pages of programs and their measures."""

from programs.views.allocation import program_allocations
from programs.views.baseline import program_baselines, program_take_baselines
from programs.views.dependency import program_dependencies
from programs.views.forecast import program_forecast
from programs.views.levelling import program_levelling
from programs.views.measure import (
    measure_archive,
    measure_create,
    measure_edit,
    measure_list,
    measure_restore,
    measure_result,
)
from programs.views.program import (
    program_archive,
    program_cell,
    program_create,
    program_detail,
    program_edit,
    program_history,
    program_list,
    program_measures,
    program_move,
    program_restore,
)
from programs.views.timeline import program_timeline, program_timeline_data

__all__ = [
    "measure_archive",
    "measure_create",
    "measure_edit",
    "measure_list",
    "measure_restore",
    "measure_result",
    "program_allocations",
    "program_archive",
    "program_baselines",
    "program_cell",
    "program_create",
    "program_dependencies",
    "program_detail",
    "program_edit",
    "program_forecast",
    "program_history",
    "program_levelling",
    "program_list",
    "program_measures",
    "program_move",
    "program_restore",
    "program_take_baselines",
    "program_timeline",
    "program_timeline_data",
]
