"""Numbers as people type them into a cell: 1,850, 0.5, 0,5, 80 %."""

import re
from decimal import Decimal

LONGEST = 40
GROUPED = re.compile(r"[1-9]\d{0,2}(?P<mark>[,' ’])\d{3}(?:(?P=mark)\d{3})*(?:\.\d+)?")
PLAIN = re.compile(r"(?:\d+(?:[.,]\d*)?|[.,]\d+)")


def typed_number(text: str) -> Decimal | None:
    """A number: 1,850 and 1 850 and 1850, 0.5 and 0,5 and .5, -3 with either minus; None for an empty text or a dash.

    A comma before exactly three last digits groups thousands, unless nothing but zero stands before it; else it is a
    decimal comma.

    Raises:
        ValueError: it is no number; the message is a sentence.
    """
    words = " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())
    if not words or words in {"-", "–"}:
        return None
    is_negative = words[0] in "-−–"
    digits = words[1:].strip() if is_negative else words.removeprefix("+")
    if len(words) > LONGEST:
        raise ValueError(f"“{words[:LONGEST]}…” is no number, such as 1,850 or 0.5.")
    if GROUPED.fullmatch(digits):
        digits = re.sub(r"[,'’ ]", "", digits)
    elif PLAIN.fullmatch(digits):
        digits = digits.replace(",", ".")
    else:
        raise ValueError(f"“{words}” is no number, such as 1,850 or 0.5.")
    value = Decimal(f"0{digits}" if digits[0] == "." else digits.removesuffix("."))
    return -value if is_negative else value


def typed_share(text: str) -> Decimal | None:
    """A percentage as a share of one: 80 and 80% and 80 % are 0.8; None for an empty text.

    Raises:
        ValueError: it is no number; the message is a sentence.
    """
    words = text.strip()
    value = typed_number(words.removesuffix("%"))
    return None if value is None else value / 100
