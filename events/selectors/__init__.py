"""The event log in words, and reads that are kept until it grows."""

from events.selectors.keeping import kept
from events.selectors.undoing import before_last
from events.selectors.words import (
    AUDIT_HEADER,
    ChangeLine,
    EventLine,
    EventPage,
    audit_cells,
    event_lines,
    event_page,
    event_sentence,
    history_of,
    noun_of,
    recent_events,
    verb_of,
)

__all__ = [
    "AUDIT_HEADER",
    "ChangeLine",
    "EventLine",
    "EventPage",
    "audit_cells",
    "before_last",
    "event_lines",
    "event_page",
    "event_sentence",
    "history_of",
    "kept",
    "noun_of",
    "recent_events",
    "verb_of",
]
