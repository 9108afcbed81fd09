"""Who can do the work: teams, people, skills, calendars, capacity, allocations."""
