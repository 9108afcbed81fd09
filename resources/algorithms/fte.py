"""Shares of a month as people type them: 0.5, 0,5 or 50 %."""

import re
from decimal import Decimal

MOST_FTE = Decimal(1000)
#: Thousandths: less than a quarter of an hour of a month.
STEP = Decimal("0.001")
NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)")
SPACES = str.maketrans("", "", " \u00a0\u202f\u2009\t")


def parse_fte(text: str) -> Decimal | None:
    """The FTE that a text means; None where it is empty or a dash. A comma may stand for the point.

    Raises:
        ValueError: it is no number, negative, more than 1,000 or finer than thousandths; the sentence says which.
    """
    plain = text.translate(SPACES)
    if plain in {"", "-", "–", "—"}:
        return None
    is_percent = plain.endswith("%")
    number = plain.removesuffix("%")
    if not NUMBER.fullmatch(number) or len(number) > 20:
        raise ValueError(f"“{text.strip()[:40]}” is no FTE. Write 0.5, 0,5 or 50 %.")
    fte = Decimal(number.replace(",", "."))
    return checked_fte(fte / 100 if is_percent else fte)


def checked_fte(fte: Decimal) -> Decimal:
    """An FTE as it is kept, in thousandths.

    Raises:
        ValueError: it is not a number from 0 to 1,000 in thousandths.
    """
    if not fte.is_finite() or not 0 <= fte <= MOST_FTE:
        raise ValueError("An allocation is between 0 and 1,000 FTE.")
    if fte != fte.quantize(STEP):
        raise ValueError(f"{fte.normalize():f} has more than three decimals. Round it.")
    return fte.quantize(STEP)


def fte_text(fte: Decimal | None) -> str:
    """An FTE in as few digits as it needs: 1, 0.5, 0.125; nothing is an empty text."""
    if fte is None:
        return ""
    return f"{fte.normalize():f}" if fte else "0"
