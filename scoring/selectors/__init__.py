"""Scores and ranks as pages, files and the API read them."""

from scoring.selectors.facts import Asked, Fact, all_facts, are_amounts, fact_units, read_facts, register
from scoring.selectors.known_facts import projects_below
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
    "Asked",
    "Cell",
    "Fact",
    "Sheet",
    "all_facts",
    "are_amounts",
    "candidates",
    "definition_of",
    "fact_units",
    "item_model",
    "live_criteria",
    "projects_below",
    "read_facts",
    "register",
    "sheet_of",
    "sheets",
    "with_cells",
]
