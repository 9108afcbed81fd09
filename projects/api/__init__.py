"""Projects, their work and their schedule over REST."""

from projects.api.baseline import BaselineActivitiesView, BaselineViewSet
from projects.api.forecast import ForecastViewSet
from projects.api.levelling import LevellingViewSet
from projects.api.resources import ActivityViewSet, ProjectViewSet, RiskViewSet
from projects.api.schedule import DependencyViewSet, SchedulePreviewView

__all__ = [
    "ActivityViewSet",
    "BaselineActivitiesView",
    "BaselineViewSet",
    "DependencyViewSet",
    "ForecastViewSet",
    "LevellingViewSet",
    "ProjectViewSet",
    "RiskViewSet",
    "SchedulePreviewView",
]
