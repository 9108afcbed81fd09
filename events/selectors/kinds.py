"""Every kind of event that the log knows, for those who choose what they are told. A test holds it against the code."""

from functools import cache

from events.followers import PUBLIC_TYPES, public_type

#: What events happen to, in the words of their kinds -> what may happen to it.
KINDS = {
    "absence": ("created", "updated", "removed"),
    "activity": ("created", "updated", "moved", "rescheduled", "archived", "restored"),
    "api_token": ("created", "revoked"),
    "baseline": ("taken", "updated", "made_current", "archived", "restored"),
    "benefit": ("created", "updated", "measured", "archived", "restored"),
    "budget": ("approved",),
    "business_case": ("created", "updated"),
    "calendar": ("created", "updated", "default_set", "default_ended", "archived", "restored"),
    "criterion": ("created", "updated", "archived", "restored"),
    "customer_account": ("created", "updated", "archived", "restored"),
    "dependency": ("created", "updated", "archived", "restored"),
    "drafting_endpoint": ("updated",),
    "exchange_rate": ("created", "updated", "removed"),
    "feedback_item": (
        "created", "analyzed", "analysis_failed", "updated", "labeled", "triaged", "triage_undone", "themed", "masked",
        "replied", "reply_retried",
        "archived", "restored",
    ),
    "feedback_link": ("created", "updated", "removed"),
    "feedback_policy": ("updated",),
    "forecast": ("requested",),
    "import": (
        "uploaded", "answered", "begun", "cell_corrected", "check_requested", "check_stopped", "checked",
        "columns_matched", "discarded", "done", "file_kind_changed", "file_removed", "file_reread", "rows_accepted",
        "rows_left_out", "rows_named", "stopped", "undo_begun", "undo_stopped", "undone",
    ),
    "intake_hook": ("created", "updated", "secret_rotated", "archived", "restored"),
    "job": ("queued", "stop_requested", "done", "failed", "stopped"),
    "levelling": ("requested", "accepted", "discarded", "taken_back"),
    "mailbox": ("created", "updated", "poll_asked", "unreachable", "reached", "archived", "restored"),
    "mailbox_failure": ("unread", "solved", "retried", "dismissed"),
    "measure": ("created", "updated", "archived", "restored"),
    "membership": (
        "created", "renamed", "role_changed", "amounts_shown", "amounts_hidden", "password_changed",
        "password_link_made", "ended",
    ),
    "organization": ("created", "updated", "reanalysis_asked", "masking_asked", "themes_found"),
    "outgoing_mail": ("undelivered",),
    "person": ("created", "updated", "placeholder_filled", "fill_undone", "archived", "restored"),
    "plan_import": ("uploaded", "checked", "begun", "done", "discarded", "undone"),
    "portal": ("created", "updated", "opened", "closed"),
    "portal_follow": ("created", "ended"),
    "portal_idea": (
        "created", "updated", "moved", "merged", "unmerged", "published", "withdrawn", "told", "masked",
        "archived", "restored",
    ),
    "portal_visitor": ("confirmed", "link_sent", "subscribed", "unsubscribed", "blocked", "unblocked"),
    "portal_vote": ("created", "taken_back"),
    "portfolio": ("created", "updated", "entries_changed", "archived", "restored"),
    "product": ("created", "updated", "entries_changed", "scored", "archived", "restored"),
    "product_line": ("created", "updated", "archived", "restored"),
    "program": ("created", "updated", "moved", "entries_changed", "scored", "archived", "restored"),
    "project": (
        "created", "updated", "reported", "status_changed", "moved", "put_off", "products_set", "rescheduled",
        "reconverted", "allocations_changed", "entries_changed", "scored", "archived", "restored",
    ),
    "release": ("created", "updated", "published", "withdrawn", "archived", "restored"),
    "resource_role": ("created", "updated", "capacity_set", "archived", "restored"),
    "risk": ("created", "updated", "archived", "restored"),
    "role_rate": ("created", "updated", "removed"),
    "rollup": ("repaired",),
    "saved_view": ("created", "updated", "update_undone", "moved", "archived", "restored"),
    "scorecard": ("frozen",),
    "scoring_model": ("created", "updated", "archived", "restored"),
    "scoring_session": (
        "created", "updated", "raters_added", "rater_removed", "rater_returned", "rater_left", "rater_finished",
        "rater_resumed", "items_added", "item_removed", "voted", "revealed", "round_started", "adopted", "unadopted",
        "closed", "reopened", "archived", "restored",
    ),
    "skill": ("created", "updated", "archived", "restored"),
    "stability_run": ("requested",),
    "stance": ("decided",),
    "team": ("created", "updated", "archived", "restored"),
    "theme": ("created", "updated", "described", "merged", "dissolved", "taken_back", "archived"),
    "user_story": (
        "created", "updated", "written", "saved", "accepted", "discarded", "reopened", "masked",
        "archived", "restored",
    ),
    "webhook_endpoint": (
        "created", "updated", "paused", "resumed", "disabled", "secret_rotated", "tested", "replayed", "archived",
        "restored",
    ),
    "weight_set": ("created", "updated", "compared", "applied", "archived", "restored"),
}  # fmt: skip


@cache
def public_types() -> frozenset[str]:
    """What endpoints may choose from."""
    return frozenset(public_type(f"{noun}.{deed}") for noun, deeds in KINDS.items() for deed in deeds)


def type_groups() -> list[tuple[str, list[str]]]:
    """What endpoints may choose from, by what it happens to; what has a name of its own for the world comes first."""
    announced = [public_type(f"{noun}.{deed}") for noun, deeds in KINDS.items() for deed in deeds]
    groups: dict[str, list[str]] = {}
    for name in [*PUBLIC_TYPES.values(), *(name for name in announced if name not in PUBLIC_TYPES.values())]:
        groups.setdefault(name.partition(".")[0], []).append(name)
    first = list(dict.fromkeys(name.partition(".")[0] for name in PUBLIC_TYPES.values()))
    words = {noun: _name(noun) for noun in groups}
    rest = sorted((noun for noun in groups if noun not in first), key=lambda noun: words[noun].lower())
    return [(words[noun], groups[noun]) for noun in [*first, *rest]]


def _name(noun: str) -> str:
    words = noun.replace("_", " ").replace("api", "API")
    return words[:1].upper() + words[1:]
