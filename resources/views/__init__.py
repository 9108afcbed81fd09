"""Pages of working calendars, teams and people's time."""
