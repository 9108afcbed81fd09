"""What happened, who follows it, who is told of it outside, what is under way, and what is mailed."""

from events.models.event import Event, FollowerCursor
from events.models.job import Job, JobStatus
from events.models.mail import MailState, OutgoingMail
from events.models.webhook import LONGEST_URL, TEST, DeliveryState, EndpointState, WebhookDelivery, WebhookEndpoint

__all__ = [
    "LONGEST_URL",
    "TEST",
    "DeliveryState",
    "EndpointState",
    "Event",
    "FollowerCursor",
    "Job",
    "JobStatus",
    "MailState",
    "OutgoingMail",
    "WebhookDelivery",
    "WebhookEndpoint",
]
