"""With real workers: what is killed in the middle of ten thousand items loses none and counts none twice."""

import time

import pytest

from events.models import Event
from feedback.models import Analysis, FeedbackItem
from feedback.services import Incoming, receive_items
from feedback.tasks import analyze
from tests.workers import kill, wait_until, worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("worker"), pytest.mark.long]
ITEMS = 10_000
#: A dead worker's claims are free again after so many seconds.
SOON = {"FEEDBACK_CLAIM_SECONDS": "2"}


def done() -> int:
    return FeedbackItem.objects.filter(analysis_state="analyzed").count()


def has_rung(organization) -> bool:
    """Ring as the sweep does, and give the worker time."""
    analyze.delay(organization_id=organization.pk)
    time.sleep(1)
    return True


def test_a_worker_killed_in_the_middle_of_ten_thousand_items_loses_none_and_counts_none_twice(acme, bob):
    for start in range(0, ITEMS, 1_000):
        rows = [
            Incoming(f"Label {number} jams, this is awful.", external_key=f"T-{number}")
            for number in range(start, start + 1_000)
        ]
        receive_items(actor=bob, organization=acme, channel="api", rows=rows)

    for share in (0.1, 0.5):
        with worker("analysis", **SOON) as process:
            analyze.delay(organization_id=acme.pk)
            wait_until(lambda most=share: done() > ITEMS * most)
            kill(process)
        assert done() < ITEMS
    with worker("analysis", **SOON):
        wait_until(lambda: has_rung(acme) and done() == ITEMS, seconds=240)

    events = Event.objects.filter(kind="feedback_item.analyzed")
    assert Analysis.objects.count() == events.count() == events.values("subject_id").distinct().count() == ITEMS
    assert not FeedbackItem.objects.exclude(analysis_claim=None).exists()
