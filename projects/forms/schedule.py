"""What a person may say about when an activity is done: in days, and in Microsoft Project's notation."""

import datetime
from typing import Any

from django import forms

from projects.algorithms.notation import length_text, parse_length, parse_predecessors
from projects.forms.rows import ACTIVITY_CELLS, ActivityForm, RowForm, cell_form
from projects.models import UNDATED, Activity, ConstraintType
from projects.selectors import predecessors_of

#: Constraints on a finish: their day counts to its end.
ON_FINISH = (ConstraintType.FNET, ConstraintType.FNLT, ConstraintType.MFO)
ONE_DAY = datetime.timedelta(days=1)
ESTIMATES = ("optimistic_minutes", "likely_minutes", "pessimistic_minutes")


class LengthField(forms.CharField):
    """A duration in Microsoft Project's notation: 3d, 4h, 2w, 2ed."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, max_length=40, **options)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_length(text)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


class PredecessorsField(forms.CharField):
    """A list of predecessors in Microsoft Project's notation: 12FS+3d, 14."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, max_length=1000, **options)

    def clean(self, value: Any) -> Any:
        try:
            return parse_predecessors(super().clean(value))
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error


def duration_words(activity: Activity) -> str:
    """A stored duration as it is typed; nothing where none is stored."""
    if activity.duration_minutes is None:
        return ""
    return length_text(activity.duration_minutes, is_elapsed=activity.is_elapsed)


def first_instant(day: datetime.date) -> datetime.datetime:
    """A day's beginning."""
    return datetime.datetime.combine(day, datetime.time())


def day_of(moment: datetime.datetime | None, *, is_finish: bool) -> datetime.date | None:
    """The day that an instant was typed as: the end of a day is midnight after it."""
    if moment is None:
        return None
    is_midnight = moment.time() == datetime.time()
    return (moment - ONE_DAY).date() if is_finish and is_midnight else moment.date()


