"""Calendars as rows keep them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from resources.algorithms.calendars import Calendar, CalendarException, EffectiveWeek


def calendar_of(
    name: str,
    week: Sequence[Any],
    exceptions: Sequence[Mapping[str, Any]],
    effective_weeks: Sequence[Mapping[str, Any]],
) -> Calendar:
    """The engine's calendar of a row."""
    return Calendar(
        name,
        tuple(_shifts(day) for day in week),
        tuple(
            CalendarException(date.fromisoformat(one["first"]), date.fromisoformat(one["last"]), _shifts(one["shifts"]))
            for one in exceptions
        ),
        tuple(
            EffectiveWeek(
                date.fromisoformat(one["first"]),
                date.fromisoformat(one["last"]),
                tuple(_shifts(day) for day in one["week"]),
            )
            for one in effective_weeks
        ),
    )


def _shifts(rows: Sequence[Sequence[int]]) -> tuple[tuple[int, int], ...]:
    return tuple((int(start), int(end)) for start, end in rows)
