"""Scores and ranks as pages, files and the API read them."""

from scoring.selectors.card import Card, card_of
from scoring.selectors.comparison import Comparison, compared
from scoring.selectors.facts import Asked, Fact, all_facts, are_amounts, fact_units, read_facts, register
from scoring.selectors.frozen import digest_of, software_version
from scoring.selectors.known_facts import projects_below
from scoring.selectors.selection import NARROWING, Selection, selected
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
    "NARROWING",
    "Asked",
    "Card",
    "Cell",
    "Comparison",
    "Fact",
    "Selection",
    "Sheet",
    "all_facts",
    "are_amounts",
    "candidates",
    "card_of",
    "compared",
    "definition_of",
    "digest_of",
    "fact_units",
    "item_model",
    "live_criteria",
    "projects_below",
    "read_facts",
    "register",
    "selected",
    "sheet_of",
    "sheets",
    "software_version",
    "with_cells",
]
