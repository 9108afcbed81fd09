"""Custom fields of a Microsoft Project XML file that have a meaning here, found by alias or by long usage.

Source: numbers of the fields are those of the MSPDI schema (Text1 is 188743731, Duration1 is 188743783); Project's PERT
toolbar kept optimistic, expected and pessimistic durations in Duration1, Duration2 and Duration3.
"""

from collections.abc import Mapping
from decimal import Decimal

from integrations.algorithms.mspdi_values import read_duration
from resources.algorithms.calendars import LONGEST_TICKS

OPTIMISTIC, LIKELY, PESSIMISTIC = "optimistic", "likely", "pessimistic"
DELAY_GROUP, KEY = "delay group", "key"
DURATIONS = {OPTIMISTIC: 188743783, LIKELY: 188743784, PESSIMISTIC: 188743785}
#: Where our own files keep them: number, name in Project, alias.
FIELDS = {
    DELAY_GROUP: (188743731, "Text1", "Team or supplier"),
    KEY: (188743734, "Text2", "Portolan key"),
    OPTIMISTIC: (188743783, "Duration1", "Optimistic duration"),
    LIKELY: (188743784, "Duration2", "Most likely duration"),
    PESSIMISTIC: (188743785, "Duration3", "Pessimistic duration"),
}
#: Part of an alias -> what the field holds. The first that fits counts.
WORDS = {
    "optimistic": OPTIMISTIC,
    "most likely": LIKELY,
    "likely": LIKELY,
    "expected duration": LIKELY,
    "pessimistic": PESSIMISTIC,
}
Estimates = tuple[Decimal | None, Decimal | None, Decimal | None]
NO_ESTIMATES: Estimates = (None, None, None)


def named_fields(aliases: Mapping[int, str]) -> dict[str, int]:
    """Meaning -> number of the field, for a file whose custom fields have these aliases."""
    found: dict[str, int] = {}
    for meaning in (DELAY_GROUP, KEY):
        number, _, alias = FIELDS[meaning]
        if aliases.get(number, "").casefold() == alias.casefold():
            found[meaning] = number
    for number, alias in aliases.items():
        meaning = next((WORDS[word] for word in WORDS if word in alias.casefold()), "")
        if meaning:
            found.setdefault(meaning, number)
    if not found.keys() & DURATIONS.keys() and not any(aliases.get(number) for number in DURATIONS.values()):
        found |= DURATIONS
    return found if found.keys() >= DURATIONS.keys() else {k: v for k, v in found.items() if k not in DURATIONS}


def estimates_of(values: Mapping[int, str], fields: Mapping[str, int]) -> Estimates:
    """The three durations of a task in minutes; none where one is missing, or they are not in order."""
    if not fields.keys() >= DURATIONS.keys():
        return NO_ESTIMATES
    lengths = [read_duration(values.get(fields.get(name, -1), "")) for name in DURATIONS]
    given = [length for length in lengths if length is not None and 0 <= length <= LONGEST_TICKS]
    if len(given) < 3 or given != sorted(given) or not given[-1]:
        return NO_ESTIMATES
    return Decimal(given[0]) / 10, Decimal(given[1]) / 10, Decimal(given[2]) / 10
