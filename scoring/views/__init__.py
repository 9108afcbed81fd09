"""Pages of scoring: boards, matrices, models, drivers, sessions and scorecards."""
