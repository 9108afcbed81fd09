"""Temporary work."""

from projects.models.activity import (
    LONGEST_MINUTES,
    UNDATED,
    Activity,
    ActivityKind,
    ActivityStatus,
    ConstraintType,
)
from projects.models.baseline import Baseline, BaselineActivity
from projects.models.dependency import IN_PERCENT, Dependency, LagUnit, LinkType, SlipPolicy
from projects.models.forecast import MOST_SAMPLES, Forecast
from projects.models.levelling import MOST_MONTHS, LevellingGroup, LevellingProposal, LevellingStatus
from projects.models.project import NEXT_STATUSES, Health, Method, Project, ProjectStatus
from projects.models.risk import Risk, RiskResponse, RiskStatus

__all__ = [
    "IN_PERCENT",
    "LONGEST_MINUTES",
    "MOST_MONTHS",
    "MOST_SAMPLES",
    "NEXT_STATUSES",
    "UNDATED",
    "Activity",
    "ActivityKind",
    "ActivityStatus",
    "Baseline",
    "BaselineActivity",
    "ConstraintType",
    "Dependency",
    "Forecast",
    "Health",
    "LagUnit",
    "LevellingGroup",
    "LevellingProposal",
    "LevellingStatus",
    "LinkType",
    "Method",
    "Project",
    "ProjectStatus",
    "Risk",
    "RiskResponse",
    "RiskStatus",
    "SlipPolicy",
]
