"""The fiscal years and quarters that months lie in. A month is its first day."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from projects.algorithms.periods import quarter_of, year_of
from resources.algorithms.months import distance, months_between


@dataclass(frozen=True)
class FiscalPeriod:
    """A fiscal year or a quarter of one: its name, first and last day, both included."""

    label: str
    start_date: datetime.date
    finish_date: datetime.date

    @property
    def months(self) -> list[datetime.date]:
        return months_between(self.start_date, self.finish_date)


def fiscal_year(day: datetime.date, first_month: int = 1) -> FiscalPeriod:
    """The fiscal year of a day, named for the calendar year in which it ends, as annual reports are: FY2027.

    Args:
        first_month: the calendar month in which fiscal years begin, 1 to 12.
    """
    start, finish = year_of(day, first_month)
    return FiscalPeriod(f"FY{finish.year:04d}", start, finish)


def fiscal_quarter(day: datetime.date, first_month: int = 1) -> FiscalPeriod:
    """The fiscal quarter of a day: Q1 begins with the fiscal year."""
    year = fiscal_year(day, first_month)
    start, finish = quarter_of(day, first_month)
    return FiscalPeriod(f"Q{distance(year.start_date, start) // 3 + 1} {year.label}", start, finish)


def fiscal_years(days: Iterable[datetime.date], first_month: int = 1) -> list[FiscalPeriod]:
    """The fiscal years that days lie in, each once, in order."""
    found = {year.start_date: year for year in (fiscal_year(day, first_month) for day in days)}
    return [found[start] for start in sorted(found)]
