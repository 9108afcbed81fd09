"""How the columns of a file fill fields: the answer that is guessed, shown, corrected and kept for the next time."""

import hashlib
from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Self

#: Columns that our own list of refused rows adds; they say nothing about the data.
OUR_COLUMNS = {"portolan row", "portolan problem"}
#: Instead of a value: made from the row's key, from its description, from the activities in the same import.
FROM_KEY, FROM_DESCRIPTION, FROM_ACTIVITIES = "@key", "@description", "@activities"


@dataclass(frozen=True, slots=True)
class Source:
    """What one column fills, and how its text is read.

    Args:
        to: the target's name; empty: not imported.
        scale: amounts and shares are multiplied by it.
        order: of days written with numbers, see `values.DATE_ORDERS`; empty: not needed, or not answered yet.
        decimal: the decimal sign, a point or a comma; empty: not answered yet.
        is_rating: numbers from 1 to 5 are steps of health.
        values: text of the file -> the choice, key, address or name to take instead; empty: leave it out.
    """

    to: str = ""
    scale: Decimal = Decimal(1)
    order: str = ""
    decimal: str = "."
    is_rating: bool = False
    values: Map[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return {
            "to": self.to,
            "scale": str(self.scale),
            "order": self.order,
            "decimal": self.decimal,
            "is_rating": self.is_rating,
            "values": dict(self.values),
        }

    @classmethod
    def from_json(cls, data: Map[str, Any]) -> Self:
        return cls(**{**data, "scale": Decimal(data.get("scale", "1"))})


@dataclass(frozen=True, slots=True)
class Mapping:
    """Column -> what it fills; and what new rows get where the file says nothing."""

    columns: Map[str, Source] = field(default_factory=dict)
    defaults: Map[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        columns = {name: source.as_json() for name, source in self.columns.items()}
        return {"columns": columns, "defaults": dict(self.defaults)}

    @classmethod
    def from_json(cls, data: Map[str, Any]) -> Self:
        columns = {name: Source.from_json(source) for name, source in data.get("columns", {}).items()}
        return cls(columns, dict(data.get("defaults", {})))

    def column_of(self, target: str) -> str | None:
        """The first column that fills a target."""
        return next((name for name, source in self.columns.items() if source.to == target), None)

    def with_value(self, target: str, text: str, instead: str) -> Self:
        """The same mapping in which a text of the file stands for something else."""
        columns = {
            name: replace(source, values={**source.values, text: instead}) if source.to == target else source
            for name, source in self.columns.items()
        }
        return replace(self, columns=columns)

    def with_default(self, target: str, text: str) -> Self:
        """The same mapping in which new rows get `text` where the file says nothing; an empty text takes that back."""
        defaults = {name: value for name, value in self.defaults.items() if name != target}
        return replace(self, defaults={**defaults, target: text} if text else defaults)

    def not_imported(self, header: Sequence[str]) -> list[str]:
        """Columns that fill nothing, as they stand in the file."""
        ours = [name for name in header if name.casefold() not in OUR_COLUMNS]
        return [name for name in ours if not self.columns.get(name, Source()).to]


def header_digest(names: Sequence[str]) -> str:
    """What tells a file of the same columns the next time, in whatever order and case they come."""
    known = sorted(name.strip().casefold() for name in names)
    return hashlib.sha256("\x1f".join(name for name in known if name not in OUR_COLUMNS).encode()).hexdigest()
