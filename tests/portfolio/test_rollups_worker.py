"""With a real worker: totals follow within seconds, and survive its death and that of the broker."""

import datetime
import time
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from core.tenancy import organization_scope
from events.services import behind_since, happened_at
from events.tasks import sweep
from portfolio.models import Rollup
from portfolio.selectors.freshness import FOLLOWER
from portfolio.services import rebuild_rollups
from projects.services import create_activity, create_project, update_project
from tests.portfolio.following import stored_totals, totals_of
from tests.servers import servers
from tests.workers import kill, wait_until, worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("worker")]


def is_up_to_date(organization):
    return behind_since(organization.pk, FOLLOWER) is None


def budget_of(program):
    row = Rollup.objects.filter(program=program).first()
    return row.budget_amount if row else None


@pytest.fixture
def broker():
    yield servers.valkey
    if not servers.valkey.is_alive():
        servers.valkey.start()


def test_a_change_is_in_the_totals_within_seconds(alice, acme, project, program, broker):
    with worker():
        update_project(actor=alice, project=project, budget_amount=Decimal("5.00"))
        wait_until(lambda: budget_of(program) == 5)
        update_project(actor=alice, project=project, budget_amount=Decimal("6.00"))

        assert wait_until(lambda: budget_of(program) == 6) < 5
        assert totals_of().budget_amount == 6


def test_a_worker_killed_in_the_middle_of_many_changes_loses_no_total_and_doubles_none(alice, acme, program, broker):
    for _ in range(3):
        with worker() as process:
            seen = Rollup.objects.filter(project__isnull=False).count()
            wait_until(lambda before=seen, made=[]: is_rolling(alice, acme, program, before, made))
            kill(process)
        several(alice, acme, program, 5)
    assert not is_up_to_date(acme)

    with worker():
        sweep()
        wait_until(lambda: is_up_to_date(acme))

    kept = stored_totals()
    assert rebuild_rollups(acme.pk) == 0
    assert stored_totals() == kept
    assert totals_of(program=program).project_count == program.projects.count() > 15
    assert totals_of(program=program).activity_count == program.projects.count()


def several(alice, acme, program, count):
    for number in range(count):
        project = create_project(
            actor=alice, organization=acme, program=program, name=f"Project {number}", status="active",
            budget_amount=Decimal("1.00"),
        )  # fmt: skip
        create_activity(actor=alice, project=project, name="Build")


def is_rolling(alice, acme, program, before, made):
    """Keep changing facts until the worker has begun to follow, so that it dies in the middle."""
    several(alice, acme, program, 2)
    made.append(2)
    return Rollup.objects.filter(project__isnull=False).count() > before or sum(made) > 400


def test_without_a_broker_writes_succeed_and_are_rolled_up_when_it_is_back(
    client, alice, acme, project, program, broker
):
    rebuild_rollups(acme.pk)
    client.force_login(alice)
    broker.stop(immediately=True)
    began = time.monotonic()

    with happened_at(timezone.now() - datetime.timedelta(seconds=20)):
        update_project(actor=alice, project=project, budget_amount=Decimal("5.00"))

    assert time.monotonic() - began < 3
    project.refresh_from_db()
    assert project.budget_amount == 5
    assert not is_up_to_date(acme)
    assert b"These figures may be old." in client.get(reverse("portfolio:home")).content

    broker.start()
    with worker():
        sweep()
        wait_until(lambda: budget_of(program) == 5)
        wait_until(lambda: is_up_to_date(acme))
    assert b"may be old" not in client.get(reverse("portfolio:home")).content


def test_one_organization_behind_does_not_hold_up_another(alice, acme, project, other, charlie, broker):
    with organization_scope(other):
        rebuild_rollups(other.pk)
    update_project(actor=alice, project=project, budget_amount=Decimal("5.00"))

    with worker():
        sweep()
        wait_until(lambda: is_up_to_date(acme))

    with organization_scope(other):
        assert is_up_to_date(other)
        assert totals_of().project_count == 0
