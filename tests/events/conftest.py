"""Endpoints of Acme, and somebody who listens."""

import pytest
from django.test import override_settings
from django.utils import timezone

from events.models import WebhookDelivery, WebhookEndpoint
from events.services import catch_up, create_webhook_endpoint, deliver_webhooks
from tests.events.receiver import Receiver


@pytest.fixture
def on_this_machine():
    """Endpoints may be on this machine and without TLS, as tests' are."""
    with override_settings(WEBHOOK_PRIVATE_HOSTS=["localhost"], WEBHOOK_ALLOW_HTTP=True):
        yield


@pytest.fixture
def receiver(on_this_machine):
    """Somebody who listens and keeps what came."""
    listening = Receiver()
    yield listening
    listening.close()


@pytest.fixture
def endpoint(acme, olivia, receiver):
    """An endpoint of Acme for every event, where the receiver listens."""
    row, receiver.secret = create_webhook_endpoint(
        actor=olivia, organization=acme, name="Warehouse", url=receiver.url, has_all_types=True
    )
    forget(row)
    return row


def forget(endpoint):
    """What was told so far, of making it, is not what the test is about."""
    catch_up(endpoint.organization_id, "events.webhooks")
    WebhookDelivery.objects.filter(endpoint=endpoint).delete()
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(active_since=timezone.now())


@pytest.fixture
def deliver(acme):
    """`deliver()` lets the follower read and sends what is due; `deliver(later=…)` some time from now."""

    def send(later=None):
        catch_up(acme.pk, "events.webhooks")
        return deliver_webhooks(
            organization_id=acme.pk, now=lambda: timezone.now() + later if later else timezone.now()
        )

    return send
