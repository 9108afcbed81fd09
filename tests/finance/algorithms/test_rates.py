"""NPV, IRR, MIRR, ROI and payback against published examples, another library and brute force."""

from decimal import Decimal
from fractions import Fraction

import pytest
import pyxirr
from hypothesis import given, settings
from hypothesis import strategies as st

from finance.algorithms.discounting import (
    Timing,
    discounted_payback,
    modified_internal_rate,
    net_present_value,
    payback,
    per_period,
    per_year,
    return_on_investment,
)
from finance.algorithms.internal_rate import Found, internal_rates
from finance.algorithms.polynomials import positive_roots, sign_at, square_free

amounts = st.integers(-10_000, 10_000).map(Decimal)
flow_lists = st.lists(amounts, min_size=2, max_size=9)


def money(*values: float) -> list[Decimal]:
    return [Decimal(str(value)) for value in values]


def near(value: Decimal | None, wanted: str) -> bool:
    """Whether a figure is the published one, to the places that were published."""
    assert value is not None
    shown = Decimal(wanted)
    return value.quantize(shown) == shown


def test_npv_of_the_office_building_is_30_000_at_5_and_5_000_at_12_percent():
    """Brealey, Myers & Allen, Principles of Corporate Finance, 10th edition, section 2.1."""
    assert near(net_present_value(money(-370_000, 420_000), Decimal("0.05")), "30000")
    assert near(net_present_value(money(-370_000, 420_000), Decimal("0.12")), "5000")


def test_npv_at_period_ends_is_that_of_spreadsheets():
    """Microsoft Excel, NPV function, example 1: 1,188.44."""
    assert near(net_present_value(money(-10_000, 3_000, 4_200, 6_800), Decimal("0.1"), Timing.END), "1188.44")


def test_mid_period_npv_lies_half_a_period_of_interest_above_that_of_period_ends():
    flows = money(-100, 60, 60)

    end = net_present_value(flows, Decimal("0.21"), Timing.END)
    mid = net_present_value(flows, Decimal("0.21"), Timing.MID)

    assert near(mid / end, "1.100000000000")  # the root of 1.21


def test_twelve_monthly_periods_discount_as_one_year():
    flows = [Decimal(0)] * 12 + [Decimal(110)]

    assert near(net_present_value(flows, Decimal("0.1"), periods_per_year=12), "100.000000000")
    assert near(per_year(per_period(Decimal("0.1"), 12), 12), "0.10000000000000000000")


def test_npv_of_nothing_is_zero_and_a_rate_of_minus_100_percent_is_refused():
    assert net_present_value([], Decimal("0.1")) == 0
    with pytest.raises(ValueError, match="above −100 %"):
        net_present_value(money(1), Decimal(-1))


@given(flow_lists, st.decimals("-0.5", "2", places=3), st.sampled_from(list(Timing)))
def test_npv_agrees_with_exact_fractions_and_with_pyxirr(flows, rate, timing):
    ours = net_present_value(flows, rate, timing)

    if timing is not Timing.MID:
        exact = sum(Fraction(f) / (1 + Fraction(rate)) ** (n + int(timing.offset)) for n, f in enumerate(flows))
        assert abs(Fraction(ours) - exact) <= Fraction(1, 10**20) * max(1, max(abs(Fraction(f)) for f in flows))
    theirs = pyxirr.npv(float(rate), [float(flow) for flow in flows]) / (1 + float(rate)) ** float(timing.offset)
    assert float(ours) == pytest.approx(theirs, rel=1e-9, abs=1e-6)


def test_one_irr_is_found():
    """Brealey, Myers & Allen, section 5.3: 28.08 %; Microsoft Excel, IRR function: 8.7 and −2.1 %."""
    assert near(internal_rates(money(-4_000, 2_000, 4_000)).rate, "0.2808")
    assert near(internal_rates(money(-70_000, 12_000, 15_000, 18_000, 21_000, 26_000)).rate, "0.087")
    assert near(internal_rates(money(-70_000, 12_000, 15_000, 18_000, 21_000)).rate, "-0.021")


