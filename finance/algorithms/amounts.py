"""Amounts as people type them and spreadsheets paste them."""

import re
from decimal import Decimal

LONGEST = 40
SHAPE = re.compile(
    r"(?P<sign>[-+−–]?)\s*(?:[$€£¥₹]|[A-Z]{3})?\s*(?P<sign2>[-−–]?)\s*"
    r"(?P<digits>\d[\d.,'’\s]*|[.,]\d+)\s*(?:[$€£¥₹]|[A-Z]{3})?"
)
GROUPED = re.compile(r"[1-9]\d{0,2}(?P<mark>[.,'’ ])\d{3}(?:(?P=mark)\d{3})*")


def parse_amount(text: str) -> Decimal | None:
    """An amount of money: 1,234.50 and 1.234,50, 1 234, -500, (500), $12; None for an empty text.

    Which sign divides the cents is told from the text: an amount has two decimals at most, so a point or comma before
    exactly three last digits groups thousands, as does any sign that stands there more than once.

    Raises:
        ValueError: it is no amount; the message is a sentence.
    """
    words = " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())
    if not words or words in {"-", "–"}:
        return None
    is_negative = words.startswith("(") and words.endswith(")")
    match = SHAPE.fullmatch(words[1:-1].strip() if is_negative else words) if len(words) <= LONGEST else None
    plain = _plain(match["digits"].strip()) if match else None
    if match is None or plain is None:
        raise ValueError(f"“{words[:LONGEST]}” is no amount with at most two decimals, such as 1,234.50.")
    value = Decimal(plain)
    return -value if is_negative or match["sign"] in {"-", "−", "–"} or match["sign2"] else value


def _plain(digits: str) -> str | None:
    """Digits with a point at most; None where what groups them does not."""
    whole, fraction = digits, ""
    if (tail := re.fullmatch(r"(.*)[.,](\d{0,2})", digits)) and not re.search(r"[.,]\d{0,2}[.,]", digits):
        whole, fraction = tail[1], tail[2]
        if digits[len(whole)] in whole:
            return None
    if not (whole.isdigit() or not whole or GROUPED.fullmatch(whole)):
        return None
    return f"{re.sub(r'[^0-9]', '', whole) or '0'}.{fraction or '0'}"
