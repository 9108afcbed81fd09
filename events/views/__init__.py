"""Pages of what happened, of what is under way, and of who outside is told."""

from events.views.delivery import delivery_detail, delivery_replay, webhook_replay, webhook_test
from events.views.log import audit_list, job_detail, job_list, job_status, job_stop
from events.views.webhook import (
    webhook_archive,
    webhook_create,
    webhook_detail,
    webhook_edit,
    webhook_list,
    webhook_pause,
    webhook_restore,
    webhook_resume,
    webhook_rotate,
)

__all__ = [
    "audit_list",
    "delivery_detail",
    "delivery_replay",
    "job_detail",
    "job_list",
    "job_status",
    "job_stop",
    "webhook_archive",
    "webhook_create",
    "webhook_detail",
    "webhook_edit",
    "webhook_list",
    "webhook_pause",
    "webhook_replay",
    "webhook_restore",
    "webhook_resume",
    "webhook_rotate",
    "webhook_test",
]
