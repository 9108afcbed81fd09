"""Durations, lags and predecessors as Microsoft Project writes them: `3d`, `2ew`, `12FS+3d, 14SS-50%`.

Units: m or min, h or hr, d or day, w or wk, mon; working time of 8 hours a day, 5 days a week and 20 days a month (the
defaults of Microsoft Project), or with a leading `e` elapsed time of 24 hours, 7 days and 30 days. Lags may also be in
per cent of the predecessor's duration (`%`, `e%`).

Source: Microsoft support, "Enter durations, lags and predecessors"; lengths are whole tenths of a minute.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

WORKING = {"m": 1, "h": 60, "d": 480, "w": 2_400, "mon": 9_600}
ELAPSED = {"m": 1, "h": 60, "d": 1_440, "w": 10_080, "mon": 43_200}
NAMES = {
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), "m"),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), "h"),
    **dict.fromkeys(("", "d", "dy", "day", "days"), "d"),
    **dict.fromkeys(("w", "wk", "wks", "week", "weeks"), "w"),
    **dict.fromkeys(("mo", "mon", "mons", "month", "months"), "mon"),
}
LENGTH = re.compile(r"^([+\-\u2212]?)\s*(\d{1,9}(?:[.,]\d{1,4})?)\s*(e?)([a-z]*|%)\s*\??$", re.IGNORECASE)
PREDECESSOR = re.compile(r"^(?:([^\\\s]{1,20})\\)?(\d{1,9})\s*(FS|SS|FF|SF)?\s*(.*)$", re.IGNORECASE)
TENTH = Decimal("0.1")
HOW = "Write 3d, 4h, 2w, or with e before the unit for elapsed time: 2ed."


@dataclass(frozen=True)
class Length:
    """A duration or a lag: minutes of working or elapsed time, or a share of the predecessor's duration."""

    minutes: Decimal = Decimal(0)
    ratio: Decimal = Decimal(0)
    is_elapsed: bool = False
    in_percent: bool = False

    @property
    def unit(self) -> str:
        """What a lag is counted in, as dependencies keep it."""
        if self.in_percent:
            return "elapsed_percent" if self.is_elapsed else "percent"
        return "elapsed" if self.is_elapsed else "working"


@dataclass(frozen=True)
class Predecessor:
    """One entry of a predecessor list: the row's number, the type of link, its lag; of another project its code."""

    number: int
    link_type: str
    lag: Length
    code: str = ""


def parse_length(text: str, *, is_lag: bool = False) -> Length:
    """Read a duration, or a lag, which may be negative or in per cent. A number alone is in days.

    Raises:
        ValueError: it is none; the sentence says how to write one.
    """
    found = LENGTH.match(text.strip())
    if found is None:
        raise ValueError(f"“{text.strip()[:40]}” is no {'lag' if is_lag else 'duration'}. {HOW}")
    sign, digits, elapsed, unit = found.groups()
    amount = Decimal(digits.replace(",", ".")) * (-1 if sign in ("-", "\u2212") and sign else 1)
    if unit == "%" and is_lag:
        return Length(ratio=amount / 100, is_elapsed=bool(elapsed), in_percent=True)
    word = NAMES.get(unit.lower())
    if word is None or (amount < 0 and not is_lag):
        raise ValueError(f"“{text.strip()[:40]}” is no {'lag' if is_lag else 'duration'}. {HOW}")
    sizes = ELAPSED if elapsed else WORKING
    return Length(minutes=(amount * sizes[word]).quantize(TENTH), is_elapsed=bool(elapsed))


def parse_predecessors(text: str) -> list[Predecessor]:
    """Read a list such as `12FS+3d, 14`; the type is FS where none is said, the lag nothing.

    Raises:
        ValueError: an entry is none, or a number comes twice; the sentence names it.
    """
    entries = [part.strip() for part in re.split(r"[,;]", text) if part.strip()]
    found = []
    for entry in entries:
        match = PREDECESSOR.match(entry)
        if match is None:
            raise ValueError(
                f"“{entry[:40]}” is no predecessor. Write a row's number, then the type and the lag: 12FS+3d."
            )
        code, number, kind, lag = match.groups()
        length = parse_length(lag, is_lag=True) if lag else Length()
        found.append(Predecessor(int(number), (kind or "FS").lower(), length, code or ""))
    numbers = [(one.code.upper(), one.number) for one in found]
    if len(set(numbers)) < len(numbers):
        twice = next(number for number in numbers if numbers.count(number) > 1)
        raise ValueError(f"Row {twice[1]} is named twice. Two activities have one dependency at most.")
    return found


def length_text(minutes: Decimal, *, is_elapsed: bool = False) -> str:
    """A length in the largest unit that writes it in whole or with one decimal: `3d`, `1.5w` is `7.5d`."""
    sizes = ELAPSED if is_elapsed else WORKING
    size = abs(minutes)
    for unit in ("d", "h", "m"):
        amount = (size / sizes[unit]).normalize()
        if amount == amount.quantize(TENTH) or unit == "m":
            sign = "\u2212" if minutes < 0 else ""
            return f"{sign}{amount.quantize(TENTH).normalize():f}{'e' if is_elapsed else ''}{unit}"
    raise AssertionError("Minutes write every length.")


def lag_text(unit: str, minutes: Decimal, ratio: Decimal) -> str:
    """A lag with its sign, nothing where there is none: `+3d`, `−50%`."""
    is_elapsed = unit.startswith("elapsed")
    if unit.endswith("percent"):
        text = f"{abs(ratio * 100).normalize():f}{'e' if is_elapsed else ''}%" if ratio else ""
        return text and ("\u2212" if ratio < 0 else "+") + text
    text = length_text(minutes, is_elapsed=is_elapsed) if minutes else ""
    return text if not text or minutes < 0 else f"+{text}"


def predecessor_text(number: int, link_type: str, lag: str, code: str = "") -> str:
    """An entry as a list shows it: `12`, `12SS`, `12FS+3d`, and of another project `EU-INGEST\\12`."""
    kind = link_type.upper()
    home = f"{code}\\" if code else ""
    return f"{home}{number}" if kind == "FS" and not lag else f"{home}{number}{kind}{lag}"
