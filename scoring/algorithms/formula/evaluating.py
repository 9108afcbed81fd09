"""A formula worked out for all items at once.

A value that is missing makes what is reckoned with it missing, and is never 0. An item whose own numbers divide by
zero, or have no logarithm, gets no value and the reason with its place; the other items stand. Only the branch that an
item takes of `if`, `case` and `steps` counts for it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from scoring.algorithms.formula.tree import Binary, Call, Case, Formula, Name, Negative, Node, Not, Number

Values = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int32]
#: Why an item has no value -> the sentence. Missing input is not here: it is no mistake.
DIVISION, LOGARITHM, ROOT, POWER, TOO_LARGE, NO_ROW = range(1, 7)
SENTENCES = {
    DIVISION: "divides by zero",
    LOGARITHM: "takes the logarithm of a number that is not positive",
    ROOT: "takes the square root of a negative number",
    POWER: "raises to a power that has no value",
    TOO_LARGE: "gets too large",
    NO_ROW: "finds no row in a table without “else”",
}
WHERE = 10_000  # a code is reason * WHERE + character


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an item has no value: what the formula does there, and at which character."""

    sentence: str
    position: int


@dataclass(frozen=True)
class Outcome:
    """What a formula gives.

    Args:
        values: float64 (items); NaN where there is none.
        codes: int32 (items), 0 where nothing is wrong.
    """

    values: Values
    codes: Codes

    def problem(self, item: int) -> Problem | None:
        """Why an item has no value; None where it has one, or where a value that it needs is missing."""
        code = int(self.codes[item])
        return Problem(SENTENCES[code // WHERE], code % WHERE) if code else None


@dataclass(frozen=True, slots=True)
class _Part:
    """Values (float64, or bool of a condition), codes where something is wrong, and where a condition is missing."""

    values: Any
    codes: Any = None
    gap: Any = None


def evaluate(formula: Formula, columns: Mapping[str, Any], count: int | None = None) -> Outcome:
    """Work a formula out.

    Args:
        columns: name -> float64 (items), NaN where missing; a single number holds for all.
        count: how many items there are; by default as the columns say.
    Raises:
        KeyError: a name of the formula has no column.
    Cost: O(nodes * items), within a small factor of the same expression in numpy (`bench/scoring.py`).
    """
    given = {name: np.asarray(columns[name], dtype=np.float64) for name in formula.names}
    shape = np.broadcast_shapes(*(one.shape for one in given.values()), () if count is None else (count,))
    with np.errstate(all="ignore"):
        part = _value(formula.root, given)
    values = np.array(np.broadcast_to(part.values, shape), dtype=np.float64)
    codes = np.zeros(shape, dtype=np.int32)
    if part.codes is not None:
        codes[...] = part.codes
    large = np.isinf(values)
    if large.any():
        codes[large & (codes == 0)] = TOO_LARGE * WHERE + formula.root.position
        values[large] = np.nan
    if part.codes is not None:
        values[codes != 0] = np.nan
    return Outcome(values, codes)


def _value(node: Node, columns: Mapping[str, Values]) -> _Part:
    match node:
        case Number(value):
            return _Part(np.float64(value))
        case Name(name):
            return _Part(columns[name])
        case Negative(operand):
            part = _value(operand, columns)
            return _Part(-part.values, part.codes)
        case Not(operand):
            part = _value(operand, columns)
            return _Part(~part.values, part.codes, part.gap)
        case Binary(sign) if sign in COMPARING:
            return _compared(node, columns)
        case Binary(sign) if sign in ("and", "or"):
            return _joined(node, columns)
        case Binary():
            return _reckoned(node, columns)
        case Case():
            return _looked_up(node, columns)
        case Call("if", (condition, one, other)):
            return _chosen(_value(condition, columns), _value(one, columns), _value(other, columns))
        case Call("missing", (operand,)):
            return _Part(np.isnan(_value(operand, columns).values))
        case Call("coalesce", arguments):
            return _first_known([_value(one, columns) for one in arguments])
    return _called(node, [_value(one, columns) for one in node.arguments])


COMPARING: Mapping[str, Any] = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "=": np.equal,
    "!=": np.not_equal,
}
RECKONING: Mapping[str, Any] = {"+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "^": np.power}


def _compared(node: Binary, columns: Mapping[str, Values]) -> _Part:
    left, right = _value(node.left, columns), _value(node.right, columns)
    gap = np.isnan(left.values) | np.isnan(right.values)
    return _Part(COMPARING[node.sign](left.values, right.values), _both(left, right), gap if gap.any() else None)


def _joined(node: Binary, columns: Mapping[str, Values]) -> _Part:
    """Missing beside no is no, and beside yes in “or” is yes: what is known decides if it can."""
    left, right = _value(node.left, columns), _value(node.right, columns)
    values = left.values & right.values if node.sign == "and" else left.values | right.values
    if left.gap is None and right.gap is None:
        return _Part(values, _both(left, right))
    gaps = [np.False_ if part.gap is None else part.gap for part in (left, right)]
    decides = node.sign == "or"
    known = [~gap & (part.values == decides) for gap, part in zip(gaps, (left, right), strict=True)]
    decided = known[0] | known[1]
    return _Part(np.where(decided, decides, values), _both(left, right), (gaps[0] | gaps[1]) & ~decided)


def _reckoned(node: Binary, columns: Mapping[str, Values]) -> _Part:
    left, right = _value(node.left, columns), _value(node.right, columns)
    values, codes = RECKONING[node.sign](left.values, right.values), _both(left, right)
    if node.sign == "/":
        wrong = (right.values == 0) & ~np.isnan(left.values)
        codes = _marked(codes, wrong, DIVISION, node.position)
    elif node.sign == "^":
        wrong = ~np.isfinite(values) & np.isfinite(left.values) & np.isfinite(right.values)
        codes = _marked(codes, wrong, POWER, node.position)
    return _Part(values, codes)


def _called(node: Call, parts: list[_Part]) -> _Part:
    values = [part.values for part in parts]
    codes = parts[0].codes
    for part in parts[1:]:
        codes = _first_code(codes, part.codes)
    match node.function:
        case "min" | "max":
            reduce: Any = np.minimum if node.function == "min" else np.maximum
            found = values[0]
            for one in values[1:]:
                found = reduce(found, one)
            return _Part(found, codes)
        case "log":
            codes = _marked(codes, values[0] <= 0, LOGARITHM, node.position)
            found = np.log(values[0])
            if len(values) == 2:
                codes = _marked(codes, (values[1] <= 0) | (values[1] == 1), LOGARITHM, node.position)
                found = found / np.log(values[1])
            return _Part(found, codes)
        case "sqrt":
            return _Part(np.sqrt(values[0]), _marked(codes, values[0] < 0, ROOT, node.position))
        case "clamp":
            return _Part(np.minimum(np.maximum(values[0], values[1]), values[2]), codes)
        case "round":
            unit = 10.0 ** np.rint(values[1]) if len(values) == 2 else 1.0
            return _Part(np.floor(values[0] * unit + 0.5) / unit, codes)
    simple: Mapping[str, Callable[[Any], Any]] = {"exp": np.exp, "abs": np.abs}
    return _Part(simple[node.function](values[0]), codes)


def _chosen(condition: _Part, one: _Part, other: _Part) -> _Part:
    values = np.where(condition.values, one.values, other.values)
    codes = condition.codes
    if one.codes is not None or other.codes is not None:
        taken = np.where(condition.values, _or_zero(one.codes), _or_zero(other.codes))
        codes = _first_code(codes, taken)
    if condition.gap is not None:
        values = np.where(condition.gap, np.nan, values)
        codes = None if codes is None else np.where(condition.gap, _or_zero(condition.codes), codes)
    return _Part(values, codes)


def _looked_up(node: Case, columns: Mapping[str, Values]) -> _Part:
    subject = _value(node.subject, columns)
    found = _Part(np.float64(np.nan)) if node.otherwise is None else _value(node.otherwise, columns)
    has_row: Any = np.False_ if node.otherwise is None else np.True_
    rows = [(_value(key, columns), _value(result, columns)) for key, result in node.rows]
    ordered = reversed(rows) if node.function == "case" else rows  # the first equal row; the last step reached
    for key, result in ordered:
        is_row = key.values == subject.values if node.function == "case" else key.values <= subject.values
        found = _chosen(_Part(is_row), result, found)
        has_row = has_row | is_row
    gap = np.isnan(subject.values)
    codes = _marked(found.codes, ~has_row & ~gap, NO_ROW, node.position)
    codes = None if codes is None else np.where(gap, 0, codes)
    return _Part(np.where(gap, np.nan, found.values), _first_code(subject.codes, codes))


def _first_known(parts: list[_Part]) -> _Part:
    found = parts[0]
    for part in parts[1:]:
        found = _chosen(_Part(np.isnan(found.values) & (np.asarray(_or_zero(found.codes)) == 0)), part, found)
    return found


def _or_zero(codes: Any) -> Any:
    return np.int32(0) if codes is None else codes


def _both(left: _Part, right: _Part) -> Any:
    return _first_code(left.codes, right.codes)


def _first_code(one: Any, other: Any) -> Any:
    if one is None or other is None:
        return other if one is None else one
    return np.where(one != 0, one, other)


def _marked(codes: Any, wrong: Any, reason: int, position: int) -> Any:
    if not np.any(wrong):
        return codes
    return _first_code(codes, np.where(wrong, np.int32(reason * WHERE + position), np.int32(0)))
