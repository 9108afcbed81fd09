"""Rounding for show: the shown rows add up to the shown total."""

from collections.abc import Sequence
from decimal import MAX_EMAX, MIN_EMIN, ROUND_FLOOR, ROUND_HALF_EVEN, Context, Decimal, localcontext

#: Wide enough that no sum of amounts loses a digit.
EXACT = Context(prec=60, Emax=MAX_EMAX, Emin=MIN_EMIN)


def rounded(value: Decimal, step: Decimal = Decimal("0.01")) -> Decimal:
    """A value to the nearest multiple of `step` (above 0), halves to the even one."""
    with localcontext(EXACT):
        return (value / step).quantize(Decimal(1), ROUND_HALF_EVEN) * step


def largest_remainder(values: Sequence[Decimal], step: Decimal = Decimal("0.01")) -> list[Decimal]:
    """Each value rounded up or down to a multiple of `step`, such that they add up to their own rounded sum.

    Args:
        values: amounts of either sign.
        step: what is shown, above 0: 0.01 for cents, 1000 for thousands.
    Returns:
        As many values: those with the largest remainders are rounded up, of equal ones the first. A multiple of
        `step` stays what it is, so 0 stays 0. Nothing in, nothing out.
    Raises:
        ValueError: `step` is not above 0.
    Source: Hamilton's method of apportionment (1792), on remainders above the floor, so that signs do not matter.
    """
    if step <= 0:
        raise ValueError("The step of rounding is above 0.")
    with localcontext(EXACT):
        exact = [value / step for value in values]
        floors = [value.quantize(Decimal(1), ROUND_FLOOR) for value in exact]
        left = int(rounded(sum(values, Decimal(0)), step) / step - sum(floors, Decimal(0)))
        by_remainder = sorted(range(len(exact)), key=lambda position: floors[position] - exact[position])
        for position in by_remainder[:left]:
            floors[position] += 1
        return [floor * step for floor in floors]
