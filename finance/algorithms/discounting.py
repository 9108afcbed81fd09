"""The worth today of money to come, and what an investment returns: NPV, MIRR, ROI, payback. Decimal end to end."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from itertools import accumulate

#: Digits that are carried; amounts are rounded only when they are shown.
PRECISION = Context(prec=40)
ZERO, ONE = Decimal(0), Decimal(1)


class Timing(enum.StrEnum):
    """When within its period a cash flow is taken to fall."""

    START = "start"
    MID = "mid"
    END = "end"

    @property
    def offset(self) -> Decimal:
        """Periods from the start of a period to its cash flow."""
        return {Timing.START: ZERO, Timing.MID: Decimal("0.5"), Timing.END: ONE}[self]


@dataclass(frozen=True)
class Measured:
    """A figure, or the reason why there is none: a sentence without its full stop."""

    value: Decimal | None
    reason: str = ""


@dataclass(frozen=True)
class Payback:
    """After how many periods an investment has paid for itself, or why it has not."""

    periods: Decimal | None
    reason: str = ""
    falls_back: bool = False  # what had been paid back is lost again later


def total(values: Sequence[Decimal]) -> Decimal:
    """A sum that is exact: 0 of nothing."""
    with localcontext(PRECISION):
        return sum(values, ZERO)


def per_period(annual_rate: Decimal, periods_per_year: int) -> Decimal:
    """The rate of one period that compounds to a yearly one: (1 + annual)^(1/periods) − 1."""
    with localcontext(PRECISION):
        return (ONE + annual_rate) ** (ONE / periods_per_year) - ONE


def per_year(rate: Decimal, periods_per_year: int) -> Decimal:
    """The yearly rate that a rate of one period compounds to: (1 + rate)^periods − 1."""
    with localcontext(PRECISION):
        return (ONE + rate) ** periods_per_year - ONE


def discounted(
    flows: Sequence[Decimal], annual_rate: Decimal, timing: Timing = Timing.START, periods_per_year: int = 1
) -> list[Decimal]:
    """Each cash flow's worth at the start of the first period: flow / (1 + rate)^((position + offset) / periods).

    Args:
        flows: one for each period from the first, costs negative.
        annual_rate: above −1; 0.12 is 12 %.
        timing: when within its period a flow falls. The textbooks' “C0 today, C1 a year from now” is `Timing.START`.
    Raises:
        ValueError: the rate is −1 or less.
    """
    if annual_rate <= -1:
        raise ValueError("A discount rate lies above −100 %.")
    with localcontext(PRECISION):
        growth = (ONE + annual_rate) ** (ONE / periods_per_year)
        factor = growth**timing.offset
        worth = []
        for flow in flows:
            worth.append(flow / factor)
            factor *= growth
        return worth


def net_present_value(
    flows: Sequence[Decimal], annual_rate: Decimal, timing: Timing = Timing.START, periods_per_year: int = 1
) -> Decimal:
    """The sum of the discounted cash flows; 0 of none.

    Source: Brealey, Myers & Allen, Principles of Corporate Finance, chapter 2.
    """
    return total(discounted(flows, annual_rate, timing, periods_per_year))


def modified_internal_rate(
    flows: Sequence[Decimal], finance_rate: Decimal, reinvestment_rate: Decimal, periods_per_year: int = 1
) -> Measured:
    """MIRR a year: what turns the present value of the costs into the final value of the returns.

    (final value of what comes in, reinvested to the last period) / (present value of what goes out, financed), the
    root of as many periods as lie between first and last flow, less one; then compounded to a year.

    Args:
        finance_rate, reinvestment_rate: a year, above −1.
    Source: Lin, “The Modified Internal Rate of Return and Investment Criterion”, The Engineering Economist, 1976;
        the MIRR function of spreadsheets.
    """
    if not any(flow < 0 for flow in flows):
        return Measured(None, "Nothing goes out, so there is nothing to earn a return on")
    if not any(flow > 0 for flow in flows):
        return Measured(None, "Nothing comes in")
    count = len(flows) - 1
    with localcontext(PRECISION):
        out = -net_present_value([min(flow, ZERO) for flow in flows], finance_rate, periods_per_year=periods_per_year)
        back = net_present_value(
            [max(flow, ZERO) for flow in flows], reinvestment_rate, periods_per_year=periods_per_year
        ) * (ONE + reinvestment_rate) ** (Decimal(count) / periods_per_year)
        return Measured((back / out) ** (Decimal(periods_per_year) / count) - ONE)


def return_on_investment(cost: Decimal, returned: Decimal) -> Measured:
    """ROI: (returned − cost) / cost, undiscounted; both are given as positive sums."""
    if cost <= 0:
        return Measured(None, "Nothing goes out, so there is nothing to earn a return on")
    with localcontext(PRECISION):
        return Measured((returned - cost) / cost)


def payback(flows: Sequence[Decimal], timing: Timing = Timing.START) -> Payback:
    """Periods from the start of the first until what came in first equals what went out.

    With flows at the start or the end of periods it is a whole number of periods; with flows in the middle, each is
    taken to run evenly over its period, so payback lies within one, in proportion.
    Source: Brealey, Myers & Allen, Principles of Corporate Finance, section 5.2 (whole periods).
    """
    with localcontext(PRECISION):
        sums = list(accumulate(flows))
        low = next((position for position, sum_ in enumerate(sums) if sum_ < 0), None)
        if low is None:
            return Payback(None, "Nothing has to be paid back")
        even = next((position for position in range(low + 1, len(sums)) if sums[position] >= 0), None)
        if even is None:
            return Payback(None, "It does not pay back within its horizon")
        falls_back = any(sum_ < 0 for sum_ in sums[even:])
        if timing is Timing.MID:
            return Payback(even + -sums[even - 1] / flows[even], falls_back=falls_back)
        return Payback(even + timing.offset, falls_back=falls_back)


def discounted_payback(
    flows: Sequence[Decimal], annual_rate: Decimal, timing: Timing = Timing.START, periods_per_year: int = 1
) -> Payback:
    """Payback of the discounted cash flows."""
    return payback(discounted(flows, annual_rate, timing, periods_per_year), timing)
