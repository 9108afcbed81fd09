"""The language of own formulas: read to a tree, checked, and worked out for one item or a hundred thousand at once."""

from scoring.algorithms.formula.evaluating import Outcome, Problem, evaluate
from scoring.algorithms.formula.parsing import parse
from scoring.algorithms.formula.reading import FormulaError
from scoring.algorithms.formula.tree import Formula
from scoring.algorithms.formula.units import Unit, unit_of
from scoring.algorithms.formula.writing import filled_in, in_words

__all__ = [
    "Formula",
    "FormulaError",
    "Outcome",
    "Problem",
    "Unit",
    "evaluate",
    "filled_in",
    "in_words",
    "parse",
    "unit_of",
]
