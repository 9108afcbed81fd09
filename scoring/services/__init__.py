"""Every write to scoring models, scores, weights, sessions and scorecards."""

from scoring.services.adoption import adopt_session, undo_adoption
from scoring.services.comparison import Answer, compare_criteria, undo_comparisons, withdraw_comparisons
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
from scoring.services.score import CellErrors, Outcome, ScoreCell, Seen, set_scores, undo_scores
from scoring.services.scorecard import freeze_scorecard
from scoring.services.session import (
    archive_scoring_session,
    close_scoring_session,
    create_scoring_session,
    end_overdue_session,
    next_round_scoring_session,
    refuse_others,
    reopen_scoring_session,
    restore_scoring_session,
    reveal_scoring_session,
    update_scoring_session,
)
from scoring.services.session_people import (
    add_session_raters,
    finish_session_round,
    leave_session,
    mark_seen,
    remove_session_rater,
    return_session_rater,
)
from scoring.services.session_things import Thing, add_session_items, remove_session_item
from scoring.services.stability import carry_out_stability, run_stability
from scoring.services.vote import Ballot, set_votes
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
    "Ballot",
    "CellErrors",
    "Outcome",
    "ScoreCell",
    "Seen",
    "Thing",
    "add_session_items",
    "add_session_raters",
    "adopt_session",
    "apply_weight_set",
    "archive_criterion",
    "archive_scoring_model",
    "archive_scoring_session",
    "archive_weight_set",
    "carry_out_stability",
    "close_scoring_session",
    "end_overdue_session",
    "compare_criteria",
    "create_criterion",
    "create_scoring_model",
    "create_scoring_session",
    "create_weight_set",
    "finish_session_round",
    "freeze_scorecard",
    "leave_session",
    "mark_seen",
    "next_round_scoring_session",
    "refuse_others",
    "remove_session_item",
    "remove_session_rater",
    "reopen_scoring_session",
    "restore_criterion",
    "restore_model_version",
    "restore_scoring_model",
    "restore_scoring_session",
    "restore_weight_set",
    "restore_weights",
    "return_session_rater",
    "reveal_scoring_session",
    "run_stability",
    "set_scores",
    "set_votes",
    "undo_adoption",
    "undo_comparisons",
    "undo_scores",
    "update_criterion",
    "update_scoring_model",
    "update_scoring_session",
    "update_weight_set",
    "withdraw_comparisons",
]
