"""The internal rate of return: none, one or several, and said so."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction

from finance.algorithms.discounting import ONE, PRECISION, per_year
from finance.algorithms.polynomials import positive_roots, trimmed

#: How far a discount factor may be from the exact one, as a share of it.
WIDTH = Fraction(1, 10**15)


class Found(enum.StrEnum):
    NONE = "none"
    ONE = "one"
    SEVERAL = "several"


@dataclass(frozen=True)
class InternalRates:
    """Every rate above −100 % a year at which the NPV is 0, the lowest first."""

    rates: tuple[Decimal, ...]
    reason: str = ""

    @property
    def found(self) -> Found:
        return {0: Found.NONE, 1: Found.ONE}.get(len(self.rates), Found.SEVERAL)

    @property
    def rate(self) -> Decimal | None:
        """The rate, where there is one and only one."""
        return self.rates[0] if len(self.rates) == 1 else None


def internal_rates(flows: Sequence[Decimal], periods_per_year: int = 1) -> InternalRates:
    """Every internal rate of return a year of cash flows at equal distances.

    The NPV is a polynomial in the discount factor of one period, 1/(1 + rate), with the flows as coefficients. Its
    positive roots are counted and enclosed with whole numbers, so their number is proven, as is each enclosure: the
    exact NPV has different signs at its two ends, and no other root lies between. When flows fall within their
    periods (start, middle, end) scales every NPV alike and makes no difference.

    Args:
        flows: one for each period from the first, costs negative.
    Returns:
        The rates, to some 14 digits of 1 + rate per period; with none or several, the reason in words.
    """
    coefficients = trimmed(_whole(flows))
    if not coefficients:
        return InternalRates((), "There is no money in any period")
    if min(coefficients) >= 0 or max(coefficients) <= 0:
        return InternalRates((), "Money only goes out" if max(coefficients) <= 0 else "Money only comes in")
    with localcontext(PRECISION):
        factors = [Decimal(root.numerator) / Decimal(root.denominator) for root in positive_roots(coefficients, WIDTH)]
        rates = tuple(sorted(per_year(ONE / factor - ONE, periods_per_year) for factor in factors))
    if not rates:
        side = "positive" if sum(coefficients) > 0 else "negative"
        return InternalRates((), f"The NPV is {side} at every rate")
    if len(rates) > 1:
        return InternalRates(
            rates, f"Money turns between out and in several times: {len(rates)} rates bring the NPV to 0"
        )
    return InternalRates(rates)


def _whole(flows: Sequence[Decimal]) -> list[int]:
    """The flows as whole numbers of their smallest unit."""
    places = max((-int(flow.as_tuple().exponent) for flow in flows), default=0)
    return [int(Fraction(flow) * Fraction(10) ** places) for flow in flows]
