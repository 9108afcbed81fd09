"""What becomes of one row of a file, and how its values are compared and written in words."""

import datetime
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import models

from integrations.algorithms.mapping import Mapping as ColumnMapping
from integrations.algorithms.rows import ERROR, NOTE, Message
from integrations.models import RowPlan
from integrations.selectors.directory import IncomingRow


@dataclass(slots=True)
class Plan:
    """What becomes of one row: an act, the values it writes, and what a person should know."""

    number: int
    key: str
    mapping: ColumnMapping
    messages: list[Message] = field(default_factory=list)
    label: str = ""
    action: RowPlan = RowPlan.CREATE
    row: Any = None
    values: dict[str, Any] = field(default_factory=dict)
    changes: dict[str, list[Any]] = field(default_factory=dict)
    is_parked: bool = False

    def refuse(self, code: str, text: str, target: str = "", value: str = "") -> None:
        """Say why the row is not imported."""
        self._tell(ERROR, code, text, target, value)

    def note(self, code: str, text: str, target: str = "", value: str = "") -> None:
        """Say what is imported otherwise than the file has it."""
        self._tell(NOTE, code, text, target, value)

    def _tell(self, level: str, code: str, text: str, target: str, value: str) -> None:
        column = (self.mapping.column_of(target) or "") if target else ""
        self.messages.append(Message(level, code, text, target, column, value))

    @property
    def has_errors(self) -> bool:
        return any(message.level == ERROR for message in self.messages)

    def settle(self) -> None:
        """A row with an error does nothing, and says nothing else."""
        if self.has_errors:
            self.action, self.values, self.changes, self.is_parked = RowPlan.ERROR, {}, {}, False
            self.messages = [message for message in self.messages if message.level == ERROR]


def is_same(row: Any, name: str, value: Any) -> bool:
    """True when a row has this value already."""
    if isinstance(value, IncomingRow):
        return False
    current = getattr(row, row._meta.get_field(name).attname)
    wanted = value.pk if isinstance(value, models.Model) else value
    return bool(current == wanted) or (current in (None, "") and wanted in (None, ""))


def words_of(value: Any) -> Any:
    """A value as JSON keeps it and people read it: a row by id and name, days and amounts as text."""
    if isinstance(value, models.Model):
        return {"id": value.pk, "name": str(value)}
    if isinstance(value, IncomingRow):
        return {"id": None, "name": value.label}
    if isinstance(value, datetime.date):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else value


def field_label(model: Any, name: str) -> str:
    """The words for a column of a table."""
    return str(model._meta.get_field(name).verbose_name)
