"""What a person may say about a working calendar: hours as text, day by day and line by line."""

from collections.abc import Callable
from typing import Any

from django import forms

from core.forms import TenantForm
from resources.algorithms.calendar_rows import DAY_NAMES, BadCalendar, calendar_of
from resources.algorithms.calendar_texts import (
    Unreadable,
    exceptions_of,
    shifts_of,
    text_of,
    text_of_exceptions,
    text_of_weeks,
    weeks_of,
)
from resources.algorithms.calendars import Calendar as EngineCalendar
from resources.algorithms.calendars import NoWorkingTime
from resources.models import Calendar

DAYS = tuple(name.lower() for name in DAY_NAMES)
HOURS = ("week", "exceptions", "effective_weeks")
#: 2,000 exceptions with long names, and room to spare.
LONGEST_LIST = 500_000


def lines(label: str, rows: int, help_text: str) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows, "spellcheck": "false", "wrap": "off", "class": "lines"})
    return forms.CharField(
        label=label, required=False, max_length=LONGEST_LIST, strip=False, widget=widget, help_text=help_text
    )


class CalendarForm(TenantForm):
    """A calendar: seven days, days that differ, other weeks for a time."""

    exceptions = lines(
        "Exceptions",
        8,
        "One a line: first day, last day, name, hours; without hours it is a day off. "
        "Rows of a spreadsheet can be pasted.",
    )
    effective_weeks = lines(
        "Other weeks for a time",
        3,
        "One a line: 2026-07-01 2026-08-31 Summer: Mon-Fri 6:00-14:00; Sat 8:00-12:00",
    )

    class Meta:
        model = Calendar
        fields = ("name", "external_key")

    def __init__(self, *args: Any, start: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        row = self.instance
        start = start or {name: getattr(row, name) for name in ("name", *HOURS)}
        for day, shifts in zip(DAYS, start["week"], strict=True):
            field = forms.CharField(label=day.capitalize(), required=False, max_length=1000, initial=text_of(shifts))
            field.widget.attrs |= {"placeholder": "off", "inputmode": "text", "autocomplete": "off"}
            self.fields[day] = field
        self.initial["name"] = start["name"]
        self.initial["exceptions"] = text_of_exceptions(start["exceptions"])
        self.initial["effective_weeks"] = text_of_weeks(start["effective_weeks"])
        self.start: dict[str, Any] = start
        self.engine: EngineCalendar | None = None

    def read(self) -> EngineCalendar | None:
        """The calendar that the form says as it stands; None where it cannot be read."""
        if not self.is_bound:
            return calendar_of(self.start["name"], **{name: self.start[name] for name in HOURS})
        self.is_valid()
        return self.engine

    @property
    def days(self) -> list[Any]:
        return [self[day] for day in DAYS]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        week = [self._read(day, shifts_of) for day in DAYS]
        hours = {
            "week": week,
            "exceptions": self._read("exceptions", exceptions_of),
            "effective_weeks": self._read("effective_weeks", weeks_of),
        }
        self._judge(str(cleaned.get("name") or "This calendar"), hours)
        return {**cleaned, **hours}

    def _read(self, name: str, reader: Callable[[str], Any]) -> Any:
        try:
            return reader(self.cleaned_data.get(name) or "")
        except Unreadable as error:
            self.add_error(name, str(error))
            return []

    def _judge(self, name: str, hours: dict[str, Any]) -> None:
        """Say what means nothing, also where something else could not be read."""
        is_read = not set(self.errors) & {*DAYS, *HOURS}
        try:
            engine = calendar_of(name, **hours)
        except BadCalendar as error:
            of_day = error.column == "week" and error.index is not None
            self.add_error(DAYS[error.index or 0] if of_day else error.column, str(error))
        except NoWorkingTime as error:
            if is_read:
                self.add_error(DAYS[0], str(error))
        else:
            self.engine = engine if is_read else None

    @property
    def in_words(self) -> dict[str, str]:
        return {name: Calendar.value_in_words(name, self.cleaned_data.get(name)) or "" for name in HOURS}

    def values(self) -> dict[str, Any]:
        hours = {name: self.cleaned_data[name] for name in HOURS}
        return super().values() | hours
