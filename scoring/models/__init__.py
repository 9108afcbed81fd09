"""Why this before that: scoring models, scores, weights, voices and frozen scorecards."""

from scoring.models.model import Criterion, ModelVersion, ScoringModel
from scoring.models.score import ITEM_KINDS, ItemKind, Score
from scoring.models.scorecard import Scorecard, StabilityRun
from scoring.models.session import ScoringSession, SessionItem, SessionRater, SessionStatus, Vote
from scoring.models.weight import Comparison, WeightMethod, WeightSet

__all__ = [
    "ITEM_KINDS",
    "Comparison",
    "Criterion",
    "ItemKind",
    "ModelVersion",
    "Score",
    "Scorecard",
    "ScoringModel",
    "ScoringSession",
    "SessionItem",
    "SessionRater",
    "SessionStatus",
    "StabilityRun",
    "Vote",
    "WeightMethod",
    "WeightSet",
]
