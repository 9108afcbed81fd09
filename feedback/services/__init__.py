"""Every write to feedback and what hangs on it."""

from feedback.services.account import archive_account, create_account, restore_account, update_account
from feedback.services.analyzing import analyze_batch, reanalyze, retry_analysis
from feedback.services.intake import Incoming, IncomingErrors, create_item, receive_items, set_policy
from feedback.services.labels import correct_labels, release_labels
from feedback.services.links import create_link, remove_link, update_link
from feedback.services.stories import (
    accept_story,
    archive_story,
    create_story,
    discard_story,
    draft_story,
    reopen_story,
    restore_story,
    update_story,
)
from feedback.services.triage import (
    archive_item,
    merge_duplicate,
    restore_item,
    triage_items,
    undo_triage,
    update_item,
)

__all__ = [
    "Incoming",
    "IncomingErrors",
    "analyze_batch",
    "archive_account",
    "archive_item",
    "correct_labels",
    "create_account",
    "create_item",
    "create_link",
    "merge_duplicate",
    "reanalyze",
    "receive_items",
    "release_labels",
    "remove_link",
    "restore_account",
    "restore_item",
    "retry_analysis",
    "set_policy",
    "triage_items",
    "undo_triage",
    "update_account",
    "update_item",
    "update_link",
    "accept_story",
    "archive_story",
    "create_story",
    "discard_story",
    "draft_story",
    "reopen_story",
    "restore_story",
    "update_story",
]
