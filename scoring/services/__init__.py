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

__all__ = [
    "CellErrors",
    "Outcome",
    "ScoreCell",
    "Seen",
    "archive_criterion",
    "archive_scoring_model",
    "create_criterion",
    "create_scoring_model",
    "restore_criterion",
    "restore_model_version",
    "restore_scoring_model",
    "set_scores",
    "undo_scores",
    "update_criterion",
    "update_scoring_model",
]
