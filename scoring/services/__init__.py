"""Every write to scoring models, scores, weights, sessions and scorecards."""

from scoring.services.comparison import Answer, compare_criteria, undo_comparisons, withdraw_comparisons
from scoring.services.model import (
    archive_criterion,
    archive_scoring_model,
    create_criterion,
    create_scoring_model,
    restore_criterion,
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
from scoring.services.weight import (
    apply_weight_set,
    archive_weight_set,
    create_weight_set,
    restore_weight_set,
    restore_weights,
    update_weight_set,
)

__all__ = [
    "Answer",
    "CellErrors",
    "Outcome",
    "ScoreCell",
    "Seen",
    "apply_weight_set",
    "archive_criterion",
    "archive_scoring_model",
    "archive_weight_set",
    "compare_criteria",
    "create_criterion",
    "create_scoring_model",
    "create_weight_set",
    "restore_criterion",
    "restore_scoring_model",
    "restore_weight_set",
    "restore_weights",
    "set_scores",
    "undo_comparisons",
    "undo_scores",
    "update_criterion",
    "update_scoring_model",
    "update_weight_set",
    "withdraw_comparisons",
]
