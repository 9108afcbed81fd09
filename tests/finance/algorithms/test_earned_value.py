"""Earned value against published examples, and its figures that are undefined."""

from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from finance.algorithms.earned_value import EarnedValue

amounts = st.decimals(1, 10**9, places=2)


def case(pv: str, ev: str, ac: str, bac: str) -> EarnedValue:
    return EarnedValue(Decimal(pv), Decimal(ev), Decimal(ac), Decimal(bac))


def near(value: Decimal | None, wanted: str) -> bool:
    assert value is not None
    return value.quantize(Decimal(wanted)) == Decimal(wanted)


def test_the_fence_has_the_figures_of_the_book():
    """Mulcahy, PMP Exam Prep, “The fence”: four sides of 1,000 a day each; after three days two and a half stand.

    The book takes BAC / CPI with CPI rounded to 0.893 (EAC 4,479, ETC 1,679, VAC −479); unrounded it is 4,480.
    """
    fence = case(pv="3000", ev="2500", ac="2800", bac="4000")

    assert (fence.cv, fence.sv) == (-300, -500)
    assert near(fence.cpi.value, "0.893")
    assert near(fence.spi.value, "0.833")
    assert fence.eac_typical.value == 4480
    assert fence.etc(fence.eac_typical).value == 1680
    assert fence.vac(fence.eac_typical).value == -480


def test_the_three_estimates_at_completion_and_the_index_to_complete():
    """The formulas of the PMBOK Guide, 6th edition, section 7.4.2.2 and table 7-1, on the fence, by hand."""
    fence = case(pv="3000", ev="2500", ac="2800", bac="4000")

    assert fence.eac_atypical.value == 4300  # 2,800 + 4,000 − 2,500
    assert fence.eac_schedule.value == 2800 + Decimal(1500) * 2800 * 3000 / (2500 * 2500)
    assert fence.tcpi.value == Decimal("1.25")  # 1,500 / 1,200
    assert near(fence.tcpi_of(fence.eac_typical).value, "0.893")  # to meet BAC / CPI, go on as before


def test_without_actual_cost_what_needs_it_is_not_known_and_says_why():
    begun = case(pv="100", ev="50", ac="0", bac="400")

    assert begun.cpi.value is None
    assert begun.cpi.reason == "Nothing has been spent (AC is 0)"
    assert begun.eac_typical.reason == begun.eac_schedule.reason == begun.cpi.reason
    assert begun.etc(begun.eac_typical) == begun.vac(begun.eac_typical) == begun.eac_typical
    assert begun.eac_atypical.value == 350
    assert begun.spi.value == Decimal("0.5")


def test_before_any_work_is_planned_or_earned_the_indices_say_so():
    early = case(pv="0", ev="0", ac="10", bac="400")

    assert early.spi.reason == early.eac_schedule.reason == "No work was planned until then (PV is 0)"
    assert early.eac_typical.reason == "No work has been earned (EV is 0)"
    assert case(pv="5", ev="0", ac="10", bac="400").eac_schedule.reason == "No work has been earned (EV is 0)"


def test_an_overspent_budget_has_no_index_to_complete_and_neither_has_finished_work():
    assert case(pv="100", ev="90", ac="120", bac="100").tcpi.reason.startswith("As much as the budget")
    assert case(pv="100", ev="100", ac="90", bac="100").tcpi.reason == "No work remains"


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(amounts, amounts, amounts, amounts)
def test_the_figures_agree_with_each_other(pv, ev, ac, bac):
    figures = EarnedValue(pv, ev, ac, bac)

    assert abs(figures.eac_typical.value - bac / figures.cpi.value) <= figures.eac_typical.value * Decimal("1e-20")
    for eac in (figures.eac_typical, figures.eac_atypical, figures.eac_schedule):
        digits = (abs(eac.value) + ac + bac) * Decimal("1e-20")
        assert abs(figures.etc(eac).value + ac - eac.value) <= digits
        assert abs(figures.vac(eac).value + eac.value - bac) <= digits
