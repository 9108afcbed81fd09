"""What a person may say about projects, their work and their schedule."""

from projects.forms.dependency import (
    BulkOwnerForm,
    BulkPolicyForm,
    DependencyForm,
    activity_words,
    found_activities,
)
from projects.forms.forecast import ForecastForm
from projects.forms.levelling import LevellingForm
from projects.forms.rows import (
    ACTIVITY_CELLS,
    OF_PARTS,
    PROJECT_CELLS,
    ActivityForm,
    BaselineForm,
    BulkForm,
    BulkHealthForm,
    BulkManagerForm,
    ProjectForm,
    QuickActivityForm,
    ReportForm,
    RiskForm,
    RowForm,
    StatusForm,
)
from projects.forms.schedule import (
    SCHEDULE_CELLS,
    DurationCell,
    PasteForm,
    PredecessorsCell,
    ScheduledActivityForm,
    duration_words,
)

__all__ = [
    "SCHEDULE_CELLS",
    "DurationCell",
    "PasteForm",
    "PredecessorsCell",
    "ScheduledActivityForm",
    "duration_words",
    "ACTIVITY_CELLS",
    "OF_PARTS",
    "PROJECT_CELLS",
    "ActivityForm",
    "BaselineForm",
    "BulkForm",
    "BulkHealthForm",
    "BulkManagerForm",
    "BulkOwnerForm",
    "BulkPolicyForm",
    "DependencyForm",
    "ForecastForm",
    "LevellingForm",
    "ProjectForm",
    "QuickActivityForm",
    "ReportForm",
    "RiskForm",
    "RowForm",
    "StatusForm",
    "activity_words",
    "found_activities",
]
