"""Themes while several work on them at once, each with a connection of its own."""

import threading

import pytest
from django.db import connections, transaction
from django.utils import timezone

from core.errors import Conflict
from core.tenancy import organization_scope
from events.services import catch_up
from feedback import services
from feedback.models import FeedbackItem, Theme, ThemeWeek
from feedback.services.clustering import carry_out_clustering
from tests.feedback.themed import ALL, DARK, EXPORT

pytestmark = pytest.mark.django_db(transaction=True)


def silent(*_told: object) -> None:
    """Progress that nobody follows."""


def beside(organization, *works):
    """Do all of this at once, and raise what any of it raised."""
    failures = []

    def run(work):
        try:
            with organization_scope(organization):
                work()
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    if failures:
        raise failures[0]


def analyze_all(organization, size):
    while services.analyze_batch(organization_id=organization.pk, now=timezone.now(), size=size):
        pass


@pytest.fixture
def found(acme, said):
    said(*ALL)
    analyze_all(acme, 256)
    carry_out_clustering(actor=None, organization=acme, report=silent)


def counts() -> list[tuple]:
    return list(ThemeWeek.objects.order_by("theme", "week").values_list("theme", "week", "item_count", "score_sum"))


def test_two_workers_and_a_follower_at_once_give_each_item_its_theme_and_count_each_once(found, acme, said):
    said(*[f"{text}, number {number}" for number in range(10) for text in ALL])

    beside(
        acme,
        lambda: analyze_all(acme, 16),
        lambda: analyze_all(acme, 16),
        lambda: [catch_up(acme.pk, "themes") for _ in range(20)],
    )
    catch_up(acme.pk, "themes")

    assert not FeedbackItem.objects.filter(theme=None).exists()
    assert sum(count for _, _, count, _ in counts()) == FeedbackItem.objects.count() == 11 * len(ALL)
    followed = counts()
    services.count_themes(acme.pk, list(Theme.objects.values_list("pk", flat=True)))
    assert [row[:3] for row in followed] == [row[:3] for row in counts()]


def test_a_clustering_and_workers_at_once_leave_no_item_in_a_theme_that_has_ended(found, acme, said):
    said(*[f"{text}, number {number}" for number in range(10) for text in ALL])

    beside(
        acme,
        lambda: analyze_all(acme, 16),
        lambda: [carry_out_clustering(actor=None, organization=acme, report=silent, seed=n) for n in range(3)],
    )
    catch_up(acme.pk, "themes")

    assert not FeedbackItem.objects.filter(theme__archived_at__isnull=False).exists()
    assert sum(count for _, _, count, _ in counts()) == FeedbackItem.objects.exclude(theme=None).count()


def test_a_person_is_told_when_a_clustering_writes_and_does_not_end(found, acme, bob, monkeypatch):
    monkeypatch.setattr("feedback.services.theme_counts.PATIENCE", "SET LOCAL lock_timeout = '200ms'")
    dark = FeedbackItem.objects.get(text=DARK[0]).theme
    items = list(FeedbackItem.objects.filter(text=EXPORT[0]))
    told = []

    def move():
        with pytest.raises(Conflict, match="being found anew") as refused:
            services.give_theme(actor=bob, organization=acme, items=items, theme=dark)
        told.append(str(refused.value))

    with transaction.atomic():
        services.lock_themes(acme.pk, alone=True)
        beside(acme, move)

    assert len(told) == 1
    services.give_theme(actor=bob, organization=acme, items=items, theme=dark)
