"""Chainable reads of calendars, teams and people."""

from resources.querysets.calendar import CalendarQuerySet
from resources.querysets.people import HeldQuerySet, PersonQuerySet, SkillQuerySet

__all__ = ["CalendarQuerySet", "HeldQuerySet", "PersonQuerySet", "SkillQuerySet"]
