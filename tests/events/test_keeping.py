"""An answer is kept while nothing happens, and never when something may have happened that it does not hold."""

import threading

import pytest
from django.db import connection, transaction

from core.tenancy import organization_scope
from events.models import FollowerCursor
from events.selectors import kept
from events.services import record


class Counter:
    """Counts how often it was asked."""

    def __init__(self):
        self.calls = 0

    def __call__(self):
        self.calls += 1
        return self.calls


@pytest.fixture
def ask(transactional_db, acme, project, alice):
    compute = Counter()

    def ask(*asked, organization=acme):
        return kept(organization.pk, ("totals", *asked), compute)

    return ask


def happen(organization, project):
    with organization_scope(organization), transaction.atomic():
        record("project.updated", actor=None, subject=project)


@pytest.mark.django_db(transaction=True)
def test_an_answer_is_kept_until_something_happens(ask, acme, project):
    assert [ask(), ask()] == [1, 1]

    happen(acme, project)

    assert [ask(), ask()] == [2, 2]


@pytest.mark.django_db(transaction=True)
def test_other_questions_and_other_organizations_have_answers_of_their_own(ask, acme, other, project):
    assert [ask("red"), ask("green"), ask("red")] == [1, 2, 1]
    assert ask("red", organization=other) == 3

    happen(acme, project)

    assert ask("red", organization=other) == 3


@pytest.mark.django_db(transaction=True)
def test_an_answer_is_asked_for_again_when_a_follower_has_moved_on(ask, acme):
    assert ask() == 1

    FollowerCursor.objects.create(organization=acme, follower="portfolio.rollups", event_id=7)

    assert [ask(), ask()] == [2, 2]


@pytest.mark.django_db(transaction=True)
def test_an_event_that_commits_late_is_not_missed(ask, acme, project):
    """It is written before a second one and committed after it; the answer between them does not hold it."""
    written, commit = threading.Event(), threading.Event()

    def late():
        try:
            with organization_scope(acme), transaction.atomic():
                record("project.updated", actor=None, subject=project)
                written.set()
                commit.wait(20)
        finally:
            connection.close()

    thread = threading.Thread(target=late)
    thread.start()
    assert written.wait(20)
    happen(acme, project)
    between = ask()
    commit.set()
    thread.join()

    assert ask() > between
    assert ask() == ask()


@pytest.mark.django_db(transaction=True)
def test_without_the_cache_it_is_computed_each_time(ask, settings):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1"}
    }

    assert [ask(), ask()] == [1, 2]
