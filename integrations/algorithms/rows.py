"""One row of cells, read by a mapping: typed values, what it points at, and what could not be read, in words."""

import datetime
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from integrations.algorithms.catalog import KINDS, choice_label
from integrations.algorithms.mapping import Mapping as ColumnMapping
from integrations.algorithms.mapping import Source
from integrations.algorithms.meanings import meant
from integrations.algorithms.sayings import parse_domain, parse_instant, parse_language, parse_rating, settle_words
from integrations.algorithms.targets import Target
from integrations.algorithms.values import (
    EARLIEST,
    LATEST,
    Ambiguous,
    NotRead,
    is_nothing,
    parse_date,
    parse_days,
    parse_month,
    parse_number,
)
from integrations.algorithms.words import visible
from resources.algorithms.fte import MOST_FTE, STEP

ERROR, NOTE = "error", "note"
YES, NO = {"yes", "y", "true", "1", "x"}, {"no", "n", "false", "0"}
LARGEST_AMOUNT = Decimal(10) ** 14
LONGEST_KEY = 200
CENT, TEN_THOUSANDTH = Decimal("0.01"), Decimal("0.0001")
#: Put in front of a formula by exports, ours among them, so that a spreadsheet does not run it.
DISARMED = re.compile(r"^'(?=[=+\-@\t\r\n])")


@dataclass(frozen=True, slots=True)
class Message:
    """What a person should know about a row: an error keeps it out, a note does not."""

    level: str
    code: str
    text: str
    target: str = ""
    column: str = ""
    value: str = ""

    def as_json(self) -> dict[str, str]:
        return {
            "level": self.level,
            "code": self.code,
            "text": self.text,
            "target": self.target,
            "column": self.column,
            "value": self.value[:200],
        }


@dataclass(slots=True)
class Reading:
    """What a row says. A value of None clears the field; a field that is absent is left as it is."""

    values: dict[str, Any] = field(default_factory=dict)
    references: dict[str, str] = field(default_factory=dict)
    persons: dict[str, str] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)

    @property
    def key(self) -> str:
        return str(self.values.get("external_key", ""))

    @property
    def name(self) -> str:
        return str(self.values.get("name", ""))

    @property
    def has_errors(self) -> bool:
        return any(message.level == ERROR for message in self.messages)

    def column_of(self, target: str) -> str:
        return next((message.column for message in self.messages if message.target == target), "")


