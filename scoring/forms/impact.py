"""How strongly an item serves drivers: one cell, or all of an item."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from scoring.models import Criterion
from scoring.selectors.sheet import Cell
from scoring.services import ScoreCell, Seen


class ImpactForm(forms.Form):
    """One cell; an empty value empties it. `seen` is the version that the person saw, 0 of an empty cell."""

    value = forms.DecimalField(required=False, max_digits=18, decimal_places=4)
    seen = forms.IntegerField(min_value=0)

    def cell(self, kind: str, item_id: int, criterion_id: int) -> ScoreCell:
        seen = Seen(self.cleaned_data["seen"])
        return ScoreCell(kind, item_id, criterion_id, self.cleaned_data["value"], seen=seen)


class ImpactsForm(forms.Form):
    """All cells of an item: a choice of levels for each driver, or a number where it has none."""

    form_token = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, criteria: Sequence[Criterion], cells: Mapping[int, Cell]) -> None:
        super().__init__(data, initial={"form_token": secrets.token_urlsafe(16)})
        self.criteria = criteria
        for criterion in criteria:
            cell = cells.get(criterion.pk)
            field = field_of(criterion)
            field.initial = f"{cell.value:g}" if cell else ""
            self.fields[f"value-{criterion.pk}"] = field
            seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, initial=cell.version if cell else 0)
            self.fields[f"seen-{criterion.pk}"] = seen

    def cells(self, kind: str, item_id: int) -> list[ScoreCell]:
        """The cells that the person has changed."""
        found = []
        for criterion in self.criteria:
            name = f"value-{criterion.pk}"
            if name in self.changed_data:
                seen = Seen(self.cleaned_data[f"seen-{criterion.pk}"])
                found.append(ScoreCell(kind, item_id, criterion.pk, self.cleaned_data[name], seen=seen))
        return found


def field_of(criterion: Criterion) -> forms.DecimalField:
    """What a value of a criterion is chosen or typed in."""
    words: dict[str, Any] = {"label": str(criterion), "required": False, "help_text": criterion.meaning}
    if not criterion.levels:
        return forms.DecimalField(
            min_value=criterion.lowest, max_value=criterion.highest, max_digits=18, decimal_places=4, **words
        )
    choices = [("", "Not known yet"), *((f"{float(each['value']):g}", each["name"]) for each in criterion.levels)]
    return forms.DecimalField(widget=forms.Select(choices=choices), max_digits=18, decimal_places=4, **words)