def test_the_oil_pump_has_two_rates_and_no_single_one():
    """Lorie & Savage, “Three Problems in Rationing Capital”, Journal of Business, 1955: 25 and 400 %."""
    found = internal_rates(money(-1_600, 10_000, -10_000))

    assert found.found is Found.SEVERAL
    assert found.rate is None
    assert [round(rate, 12) for rate in found.rates] == money(0.25, 4)
    assert "2 rates" in found.reason


def test_minus_50_and_15_percent_are_both_rates_of_the_mine_that_is_cleaned_up():
    """Brealey & Myers, Principles of Corporate Finance, 7th edition, section 5.3."""
    found = internal_rates(money(-1_000, 800, 150, 150, 150, 150, -150))

    assert len(found.rates) == 2
    assert near(found.rates[0], "-0.5000000")
    assert near(found.rates[1], "0.152")


def test_flows_with_no_rate_say_so():
    """Brealey & Myers, section 5.3: 1,000, −3,000, 2,500 has a positive NPV at every rate."""
    found = internal_rates(money(1_000, -3_000, 2_500))

    assert (found.found, found.rate, found.reason) == (Found.NONE, None, "The NPV is positive at every rate")
    assert internal_rates(money(-5, -6)).reason == "Money only goes out"
    assert internal_rates(money(0, 6)).reason == "Money only comes in"
    assert internal_rates([]).reason == internal_rates(money(0, 0)).reason == "There is no money in any period"


def test_a_rate_at_which_the_npv_touches_zero_without_crossing_it_is_found():
    found = internal_rates(money(-100, 220, -121))

    assert near(found.rate, "0.100000000000")


def test_a_monthly_rate_is_told_a_year():
    assert near(internal_rates(money(-100, 101), 12).rate, "0.126825030132")


def test_the_npv_at_a_rate_that_was_found_is_nothing_and_changes_its_sign_around_it():
    flows = money(-250_000.55, *[7_333.33] * 40, -1_200.10, *[9_000] * 30)

    rate = internal_rates(flows, 12).rate

    step = Decimal("1e-11")
    assert net_present_value(flows, rate - step, periods_per_year=12) > 0
    assert net_present_value(flows, rate + step, periods_per_year=12) < 0


@given(st.lists(st.integers(1, 40), min_size=1, max_size=4), st.integers(-3, 3).filter(bool))
def test_every_root_that_was_built_in_is_found_once(roots, lead):
    """(1/10 − x) … as a cash flow: its rates are known before."""
    polynomial = [lead]
    for root in roots:  # times (root − 10 x)
        polynomial = [
            root * low - 10 * high for low, high in zip([*polynomial, 0], [0, *polynomial], strict=True)
        ]  # fmt: skip

    found = positive_roots(polynomial, Fraction(1, 10**12))

    assert [round(root * 10, 6) for root in found] == sorted(set(roots))


@settings(max_examples=60)
@given(st.lists(st.integers(-50, 50), min_size=2, max_size=8).filter(any))
def test_no_sign_change_of_a_dense_scan_is_missed(coefficients):
    """Brute force: between neighboring roots the exact sign never changes."""
    while coefficients[-1] == 0:
        coefficients.pop()
    roots = positive_roots(coefficients, Fraction(1, 10**12))
    points = [Fraction(step, 64) for step in range(1, 64 * 4)]

    for low, high in zip(points, points[1:], strict=False):
        if sign_at(coefficients, low) * sign_at(coefficients, high) < 0:
            assert any(low <= root <= high for root in roots)
    for root in roots:
        near_zero = [sign_at(square_free(coefficients), root * (1 + side * Fraction(1, 10**11))) for side in (-1, 1)]
        assert near_zero[0] != near_zero[1]