class RowReader:
    """Reads the rows of one file; made once per file."""

    def __init__(self, kind: str, header: Sequence[str], mapping: ColumnMapping) -> None:
        self.kind = KINDS[kind]
        self.mapping = mapping
        self.fields: list[tuple[int, str, Target, Source]] = [
            (place, name, self.kind.by_target[source.to], source)
            for place, name in enumerate(header)
            if (source := mapping.columns.get(name)) is not None and source.to in self.kind.by_target
        ]
        self.imported_places = {place for place, *_ in self.fields}
        self.readers: dict[str, Callable[[str, Target, Source], Any]] = {
            "key": _key,
            "code": _text,
            "text": _text,
            "prose": _text,
            "date": lambda text, target, source: parse_date(text, source.order),
            "instant": lambda text, target, source: parse_instant(text, source.order),
            "rating": lambda text, target, source: parse_rating(text),
            "language": lambda text, target, source: parse_language(text),
            "domain": lambda text, target, source: parse_domain(text),
            "email": _text,
            "url": _text,
            "month": lambda text, target, source: parse_month(text, source.order),
            "days": lambda text, target, source: _positive(parse_days(text, source.decimal or "."), target),
            "money": _money,
            "number": _number,
            "flag": _flag,
            "ratio": _ratio,
            "choice": self._choice,
        }

    def read(self, cells: Sequence[str], faults: Sequence[Mapping[str, Any]] = ()) -> Reading:
        """What a row says.

        Args:
            faults: what was wrong with it in the file (`records.Fault`); in a column that is not imported it is none.
        """
        reading = Reading()
        broken: set[int] = set()
        for fault in faults:
            place = fault["column"]
            if place is None or place in self.imported_places:
                name, column = self._field_at(place)
                reading.messages.append(Message(ERROR, fault["code"], fault["text"], name, column))
                broken.add(-1 if place is None else place)
        for place, column, target, source in self.fields:
            text = visible(cells[place]) if place < len(cells) else ""
            if place not in broken and text:
                self._take(reading, column, target, source, text)
        if not reading.has_errors:
            try:
                _derive(reading, self.kind.name)
            except NotRead as problem:
                reading.messages.append(
                    Message(ERROR, "day_out_of_range", f"Its durations and delays lead to {problem}.")
                )
            reading.messages += order_of_days(reading.values)
        return reading

    def default(self, target_name: str, text: str) -> Any:
        """The value that new rows get where the file says nothing.

        Raises:
            NotRead: the text is no such value.
        """
        target = self.kind.by_target[target_name]
        return self.readers[target.type](text.strip(), target, Source(target.name))

    def _field_at(self, place: int | None) -> tuple[str, str]:
        return next(((target.name, column) for at, column, target, _ in self.fields if at == place), ("", ""))

    def _take(self, reading: Reading, column: str, target: Target, source: Source, text: str) -> None:
        text = DISARMED.sub("", text)
        if target.type in {"reference", "person", "choice"} and text in source.values:
            text = source.values[text]
            if not text:
                return
        if (target.is_soft or target.type not in {"text", "prose", "key", "code"}) and is_nothing(text):
            return
        if target.type in {"reference", "person"}:
            (reading.references if target.type == "reference" else reading.persons)[target.name] = text
            return
        try:
            value = self.readers[target.type](text, target, source)
        except NotRead as problem:
            reading.messages.append(_not_read(text, target, column, problem))
            return
        if target.type == "prose" and target.name in reading.values:
            value = f"{reading.values[target.name]}\n\n{column}: {value}"
        if isinstance(value, str) and len(value) > _longest(target):
            reading.messages.append(_too_long(value, target, column))
            if not target.is_soft:
                return
            value = f"{value[: _longest(target) - 1].rstrip()}…"
        reading.values[target.name] = value

    def _choice(self, text: str, target: Target, source: Source) -> str:
        if text in target.choices:
            return text
        choice = meant(self.kind.name, target.name, text, is_rating=source.is_rating)
        if choice is None:
            offered = ", ".join(choice_label(choice).lower() for choice in target.choices)
            raise NotRead(f"no {target.label.lower()} that is known here ({offered}). Say what it means")
        return choice


def _not_read(text: str, target: Target, column: str, problem: NotRead) -> Message:
    kind = "date" if target.type == "instant" else target.type
    code = "ambiguous_date" if isinstance(problem, Ambiguous) else f"not_a_{kind}"
    shown = text if len(text) <= 60 else f"{text[:59]}…"
    said = f"“{shown}” in column “{column}” is {problem}"
    if target.is_soft:
        return Message(NOTE, code, f"{said}, so that the field stays open.", target.name, column, text)
    return Message(ERROR, code, f"{said}.", target.name, column, text)


def _too_long(value: str, target: Target, column: str) -> Message:
    most = f"{_longest(target):,}"
    held = f"Column “{column}” holds {len(value):,} characters; "
    if target.is_soft:
        return Message(NOTE, "cut", f"{held}of them the first {most} are kept.", target.name, column, value)
    text = f"{held}a {target.label.lower()} may have {most}."
    return Message(ERROR, "too_long", text, target.name, column, value)


def _longest(target: Target) -> int:
    return LONGEST_KEY if target.type == "key" else target.longest


def _key(text: str, target: Target, source: Source) -> str:
    return " ".join(text.split())


def _text(text: str, target: Target, source: Source) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text if target.type == "prose" else " ".join(text.split())


def _positive(number: Any, target: Target) -> Any:
    if target.at_least_zero and number < 0:
        raise NotRead("negative, and this has to be zero or more")
    return number


