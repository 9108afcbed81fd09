"""Cells of a workbook as the text that a CSV file of the same sheet would hold.

Source: ECMA-376 part 1, 18.8.30 (number formats) and 18.17.4 (dates and times).
"""

import datetime
import re
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation

#: Excel shows so many digits of a number; what stands behind them is the tail of a binary fraction.
DIGITS = 15
#: No number is written with more characters, and none is larger or smaller by more digits.
LONGEST_NUMBER, FARTHEST = 64, 308
AS_SHOWN = Context(prec=DIGITS, rounding=ROUND_HALF_UP)
#: A number that is written as Excel shows it.
SHORT = re.compile(r"-?(?:0|[1-9]\d{0,6})(?:\.\d{0,6}[1-9])?")
#: Number formats that every workbook has: id -> what they show.
BUILT_IN: dict[int, str] = {
    **dict.fromkeys((9, 10), "percent"),
    **dict.fromkeys((*range(14, 18), *range(27, 32), 34, 35, 36, *range(50, 59)), "day"),
    **dict.fromkeys((18, 19, 20, 21, 32, 33), "time"),
    22: "day",
    **dict.fromkeys((45, 46, 47), "length"),
}
#: What of a format is written as it stands: quoted words, escaped signs, widths, colors and locales.
LITERAL = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.I)
LENGTH = re.compile(r"\[(h+|m+|s+)\]", re.I)
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
LONE = re.compile("[\ud800-\udfff]")
REPLACED = "\ufffd"
#: The first day of the two calendars of workbooks; the older counts a 29 February 1900 that there never was.
FROM_1900, FROM_1904 = datetime.date(1899, 12, 30), datetime.date(1904, 1, 1)
LEAP_BUG, LAST_DAY = 60, 2_958_465
SECONDS = 86_400


def shown_by(code: str) -> str:
    """What a number format shows: number, percent, day, time or length (hours beyond 24)."""
    first = LITERAL.sub("", code.partition(";")[0]).casefold()
    if first == "general":
        return "number"
    if LENGTH.search(first):
        return "length"
    signs = first.replace("am/pm", "h").replace("a/p", "h")
    if "y" in signs or "d" in signs:
        return "day"
    if "h" in signs or "s" in signs:
        return "time"
    if "m" in signs:
        return "day"
    return "percent" if "%" in signs else "number"


def number_text(text: str, shown: str = "number", *, is_from_1904: bool = False) -> str:
    """A number of a workbook as text: a day as ISO, a share with its percent sign, an amount without a binary tail.

    Args:
        shown: what the cell's number format shows (`shown_by`).
    """
    if shown == "number" and SHORT.fullmatch(text) and text != "-0":
        return text
    text = text.strip()
    if shown == "number" and text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER:
        return text  # a key of many digits, which another program than Excel wrote
    number = _exact(text)
    if number is None:
        return text
    if shown in {"day", "time"} and (words := _moment(number, shown, is_from_1904=is_from_1904)):
        return words
    if shown == "length" and number >= 0:
        return _clock(int((number * SECONDS).to_integral_value()))
    return f"{_plain(number.scaleb(2))}%" if shown == "percent" else _plain(number)


def _exact(text: str) -> Decimal | None:
    """A number in the digits that Excel shows of it; None where the text is none."""
    if len(text) > LONGEST_NUMBER:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number.adjusted()) > FARTHEST:
        return None
    return AS_SHOWN.plus(number)


def _plain(number: Decimal) -> str:
    """Digits without an exponent, without zeros behind the decimals, and without a minus before zero."""
    text = format(number, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def _moment(number: Decimal, shown: str, *, is_from_1904: bool) -> str:
    """A day, a time, or both; empty where the number is neither in this calendar."""
    day, seconds = divmod(int((number * SECONDS).to_integral_value()), SECONDS)
    if number < 0 or day > LAST_DAY:
        return ""
    if day == 0 and not is_from_1904:
        return _clock(seconds) if shown == "time" or seconds else ""
    if day == 0 and shown == "time":
        return _clock(seconds)
    date = _day(day, is_from_1904=is_from_1904)
    return f"{date} {_clock(seconds)}" if seconds else date


def _day(day: int, *, is_from_1904: bool) -> str:
    if is_from_1904:
        return (FROM_1904 + datetime.timedelta(days=min(day, LAST_DAY - 1_462))).isoformat()
    if day == LEAP_BUG:
        return "1900-02-29"
    return (FROM_1900 + datetime.timedelta(days=day + (day < LEAP_BUG))).isoformat()


def _clock(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    clock = f"{minutes // 60:02}:{minutes % 60:02}"
    return f"{clock}:{rest:02}" if rest else clock


def unescaped(text: str) -> str:
    """Text of a workbook, where signs that XML cannot hold are written as _x0007_."""
    if "_x" not in text:
        return text
    return LONE.sub(REPLACED, ESCAPED.sub(lambda match: chr(int(match[1], 16)), text))
