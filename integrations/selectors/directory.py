"""What the words of a file point at: rows of the organization, or rows that the same import brings."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.db.models.functions import Lower

from accounts.models import Organization
from integrations.selectors.tables import TABLES

#: A number that a spreadsheet or a data frame has turned into a fraction.
FLOAT_KEY = re.compile(r"\d+\.0+")


@dataclass(slots=True)
class IncomingRow:
    """A row of the same import that others may point at."""

    file: str
    number: int
    label: str
    fails: bool = False

    def __str__(self) -> str:
        return f"row {self.number:,} of {self.file}"


class Incoming:
    """The rows that an import brings, by key, code and name. Of two with the same key the first counts."""

    def __init__(self) -> None:
        self.by_key: dict[tuple[str, str], IncomingRow] = {}
        self.by_code: dict[tuple[str, str], IncomingRow] = {}
        self.by_name: dict[tuple[str, str], list[IncomingRow]] = {}

    def add(self, kind: str, row: IncomingRow, *, key: str, code: str, name: str) -> None:
        if key:
            self.by_key.setdefault((kind, key), row)
        if code:
            self.by_code.setdefault((kind, code.casefold()), row)
        if name:
            self.by_name.setdefault((kind, name.casefold()), []).append(row)

    def find(self, kind: str, text: str) -> list[IncomingRow]:
        """The row that a text names; several where a name is not unique."""
        row = self.by_key.get((kind, text)) or self.by_code.get((kind, text.casefold()))
        return [row] if row else self.by_name.get((kind, text.casefold()), [])


@dataclass(frozen=True, slots=True)
class Found:
    """What a text points at: a row, or one that is still to come; or several rows, or none."""

    row: Any = None
    incoming: IncomingRow | None = None
    count: int = 0

    @property
    def is_unique(self) -> bool:
        return self.count == 1


@dataclass(slots=True)
class Directory:
    """Looks up many texts with few queries, and remembers what it found."""

    user: Any
    organization: Organization
    incoming: Incoming = field(default_factory=Incoming)
    _found: dict[tuple[str, str], Found] = field(default_factory=dict)
    _people: dict[str, Any] | None = None

    def load(self, kind: str, texts: Iterable[str]) -> None:
        """Look up texts that `find` will be asked for: keys first, then codes, then names."""
        wanted = {text for text in texts if text and (kind, text) not in self._found}
        if not wanted:
            return
        table = TABLES[kind]
        has_description = any(field.name == "description" for field in table.model._meta.concrete_fields)
        rows = table.model.objects.visible_to(self.user).defer(*["description"] * has_description)
        spelled = {text: {text, *([text.partition(".")[0]] if FLOAT_KEY.fullmatch(text) else [])} for text in wanted}
        words = {word for spellings in spelled.values() for word in spellings}
        condition = Q(external_key__in=words)
        if table.has_code:
            condition |= Q(code__in=words)
        by_key: dict[str, Any] = {}
        by_code: dict[str, Any] = {}
        for row in rows.filter(condition):
            by_key[row.external_key] = row
            by_code[getattr(row, "code", "")] = row
        names = {text for text in wanted if not any(word in by_key or word in by_code for word in spelled[text])}
        by_name: dict[str, list[Any]] = {}
        if names:
            lowered = [name.lower() for name in names]
            for row in rows.annotate(lower_name=Lower("name")).filter(lower_name__in=lowered, archived_at=None):
                by_name.setdefault(row.name.casefold(), []).append(row)
        for text in wanted:
            row = next((found for word in spelled[text] if (found := by_key.get(word) or by_code.get(word))), None)
            self._found[kind, text] = self._decide(kind, text, [row] if row else by_name.get(text.casefold(), []))

    def _decide(self, kind: str, text: str, rows: list[Any]) -> Found:
        if len(rows) == 1 and not rows[0].is_archived:
            return Found(row=rows[0], count=1)
        coming = self.incoming.find(kind, text) or self.incoming.find(kind, _whole(text))
        if len(coming) == 1 and (not rows or rows[0].is_archived):
            return Found(incoming=coming[0], count=1)
        return Found(row=rows[0] if len(rows) == 1 else None, count=len(rows) + len(coming))

    def find(self, kind: str, text: str) -> Found:
        """What a text points at, among rows of this organization and of this import."""
        if (kind, text) not in self._found:
            self.load(kind, [text])
        return self._found[kind, text]

    def forget(self, kind: str) -> None:
        """Look rows of a kind up anew: some have just been written."""
        self._found = {key: found for key, found in self._found.items() if key[0] != kind}

    def person(self, text: str) -> Any:
        """A member by e-mail address, or by a name that only one member has; None for a stranger."""
        if self._people is None:
            members = get_user_model().objects.filter(memberships__organization=self.organization, is_active=True)
            people: dict[str, Any] = {}
            for member in members:
                name = member.name.casefold()
                people[name] = None if name in people else member
            self._people = people | {member.email.casefold(): member for member in members}
        return self._people.get(" ".join(text.split()).casefold())


def _whole(text: str) -> str:
    return text.partition(".")[0] if FLOAT_KEY.fullmatch(text) else text
