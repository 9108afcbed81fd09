"""Scores and ranks as pages, files and the API read them."""

from scoring.selectors.coverage import Coverage, Gap
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
from scoring.selectors.weights import Voice, WeightRead, present_weights, weight_read, weight_reads

__all__ = [
    "Asked",
    "Cell",
    "Coverage",
    "Fact",
    "Gap",
    "Sheet",
    "Voice",
    "WeightRead",
    "all_facts",
    "are_amounts",
    "candidates",
    "definition_of",
    "fact_units",
    "item_model",
    "live_criteria",
    "present_weights",
    "projects_below",
    "read_facts",
    "register",
    "sheet_of",
    "sheets",
    "weight_read",
    "weight_reads",
    "with_cells",
]
