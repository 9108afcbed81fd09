"""Temporary work."""

from projects.models.activity import Activity, ActivityKind, ActivityStatus
from projects.models.project import NEXT_STATUSES, Health, Method, Project, ProjectStatus
from projects.models.risk import Risk, RiskResponse, RiskStatus

__all__ = [
    "NEXT_STATUSES",
    "Activity",
    "ActivityKind",
    "ActivityStatus",
    "Health",
    "Method",
    "Project",
    "ProjectStatus",
    "Risk",
    "RiskResponse",
    "RiskStatus",
]
