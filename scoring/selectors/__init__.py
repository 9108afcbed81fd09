"""Scores and ranks as pages, files and the API read them."""

from scoring.selectors.card import Card, card_of
from scoring.selectors.comparison import Comparison, compared
from scoring.selectors.facts import Asked, Fact, all_facts, are_amounts, are_costly, fact_units, read_facts, register
from scoring.selectors.frozen import digest_of, software_version
from scoring.selectors.known_facts import projects_below
from scoring.selectors.models import (
    CriterionLine,
    ModelLine,
    VersionLine,
    changes_between,
    criterion_lines,
    free_name,
    how_it_counts,
    model_lines,
    unit_text,
    version_lines,
    versions_of,
)
from scoring.selectors.selection import NARROWING, Selection, selected
from scoring.selectors.sheet import (
    Cell,
    Sheet,
    candidates,
    definition_of,
    draft_sheet,
    item_model,
    live_criteria,
    sheet_of,
    sheets,
    with_cells,
)
from scoring.selectors.trial import Draft, Trial, fact_labels, pointing, try_out

__all__ = [
    "NARROWING",
    "Asked",
    "Card",
    "Cell",
    "CriterionLine",
    "Draft",
    "Fact",
    "ModelLine",
    "Comparison",
    "Selection",
    "Sheet",
    "Trial",
    "VersionLine",
    "all_facts",
    "are_amounts",
    "are_costly",
    "candidates",
    "changes_between",
    "criterion_lines",
    "definition_of",
    "draft_sheet",
    "fact_labels",
    "card_of",
    "compared",
    "digest_of",
    "fact_units",
    "free_name",
    "how_it_counts",
    "item_model",
    "live_criteria",
    "model_lines",
    "pointing",
    "projects_below",
    "read_facts",
    "register",
    "selected",
    "sheet_of",
    "sheets",
    "try_out",
    "unit_text",
    "version_lines",
    "versions_of",
    "software_version",
    "with_cells",
]
