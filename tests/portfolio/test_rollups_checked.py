"""Every night all totals are computed again: the day moves health on, and anything else that differs is an error."""

import datetime
from decimal import Decimal

import pytest
from structlog.testing import capture_logs

from events.models import Event, FollowerCursor
from portfolio.models import Rollup
from portfolio.selectors.freshness import FOLLOWER
from portfolio.services import check_rollups, rebuild_rollups
from projects.models import Project
from projects.services import create_activity, report_project
from tests.portfolio.following import stored_totals, totals_of

BEFORE_THE_FINISH = datetime.date(2026, 3, 1)
AFTER_THE_FINISH = datetime.date(2026, 4, 20)


@pytest.fixture
def kept(acme, project, product, alice):
    """Apollo, 10 of 80 days from its end, rolled up in March by a follower that has read everything."""
    Project.objects.update(actual_amount=Decimal("100000.00"), reported_progress_ratio=Decimal("0.6500"))
    rebuild_rollups(acme.pk, BEFORE_THE_FINISH)
    return mark_as_read(acme)


def mark_as_read(organization):
    last = Event.objects.order_by("transaction_id", "pk").last()
    position = {"transaction_id": last.transaction_id, "event_id": last.pk} if last else {}
    FollowerCursor.objects.update_or_create(organization=organization, follower=FOLLOWER, defaults=position)
    return organization


def check(organization, day):
    return check_rollups(actor=None, organization=organization, day=day)


def test_the_day_moves_health_and_lateness_and_that_is_no_error(kept, project, portfolio):
    assert totals_of(project=project).health == "green"

    assert check(kept, AFTER_THE_FINISH) == []

    assert (totals_of(project=project).health, totals_of(project=project).late_count) == ("red", 1)
    assert (totals_of(portfolio=portfolio).red_count, totals_of().late_count) == (1, 1)
    assert not Event.objects.filter(kind="rollup.repaired").exists()


def test_a_total_that_is_wrong_is_repaired_and_reported(kept, portfolio, program):
    right = stored_totals()
    Rollup.objects.filter(portfolio=portfolio).update(budget_amount=Decimal("5.00"))

    with capture_logs() as logs:
        errors = check(kept, BEFORE_THE_FINISH)

    # The portfolio is not what its program gives, and the whole is not what the portfolio gives.
    assert {(error.kind, error.field) for error in errors} == {
        ("portfolio", "budget_amount"), ("organization", "budget_amount"),
    }  # fmt: skip
    assert stored_totals() == right
    assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == ["rollups_differed"]
    event = Event.objects.get(kind="rollup.repaired")
    assert event.actor is None
    assert event.changes[f"portfolio {portfolio.pk}: budget_amount"] == ["5.00", "1000000.00"]
    assert event.changes["count"] == [0, 2]


def test_health_that_is_wrong_for_the_day_it_was_judged_is_an_error(kept, project):
    Rollup.objects.filter(project=project).update(health="amber")

    errors = check(kept, AFTER_THE_FINISH)

    assert ("project", "health", "amber", "green") in [(e.kind, e.field, e.stored, e.expected) for e in errors]


def test_a_fact_written_past_the_services_is_found(kept, project):
    Project.objects.update(budget_amount=Decimal("7.00"))

    errors = check(kept, BEFORE_THE_FINISH)

    assert "budget_amount" in {error.field for error in errors if error.kind == "project"}
    assert totals_of().budget_amount == 7


def test_a_missing_row_and_one_too_many_are_found(kept, project, program, portfolio):
    Rollup.objects.filter(program=program).delete()
    Project.objects.update(archived_at="2026-03-01T00:00:00Z")

    errors = check(kept, BEFORE_THE_FINISH)

    assert ("program", program.pk, "missing") in [(e.kind, e.node_id, e.stored) for e in errors]
    assert ("project", project.pk, "archived") in [(e.kind, e.node_id, e.expected) for e in errors]
    assert not Rollup.objects.filter(project=project).exists()
    assert totals_of(program=program).project_count == 0


def test_what_the_follower_has_yet_to_read_is_no_error(kept, alice, project):
    report_project(actor=alice, project=project, actual_amount=Decimal("900000.00"))
    create_activity(actor=alice, project=project, name="Build")

    assert check(kept, BEFORE_THE_FINISH) == []
    assert totals_of().actual_amount == 900_000


def test_an_organization_without_anything_passes(acme):
    assert check(acme, BEFORE_THE_FINISH) == []
    assert totals_of().project_count == 0
