"""Every write that tells what happened goes through these."""

from events.services.following import advance, behind_since, catch_up, has_unread_events, organizations
from events.services.job import (
    claim_job,
    finish_job,
    request_stop,
    requeue_lost_jobs,
    run_job,
    start_job,
    waiting_queues,
)
from events.services.recording import (
    archive_recorded,
    change_all_recorded,
    change_recorded,
    create_all_recorded,
    create_recorded,
    happened_at,
    happening_at,
    record,
    refuse_while_needed,
    restore_recorded,
    stale_edit,
)

__all__ = [
    "advance",
    "archive_recorded",
    "behind_since",
    "catch_up",
    "change_all_recorded",
    "change_recorded",
    "claim_job",
    "create_all_recorded",
    "create_recorded",
    "finish_job",
    "happened_at",
    "happening_at",
    "has_unread_events",
    "organizations",
    "record",
    "refuse_while_needed",
    "request_stop",
    "requeue_lost_jobs",
    "restore_recorded",
    "run_job",
    "stale_edit",
    "start_job",
    "waiting_queues",
]
