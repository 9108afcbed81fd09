"""Whether a series of monthly cash flows pays, and how far the answer hangs on what was assumed."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext
from itertools import accumulate

from finance.algorithms.discounting import (
    ONE,
    PRECISION,
    ZERO,
    Measured,
    Payback,
    Timing,
    discounted,
    discounted_payback,
    modified_internal_rate,
    net_present_value,
    payback,
    return_on_investment,
    total,
)
from finance.algorithms.internal_rate import InternalRates, internal_rates

MONTHS = 12
#: By how much costs and income are scaled, and in how many steps the discount rate goes up and down.
SCALES = tuple(Decimal(text) for text in ("-0.3", "-0.2", "-0.1", "0", "0.1", "0.2", "0.3"))
RATE_STEP, RATE_STEPS = Decimal("0.02"), 5


@dataclass(frozen=True)
class Assumed:
    """What cash flows are judged by; rates are a year, 0.1 is 10 %."""

    discount: Decimal
    finance: Decimal
    reinvestment: Decimal
    timing: Timing


@dataclass(frozen=True)
class Appraisal:
    """The figures of a business case. `cumulative` and `worth` run up the flows and the discounted flows by month."""

    cost: Decimal
    income: Decimal
    npv: Decimal
    irr: InternalRates
    mirr: Measured
    roi: Measured
    payback: Payback
    discounted_payback: Payback
    discounted: tuple[Decimal, ...]
    cumulative: tuple[Decimal, ...]
    worth: tuple[Decimal, ...]

    @property
    def net(self) -> Decimal:
        return self.income - self.cost


@dataclass(frozen=True)
class Sensitivity:
    """The NPV at other discount rates, and with costs (rows) and income (columns) scaled by `SCALES`."""

    rates: tuple[tuple[Decimal, Decimal], ...]
    cost: tuple[tuple[Decimal, Decimal], ...]
    income: tuple[tuple[Decimal, Decimal], ...]


def appraise(costs: Sequence[Decimal], incomes: Sequence[Decimal], assumed: Assumed) -> Appraisal:
    """The figures of monthly costs and incomes, both given as what they are: a cost of 5 is 5.

    Args:
        costs, incomes: as many, one for each month from time zero.
    """
    with localcontext(PRECISION):
        flows = [income - cost for cost, income in zip(costs, incomes, strict=True)]
        worth = discounted(flows, assumed.discount, assumed.timing, MONTHS)
        return Appraisal(
            cost=total(costs),
            income=total(incomes),
            npv=total(worth),
            irr=internal_rates(flows, MONTHS),
            mirr=modified_internal_rate(flows, assumed.finance, assumed.reinvestment, MONTHS),
            roi=return_on_investment(total(costs), total(incomes)),
            payback=payback(flows, assumed.timing),
            discounted_payback=discounted_payback(flows, assumed.discount, assumed.timing, MONTHS),
            discounted=tuple(worth),
            cumulative=tuple(accumulate(flows)),
            worth=tuple(accumulate(worth)),
        )


def sensitivity(costs: Sequence[Decimal], incomes: Sequence[Decimal], assumed: Assumed) -> Sensitivity:
    """How the NPV moves with each assumption alone: the NPV is linear in costs and in income, but not in the rate."""
    with localcontext(PRECISION):
        flows = [income - cost for cost, income in zip(costs, incomes, strict=True)]
        out = net_present_value(costs, assumed.discount, assumed.timing, MONTHS)
        back = net_present_value(incomes, assumed.discount, assumed.timing, MONTHS)
        rates = [assumed.discount + RATE_STEP * step for step in range(-RATE_STEPS, RATE_STEPS + 1)]
        return Sensitivity(
            rates=tuple(
                (rate, net_present_value(flows, rate, assumed.timing, MONTHS))
                for rate in rates
                if rate >= ZERO or rate == assumed.discount
            ),
            cost=tuple((scale, back - out * (ONE + scale)) for scale in SCALES),
            income=tuple((scale, back * (ONE + scale) - out) for scale in SCALES),
        )
