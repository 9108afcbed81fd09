"""A formula as people read it: with its criteria by name, or with one item's numbers filled in."""

from collections.abc import Callable, Mapping

from scoring.algorithms.formula.tree import Binary, Call, Case, Formula, Name, Negative, Node, Not, Number

SIGNS = {"*": "×", "/": "÷", "-": "−", "<=": "≤", ">=": "≥", "!=": "≠"}
BINDING = {"or": 1, "and": 2, "<": 4, "<=": 4, ">": 4, ">=": 4, "=": 4, "!=": 4, "+": 5, "-": 5, "*": 6, "/": 6, "^": 8}
NOT, MINUS, TIGHT = 3, 7, 9


def in_words(formula: Formula, labels: Mapping[str, str]) -> str:
    """The formula with what its names are called; a name without a label stays."""
    return _written(formula.root, lambda name: labels.get(name, name.replace("_", " ")))[0]


def filled_in(formula: Formula, texts: Mapping[str, str]) -> str:
    """The formula with an item's numbers in place of its names.

    Args:
        texts: name -> the number as it is shown; a name without one is “missing”.
    """
    return _written(formula.root, lambda name: texts.get(name, "missing"))[0]


def _written(node: Node, name: Callable[[str], str]) -> tuple[str, int]:
    """The text of a node, and how tightly it holds together."""
    match node:
        case Number(_, text):
            return text, TIGHT
        case Name(word):
            return name(word), TIGHT
        case Negative(operand):
            return f"−{_held(operand, MINUS, name)}", MINUS
        case Not(operand):
            return f"not {_held(operand, NOT, name)}", NOT
        case Binary(sign, left, right):
            binding = BINDING[sign]
            after = binding if sign in ("+", "*", "and", "or") else binding + 1
            before = binding + 1 if binding in (4, 8) else binding
            return f"{_held(left, before, name)} {SIGNS.get(sign, sign)} {_held(right, after, name)}", binding
        case Call(function, arguments):
            return f"{function}({', '.join(_written(one, name)[0] for one in arguments)})", TIGHT
        case Case(function, subject, rows, otherwise):
            lines = [f"{_written(key, name)[0]}: {_written(result, name)[0]}" for key, result in rows]
            lines += [] if otherwise is None else [f"else: {_written(otherwise, name)[0]}"]
            return f"{function}({', '.join([_written(subject, name)[0], *lines])})", TIGHT


def _held(node: Node, least: int, name: Callable[[str], str]) -> str:
    text, binding = _written(node, name)
    return text if binding >= least else f"({text})"