def _money(text: str, target: Target, source: Source) -> Decimal:
    amount = _positive(parse_number(text, source.decimal or ".") * source.scale, target)
    if abs(amount) >= LARGEST_AMOUNT:
        raise NotRead("larger than any amount that is kept here (99,999,999,999,999.99)")
    return Decimal(amount).quantize(CENT)


def _number(text: str, target: Target, source: Source) -> Decimal:
    number = _positive(parse_number(text, source.decimal or "."), target)
    if number > MOST_FTE or number != number.quantize(STEP):
        raise NotRead("no number from 0 to 1,000 with at most three decimals")
    return Decimal(number)


def _flag(text: str, target: Target, source: Source) -> bool:
    word = text.casefold()
    if word not in YES | NO:
        raise NotRead("neither yes nor no")
    return word in YES


def _ratio(text: str, target: Target, source: Source) -> Decimal:
    number = parse_number(text, source.decimal or ".")
    share = number if text.rstrip().endswith("%") else number * source.scale
    if target.name == "revenue_growth_ratio":
        if abs(share) > 999:
            raise NotRead("a growth of more than 99,900 %")
    elif not 0 <= share <= 1:
        raise NotRead("no share from 0 to 100 %")
    return share.quantize(TEN_THOUSANDTH)


def _derive(reading: Reading, kind: str) -> None:
    """Days and amounts that follow from durations, delays and variances, and keys that follow from what was said, where
    they are not given themselves."""
    values = reading.values
    if kind == "feedback_item":
        settle_words(values)
    length, late = values.pop("planned_days", None), values.pop("start_delay_days", None)
    took, slip = values.pop("actual_days", None), values.pop("finish_delay_days", None)
    variance = values.pop("cost_variance_amount", None)
    start = values.get("planned_start_date")
    if length is not None and "planned_finish_date" not in values and start:
        values["planned_finish_date"] = _last_day(start, length)
    if late is not None and "actual_start_date" not in values and start and values.get("status") != "not_started":
        values["actual_start_date"] = _after(start, late)
    begun = values.get("actual_start_date") or start
    if took is not None and "actual_finish_date" not in values and begun:
        values["actual_finish_date"] = _last_day(begun, took)
    finish = values.get("planned_finish_date")
    if slip is not None and "expected_finish_date" not in values and finish:
        values["expected_finish_date"] = _after(finish, slip) if slip else None
    planned, actual = (
        ("budget_amount", "actual_amount") if kind == "project" else ("planned_cost_amount", "actual_cost_amount")
    )
    if variance is not None and actual not in values and planned in values:
        values[actual] = values[planned] - variance
    for length_given, needed, what in (
        (length, start, "a duration, but no planned start: its finish stays open"),
        (late, start, "a delay of the start, but no planned start: its actual start stays open"),
        (slip, finish, "a delay, but no planned finish: its expected finish stays open"),
    ):
        if length_given is not None and not needed:
            reading.messages.append(Message(NOTE, "not_derived", f"There is {what}."))


def _last_day(first: datetime.date, days: int) -> datetime.date:
    """The last of `days` calendar days from `first`; no day at all ends where it began."""
    return _after(first, max(days, 1) - 1)


def _after(first: datetime.date, days: int) -> datetime.date:
    """So many days later, or earlier.

    Raises:
        NotRead: no project takes place then.
    """
    day = first + datetime.timedelta(days=days)
    if not EARLIEST <= day <= LATEST:
        raise NotRead(f"a date outside {EARLIEST.year} to {LATEST.year}")
    return day


ORDERS = (
    ("planned_start_date", "planned_finish_date", "finish", "starts"),
    ("actual_start_date", "actual_finish_date", "have finished", "started"),
)


def order_of_days(values: Mapping[str, Any]) -> list[Message]:
    """What is wrong with starts and finishes that are both known."""
    messages = []
    for first, last, verb, began in ORDERS:
        start, finish = values.get(first), values.get(last)
        if start and finish and finish < start:
            text = f"It cannot {verb} on {finish.isoformat()}, before it {began} on {start.isoformat()}."
            messages.append(Message(ERROR, "finish_before_start", text, last))
    return messages
