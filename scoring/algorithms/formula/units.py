"""In which unit a formula counts: units multiply and cancel as numbers do."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from scoring.algorithms.formula.tree import Binary, Call, Case, Formula, Name, Negative, Node, Number, is_condition

Powers = Mapping[str, Fraction]


@dataclass(frozen=True)
class Unit:
    """What a formula counts in, and what does not fit together in it.

    Args:
        text: such as “people / person-months”; empty for a bare number.
        notes: a sentence and its character, for each sum or comparison of different units.
    """

    text: str
    notes: tuple[tuple[str, int], ...]


def unit_of(formula: Formula, units: Mapping[str, str]) -> Unit:
    """The unit of a formula.

    Args:
        units: name -> its unit, such as “people”; empty or absent for a bare number.
    """
    reader = _Reader(units)
    powers = reader.powers(formula.root)
    return Unit(_text(powers), tuple(reader.notes))


class _Reader:
    def __init__(self, units: Mapping[str, str]) -> None:
        self.units, self.notes = units, list[tuple[str, int]]()

    def powers(self, node: Node) -> Powers:
        match node:
            case Name(name):
                unit = self.units.get(name, "")
                return {unit: Fraction(1)} if unit else {}
            case Negative(operand):
                return self.powers(operand)
            case Binary("*" | "/" as sign, left, right):
                return _times(self.powers(left), self.powers(right), 1 if sign == "*" else -1)
            case Binary("^", left, right):
                return self.raised(self.powers(left), right)
            case Binary(sign, left, right) if sign not in ("and", "or"):
                found = self.agreed([left, right], "compares" if is_condition(node) else "adds", node.position)
                return {} if is_condition(node) else found
            case Call("if", (condition, one, other)):
                self.powers(condition)
                return self.agreed([one, other], "chooses between", node.position)
            case Call("min" | "max" | "clamp" | "coalesce", arguments):
                return self.agreed(list(arguments), "chooses between", node.position)
            case Call("abs" | "round", arguments):
                return self.powers(arguments[0])
            case Call("sqrt", (operand,)):
                return {unit: power / 2 for unit, power in self.powers(operand).items()}
            case Case(_, subject, rows, otherwise):
                self.agreed([subject, *(key for key, _ in rows)], "compares", node.position)
                results = [result for _, result in rows] + ([] if otherwise is None else [otherwise])
                return self.agreed(results, "chooses between", node.position)
        return {}

    def raised(self, base: Powers, exponent: Node) -> Powers:
        whole = isinstance(exponent, Number) and exponent.value == int(exponent.value)
        if base and not whole:
            return {}
        return {unit: power * int(exponent.value) for unit, power in base.items()} if whole else {}  # type: ignore[union-attr]

    def agreed(self, nodes: list[Node], verb: str, position: int) -> Powers:
        """The unit that nodes share; a number as it is written goes with any."""
        found = [self.powers(node) for node in nodes if not isinstance(node, Number)]
        if not found:
            return {}
        others = sorted({_text(one) or "a number" for one in found[1:] if dict(one) != dict(found[0])})
        if others:
            self.notes.append((f"It {verb} {_text(found[0]) or 'a number'} and {', '.join(others)}.", position))
        return found[0]


def _times(left: Powers, right: Powers, sign: int) -> Powers:
    found: Counter[str] = Counter()
    for powers, factor in ((left, 1), (right, sign)):
        for unit, power in powers.items():
            found[unit] += power * factor  # type: ignore[assignment]
    return {unit: Fraction(power) for unit, power in found.items() if power}


def _text(powers: Powers) -> str:
    above = [_raised(unit, power) for unit, power in powers.items() if power > 0]
    below = [_raised(unit, -power) for unit, power in powers.items() if power < 0]
    if not below:
        return " × ".join(above)
    under = " × ".join(below)
    return f"{' × '.join(above) or '1'} / {f'({under})' if len(below) > 1 else under}"


def _raised(unit: str, power: Fraction) -> str:
    return unit if power == 1 else f"{unit}^{power}"
