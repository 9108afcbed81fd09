"""Scoring over REST."""

from scoring.api.ranking import RankingExplanationView, RankingsView
from scoring.api.score import ScoreViewSet
from scoring.api.scorecard import ScorecardViewSet
from scoring.api.stability import StabilityRunViewSet

__all__ = ["RankingExplanationView", "RankingsView", "ScoreViewSet", "ScorecardViewSet", "StabilityRunViewSet"]