@given(st.lists(st.integers(1, 10_000), min_size=1, max_size=30), st.integers(1, 100_000))
def test_a_conventional_investment_has_the_rate_that_pyxirr_finds(returns, cost):
    flows = [-cost, *returns]
    theirs = pyxirr.irr([float(flow) for flow in flows])

    ours = internal_rates([Decimal(flow) for flow in flows]).rate

    assert ours is not None
    if theirs is not None and abs(pyxirr.npv(theirs, flows)) < 1e-3:
        assert float(ours) == pytest.approx(theirs, rel=1e-6, abs=1e-6)


def test_ten_restless_years_by_month_are_counted_and_the_npv_changes_its_sign_at_each_rate():
    flows = [Decimal((position * 7919) % 2003 - 1000) for position in range(120)]

    found = internal_rates(flows, 12)

    assert found.rates
    for rate in found.rates:
        below, above = (
            net_present_value(flows, rate + step, periods_per_year=12) for step in (Decimal("-1e-9"), Decimal("1e-9"))
        )
        assert (below > 0) != (above > 0)


def test_mirr_is_that_of_spreadsheets():
    """Microsoft Excel, MIRR function: 12.61 % reinvested at 12, 13.48 % at 14, −4.80 % after three years."""
    flows = money(-120_000, 39_000, 30_000, 21_000, 37_000, 46_000)

    assert near(modified_internal_rate(flows, Decimal("0.1"), Decimal("0.12")).value, "0.1261")
    assert near(modified_internal_rate(flows, Decimal("0.1"), Decimal("0.14")).value, "0.1348")
    assert near(modified_internal_rate(flows[:4], Decimal("0.1"), Decimal("0.12")).value, "-0.0480")


@given(st.lists(amounts, min_size=2, max_size=20).filter(lambda flows: min(flows) < 0 < max(flows)))
def test_mirr_agrees_with_pyxirr(flows):
    theirs = pyxirr.mirr([float(flow) for flow in flows], 0.08, 0.05)

    assert float(modified_internal_rate(flows, Decimal("0.08"), Decimal("0.05")).value) == pytest.approx(theirs)


def test_mirr_and_roi_say_why_there_is_none():
    assert modified_internal_rate(money(5, 6), Decimal("0.1"), Decimal("0.1")).value is None
    assert modified_internal_rate(money(-5), Decimal("0.1"), Decimal("0.1")).reason == "Nothing comes in"
    assert return_on_investment(Decimal(0), Decimal(5)).reason.startswith("Nothing goes out")
    assert return_on_investment(Decimal(200), Decimal(250)).value == Decimal("0.25")


@pytest.mark.parametrize(
    ("flows", "years", "npv", "discounted_years"),
    [
        ((-2_000, 500, 500, 5_000), 3, "2624", 3),
        ((-2_000, 500, 1_800, 0), 2, "-58", None),
        ((-2_000, 1_800, 500, 0), 2, "50", 2),
    ],
)
def test_payback_and_npv_can_disagree(flows, years, npv, discounted_years):
    """Brealey, Myers & Allen, section 5.2: projects A, B and C at 10 %."""
    assert payback(money(*flows)).periods == years
    assert near(net_present_value(money(*flows), Decimal("0.1")), npv)
    assert discounted_payback(money(*flows), Decimal("0.1")).periods == discounted_years


def test_payback_follows_when_in_their_periods_flows_fall():
    flows = money(-100, 40, 40, 40)

    assert payback(flows, Timing.START).periods == 3
    assert payback(flows, Timing.END).periods == 4
    assert payback(flows, Timing.MID).periods == Decimal("3.5")


def test_payback_says_what_it_lacks_and_what_is_lost_again():
    assert payback(money(-100, 40)).reason == "It does not pay back within its horizon"
    assert payback(money(100, 40)).reason == "Nothing has to be paid back"
    assert payback(money(-100, 120, -50)).falls_back
    assert not payback(money(-100, 120, -5)).falls_back
