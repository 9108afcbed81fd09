"""Forms of the import wizard: they parse and check, and never save."""

import secrets
from collections.abc import Mapping as Map
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django import forms

from core.forms import visible_choices
from integrations.algorithms.catalog import KINDS, choice_label
from integrations.algorithms.files import DELIMITERS, ENCODINGS
from integrations.algorithms.guessing import Question, questions, source_for
from integrations.algorithms.mapping import FROM_ACTIVITIES, FROM_DESCRIPTION, OUR_COLUMNS, Mapping, Source
from integrations.algorithms.profiling import Column
from integrations.algorithms.targets import Target
from integrations.algorithms.values import DATE_ORDERS, DECIMALS
from integrations.models import ImportFile, ImportKind, PlanImport
from portfolio.models import Portfolio
from programs.models import Program

SCALES = {"1": "as they stand", "1000": "in thousands", "1000000": "in millions", "1000000000": "in billions"}
SHARES = {"1": "shares of one: 0.62", "0.01": "percent: 62"}
NOT_IMPORTED = ("", "not imported")
ACCEPTED = (
    ".csv,.tsv,.txt,.xlsx,.xlsm,text/csv,text/plain,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)


class FilesInput(forms.ClearableFileInput):
    """One field, several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; an empty file is the service's to refuse, with a sentence that names it."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, list | tuple) else [data] if data else []
        if not files:
            raise forms.ValidationError("Choose one or more files: CSV or XLSX.")
        return list(files)


class UploadForm(forms.Form):
    """The files of an import."""

    files = FilesField(label="CSV or XLSX files")  # type: ignore[assignment]
    reason = forms.CharField(label="Why approved budgets change", max_length=500, required=False)
    form_token = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form_token"].initial = secrets.token_urlsafe(16)
        self.fields["files"].widget.attrs |= {"multiple": True, "accept": ACCEPTED}


@dataclass(slots=True)
class ColumnRow:
    """One column of a file as the page shows it: what it holds, what it fills, how it is read."""

    column: Column
    to: forms.BoundField
    target: Target | None
    settings: list[forms.BoundField] = field(default_factory=list)
    values: list[tuple[str, int, forms.BoundField]] = field(default_factory=list)
    question: Question | None = None

    @property
    def open_values(self) -> int:
        """Values that mean nothing yet."""
        return sum(1 for _, _, bound in self.values if not bound.initial)


class FileForm(forms.Form):
    """How one file is read; shown from a mapping, parsed by `mapping_of`."""

    def __init__(self, file: ImportFile, mapping: Mapping, *, has_activities: bool) -> None:
        super().__init__(prefix=f"f{file.pk}", auto_id="%s")
        self.file, self.mapping, self.kind = file, mapping, KINDS[file.kind]
        self.columns = [Column.from_json(column) for column in file.columns]
        self._add("kind", ImportKind.choices, file.kind, "Rows are")
        self._add("sheet", [(name, name) for name in file.sheets], file.sheet, "Sheet")
        self._add("encoding", list(ENCODINGS.items()), file.encoding, "Encoding")
        self._add("delimiter", [(key, word) for key, word in DELIMITERS.items()], file.delimiter, "Cells divided by")
        asked = {question.column: question for question in self.questions}
        self.rows = [
            self._row(place, column, asked.get(column.name))
            for place, column in enumerate(self.columns)
            if column.name.casefold() not in OUR_COLUMNS
        ]
        self.defaults = self._defaults(has_activities)

    @property
    def questions(self) -> list[Question]:
        return questions(self.file.kind, self.mapping, {column.name: column for column in self.columns})

    @property
    def matched(self) -> list[ColumnRow]:
        return [row for row in self.rows if row.target is not None]

    @property
    def not_imported(self) -> list[str]:
        return [row.column.name for row in self.rows if row.target is None]

    def _add(self, name: str, choices: Any, initial: str, label: str) -> forms.BoundField:
        self.fields[name] = forms.ChoiceField(choices=choices, initial=initial, label=label, required=False)
        return self[name]

    def _row(self, place: int, column: Column, question: Question | None) -> ColumnRow:
        source = self.mapping.columns.get(column.name, Source())
        target = self.kind.by_target.get(source.to)
        choices = [NOT_IMPORTED, *((target.name, target.label) for target in self.kind.targets)]
        to = self._add(f"{place}-to", choices, source.to, f"{column.name} fills")
        row = ColumnRow(column, to, target, question=question)
        if target is None:
            return row
        if target.type in {"date", "instant"} and (
            source.order or question or {"dmy", "mdy", "doubtful"} & set(column.dates)
        ):
            orders = [("", "choose"), *DATE_ORDERS.items()]
            row.settings.append(self._add(f"{place}-order", orders, source.order, "Dates have"))
        if target.type in {"money", "ratio"}:
            scales = SCALES if target.type == "money" else SHARES
            known = list(scales.items())
            if str(source.scale) not in scales:
                known.append((str(source.scale), f"times {source.scale}"))
            row.settings.append(self._add(f"{place}-scale", known, str(source.scale), "Numbers are"))
        is_number = target.type in {"money", "ratio", "days"}
        if is_number and (question or source.decimal != "." or "comma" in column.numbers):
            signs = [("", "choose"), *DECIMALS.items()]
            row.settings.append(self._add(f"{place}-decimal", signs, source.decimal, "Decimal sign"))
        if target.type == "choice":
            row.values = self._values(place, column, source, target)
        return row

    def _values(self, place: int, column: Column, source: Source, target: Target) -> list[tuple[str, int, Any]]:
        choices = [("", "say what it means"), *((choice, choice_label(choice)) for choice in target.choices)]
        return [
            (text, count, self._add(f"{place}-v{number}", choices, source.values.get(text, ""), f"“{text}” means"))
            for number, (text, count) in enumerate(column.choices.items())
        ]

    def _defaults(self, has_activities: bool) -> list[forms.BoundField]:
        """What new rows get where the file says nothing."""
        shown: list[forms.BoundField] = []
        for target in self.kind.targets:
            present = self.mapping.defaults.get(target.name, "")
            is_filled = self.mapping.column_of(target.name) is not None
            if target.name == "name":
                rules = [
                    ("", "from its key: “Unnamed … 1997”"),
                    (FROM_DESCRIPTION, "from its description"),
                ]
                shown.append(self._add("default-name", rules, present, "Name"))
            elif target.type == "choice" and not is_filled:
                choices = [
                    ("", "as usual"),
                    *((choice, choice_label(choice)) for choice in target.choices),
                ]
                if target.name == "status" and self.kind.name == "project" and (has_activities or present):
                    choices.append((FROM_ACTIVITIES, "by its activities in this import"))
                shown.append(self._add(f"default-{target.name}", choices, present, target.label))
            elif target.name in self.kind.parents:
                self.fields[f"default-{target.name}"] = forms.CharField(
                    initial=present,
                    label=target.label,
                    required=False,
                    widget=forms.TextInput(attrs={"placeholder": "key, code or name", "autocomplete": "off"}),
                )
                shown.append(self[f"default-{target.name}"])
        return shown


def mapping_of(file: ImportFile, data: Map[str, str]) -> Mapping:
    """The mapping that a person sent for a file; what the page did not ask is guessed, the rest is ignored."""
    present = Mapping.from_json(file.mapping)
    kind, prefix = KINDS[file.kind], f"f{file.pk}-"
    sources: dict[str, Source] = {}
    for place, column in enumerate(Column.from_json(column) for column in file.columns):
        before = present.columns.get(column.name, Source())
        to = data.get(f"{prefix}{place}-to", before.to)
        target = kind.by_target.get(to)
        if target is None:
            sources[column.name] = Source()
            continue
        source = before if before.to == to else source_for(file.kind, to, column)
        sources[column.name] = _with_settings(source, target, column, data, f"{prefix}{place}-")
    defaults = {
        name: text
        for name in kind.by_target
        if (text := data.get(f"{prefix}default-{name}", present.defaults.get(name, "")).strip()[:200])
    }
    return Mapping(sources, defaults)


def _with_settings(source: Source, target: Target, column: Column, data: Map[str, str], prefix: str) -> Source:
    order, decimal = data.get(f"{prefix}order", source.order), data.get(f"{prefix}decimal", source.decimal)
    scale = data.get(f"{prefix}scale", str(source.scale))
    values = dict(source.values)
    for number, text in enumerate(column.choices if target.type == "choice" else ()):
        choice = data.get(f"{prefix}v{number}", values.get(text, ""))
        if choice in target.choices:
            values[text] = choice
        else:
            values.pop(text, None)
    return replace(
        source,
        order=order if order in DATE_ORDERS else "",
        decimal=decimal if decimal in DECIMALS else "",
        scale=Decimal(scale) if scale in SCALES or scale in SHARES else source.scale,
        values=values,
    )


class PlanUploadForm(forms.Form):
    """A Microsoft Project file."""

    file = forms.FileField(
        label="Microsoft Project XML file", allow_empty_file=True, error_messages={"required": "Choose an XML file."}
    )
    form_token = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form_token"].initial = secrets.token_urlsafe(16)
        self.fields["file"].widget.attrs |= {"accept": ".xml,application/xml,text/xml"}


class PlanForm(forms.Form):
    """What a plan becomes: the project's name, and where it goes."""

    project_name = forms.CharField(label="Project name", max_length=200)
    program: Any = forms.ModelChoiceField(Program.objects.none(), required=False, empty_label="None")
    portfolio: Any = forms.ModelChoiceField(Portfolio.objects.none(), required=False, empty_label="None")

    def __init__(self, *args: Any, user: Any, organization: Any, plan: PlanImport, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"project_name": plan.project_name, "program": plan.program_id, "portfolio": plan.portfolio_id}
        for name, rows in (("program", Program.objects.all()), ("portfolio", Portfolio.objects.all())):
            field: Any = self.fields[name]
            field.queryset = visible_choices(rows, user, organization).order_by("name", "pk")
        self.fields["portfolio"].help_text = "Only where the project belongs to no program."

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        return {name: self.cleaned_data[name] for name in ("project_name", "program", "portfolio")}
