"""What a person may say about a scoring model: how it counts, and its criteria row by row."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.text import slugify

from core.forms import TenantForm
from scoring.algorithms.definition import MOST_CRITERIA, PERCENT, Definition, Kind
from scoring.forms.level_texts import Unreadable, levels_of, number_of, text_of, text_of_levels
from scoring.models import Criterion, ScoringModel
from scoring.selectors import Draft, definition_of

DIRECTIONS = [("", "higher is better"), ("lower", "lower is better")]
#: What a row of the form has, besides the id of the criterion that it changes.
COLUMNS = ("name", "key", "meaning", "direction", "unit", "lowest", "highest", "levels", "weight", "example")
#: Columns of a row that nobody has typed anything into when it is empty.
SAID = ("name", "key", "meaning", "unit", "lowest", "highest", "levels", "example")
ACT = re.compile(r"(add|up|down|remove)(?:\.(\d{1,2}))?")
KIND_HELP = "A formula over the criteria; criteria added up by weight, 0 to 100; or classes, of which an item has one."


def _text(label: str, most: int, help_text: str = "", **attributes: Any) -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "off", **attributes})
    return forms.CharField(label=label, required=False, max_length=most, help_text=help_text, widget=widget)


def _row_fields() -> dict[str, forms.Field]:
    exact = {"inputmode": "decimal"}
    return {
        "id": forms.IntegerField(required=False, widget=forms.HiddenInput),
        "name": _text("Name", 80),
        "key": _text("In formulas", 40, spellcheck="false"),
        "meaning": _text("Meaning", 500),
        "direction": forms.ChoiceField(label="Direction", choices=DIRECTIONS, required=False),
        "unit": _text("Unit", 40),
        "lowest": _text("Lowest", 40, **exact),
        "highest": _text("Highest", 40, **exact),
        "levels": forms.CharField(
            label="Levels",
            required=False,
            max_length=20_000,
            strip=False,
            widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "class": "lines"}),
        ),
        "weight": _text("Weight", 40, **exact),
        "example": _text("Try with", 40, **exact),
    }


class ScoringModelForm(TenantForm):
    """A scoring model with its criteria. Rows that are left empty are no criteria; their order is that of the form."""

    note = forms.CharField(
        label="Reason", required=False, max_length=500, help_text="Why it counts otherwise now; kept with the version."
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = ScoringModel
        fields = ("name", "description", "portfolio", "top_count", "kind", "formula", "has_drivers")
        labels = {"description": "Purpose"}
        help_texts = {"kind": KIND_HELP, "formula": "Of a formula model, such as reach * impact / effort."}

    def __init__(self, *args: Any, start: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        start = start or {}
        self.kept: list[Criterion] = start.get("criteria", [])
        self.initial = {**self.initial, **{name: value for name, value in start.items() if name in self.fields}}
        self.initial["seen"] = self.instance.number if self.instance.pk else None
        formula = {"rows": 3, "spellcheck": "false", "autocapitalize": "off", "class": "formula"}
        self.fields["formula"].widget.attrs |= formula
        self.fields["description"].widget.attrs["rows"] = 2
        self.row_count = self._asked_rows()
        self.focused = ""
        for number in range(self.row_count):
            for column, field in _row_fields().items():
                self.fields[f"criteria.{number}.{column}"] = field
        for number, criterion in enumerate(self.kept):
            for column, value in _written(criterion).items():
                self.initial[f"criteria.{number}.{column}"] = value

    def _asked_rows(self) -> int:
        if not self.is_bound:
            return min(len(self.kept) + 1, MOST_CRITERIA)
        text = self.data.get("rows", "")
        return min(int(text), MOST_CRITERIA) if text.isascii() and text.isdigit() and len(text) < 4 else 0

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Each row's bound fields by column, with its number."""
        return [
            {"number": number, **{column: self[f"criteria.{number}.{column}"] for column in ("id", *COLUMNS)}}
            for number in range(self.row_count)
        ]

    @property
    def head(self) -> list[Any]:
        """Bound fields of what the model is, before how it counts."""
        return [self[name] for name in ("name", "portfolio", "top_count", "description")]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self.typed: dict[str, float] = {}
        rows = (self._row(number) for number in range(self.row_count))
        cleaned["criteria"] = [row for row in rows if row is not None]
        return cleaned

    def _row(self, number: int) -> dict[str, Any] | None:
        """The columns of a criterion; None for a row that says nothing."""
        said = {column: self.cleaned_data.get(f"criteria.{number}.{column}") or "" for column in ("id", *COLUMNS)}
        if not said["id"] and not any(str(said[column]).strip() for column in SAID):
            return None
        unit = str(said["unit"]).strip()
        is_percent = unit == PERCENT
        levels = self._read(number, "levels", lambda text: levels_of(text, is_percent=is_percent), [])
        values = [level["value"] for level in levels]
        ends = (min(values), max(values)) if len(values) > 1 else (0, 1) if is_percent else (0, 10)
        numbers = {
            column: self._read(number, column, lambda text: number_of(text, is_percent=is_percent), number_of(str(end)))
            for column, end in (("lowest", ends[0]), ("highest", ends[1]))
        }
        weight = self._read(number, "weight", lambda text: number_of(text, places=6), number_of("1"))
        key = str(said["key"]).strip() or slugify(str(said["name"])).replace("-", "_")[:40].strip("_")
        example = self._read(number, "example", lambda text: number_of(text, is_percent=is_percent), None)
        if example is not None:
            self.typed[key] = float(example)
        words = {"key": key, "name": str(said["name"]).strip(), "meaning": str(said["meaning"]).strip(), "unit": unit}
        identity = {"id": said["id"]} if said["id"] else {}
        is_lower_better = said["direction"] == "lower"
        return {**identity, **words, **numbers, "levels": levels, "weight": weight, "is_lower_better": is_lower_better}

    def _read(self, number: int, column: str, reader: Callable[[str], Any], otherwise: Any) -> Any:
        name = f"criteria.{number}.{column}"
        text = str(self.cleaned_data.get(name) or "")
        if not text.strip():
            return otherwise
        try:
            return reader(text)
        except Unreadable as error:
            self.add_error(name, str(error))
            return otherwise

    def values(self) -> dict[str, Any]:
        kept = {name: self.cleaned_data[name] for name in ("criteria", "note")}
        return super().values() | kept

    def draft(self, model: ScoringModel) -> Draft:
        """What the form says as it stands, to try out; rows with mistakes count as they can be read.

        Args:
            model: as it is kept, or a new one.
        """
        self.is_valid()
        cleaned = self.cleaned_data
        rows = []
        for place, given in enumerate(cleaned.get("criteria", [])):
            columns = dict(given)
            pk = columns.pop("id", None)
            columns["levels"] = sorted(columns["levels"], key=lambda level: level["value"])
            rows.append(Criterion(pk=pk, organization=self.organization, position=place, **columns))
        kind = cleaned.get("kind") or Kind.FORMULA.value
        said = ScoringModel(kind=kind, formula=cleaned.get("formula", ""))
        definition: Definition = definition_of(said, rows)
        return Draft(model, rows, definition, self.typed)


