"""The nightly check of stored totals."""

from typing import Any

from celery import shared_task
from django.utils import timezone

from accounts.models import Organization
from core.tenancy import organization_scope
from events.services import catch_up, organizations
from events.tasks import RETRY
from portfolio import services
from portfolio.selectors.freshness import FOLLOWER


@shared_task(name="portfolio.check_all_rollups", ignore_result=True)
def check_all_rollups(**_later: Any) -> None:
    """Check the totals of every organization, each in a task of its own."""
    for organization_id in organizations():
        check_rollups.delay(organization_id=organization_id)


@shared_task(name="portfolio.check_rollups", acks_late=True, **RETRY)
def check_rollups(*, organization_id: int, **_later: Any) -> None:
    """Compute all totals of an organization again for today. Delivered twice, the second finds nothing to repair."""
    with organization_scope(organization_id):
        catch_up(organization_id, FOLLOWER)
        organization = Organization.objects.get(pk=organization_id)
        services.check_rollups(actor=None, organization=organization, day=timezone.localdate())
