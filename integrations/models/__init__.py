"""Imports: what was uploaded, what each row became, and how to take it back."""

from integrations.models.file import ImportFile, ImportKind, SavedMapping
from integrations.models.plan import PlanImport, PlanStatus
from integrations.models.row import ImportRow, RowPlan, RowStatus
from integrations.models.run import ImportRun, RunStatus

__all__ = [
    "ImportFile",
    "ImportKind",
    "ImportRow",
    "ImportRun",
    "PlanImport",
    "PlanStatus",
    "RowPlan",
    "RowStatus",
    "RunStatus",
    "SavedMapping",
]
