"""What a person may say about a dependency."""

import re
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import Q
from django.urls import reverse_lazy

from core.forms import visible_choices
from projects.algorithms.notation import lag_text, parse_length
from projects.forms.rows import BulkForm, RowForm
from projects.models import Activity, Dependency, LinkType, SlipPolicy

#: “Design, of Apollo #12”: the number at the end is the activity's.
NUMBERED = re.compile(r"#(\d{1,18})\s*$")


class ActivityInput(forms.TextInput):
    """A text with suggestions: activities and whole projects, found while typing."""

    template_name = "projects/_activity_input.html"

    def __init__(self) -> None:
        super().__init__(attrs={"autocomplete": "off", "spellcheck": "false"})

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        context["find_url"] = reverse_lazy("projects:activity-find")
        return context


class ActivityField(forms.CharField):
    """An activity of any project, or a whole project: chosen from suggestions, or named as nothing else is."""

    widget = ActivityInput

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=600, **options)
        self.rows: Any = Activity.with_roots.none()

    def prepare_value(self, value: Any) -> Any:
        return activity_words(value) if isinstance(value, Activity) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        numbered = NUMBERED.search(text)
        found = list(self.rows.filter(pk=numbered[1])[:1] if numbered else self.rows.filter(name__iexact=text)[:2])
        if len(found) == 1:
            return found[0]
        if found:
            raise forms.ValidationError(f"Several activities are called “{text}”. Choose one of those suggested.")
        raise forms.ValidationError(
            "There is no such activity. Type a part of its name and choose one of those suggested."
        )


def activity_words(activity: Activity) -> str:
    """An activity as the suggestions write it."""
    if activity.is_root:
        return f"{activity.project.name}, the whole project #{activity.pk}"
    return f"{activity.name}, of {activity.project.name} #{activity.pk}"


class LinkTypeRadios(forms.RadioSelect):
    """The four types as pictures."""

    template_name = "projects/_link_type_radios.html"


LAG_HELP = "10d is working days, 4h hours, 3ed elapsed days, 50% a share. Negative overlaps."


class LagField(forms.CharField):
    """A lag in Microsoft Project's notation: 10d, −2h, 3ed, 50%."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, max_length=40, **options)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return parse_length(text or "0", is_lag=True)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


def lag_values(lag: Any) -> dict[str, Any]:
    """A lag as the fields of a dependency."""
    return {"lag_unit": lag.unit, "lag_minutes": lag.minutes, "lag_ratio": lag.ratio}


class DependencyForm(RowForm):
    """Which activity waits for which, how, and what happens when it slips."""

    nothing = {"owner": "Nobody yet", "agreed_with": "Nobody"}
    predecessor: Any = ActivityField(label="Waits for", help_text="What has to happen first.")
    successor: Any = ActivityField(label="Waiting", help_text="What cannot go on without it.")
    link_type = forms.ChoiceField(choices=LinkType.choices, widget=LinkTypeRadios, label="Type")
    lag = LagField(label="Lag", help_text=LAG_HELP)

    class Meta:
        model = Dependency
        fields = ("predecessor", "successor", "link_type", "slip_policy", "owner", "agreed_with", "note")
        widgets = {"note": forms.Textarea(attrs={"rows": 2})}

    field_order = ("predecessor", "successor", "link_type", "lag", "slip_policy", "owner", "agreed_with", "note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Activity.with_roots.visible_to(self.user).filter(archived_at=None, project__archived_at=None)
        for name in ("predecessor", "successor"):
            self.fields[name].rows = rows.select_related("project")  # type: ignore[attr-defined]
            if self.instance.pk:
                self.initial[name] = getattr(self.instance, name)
        if not self.initial.get("link_type"):
            self.initial["link_type"] = self.instance.link_type or LinkType.FS
        one = self.instance
        self.initial.setdefault("lag", lag_text(one.lag_unit, one.lag_minutes, one.lag_ratio).lstrip("+") or "0d")

    def values(self) -> dict[str, Any]:
        values = super().values()
        if "lag" in self.cleaned_data:
            values |= lag_values(self.cleaned_data["lag"])
        return values


def found_activities(rows: Any, words: str, limit: int = 12) -> list[Activity]:
    """Activities and projects whose names contain all of some words."""
    for word in words.split()[:6]:
        rows = rows.filter(Q(name__icontains=word) | Q(project__name__icontains=word) | Q(project__code__iexact=word))
    return list(rows.order_by("outline_level", "project__name", "position")[:limit])


class BulkOwnerForm(BulkForm):
    owner: Any = forms.ModelChoiceField(queryset=None, required=False, empty_label="Nobody")

    def __init__(self, *args: Any, user: Any, organization: Any, **kwargs: Any) -> None:
        super().__init__(*args, user=user, organization=organization, **kwargs)
        field: Any = self.fields["owner"]
        field.queryset = visible_choices(get_user_model().objects.all(), user, organization)


class BulkPolicyForm(BulkForm):
    slip_policy = forms.ChoiceField(choices=SlipPolicy.choices, label="When the predecessor slips")


class BulkTypeForm(BulkForm):
    link_type = forms.ChoiceField(choices=LinkType.choices, widget=LinkTypeRadios, label="Type", initial=LinkType.FS)


class BulkLagForm(BulkForm):
    lag = LagField(label="Lag", initial="0d", help_text=LAG_HELP)
