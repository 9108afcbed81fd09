"""One figure, and the line of JSON in which it is told."""

import json
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """A measured value, what it is held against, and whether that suffices.

    Args:
        name: `module.thing.quantity`, for example `api.list.worker`.
        value: the median of the rounds; None where it could not be measured, which does not pass.
        unit: ms, MB, s, statements, kB, ratio, or the name of a measure.
        floor: the floor's value in the same run, in the same unit, where one is meant.
        rival: another implementation's value, likewise.
        most: the largest value that passes, in the unit.
        least: the smallest value that passes, where more is better.
        most_ratio: the largest ratio to the floor or the rival that passes.
        note: what a reader must know, such as wall time, which other load disturbs.
    """

    name: str
    value: float | None
    unit: str
    floor: float | None = None
    rival: float | None = None
    most: float | None = None
    most_ratio: float | None = None
    note: str = ""
    least: float | None = None

    @property
    def ratio(self) -> float | None:
        """The value in units of the floor, or of the rival."""
        base = self.floor if self.floor is not None else self.rival
        return self.value / base if self.value is not None and base else None

    @property
    def target(self) -> str:
        parts = []
        if self.most is not None:
            parts.append(f"at most {self.most:g} {self.unit}")
        if self.least is not None:
            parts.append(f"at least {self.least:g} {self.unit}")
        if self.most_ratio is not None:
            parts.append(f"at most {self.most_ratio:g} times the {'floor' if self.floor is not None else 'rival'}")
        return ", ".join(parts)

    @property
    def passed(self) -> bool:
        if self.value is None or (self.most is not None and self.value > self.most):
            return False
        if self.least is not None and self.value < self.least:
            return False
        return self.most_ratio is None or (self.ratio is not None and self.ratio <= self.most_ratio)

    def line(self) -> str:
        """The figure as one line of JSON."""
        numbers = {"value": self.value, "floor": self.floor, "rival": self.rival, "ratio": self.ratio}
        rounded = {name: None if number is None else round(number, 3) for name, number in numbers.items()}
        facts = {
            "name": self.name,
            "value": rounded["value"],
            "unit": self.unit,
            "floor": rounded["floor"],
            "rival": rounded["rival"],
            "ratio": rounded["ratio"],
            "target": self.target,
            "passed": self.passed,
        }
        return json.dumps({**facts, **({"note": self.note} if self.note else {})})
