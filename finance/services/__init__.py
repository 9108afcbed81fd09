"""Every write of money."""

from finance.services.budget import approve_budget
from finance.services.entry import Undone, create_entry, remove_entry, set_entries, undo_entries, update_entry
from finance.services.rate import remove_rate, set_rate, update_rate

__all__ = [
    "Undone",
    "approve_budget",
    "create_entry",
    "remove_entry",
    "remove_rate",
    "set_entries",
    "set_rate",
    "undo_entries",
    "update_entry",
    "update_rate",
]
