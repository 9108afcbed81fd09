"""Reads of money."""

from finance.selectors.cells import Cell, CellErrors, CellResult
from finance.selectors.rates import currencies_used, rates_of

__all__ = ["Cell", "CellErrors", "CellResult", "currencies_used", "rates_of"]
