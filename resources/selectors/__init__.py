"""What pages of calendars, teams and people's time show beside the rows themselves."""

from resources.selectors.calendar import (
    STARTS,
    Year,
    exception_rows,
    other_weeks,
    start_of,
    week_rows,
    year_of,
    year_of_row,
)

__all__ = [
    "STARTS",
    "Year",
    "exception_rows",
    "other_weeks",
    "start_of",
    "week_rows",
    "year_of",
    "year_of_row",
]
