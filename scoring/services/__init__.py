"""Every write to scoring models, scores, weights, sessions and scorecards."""

from scoring.services.model import (
    archive_criterion,
    archive_scoring_model,
    create_criterion,
    create_scoring_model,
    restore_criterion,
    restore_model_version,
    restore_scoring_model,
    update_criterion,
    update_scoring_model,
)
from scoring.services.score import (
    CellErrors,
    Outcome,
    ScoreCell,
    Seen,
    set_scores,
    undo_scores,
)
from scoring.services.scorecard import freeze_scorecard
from scoring.services.stability import carry_out_stability, run_stability

__all__ = [
    "CellErrors",
    "Outcome",
    "ScoreCell",
    "Seen",
    "archive_criterion",
    "archive_scoring_model",
    "carry_out_stability",
    "create_criterion",
    "create_scoring_model",
    "freeze_scorecard",
    "restore_criterion",
    "restore_model_version",
    "restore_scoring_model",
    "run_stability",
    "set_scores",
    "undo_scores",
    "update_criterion",
    "update_scoring_model",
]
