"""What the page of insights may be asked: which feedback, and before and after what."""

import datetime
from typing import Any

from django import forms
from django.utils import timezone

from core.forms import DateInput
from feedback.models import FIRST_YEAR, Channel, CustomerAccount, FeedbackKind, Release
from feedback.selectors.compare import (
    USUAL_WINDOW,
    WINDOWS,
    Moment,
    latest_release,
    moment_of_day,
    moment_of_project,
    moment_of_release,
)
from feedback.selectors.insights import MOST_DAYS, USUAL_DAYS, Asked, moved
from feedback.selectors.products import product_model
from projects.models import Project

#: Fields that narrow the feedback; the others say before and after what.
NARROWING = ("product", "segment", "channel", "kind", "said_from", "said_to")
MOST_SEGMENTS, MOST_CHOICES = 200, 200


class ReleaseSelect(forms.Select):
    """Releases by product, name and day, for which more than their names must be read."""


class InsightForm(forms.Form):
    """Read from the address; what makes no sense is told at its field, and the usual is shown."""

    product: Any = forms.ModelChoiceField(queryset=None, required=False, empty_label="Any")
    segment = forms.ChoiceField(required=False)
    channel = forms.ChoiceField(choices=[("", "Any"), *Channel.choices], required=False, label="Source")
    kind = forms.ChoiceField(choices=[("", "Any"), *FeedbackKind.choices], required=False, label="Type")
    said_from = forms.DateField(required=False, label="From", widget=DateInput)
    said_to = forms.DateField(required=False, label="To", widget=DateInput)
    release: Any = forms.ModelChoiceField(queryset=None, required=False, empty_label="Latest", widget=ReleaseSelect)
    project: Any = forms.ModelChoiceField(
        queryset=None, required=False, empty_label="None", label="or the finish of a project"
    )
    date = forms.DateField(required=False, label="or a day", widget=DateInput)
    days: Any = forms.TypedChoiceField(
        choices=[("", f"{USUAL_WINDOW} days"), *[(days, f"{days} days") for days in WINDOWS if days != USUAL_WINDOW]],
        coerce=int,
        empty_value=None,
        required=False,
        label="Each side",
    )

    def __init__(self, data: Any, *, user: Any, shown: tuple[str, ...] = NARROWING, **kwargs: Any) -> None:
        """Args: shown: fields that a person fills in here; the others are carried along."""
        super().__init__(data, **kwargs)
        self.user, self.today = user, timezone.localdate()
        rows = {
            "product": product_model().objects.visible_to(user).live().order_by("name", "pk"),
            "project": _finished(user),
            "release": _released(user, self.today),
        }
        for name, found in rows.items():
            self.fields[name].queryset = found  # type: ignore[attr-defined]
        self.fields["release"].label_from_instance = _named  # type: ignore[attr-defined]
        segments = CustomerAccount.objects.visible_to(user).exclude(segment="").order_by("segment")
        self.fields["segment"].choices = lambda: [  # type: ignore[attr-defined]
            ("", "Any"), *((one, one) for one in segments.values_list("segment", flat=True).distinct()[:MOST_SEGMENTS])
        ]  # fmt: skip
        for name in set(self.fields) - set(shown):
            self.fields[name].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        self._refuse_far_days(values)
        first, last = values.get("said_from"), values.get("said_to") or self.today
        if first and last < first:
            self.add_error("said_to", "It ends before it begins.")
        elif first and (last - first).days >= MOST_DAYS:
            self.add_error("said_from", f"At most {MOST_DAYS // 366} years can be asked about.")
        return values

    def _refuse_far_days(self, values: dict[str, Any]) -> None:
        for name in ("said_from", "said_to", "date"):
            day = values.get(name)
            if day is not None and day.year < FIRST_YEAR:
                self.add_error(name, f"Nothing was said before {FIRST_YEAR}.")
            elif day is not None and day.year > self.today.year + 100:
                self.add_error(name, "Choose a day within the next hundred years.")

    def asked(self) -> Asked:
        """Which feedback is asked about; by default of the last twelve months."""
        self.is_valid()
        values = self.cleaned_data
        last = values.get("said_to") or self.today
        first = values.get("said_from") or moved(last, 1 - USUAL_DAYS)
        if first > last or (last - first).days >= MOST_DAYS:
            first, last = moved(self.today, 1 - USUAL_DAYS), self.today
        product = values.get("product")
        narrowing = {name: values.get(name, "") for name in ("segment", "channel", "kind")}
        return Asked(self.user, first, last, product=product.pk if product else None, **narrowing)

    def moment(self, asked: Asked) -> Moment | None:
        """Before and after what is compared: the release, the project's finish or the day that is named, else the
        latest release; None where there is none."""
        values = self.cleaned_data
        if release := values.get("release"):
            return moment_of_release(release)
        if project := values.get("project"):
            return moment_of_project(project)
        if day := values.get("date"):
            return moment_of_day(day)
        latest = latest_release(asked, self.today)
        return moment_of_release(latest) if latest else None

    @property
    def window(self) -> int:
        """Days on each side."""
        return int(self.cleaned_data.get("days") or USUAL_WINDOW)


def _finished(user: Any) -> Any:
    found = Project.objects.visible_to(user).live().exclude(actual_finish_date=None)
    return found.order_by("-actual_finish_date", "-pk")


def _released(user: Any, today: datetime.date) -> Any:
    found = Release.objects.visible_to(user).live().filter(released_date__lte=today)
    return found.select_related("product").order_by("-released_date", "-pk")


def _named(release: Release) -> str:
    return f"{release.product.name} {release.name}, {release.released_date:%Y-%m-%d}"
