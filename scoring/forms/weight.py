"""Sets of weights: named, typed, compared, applied; and the model of drivers that they begin with."""

import secrets
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms

from core.forms import TenantForm
from scoring.algorithms.pairwise import Step
from scoring.models import ScoringModel, WeightMethod, WeightSet
from scoring.selectors.weights import STEP_WORDS, Pair
from scoring.services import Answer


class DriversForm(TenantForm):
    """A model of strategic drivers, from its template."""

    class Meta:
        model = ScoringModel
        fields = ("name", "portfolio")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "portfolio" in self.fields:
            self.fields["portfolio"].empty_label = "The whole organization"  # type: ignore[attr-defined]
            self.fields["portfolio"].help_text = "Whose projects are to serve these drivers."


class WeightSetForm(TenantForm):
    """What a set of weights is called, and whether it is typed or compared in pairs."""

    class Meta:
        model = WeightSet
        fields = ("name", "method")
        widgets = {"method": forms.RadioSelect}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].help_text = "Whose view it is, such as “Board” or “Product leaders”."
        if self.instance.pk:
            del self.fields["method"]
        else:
            self.fields["method"].choices = [  # type: ignore[attr-defined]
                (WeightMethod.PAIRWISE, "Compared in pairs: “how much more important is A than B?”, by one or several"),
                (WeightMethod.TYPED, "Typed: a number for each criterion"),
            ]


class TypedWeightsForm(forms.Form):
    """A number for each criterion; names are those of formulas."""

    form_token = forms.CharField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, weight_set: WeightSet, typed: Sequence[tuple[Any, Decimal | None]]) -> None:
        super().__init__(data, initial={"version": weight_set.version, "form_token": secrets.token_urlsafe(16)})
        for criterion, weight in typed:
            text = None if weight is None else f"{weight.normalize():f}"
            self.fields[f"weights.{criterion.key}"] = forms.DecimalField(
                label=str(criterion),
                required=False,
                initial=text,
                min_value=0,
                max_digits=12,
                decimal_places=6,
                widget=forms.NumberInput(attrs={"class": "input"}),
            )

    @property
    def expected_version(self) -> int | None:
        return self.cleaned_data.get("version")

    @property
    def weights(self) -> dict[str, Decimal]:
        """Name in formulas -> weight, of those that were typed."""
        given = {name.partition(".")[2]: value for name, value in self.cleaned_data.items() if "." in name}
        return {key: value for key, value in given.items() if value is not None}


class ComparisonForm(forms.Form):
    """One answer: how much more important the first criterion is than the second."""

    first = forms.IntegerField()
    second = forms.IntegerField()
    step = forms.IntegerField(min_value=-3, max_value=3)

    @property
    def answer(self) -> Answer:
        return Answer(self.cleaned_data["first"], self.cleaned_data["second"], self.cleaned_data["step"])


class TriangleForm(forms.Form):
    """All pairs at once: a choice for each, where nothing chosen says nothing."""

    CHOICES = (("", "–"), *((step.value, STEP_WORDS[step].capitalize()) for step in reversed(Step)))

    def __init__(self, data: Any = None, *, pairs: Sequence[Pair]) -> None:
        super().__init__(data)
        self.pairs = pairs
        for pair in pairs:
            self.fields[pair.key] = forms.TypedChoiceField(
                label=f"{pair.first} against {pair.second}",
                choices=self.CHOICES,
                required=False,
                coerce=int,
                empty_value=None,
                initial="" if pair.step is None else pair.step.value,
                widget=forms.Select(attrs={"class": "input"}),
            )

    @property
    def answers(self) -> list[Answer]:
        return [Answer(pair.first.pk, pair.second.pk, self.cleaned_data[pair.key]) for pair in self.pairs]


class ApplyForm(forms.Form):
    """That a set of weights is to count, and why where its comparisons contradict each other."""

    form_token = forms.CharField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(max_length=400, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, data: Any = None, *, weight_set: WeightSet, is_asked: bool) -> None:
        super().__init__(data, initial={"version": weight_set.version, "form_token": secrets.token_urlsafe(16)})
        if is_asked:
            self.fields["reason"].label = "Why they shall count all the same"
            self.fields["reason"].help_text = "It is kept with the model's version."
        else:
            del self.fields["reason"]

    @property
    def expected_version(self) -> int | None:
        return self.cleaned_data.get("version")
