"""One score of an item, as it is typed."""

import secrets
from decimal import Decimal
from typing import Any

from django import forms

from finance.algorithms.amounts import parse_amount
from scoring.algorithms.kano import ANSWERS, has_kano_classes, kano_class
from scoring.algorithms.typed import typed_number, typed_share
from scoring.models import Criterion
from scoring.selectors.board import head_unit, typed_text, value_text


def read_value(criterion: Criterion, text: str) -> Decimal | None:
    """What was typed for a criterion; None empties the cell.

    Raises:
        ValueError: it is no number, or none on the scale; the message is a sentence.
    """
    words = text.strip()
    if criterion.levels:
        by_name = {level["name"].casefold(): Decimal(str(level["value"])) for level in criterion.levels}
        found = by_name.get(words.casefold())
        value = typed_number(words) if found is None else found
    elif criterion.is_percent:
        value = typed_share(words)
    else:
        value = parse_amount(words) if criterion.is_money else typed_number(words)
    if value is not None and (sentence := criterion.refusal(value)):
        raise ValueError(sentence)
    return value


def scale_text(criterion: Criterion, currency: str) -> str:
    """What may be typed, in words."""
    if criterion.levels:
        return ""
    ends = [value_text(criterion, float(end), currency) for end in (criterion.lowest, criterion.highest)]
    unit = "" if criterion.is_money else head_unit(criterion.unit, currency)
    direction = "Lower is better." if criterion.is_lower_better else ""
    return " ".join(filter(None, (f"{ends[0]} to {ends[1]}", f"{unit}." if unit else ".", direction))).replace(
        " .", "."
    )


class ScoreForm(forms.Form):
    """The value and the comment of one score."""

    value = forms.CharField(required=False, max_length=60)
    comment = forms.CharField(
        required=False,
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Why this value; who opens the explanation of the score reads it.",
    )
    #: Raters were split: the score that they agree on tells why.
    reconcile = forms.BooleanField(widget=forms.HiddenInput, required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)
    form_token = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, criterion: Criterion, currency: str, score: Any = None) -> None:
        initial = {"form_token": secrets.token_urlsafe(16), "seen": 0}
        if score is not None:
            initial |= {"value": typed_text(criterion, float(score.value)), "comment": score.comment}
            initial["seen"] = score.version
        super().__init__(data, initial=initial)
        self.criterion = criterion
        field = self.fields["value"]
        field.label = criterion.name
        field.help_text = " ".join(filter(None, (criterion.meaning, scale_text(criterion, currency))))
        if criterion.levels:
            choices = [(f"{Decimal(str(level['value'])).normalize():f}", level["name"]) for level in criterion.levels]
            field.widget = forms.Select(choices=[("", "No score"), *choices])
        else:
            inputmode = {"inputmode": "decimal", "autocomplete": "off"}
            field.widget = forms.TextInput(attrs=inputmode)
        if has_kano_classes([level["name"] for level in criterion.levels]):
            self._ask_both_ways()

    def _ask_both_ways(self) -> None:
        """Kano's two questions, as another way to the class."""
        choices = [("", "Not asked"), *((str(place), answer) for place, answer in enumerate(ANSWERS))]
        there = forms.ChoiceField(choices=choices, required=False, label="If it is there, customers say")
        missing = forms.ChoiceField(choices=choices, required=False, label="If it is missing, customers say")
        missing.help_text = "Both answers give the class, by Kano’s evaluation table, in place of the one above."
        self.fields |= {"there": there, "missing": missing}
        self.order_fields(["value", "there", "missing", "comment"])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("reconcile") and not cleaned.get("comment", "").strip() and "comment" not in self.errors:
            self.add_error("comment", "Say why this is the score: raters gave others.")
        if cleaned.get("there") or cleaned.get("missing"):
            self._classify(cleaned)
        return cleaned

    def _classify(self, cleaned: dict[str, Any]) -> None:
        lacking = next((name for name in ("there", "missing") if not cleaned.get(name)), "")
        if lacking:
            self.add_error(lacking, "Both questions make the class. Answer this one too, or neither.")
            return
        there, missing = int(cleaned["there"]), int(cleaned["missing"])
        try:
            name = kano_class(there, missing)
        except ValueError as error:
            self.add_error("missing", str(error))
            return
        cleaned["value"] = next(Decimal(str(each["value"])) for each in self.criterion.levels if each["name"] == name)
        if cleaned.get("comment", "") == self.initial.get("comment", ""):
            cleaned["comment"] = f"If it is there: {ANSWERS[there]}. If it is missing: {ANSWERS[missing]}."

    def clean_value(self) -> Decimal | None:
        try:
            return read_value(self.criterion, self.cleaned_data["value"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error
