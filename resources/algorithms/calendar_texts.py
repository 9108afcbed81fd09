"""Working calendars as people type them: hours of a day, lines of exceptions, lines of other weeks."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from resources.algorithms.calendar_rows import DAY_NAMES, MINUTES_PER_DAY, clock

#: What a person may write where nothing is worked.
NOTHING = {"", "-", "–", "off", "day off", "free", "closed", "none"}
DATE = r"\d{4}-\d{1,2}-\d{1,2}"
SHIFT = re.compile(r"(\d{1,2})(?::(\d{2}))?\s*(?:-|–|to)\s*(\d{1,2})(?::(\d{2}))?")
#: In running text only times with minutes are times: “Shutdown 1-2” is a name.
HOURS_AT_END = re.compile(r"(?:^|\s)((?:\d{1,2}:\d{2}\s*[-–]\s*\d{1,2}:\d{2}(?:\s*[,;]\s*)?)+)$")
DATES_AT_BEGIN = re.compile(rf"({DATE})(?:\s*(?:,|;|to|–|-)?\s*({DATE}))?(.*)")
DAYS = "|".join(name[:3] for name in DAY_NAMES)
DAY_GROUP = re.compile(rf"({DAYS})[a-z]*(?:\s*[-–]\s*({DAYS})[a-z]*)?:?\s+(.*)", re.IGNORECASE)
WEEK_BEGINS = re.compile(
    rf"(?:^|[\s:])(?=(?:{DAYS})[a-z]*(?:\s*[-–]\s*(?:{DAYS})[a-z]*)?:?\s+(?:\d|off|free))", re.IGNORECASE
)


class Unreadable(ValueError):
    """Text that is no hours, no exception or no week; the sentence says which line and how to write it."""


def shifts_of(text: str) -> list[list[int]]:
    """The shifts of a day: “8:00-12:00, 13:00-17:00”; “22:00-6:00” ends on the next day.

    Raises:
        Unreadable: a part is no shift. Order and overlap are for `calendar_of` to judge.
    """
    if text.strip().lower() in NOTHING:
        return []
    return [_shift(part.strip()) for part in re.split(r"[,;]", text) if part.strip()]


def _shift(part: str) -> list[int]:
    found = SHIFT.fullmatch(part)
    if found is None:
        raise Unreadable(f"“{part[:40]}” is not a shift like 8:00-12:00.")
    from_hour, from_minute, to_hour, to_minute = (int(one or 0) for one in found.groups())
    if max(from_minute, to_minute) > 59 or from_hour >= 24 or to_hour > 48:
        raise Unreadable(f"“{part}” is not a time of day: hours go from 0:00 to 24:00.")
    start, end = from_hour * 60 + from_minute, to_hour * 60 + to_minute
    if start == end:
        raise Unreadable(f"“{part}” ends when it begins; the whole day is 0:00-24:00.")
    return [start, end if end > start else end + MINUTES_PER_DAY]


def text_of(shifts: Any) -> str:
    """The hours of a day as `shifts_of` reads them."""
    return ", ".join(f"{clock(start)}-{clock(end)}" for start, end in shifts)


def exceptions_of(text: str) -> list[dict[str, Any]]:
    """Exceptions, one a line: first day, last day (may be left out), name, hours (none is a day off).

    Cells pasted from a spreadsheet are told apart by tabs, typed ones by their shape.
    Raises:
        Unreadable: a line has no date or unreadable hours; the sentence names the line.
    """
    return [_exception(number, line) for number, line in _lines(text)]


def _exception(number: int, line: str) -> dict[str, Any]:
    first, last, name, hours = _cells(number, line) if "\t" in line.strip() else _parts(number, line)
    try:
        shifts = shifts_of(hours)
    except Unreadable as error:
        raise Unreadable(f"Line {number}: {error}") from error
    return {"name": name, "first": _iso(first), "last": _iso(last or first), "shifts": shifts}


def _cells(number: int, line: str) -> tuple[str, str, str, str]:
    cells = [cell.strip() for cell in line.split("\t")]
    first, last, name, hours = (*cells[:4], "", "", "")[:4]
    if len(cells) > 4 and any(cells[4:]):
        raise Unreadable(f"Line {number} has {len(cells)} columns; they are first day, last day, name and hours.")
    for cell in (first, last):
        if not (re.fullmatch(DATE, cell) or (cell == "" and cell is last)):
            raise Unreadable(f"Line {number}: “{cell[:40]}” is not a date like 2026-12-24.")
    return first, last, name, hours


def _parts(number: int, line: str) -> tuple[str, str, str, str]:
    first, last, rest = _dates(number, line)
    if found := HOURS_AT_END.search(rest):
        return first, last, rest[: found.start()].strip(" ,;:"), found[1]
    return first, last, rest, ""


def _dates(number: int, line: str) -> tuple[str, str, str]:
    found = DATES_AT_BEGIN.fullmatch(line.strip())
    if found is None:
        raise Unreadable(f"Line {number}: “{line.strip()[:40]}” does not begin with a date like 2026-12-24.")
    first, last, rest = found.groups()
    return first, last or "", re.sub(r"\s+", " ", rest).strip(" ,;:")


def _iso(text: str) -> str:
    year, month, day = text.split("-")
    return f"{year}-{month:0>2}-{day:0>2}"


def _lines(text: str) -> Iterator[tuple[int, str]]:
    return ((number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip())


def text_of_exceptions(exceptions: Any) -> str:
    """The lines that `exceptions_of` reads, in four columns parted by tabs."""
    cells = ((one["first"], one["last"], one.get("name", ""), text_of(one["shifts"])) for one in exceptions)
    return "\n".join("\t".join(row).rstrip("\t") if row[2] or row[3] else "\t".join(row[:2]) for row in cells)


def weeks_of(text: str) -> list[dict[str, Any]]:
    """Other weeks, one a line: “2026-07-01 2026-08-31 Summer: Mon-Fri 6:00-14:00; Sat 8:00-12:00”.

    Raises:
        Unreadable: a line has no two dates or no days with hours; the sentence names the line.
    """
    return [_other_week(number, line) for number, line in _lines(text)]


def _other_week(number: int, line: str) -> dict[str, Any]:
    first, last, rest = _dates(number, line)
    found = WEEK_BEGINS.search(rest)
    if not last or found is None:
        raise Unreadable(
            f"Line {number} is not two dates, a name and a week, like "
            "“2026-07-01 2026-08-31 Summer: Mon-Fri 6:00-14:00; Sat 8:00-12:00”."
        )
    try:
        week = _week(rest[found.end() :])
    except Unreadable as error:
        raise Unreadable(f"Line {number}: {error}") from error
    return {"name": rest[: found.start()].strip(" :"), "first": _iso(first), "last": _iso(last), "week": week}


def _week(text: str) -> list[list[list[int]]]:
    week: list[list[list[int]]] = [[] for _ in DAY_NAMES]
    for part in filter(None, (one.strip() for one in text.split(";"))):
        found = DAY_GROUP.fullmatch(part)
        if found is None:
            raise Unreadable(f"“{part[:40]}” does not begin with days, like Mon-Fri or Sat.")
        first, last = _day_number(found[1]), _day_number(found[2] or found[1])
        for day in range(first, last + 1 if last >= first else last + 8):
            week[day % 7] = shifts_of(found[3])
    return week


def _day_number(text: str) -> int:
    return [name[:3].lower() for name in DAY_NAMES].index(text.lower())


def text_of_weeks(weeks: Any) -> str:
    """The lines that `weeks_of` reads."""
    return "\n".join(
        f"{one['first']} {one['last']} {one.get('name', '')}".rstrip() + f": {week_in_words(one['week'])}"
        for one in weeks
    )


def week_in_words(week: Any) -> str:
    """A week in one line, alike days together: “Mon-Fri 8:00-12:00, 13:00-17:00; Sat off”; days off at its ends are
    said only where the whole week is."""
    parts = []
    for hours, days in groupby(range(7), key=lambda day: text_of(week[day])):
        if hours:
            parts.append(f"{_span(list(days))} {hours}")
    return "; ".join(parts) or "Mon-Sun off"


def _span(days: Sequence[int]) -> str:
    first, last = (DAY_NAMES[day][:3] for day in (days[0], days[-1]))
    return first if first == last else f"{first}-{last}"


def exceptions_in_words(exceptions: Any, most: int = 6) -> str:
    """Exceptions in one line, for the history; the first so many, and how many more there are."""
    told = []
    for one in exceptions[:most]:
        days = one["first"] if one["first"] == one["last"] else f"{one['first']} to {one['last']}"
        told.append(" ".join(filter(None, (days, one.get("name", ""), text_of(one["shifts"]) or "off"))))
    more = len(exceptions) - len(told)
    return ", ".join(told) + (f" and {more:,} more" if more > 0 else "")
