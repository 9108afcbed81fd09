"""The log, jobs and webhooks over REST."""

from events.api.log import EventViewSet, JobViewSet
from events.api.webhook import WebhookDeliveryViewSet, WebhookEndpointViewSet

__all__ = ["EventViewSet", "JobViewSet", "WebhookDeliveryViewSet", "WebhookEndpointViewSet"]
