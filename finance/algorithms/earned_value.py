"""Earned value management: how far work and money are from the plan, and where they lead. Decimal end to end."""

from dataclasses import dataclass
from decimal import Decimal, localcontext

from finance.algorithms.discounting import PRECISION, Measured

NO_PLAN = "No work was planned until then (PV is 0)"
NOTHING_SPENT = "Nothing has been spent (AC is 0)"
NOTHING_EARNED = "No work has been earned (EV is 0)"
OVERSPENT = "As much as the budget at completion has been spent, and work remains"


@dataclass(frozen=True)
class EarnedValue:
    """The figures of a status date. Amounts in one currency.

    Sources: PMI, A Guide to the Project Management Body of Knowledge (PMBOK Guide), 6th edition, section 7.4.2.2 and
    table 7-1; ANSI/PMI 19-006-2019, The Standard for Earned Value Management.
    """

    pv: Decimal  # planned value: what the work planned until then is worth
    ev: Decimal  # earned value: what the work done is worth
    ac: Decimal  # actual cost
    bac: Decimal  # budget at completion

    @property
    def sv(self) -> Decimal:
        """Schedule variance: EV − PV."""
        return self.ev - self.pv

    @property
    def cv(self) -> Decimal:
        """Cost variance: EV − AC."""
        return self.ev - self.ac

    @property
    def spi(self) -> Measured:
        """Schedule performance index: EV / PV."""
        return _ratio(self.ev, self.pv, NO_PLAN)

    @property
    def cpi(self) -> Measured:
        """Cost performance index: EV / AC."""
        return _ratio(self.ev, self.ac, NOTHING_SPENT)

    @property
    def eac_typical(self) -> Measured:
        """Estimate at completion if the rest costs as the work so far: BAC / CPI."""
        if not self.ac:
            return Measured(None, NOTHING_SPENT)
        with localcontext(PRECISION):
            return _ratio(self.bac * self.ac, self.ev, NOTHING_EARNED)

    @property
    def eac_atypical(self) -> Measured:
        """Estimate at completion if the rest costs as planned: AC + (BAC − EV)."""
        return Measured(self.ac + (self.bac - self.ev))

    @property
    def eac_schedule(self) -> Measured:
        """Estimate at completion if the schedule weighs in too: AC + (BAC − EV) / (CPI × SPI)."""
        if not self.ac:
            return Measured(None, NOTHING_SPENT)
        if not self.pv:
            return Measured(None, NO_PLAN)
        with localcontext(PRECISION):
            rest = _ratio((self.bac - self.ev) * self.ac * self.pv, self.ev * self.ev, NOTHING_EARNED)
            return rest if rest.value is None else Measured(self.ac + rest.value)

    def etc(self, eac: Measured) -> Measured:
        """Estimate to complete: EAC − AC."""
        return eac if eac.value is None else Measured(eac.value - self.ac)

    def vac(self, eac: Measured) -> Measured:
        """Variance at completion: BAC − EAC."""
        return eac if eac.value is None else Measured(self.bac - eac.value)

    @property
    def tcpi(self) -> Measured:
        """To-complete performance index, to meet the budget: (BAC − EV) / (BAC − AC)."""
        return self._to_complete(self.bac)

    def tcpi_of(self, eac: Measured) -> Measured:
        """To-complete performance index, to meet an estimate: (BAC − EV) / (EAC − AC)."""
        return eac if eac.value is None else self._to_complete(eac.value)

    def _to_complete(self, aim: Decimal) -> Measured:
        rest, left = self.bac - self.ev, aim - self.ac
        if rest <= 0:
            return Measured(None, "No work remains")
        return Measured(None, OVERSPENT) if left <= 0 else _ratio(rest, left, OVERSPENT)


def _ratio(above: Decimal, below: Decimal, reason: str) -> Measured:
    if not below:
        return Measured(None, reason)
    with localcontext(PRECISION):
        return Measured(above / below)