class ScheduledActivityForm(ActivityForm):
    """An activity as a whole, with what the schedule needs to know of it."""

    nothing = {**ActivityForm.nothing, "calendar": "The project's"}
    mode = forms.ChoiceField(
        choices=[
            ("manual", "By hand: its dates are typed"),
            ("automatic", "Automatically: from links and constraints"),
        ],
        required=False,
        label="Scheduled",
    )
    duration = LengthField(help_text="3d, 4h, 2w; 2ed runs day and night. By hand, it sets the finish.")
    constraint_day = forms.DateField(label="Constraint date", required=False)
    deadline_day = forms.DateField(
        label="Deadline", required=False, help_text="Moves nothing; shows what comes too late."
    )
    optimistic = LengthField(label="Optimistic duration", help_text="All three, or none: the forecast draws from them.")
    likely = LengthField(label="Most likely duration")
    pessimistic = LengthField(label="Pessimistic duration")

    class Meta(ActivityForm.Meta):
        fields: tuple[str, ...] = (  # type: ignore[assignment]
            *ActivityForm.Meta.fields,
            "constraint_type",
            "calendar",
            "delay_group",
        )

    field_order = (
        "name", "kind", "parent", "status", "assignee", "progress_ratio", "mode", "duration", "planned_start_date",
        "planned_finish_date", "actual_start_date", "actual_finish_date", "constraint_type", "constraint_day",
        "deadline_day", "calendar", "optimistic", "likely", "pessimistic", "delay_group", "planned_cost_amount",
        "actual_cost_amount", "description",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        one = self.instance
        self.initial["mode"] = "manual" if one.is_manual else "automatic"
        self.fields["constraint_type"].required = False
        self.initial["duration"] = duration_words(one)
        self.initial["constraint_day"] = day_of(one.constraint_at, is_finish=one.constraint_type in ON_FINISH)
        self.initial["deadline_day"] = day_of(one.deadline_at, is_finish=True)
        for name in ESTIMATES:
            minutes = getattr(one, name)
            self.initial[name.removesuffix("_minutes")] = "" if minutes is None else length_text(minutes)
        if "status" not in self.fields:  # a summary of live activities
            for name in ("duration", "mode", "optimistic", "likely", "pessimistic", "delay_group"):
                self.fields.pop(name, None)
        for name in ("constraint_day", "deadline_day"):
            self._prepare(self.fields[name])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        cleaned["constraint_type"] = cleaned.get("constraint_type") or self.instance.constraint_type
        if cleaned["constraint_type"] not in UNDATED and not self._has_constraint_day(cleaned):
            self.add_error("constraint_day", "This constraint needs a date.")
        given = [cleaned.get(name.removesuffix("_minutes")) for name in ESTIMATES if "optimistic" in self.fields]
        if any(given) and not all(given) and not {"optimistic", "likely", "pessimistic"} & set(self.errors):
            self.add_error("optimistic", "A three-point estimate is all three durations, or none.")
        return cleaned

    def _has_constraint_day(self, cleaned: dict[str, Any]) -> bool:
        return bool(
            cleaned.get("constraint_day") or ("constraint_day" not in self.data and self.instance.constraint_at)
        )

    def values(self) -> dict[str, Any]:
        values = super().values()
        cleaned = self.cleaned_data
        if cleaned.get("mode"):
            values["is_manual"] = cleaned["mode"] == "manual"
        if "duration" in self.changed_data and "duration" in self.data:
            length = cleaned["duration"]
            values |= {"duration_minutes": length and length.minutes, "is_elapsed": bool(length and length.is_elapsed)}
        day, kind = cleaned.get("constraint_day"), cleaned.get("constraint_type")
        if {"constraint_day", "constraint_type"} & set(self.changed_data) and "constraint_day" in self.data:
            at = (
                None
                if day is None or kind in UNDATED
                else first_instant(day) + (ONE_DAY if kind in ON_FINISH else ONE_DAY * 0)
            )
            values["constraint_at"] = at
        if "deadline_day" in self.changed_data and "deadline_day" in self.data:
            due = cleaned["deadline_day"]
            values["deadline_at"] = due and first_instant(due) + ONE_DAY
        for name in ESTIMATES:
            word = name.removesuffix("_minutes")
            if word in self.changed_data and word in self.data:
                values[name] = cleaned[word] and cleaned[word].minutes
        return values


class DurationCell(RowForm):
    """A duration in place."""

    duration = LengthField(label="Duration")

    class Meta:
        model = Activity
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["duration"] = duration_words(self.instance)

    def values(self) -> dict[str, Any]:
        length = self.cleaned_data["duration"]
        return {"duration_minutes": length and length.minutes, "is_elapsed": bool(length and length.is_elapsed)}


class PredecessorsCell(RowForm):
    """What an activity waits for, in place."""

    predecessors = PredecessorsField(label="Predecessors")

    class Meta:
        model = Activity
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["predecessors"] = predecessors_of(self.instance)

    def values(self) -> dict[str, Any]:
        return {"predecessors": self.cleaned_data["predecessors"]}


class PasteForm(forms.Form):
    """Rows of a spreadsheet: name, duration, predecessors, start, finish."""

    rows = forms.CharField(
        label="Rows",
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false"}),
        max_length=400_000,
        help_text="One activity a line, columns by tabs: name, duration, predecessors, start, finish. "
        "Spaces before a name put it below the line above.",
    )


#: What may be edited in place in the outline.
SCHEDULE_CELLS: dict[str, Any] = {
    **ACTIVITY_CELLS,
    "name": cell_form(Activity, ("name",), {}),
    "duration": DurationCell,
    "predecessors": PredecessorsCell,
}

__all__ = ["SCHEDULE_CELLS", "DurationCell", "PasteForm", "PredecessorsCell", "ScheduledActivityForm", "duration_words"]