def _written(criterion: Criterion) -> dict[str, Any]:
    """A criterion as its row of the form says it."""
    is_percent = criterion.is_percent
    words = {name: getattr(criterion, name) for name in ("name", "key", "meaning", "unit")}
    ends = {name: text_of(getattr(criterion, name), is_percent=is_percent) for name in ("lowest", "highest")}
    return {
        **words,
        **ends,
        "id": criterion.pk,
        "direction": "lower" if criterion.is_lower_better else "",
        "levels": text_of_levels(criterion.levels, is_percent=is_percent),
        "weight": text_of(criterion.weight),
    }


def _rows_of(data: QueryDict) -> list[dict[str, str]]:
    text = data.get("rows", "")
    count = min(int(text), MOST_CRITERIA) if text.isascii() and text.isdigit() and len(text) < 4 else 0
    return [
        {column: data.get(f"criteria.{number}.{column}", "") for column in ("id", *COLUMNS)} for number in range(count)
    ]


def _with_rows(data: QueryDict, rows: list[dict[str, str]]) -> QueryDict:
    changed = data.copy()
    for name in [name for name in changed if name.startswith("criteria.")]:
        del changed[name]
    changed["rows"] = str(len(rows))
    for number, row in enumerate(rows):
        for column, value in row.items():
            changed[f"criteria.{number}.{column}"] = value
    return changed


def tidied(data: QueryDict) -> QueryDict:
    """What was typed, with empty rows behind the others, so that places of criteria are those of their rows."""
    rows = _rows_of(data)
    return _with_rows(data, sorted(rows, key=lambda row: not any(row[column].strip() for column in ("id", *SAID))))


def rearranged(data: QueryDict, act: str) -> tuple[QueryDict, str]:
    """What was typed, with a row added, removed or moved, and the place that the keyboard goes on from.

    Args:
        act: add, or up, down or remove with the number of a row, such as `up.2`.
    """
    found = ACT.fullmatch(act)
    rows = _rows_of(data)
    focused = ""
    if found and found[1] == "add":
        rows = [*rows, {}][:MOST_CRITERIA]
        focused = f"criteria.{len(rows) - 1}.name"
    elif found and found[2] and (place := int(found[2])) < len(rows):
        other = {"up": place - 1, "down": place + 1}.get(found[1], place)
        if found[1] == "remove":
            del rows[place]
            focused = f"remove.{min(place, len(rows) - 1)}"
        elif 0 <= other < len(rows):
            rows[place], rows[other] = rows[other], rows[place]
            is_at_end = other == (0 if found[1] == "up" else len(rows) - 1)
            focused = f"{ ({'up': 'down', 'down': 'up'}[found[1]] if is_at_end else found[1]) }.{other}"
    return _with_rows(data, rows), focused
