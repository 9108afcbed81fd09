"""A project moves along its lifecycle, and everything that happens to it is told."""

import itertools

import pytest
from django.core.exceptions import ValidationError

from core.errors import Conflict, FieldErrors, NotAllowed, StaleEdit
from events.models import Event
from portfolio.models import Portfolio
from projects import services
from projects.models import NEXT_STATUSES, Project, ProjectStatus


@pytest.fixture
def proposal(bob, acme, program):
    return services.create_project(actor=bob, organization=acme, program=program, name="Offline sync")


def test_a_contributor_proposes_and_the_project_gets_a_code(bob, proposal):
    assert proposal.status == ProjectStatus.PROPOSED
    assert proposal.code == f"P-{proposal.pk}"
    event = Event.objects.get(kind="project.created")
    assert event.actor == bob
    assert event.changes["name"] == [None, "Offline sync"]


def test_a_contributor_cannot_create_a_project_that_is_approved_already(bob, acme, program):
    with pytest.raises(NotAllowed):
        services.create_project(actor=bob, organization=acme, program=program, name="Sneaky", status="approved")


@pytest.mark.parametrize(("before", "to"), list(itertools.product(ProjectStatus.values, repeat=2)))
def test_the_lifecycle_table_is_kept_step_by_step(petra, project, before, to):
    Project.objects.filter(pk=project.pk).update(status=before)
    project.refresh_from_db()

    if to in NEXT_STATUSES[before]:
        assert services.change_status(actor=petra, project=project, to=to, reason="Gate").status == to
        assert Event.objects.get(kind="project.status_changed").note == "Gate"
    else:
        with pytest.raises(Conflict, match="cannot become"):
            services.change_status(actor=petra, project=project, to=to)
        assert not Event.objects.filter(kind="project.status_changed").exists()


def test_a_contributor_reports_but_does_not_change_the_plan(bob, project):
    reported = services.report_project(
        actor=bob, project=project, reported_health="amber", health_note="Supplier is late"
    )
    assert reported.reported_health == "amber"

    with pytest.raises(Conflict, match="A report does not set budget_amount"):
        services.report_project(actor=bob, project=project, budget_amount=1)
    with pytest.raises(NotAllowed):
        services.update_project(actor=bob, project=project, name="Mine now")


def test_bad_health_asks_for_one_line_of_why(bob, project):
    with pytest.raises(FieldErrors, match="one line of why"):
        services.report_project(actor=bob, project=project, reported_health="red")


def test_a_stale_edit_says_who_changed_what(alice, petra, project):
    services.update_project(actor=petra, project=project, name="Apollo 2", expected_version=1)

    with pytest.raises(StaleEdit, match="Petra changed “Apollo 2” after you opened it") as caught:
        services.update_project(actor=alice, project=project, budget_amount=5, expected_version=1)

    assert [(c.field, c.before, c.after, c.who) for c in caught.value.changes] == [
        ("name", "Apollo", "Apollo 2", "Petra")
    ]
    assert caught.value.current_version == 2


def test_saving_what_is_there_already_records_nothing(petra, project):
    services.update_project(actor=petra, project=project, name="Apollo", budget_amount=project.budget_amount)

    assert not Event.objects.exists()


def test_a_project_sits_in_a_program_or_in_a_portfolio_and_not_in_both(petra, acme, project, portfolio):
    with pytest.raises(ValidationError, match="not in both"):
        services.update_project(actor=petra, project=project, portfolio=portfolio)

    moved = services.move_project(actor=petra, project=project, portfolio=portfolio)
    assert (moved.program, moved.portfolio) == (None, portfolio)

    with pytest.raises(ValidationError, match="needs a program or a portfolio"):
        services.update_project(actor=petra, project=moved, portfolio=None)


def test_dates_that_run_backwards_are_refused(petra, project):
    with pytest.raises(ValidationError, match="cannot finish before it starts"):
        services.update_project(actor=petra, project=project, planned_finish_date="2025-01-01")


def test_a_parked_project_with_a_parent_is_parked_no_longer(petra, acme, program):
    parked = services.create_project(
        actor=petra, organization=acme, name="Unnamed project 1997", parked_reason="No name and no program."
    )
    assert parked.is_parked

    assert not services.update_project(actor=petra, project=parked, name="Pilot", program=program).is_parked


def test_an_archived_project_comes_back_unless_its_program_is_archived(petra, alice, project, program):
    archived = services.archive_project(actor=petra, project=project)
    assert archived.is_archived
    assert not Project.objects.live().exists()
    type(program).objects.filter(pk=program.pk).update(archived_at=archived.archived_at)

    with pytest.raises(Conflict, match="“EU launch” is archived. Restore it first"):
        services.restore_project(actor=petra, project=Project.objects.get())

    type(program).objects.filter(pk=program.pk).update(archived_at=None)
    assert not services.restore_project(actor=petra, project=Project.objects.get()).is_archived


def test_a_project_of_one_organization_cannot_join_anothers_portfolio(petra, project, other):
    foreign = Portfolio(pk=999_999, organization=other, name="Theirs")

    with pytest.raises(ValidationError, match="No such row in this organization|does not exist"):
        services.update_project(actor=petra, project=project, program=None, portfolio=foreign)
