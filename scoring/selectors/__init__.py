"""Scores and ranks as pages, files and the API read them."""

from scoring.selectors.facts import Asked, Fact, all_facts, are_amounts, fact_units, read_facts, register
from scoring.selectors.known_facts import projects_below
from scoring.selectors.session import (
    Live,
    SessionRead,
    Voices,
    asked_of,
    listed_sessions,
    live_session,
    own_votes,
    session_read,
    voices_of,
)
from scoring.selectors.session_results import Adoptions, Results, adoptions_of, results_of
from scoring.selectors.sheet import (
    Cell,
    Sheet,
    candidates,
    definition_of,
    item_model,
    live_criteria,
    sheet_of,
    sheets,
    with_cells,
)

__all__ = [
    "Adoptions",
    "Asked",
    "Cell",
    "Fact",
    "Live",
    "Results",
    "SessionRead",
    "Sheet",
    "Voices",
    "adoptions_of",
    "all_facts",
    "are_amounts",
    "asked_of",
    "candidates",
    "definition_of",
    "fact_units",
    "item_model",
    "listed_sessions",
    "live_criteria",
    "live_session",
    "own_votes",
    "projects_below",
    "read_facts",
    "register",
    "results_of",
    "session_read",
    "sheet_of",
    "sheets",
    "voices_of",
    "with_cells",
]
