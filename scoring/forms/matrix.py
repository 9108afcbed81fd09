"""What a matrix or a board of classes shows, and where an item was put in it."""

from collections.abc import Mapping
from typing import Any

from django import forms

from core.forms import visible_choices
from programs.models import Program
from scoring.models import ItemKind, ScoringModel


class ItemsForm(forms.Form):
    """A model and the items that it scores; nonsense is what stands there by default."""

    model = forms.ModelChoiceField(ScoringModel.objects.none(), required=False, empty_label=None)
    kind = forms.ChoiceField(label="Items", choices=ItemKind.choices, required=False)
    program = forms.ModelChoiceField(Program.objects.none(), required=False, empty_label="All")

    def __init__(self, *args: Any, user: Any, organization: Any, models: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["model"].queryset = models  # type: ignore[attr-defined]
        programs = visible_choices(Program.objects.order_by("name", "pk"), user, organization)
        self.fields["program"].queryset = programs  # type: ignore[attr-defined]

    def show(self, **chosen: str) -> None:
        """Say what is shown, asked for or not."""
        self.data = {**dict(self.data.items()), **chosen}


class MatrixForm(ItemsForm):
    """The same, with two measures."""

    x = forms.ChoiceField(label="Across", required=False)
    y = forms.ChoiceField(label="Upward", required=False)

    def offer(self, measures: Mapping[str, str]) -> None:
        """Say which measures there are."""
        for name in ("x", "y"):
            self.fields[name].choices = list(measures.items())  # type: ignore[attr-defined]


class MoveForm(forms.Form):
    """Where an item was put: in values of the axes, each with the version of the score that was there."""

    item = forms.IntegerField(min_value=1)
    x = forms.FloatField(required=False)
    y = forms.FloatField(required=False)
    x_seen = forms.IntegerField(min_value=0, required=False)
    y_seen = forms.IntegerField(min_value=0, required=False)
