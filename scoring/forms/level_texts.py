"""Numbers and level scales as people type them."""

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from scoring.algorithms.definition import MOST_LEVELS

#: Thousands apart by commas, as spreadsheets write them.
GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+")


class Unreadable(ValueError):
    """What was typed is no number, or no list of levels; the sentence says why."""


def number_of(text: str, *, places: int = 4, is_percent: bool = False) -> Decimal:
    """A typed number: 1,200.5, 1 200,5, 80 %; shares of one are typed in percent.

    Raises:
        Unreadable: it is no number, or has too many digits.
    """
    bare = re.sub(r"[\s\u00a0\u202f'%$€£]", "", text).replace("−", "-")
    if "," in bare and "." in bare:
        bare = bare.replace(min(",.", key=bare.rindex), "").replace(",", ".")
    elif "," in bare:
        bare = bare.replace(",", "") if GROUPED.fullmatch(bare) else bare.replace(",", ".")
    try:
        number = Decimal(bare)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise Unreadable(f"“{text.strip()[:40]}” is no number. Write one, such as 1,200.5.")
    number = number / 100 if is_percent else number
    if abs(number) >= 10**13 or number != round(number, places):
        raise Unreadable(f"At most 13 digits before the point, and {places - 2 if is_percent else places} after it.")
    return number


def text_of(number: Any, *, is_percent: bool = False) -> str:
    """A number as `number_of` reads it."""
    value = Decimal(str(number))
    return f"{(value * 100 if is_percent else value).normalize():f}"


def levels_of(text: str, *, is_percent: bool = False) -> list[dict[str, Any]]:
    """Levels from lines of value, name and meaning, apart by bars or, as spreadsheets paste them, by tabs.

    Raises:
        Unreadable: a line has no value or no name; the sentence names the line.
    """
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        parts = [part.strip() for part in line.split("\t" if "\t" in line else "|", 2)]
        value, name, meaning = [*parts, "", ""][:3]
        if not value or not name:
            raise Unreadable(f"Line {number}: write value | name | meaning, such as 3 | High | Many would notice.")
        if len(name) > 80 or len(meaning) > 500:
            raise Unreadable(f"Line {number}: a name has at most 80 characters, a meaning at most 500.")
        try:
            exact = number_of(value, is_percent=is_percent)
        except Unreadable as error:
            raise Unreadable(f"Line {number}: {error}") from error
        found.append({"value": float(exact), "name": name, "meaning": meaning})
    if len(found) > MOST_LEVELS:
        raise Unreadable(f"A scale has at most {MOST_LEVELS} levels; these are {len(found)}.")
    return found


def text_of_levels(levels: Sequence[dict[str, Any]], *, is_percent: bool = False) -> str:
    """Levels as `levels_of` reads them."""
    bar = "\t" if any("|" in each["name"] for each in levels) else " | "
    rows = [(text_of(each["value"], is_percent=is_percent), each["name"], each.get("meaning", "")) for each in levels]
    return "\n".join(bar.join(part for part in row if part) for row in rows)
