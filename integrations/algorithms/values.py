"""Text as files hold it, turned into dates, amounts, shares and days, or refused in words."""

import datetime
import re
from decimal import Decimal, InvalidOperation

#: What stands in a cell that holds no value, in exports of spreadsheets, databases and data frames.
NO_VALUE = {
    "",
    "-",
    "–",
    "—",
    "n/a",
    "na",
    "nan",
    "nat",
    "none",
    "null",
    "nil",
    "#n/a",
    "#null!",
    "tbd",
    "tba",
    "(blank)",
    "not reported",
    "not available",
    "not applicable",
    "?",
}

#: How a day written with numbers is read; shapes that leave no doubt (2011-07-05, 5 Jul 2011) are always read.
DATE_ORDERS: dict[str, str] = {
    "dmy": "day first: 31/12/2026",
    "mdy": "month first: 12/31/2026",
    "excel": "day numbers of Excel: 46387",
}
DECIMALS: dict[str, str] = {".": "point: 1,234.56", ",": "comma: 1.234,56"}
MONTHS = {
    name: month
    for month, names in enumerate(
        (
            "jan january januar janvier enero",
            "feb february februar février fevrier febrero",
            "mar march märz maerz mär mars marzo",
            "apr april avril abril",
            "may mai mayo",
            "jun june juni juin junio",
            "jul july juli juillet julio",
            "aug august août aout agosto",
            "sep sept september septembre septiembre",
            "oct october okt oktober octobre octubre",
            "nov november novembre noviembre",
            "dec december dez dezember décembre decembre diciembre",
        ),
        start=1,
    )
    for name in names.split()
}
TIME = r"(?:[T\s]+\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:\s*[AaPp]\.?[Mm]\.?)?(?:\s*(?:Z|UTC|GMT|[+-]\d{2}:?\d{2}))?)?"
YEAR_FIRST = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){TIME}")
COMPACT = re.compile(r"((?:19|20|21)\d{2})(\d{2})(\d{2})")
BY_ORDER = re.compile(rf"(\d{{1,2}})[-/.](\d{{1,2}})[-/.](\d{{4}}|\d{{2}}){TIME}")
DAY_MONTH = re.compile(rf"(\d{{1,2}})(?:st|nd|rd|th|\.)?[\s/-]+([^\W\d_]+)\.?[\s,/-]+(\d{{4}}|\d{{2}}){TIME}", re.I)
MONTH_DAY = re.compile(rf"([^\W\d_]+)\.?[\s-]+(\d{{1,2}})(?:st|nd|rd|th)?[\s,-]+(\d{{4}}|\d{{2}}){TIME}", re.I)
WEEKDAY = re.compile(r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+", re.I)
EXCEL_EPOCH = datetime.date(1899, 12, 30)
#: No day and no number is written with more characters; what is longer is not even looked at.
LONGEST_VALUE = 80
EARLIEST, LATEST = datetime.date(1900, 1, 1), datetime.date(2200, 12, 31)

MAGNITUDES = {"k": 3, "tsd": 3, "m": 6, "mn": 6, "mio": 6, "million": 6, "millions": 6, "b": 9, "bn": 9, "billion": 9}
AMOUNT = re.compile(
    r"(?P<sign>[-+−–]?)\s*(?P<unit>[$€£¥₹]|[A-Za-z]{0,2}[$]|[A-Z]{3})?\s*(?P<sign2>[-−]?)"
    r"(?P<digits>\d[\d.,'’\s]*|[.,]\d+)(?P<power>[eE][+-]?\d{1,2})?\s*"
    r"(?P<size>k|tsd|mn|mio|millions?|m|bn|billion|b)?\.?\s*(?P<after>[$€£¥₹%]|[A-Z]{3})?",
    re.I,
)


class NotRead(ValueError):
    """The text is no value of the wanted kind; the message ends the sentence “… is”."""


class Ambiguous(NotRead):
    """The text is a day in two ways, and nobody has said which."""


def is_nothing(text: str) -> bool:
    """True for an empty cell and for the words that exports write instead of one."""
    return text.strip().casefold() in NO_VALUE


def _one_line(text: str, what: str) -> str:
    """A text with single spaces, so short that the patterns below read it at once.

    Raises:
        NotRead: no such value is so long.
    """
    words = " ".join(text.split())
    if len(words) > LONGEST_VALUE:
        raise NotRead(f"no {what}")
    return words


def parse_date(text: str, order: str = "") -> datetime.date:
    """A day.

    Args:
        order: dmy, mdy or excel, for days written with numbers; empty reads only what leaves no doubt.
    Raises:
        Ambiguous: 03/04/2026 without an order.
        NotRead: no day, or one outside 1900 to 2200.
    """
    words = WEEKDAY.sub("", _one_line(text, "date"))
    if order == "excel" and re.fullmatch(r"\d{4,6}(\.\d+)?", words):
        return _within(EXCEL_EPOCH + datetime.timedelta(days=int(float(words))), text)
    if match := YEAR_FIRST.fullmatch(words) or COMPACT.fullmatch(words):
        return _day(match[1], match[2], match[3], text)
    if match := BY_ORDER.fullmatch(words):
        return _by_order(match[1], match[2], match[3], order, text)
    if (match := DAY_MONTH.fullmatch(words)) and match[2].casefold() in MONTHS:
        return _day(match[3], str(MONTHS[match[2].casefold()]), match[1], text)
    if (match := MONTH_DAY.fullmatch(words)) and match[1].casefold() in MONTHS:
        return _day(match[3], str(MONTHS[match[1].casefold()]), match[2], text)
    raise NotRead("no date")


def parse_month(text: str, order: str = "") -> datetime.date:
    """A month by its first day: 2026-03, 03/2026, Mar 2026, or any day in it.

    Raises:
        Ambiguous, NotRead: as `parse_date` says.
    """
    words = _one_line(text, "month")
    if match := re.fullmatch(r"(\d{4})[-/.](\d{1,2})", words):
        return _day(match[1], match[2], "1", text)
    if match := re.fullmatch(r"(\d{1,2})[-/.](\d{4})", words):
        return _day(match[2], match[1], "1", text)
    if (match := re.fullmatch(r"([^\W\d_]+)\.?[\s-]+(\d{4}|\d{2})", words)) and match[1].casefold() in MONTHS:
        return _day(match[2], str(MONTHS[match[1].casefold()]), "1", text)
    return parse_date(text, order).replace(day=1)


def _by_order(first: str, second: str, year: str, order: str, text: str) -> datetime.date:
    if order not in {"dmy", "mdy"}:
        if int(first) <= 12 and int(second) <= 12 and first != second:
            raise Ambiguous("a date in two ways, with the day or the month first")
        order = "dmy" if int(first) > 12 or "." in text else "mdy"
    day, month = (first, second) if order == "dmy" else (second, first)
    return _day(year, month, day, text)


def _day(year: str, month: str, day: str, text: str) -> datetime.date:
    number = int(year)
    if len(year) == 2:
        number += 2000 if number < 69 else 1900
    try:
        return _within(datetime.date(number, int(month), int(day)), text)
    except ValueError as error:
        raise error if isinstance(error, NotRead) else NotRead("no day of the calendar") from None


def _within(day: datetime.date, text: str) -> datetime.date:
    if not EARLIEST <= day <= LATEST:
        raise NotRead(f"a date outside {EARLIEST.year} to {LATEST.year}")
    return day


def parse_number(text: str, decimal: str = ".") -> Decimal:
    """A number as people write amounts: $1,234.50, (3.2), 1.234,50 €, 1.2M, 12%.

    Args:
        decimal: the decimal sign, a point or a comma; the other one groups thousands.
    Raises:
        NotRead: no number, or one grouped so that it would mean something else.
    """
    words = _one_line(text, "number")
    is_negative = words.startswith("(") and words.endswith(")")
    match = AMOUNT.fullmatch(words.strip("()") if is_negative else words)
    if match is None:
        raise NotRead("no number")
    value = Decimal(_plain_digits(match["digits"].strip(), decimal))
    if match["power"]:
        value = value.scaleb(int(match["power"][1:]))
    if match["size"]:
        value = value.scaleb(MAGNITUDES[match["size"].casefold()])
    if match["after"] == "%":
        value = value.scaleb(-2)
    if is_negative or match["sign"] in {"-", "−", "–"} or match["sign2"]:
        value = -value
    return value


def _plain_digits(digits: str, decimal: str) -> str:
    """Digits with a point at most, after checking that what groups them does so in threes."""
    whole, sign, fraction = digits.rpartition(decimal)
    if not sign:
        whole, fraction = digits, ""
    group = "," if decimal == "." else "."
    if decimal in whole or group in fraction or re.search(r"\D", fraction):
        raise NotRead(f"no number with a decimal {'point' if decimal == '.' else 'comma'}")
    parts = re.split(r"[.,'’\s]", whole)
    # 0.042 is no grouped number: groups of three follow one to three digits that do not begin with zero.
    grouped = all(len(part) == 3 for part in parts[1:]) and 1 <= len(parts[0]) <= 3 and parts[0][0] != "0"
    if len(parts) > 1 and not grouped:
        raise NotRead(f"no number with a decimal {'point' if decimal == '.' else 'comma'}")
    try:
        return str(Decimal(f"{''.join(parts) or '0'}.{fraction or '0'}"))
    except InvalidOperation:
        raise NotRead("no number") from None


def parse_days(text: str, decimal: str = ".") -> int:
    """A whole number of days; 94.0 is one, 94.5 is not."""
    words = re.sub(r"\s?(d|days?|calendar days?|tage?)\.?$", "", _one_line(text, "number"), flags=re.I)
    number = parse_number(words, decimal)
    if number != number.to_integral_value():
        raise NotRead("no whole number of days")
    if abs(number) > 100_000:
        raise NotRead("more days than there are in 270 years")
    return int(number)
