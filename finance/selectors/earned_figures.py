"""The figures of earned value with their formulas, the numbers filled in."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from core.templatetags.portolan import MINUS, money, number
from finance.algorithms.discounting import Measured
from finance.algorithms.earned_value import EarnedValue


@dataclass(frozen=True)
class FigureRow:
    """One figure: what it is, how it is reckoned, and what comes out; without a value, the reason."""

    key: str
    name: str
    formula: str
    numbers: str
    value: str
    reason: str
    is_bad: bool = False


def figure_rows(figures: EarnedValue, currency: str) -> list[FigureRow]:
    """PMI's figures in their order, each formula with its numbers."""

    def words(value: Decimal) -> str:
        return str(money(round(value, 2), currency))

    pv, ev, ac, bac = (words(each) for each in (figures.pv, figures.ev, figures.ac, figures.bac))
    left = f"({bac} {MINUS} {ev})"
    cpi, spi = figures.cpi, figures.spi
    rows = [
        _amount("sv", "Schedule variance (SV)", "EV − PV", f"{ev} {MINUS} {pv}", Measured(figures.sv), words),
        _amount("cv", "Cost variance (CV)", "EV − AC", f"{ev} {MINUS} {ac}", Measured(figures.cv), words),
        _index("spi", "Schedule performance index (SPI)", "EV / PV", f"{ev} / {pv}", spi),
        _index("cpi", "Cost performance index (CPI)", "EV / AC", f"{ev} / {ac}", cpi),
    ]
    product = f"{bac} / {_places(cpi)}"
    schedule = f"{ac} + {left} / ({_places(cpi)} × {_places(spi)})"
    for key, name, formula, numbers, eac in (
        ("typical", "if the rest costs as the work so far", "BAC / CPI", product, figures.eac_typical),
        ("atypical", "if the rest costs as planned", "AC + (BAC − EV)", f"{ac} + {left}", figures.eac_atypical),
        ("schedule", "if the schedule weighs in", "AC + (BAC − EV) / (CPI × SPI)", schedule, figures.eac_schedule),
    ):
        title = f"Estimate at completion (EAC), {name}"
        row = _amount(f"eac_{key}", title, formula, numbers, eac, words)
        is_more = eac.value is not None and eac.value > figures.bac
        rows.append(FigureRow(row.key, row.name, row.formula, row.numbers, row.value, row.reason, is_more))
    eac = figures.eac_typical
    shown = words(eac.value) if eac.value is not None else "EAC"
    rows += [
        _amount("etc", "Estimate to complete (ETC)", "EAC − AC", f"{shown} {MINUS} {ac}", figures.etc(eac), words),
        _amount("vac", "Variance at completion (VAC)", "BAC − EAC", f"{bac} {MINUS} {shown}", figures.vac(eac), words),
        _index(
            "tcpi", "To-complete index (TCPI), to meet the BAC", "(BAC − EV) / (BAC − AC)",
            f"{left} / ({bac} {MINUS} {ac})", figures.tcpi, needs_more_than=cpi,
        ),
        _index(
            "tcpi_eac", "To-complete index (TCPI), to meet the EAC", "(BAC − EV) / (EAC − AC)",
            f"{left} / ({shown} {MINUS} {ac})", figures.tcpi_of(eac), needs_more_than=cpi,
        ),
    ]  # fmt: skip
    return rows


def _amount(
    key: str, name: str, formula: str, numbers: str, measured: Measured, words: Callable[[Decimal], str]
) -> FigureRow:
    value = measured.value
    is_bad = value is not None and value < 0
    return FigureRow(key, name, formula, numbers, "" if value is None else words(value), measured.reason, is_bad)


def _index(
    key: str, name: str, formula: str, numbers: str, measured: Measured, *, needs_more_than: Measured | None = None
) -> FigureRow:
    """An index: below 1 is bad where it tells of work done; of what is needed, more than has been reached so far."""
    value = measured.value
    least = Decimal(1) if needs_more_than is None else max(needs_more_than.value or Decimal(1), Decimal(1))
    is_bad = value is not None and (value < 1 if needs_more_than is None else round(value, 2) > round(least, 2))
    return FigureRow(key, name, formula, numbers, "" if value is None else _places(measured), measured.reason, is_bad)


def _places(measured: Measured) -> str:
    return "not known" if measured.value is None else str(number(measured.value, 2))
