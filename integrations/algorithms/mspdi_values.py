"""Single values of a Microsoft Project XML file: dates, durations, numbers. What cannot be read counts as not given."""

import re
from datetime import datetime

from resources.algorithms.calendars import TICKS_PER_MINUTE

DURATION = re.compile(r"(-?)P(?:(\d{1,9})D)?T?(?:(\d{1,12})H)?(?:(\d{1,12})M)?(?:(\d{1,12})(?:\.(\d{1,9}))?S)?")
#: Numbers of the schema for units of elapsed time, certain and estimated.
ELAPSED_FORMATS = frozenset({4, 6, 8, 10, 12, 20, 36, 38, 40, 42, 44, 52})
#: Beyond any number that means something in a plan.
LARGEST = 10**15
PERCENT_FORMATS = frozenset({19, 20, 51, 52})


def read_date(text: str) -> datetime | None:
    """A moment of the project's wall clock; a time zone is dropped, and “NA” is none."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None


def read_number(text: str, default: int) -> int:
    """A whole number; “true” and “false” are 1 and 0. What is far too large stays so, within what arrays can hold."""
    try:
        return max(-LARGEST, min(int(text), LARGEST))
    except ValueError:
        return {"true": 1, "false": 0}.get(text.casefold(), default)


def read_decimal(text: str, default: float) -> float:
    """A number that is neither infinite nor undefined."""
    try:
        number = float(text)
    except ValueError:
        return default
    return number if abs(number) < 1e15 else default


def read_flag(text: str) -> bool:
    """Whether a value is 1."""
    return read_number(text, 0) == 1


def read_duration(text: str) -> int | None:
    """An ISO duration such as PT8H30M0S in ticks, rounded to the nearest."""
    found = DURATION.fullmatch(text)
    if found is None or len(text) < 3:
        return None
    sign, days, hours, minutes, seconds, fraction = found.groups()
    whole = ((int(days or 0) * 24 + int(hours or 0)) * 60 + int(minutes or 0)) * 60 + int(seconds or 0)
    per_tick = 60 // TICKS_PER_MINUTE
    ticks = round((whole + float(f"0.{fraction or 0}")) / per_tick)
    return -ticks if sign else ticks
