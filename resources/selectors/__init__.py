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
from resources.selectors.capacity import CapacityMonth, PeopleMonths, capacity_months, people_months

__all__ = [
    "STARTS",
    "CapacityMonth",
    "PeopleMonths",
    "Year",
    "capacity_months",
    "exception_rows",
    "other_weeks",
    "people_months",
    "start_of",
    "week_rows",
    "year_of",
    "year_of_row",
]
