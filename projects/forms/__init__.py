"""What a person may say about projects, their work and their schedule."""

from projects.forms.dependency import (
    BulkOwnerForm,
    BulkPolicyForm,
    DependencyForm,
    activity_words,
    found_activities,
)
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

__all__ = [
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
    "ProjectForm",
    "QuickActivityForm",
    "ReportForm",
    "RiskForm",
    "RowForm",
    "StatusForm",
    "activity_words",
    "found_activities",
]
