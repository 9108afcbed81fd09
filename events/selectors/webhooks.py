"""How endpoints outside have fared lately."""

import datetime
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from core.errors import Conflict
from events.models import DeliveryState, WebhookDelivery, WebhookEndpoint

LATELY = datetime.timedelta(hours=24)


def endpoints_lately(user: Any, now: datetime.datetime) -> Any:
    """The endpoints that a person may see, with `tried` and `taken` deliveries of the last 24 hours, and `waiting`."""
    of_this = WebhookDelivery.objects.filter(endpoint=OuterRef("pk"))
    lately = of_this.filter(last_attempt_at__gte=now - LATELY)
    return WebhookEndpoint.objects.visible_to(user).annotate(
        tried=_count(lately),
        taken=_count(lately.filter(state=DeliveryState.DELIVERED)),
        waiting=_count(of_this.filter(state=DeliveryState.WAITING)),
        last_sent_at=Subquery(
            of_this.exclude(last_attempt_at=None).order_by("-last_attempt_at").values("last_attempt_at")[:1]
        ),
    )


def refuse_archived_endpoint(endpoint: WebhookEndpoint, so: str) -> None:
    """Refuse to do something with an endpoint that is archived.

    Args:
        so: what that means: that nothing was changed, or sent.
    Raises:
        Conflict: it is archived.
    """
    if endpoint.is_archived:
        raise Conflict(f"“{endpoint}” is archived. Restore it first. {so}")


def _count(rows: Any) -> Any:
    counted = rows.order_by().values("endpoint").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
