"""Levelling: which projects might start later within float, accepted or discarded by a person."""

import datetime
from decimal import Decimal

import pytest

from core.errors import Conflict, NotAllowed, StaleEdit
from events.models import Event, Job
from events.services import claim_job, request_stop, run_job
from projects import services
from projects.models import Activity, Dependency, LevellingProposal, LevellingStatus, Project
from projects.selectors.levelling import read_levelling
from projects.selectors.levelling_input import BEGUN, NO_FLOAT, ON_HOLD, UNDATED, UNDER_WAY, days_of
from projects.services import PlanChanged
from resources.models import Allocation, Capacity, Person, ResourceRole, Team
from tests.projects.levelling import dated, in_flight, last_day, month, planned


def months_of(project):
    return sorted(Allocation.objects.filter(project=project).values_list("month", flat=True))


# ── Suggesting ──


def test_the_project_with_float_makes_way_and_the_result_says_what_that_does(program, rivals, suggested):
    row = suggested(program=program)

    [move] = row.result["moves"]
    assert (move["name"], move["months"], move["float_left"]) == ("Zeus", 2, move["float_months"] - 2)
    assert move["start"][0] == month(2).isoformat()
    assert datetime.date.fromisoformat(move["start"][1]).replace(day=1) == month(4)
    assert row.result["before"] == {"peak": 2.0, "total": 4.0}
    assert row.result["after"] == {"peak": 0.0, "total": 0.0}
    assert "Developer in " in move["why"]
    assert "2.00 FTE over capacity before, 0.00 after" in move["why"]
    assert [(one["name"], one["why"]) for one in row.result["stays"]] == [("Hera", UNDER_WAY)]
    assert row.result["left"] == []
    assert row.as_of is not None


def test_nothing_in_the_plan_changes_before_somebody_accepts(program, rivals, suggested):
    before = list(Allocation.objects.order_by("pk").values("pk", "month", "version"))

    suggested(program=program)

    assert list(Allocation.objects.order_by("pk").values("pk", "month", "version")) == before
    assert Project.objects.get(name="Zeus").planned_start_date == month(2)


def test_the_same_seed_gives_the_same_result(program, rivals, suggested):
    first, again = (suggested(program=program, seed=5).result for _ in range(2))

    assert first == again


def test_a_portfolio_is_levelled_with_all_below_it(acme, portfolio, program, rivals, suggested):
    child = type(portfolio).objects.create(organization=acme, name="Child", parent=portfolio)
    Project.objects.filter(name="Zeus").update(program=None, portfolio=child)

    row = suggested(portfolio=portfolio)

    assert [move["name"] for move in row.result["moves"]] == ["Zeus"]


def test_no_project_is_put_off_further_than_asked(program, rivals, suggested):
    row = suggested(program=program, most_months=1)

    assert [move["months"] for move in row.result["moves"]] == [1]
    assert row.result["after"]["total"] == 2.0
    assert "What does not move" not in row.result["left"][0]["why"]


def test_what_other_programs_ask_for_counts_and_does_not_move(acme, portfolio, program, rivals, developer, suggested):
    other = type(program).objects.create(organization=acme, portfolio=portfolio, code="AS", name="Asia")
    planned(in_flight(acme, other, "ares", "approved", 4, 2), developer, 4, [Decimal(4), Decimal(4)])

    row = suggested(program=program)

    assert [(move["name"], move["months"]) for move in row.result["moves"]] == [("Zeus", 4)]
    assert "Ares" not in str(row.result["moves"]) + str(row.result["stays"])


def test_teams_can_be_levelled_instead_of_roles_by_the_people_in_them(acme, program, rivals, developer, suggested):
    team = Team.objects.create(organization=acme, name="Ingest")
    Person.objects.create(organization=acme, name="Ada", role=developer, team=team, fte=Decimal(1))
    Allocation.objects.update(team=team)

    row = suggested(program=program, group="team")

    assert [group["name"] for group in row.result["groups"]] == ["Ingest"]
    assert row.result["groups"][0]["capacity"][2] == 1.0
    assert row.result["before"]["peak"] == 5.0


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"status": "active"}, UNDER_WAY),
        ({"status": "on_hold"}, ON_HOLD),
        ({"planned_start_date": month(-1)}, BEGUN),
    ],
)
def test_what_has_begun_or_is_on_hold_does_not_move(program, rivals, suggested, change, why):
    Project.objects.filter(name="Zeus").update(**change)

    row = suggested(program=program)

    assert row.result["moves"] == []
    assert ("Zeus", why) in [(one["name"], one["why"]) for one in row.result["stays"]]
    assert row.result["left"][0]["why"].startswith("What does not move asks for 6.00 of 4.00 FTE alone")


def test_work_that_has_begun_holds_its_project(program, rivals, suggested):
    Activity.objects.filter(name="Work of Zeus").update(status="in_progress")

    assert suggested(program=program).result["moves"] == []


def test_a_project_without_dated_activities_has_no_known_float(program, rivals, suggested):
    Activity.objects.filter(name="Work of Zeus").update(planned_start_date=None, planned_finish_date=None)

    assert UNDATED in [one["why"] for one in suggested(program=program).result["stays"]]


def test_a_deadline_takes_the_float(program, rivals, suggested):
    deadline = datetime.datetime.combine(last_day(3), datetime.time(17))
    Activity.objects.filter(name="Work of Zeus").update(deadline_at=deadline)

    assert NO_FLOAT in [one["why"] for one in suggested(program=program).result["stays"]]


def test_what_waits_for_a_project_elsewhere_holds_it(acme, portfolio, program, rivals, suggested):
    other = type(program).objects.create(organization=acme, portfolio=portfolio, code="AS", name="Asia")
    ares = in_flight(acme, other, "ares", "approved", 4, 1)
    Dependency.objects.create(
        organization=acme,
        crosses_projects=True,
        predecessor=Activity.objects.get(name="Work of Zeus"),
        successor=ares.activities.get(name="Work of Ares"),
    )

    assert NO_FLOAT in [one["why"] for one in suggested(program=program).result["stays"]]


# ── Nothing to level ──


def test_without_projects_in_flight_there_is_nothing_to_level(petra, program):
    with pytest.raises(Conflict, match="None of its projects is in flight"):
        services.suggest_levelling(actor=petra, program=program)
    assert not Job.objects.exists()


def test_without_allocations_the_refusal_says_what_to_enter(petra, program, zeus, developer):
    with pytest.raises(Conflict, match="Enter allocations"):
        services.suggest_levelling(actor=petra, program=program)


def test_without_capacity_the_refusal_names_the_roles(petra, program, rivals):
    Capacity.objects.all().delete()

    with pytest.raises(Conflict, match=r"No capacity is known of any role that is asked for \(Developer\)"):
        services.suggest_levelling(actor=petra, program=program)


def test_a_role_without_capacity_is_left_out_and_named(acme, program, rivals, suggested):
    designer = ResourceRole.objects.create(organization=acme, name="Designer")
    planned(rivals["zeus"], designer, 2, [Decimal(1)])

    row = suggested(program=program)

    assert row.result["without_capacity"] == ["Designer"]
    assert [group["name"] for group in row.result["groups"]] == ["Developer"]


def test_allocations_that_name_no_team_cannot_be_levelled_by_team(petra, program, rivals):
    with pytest.raises(Conflict, match="names no team"):
        services.suggest_levelling(actor=petra, program=program, group="team")


def test_viewers_ask_for_none_and_contributors_accept_none(bob, vera, program, rivals, suggested):
    with pytest.raises(NotAllowed):
        services.suggest_levelling(actor=vera, program=program)
    row = suggested(program=program)
    for act in (services.accept_levelling, services.discard_levelling, services.take_back_levelling):
        with pytest.raises(NotAllowed):
            act(actor=bob, proposal=row)


def test_a_search_stops_when_it_is_asked_to_and_keeps_nothing(acme, petra, program, rivals):
    row = services.suggest_levelling(actor=petra, program=program)
    job = claim_job(acme.pk)
    request_stop(actor=petra, job=job)

    run_job(job)

    assert LevellingProposal.objects.get(pk=row.pk).result is None
    with pytest.raises(Conflict, match="no result yet"):
        services.accept_levelling(actor=petra, proposal=row)


# ── Accepting ──


def test_accepting_puts_off_dates_activities_and_allocations_together(petra, program, rivals, suggested):
    row = suggested(program=program)
    days = row.result["moves"][0]["days"]

    services.accept_levelling(actor=petra, proposal=row)

    zeus, work = Project.objects.get(name="Zeus"), Activity.objects.get(name="Work of Zeus")
    assert months_of(zeus) == [month(4), month(5)]
    assert zeus.planned_start_date == month(2) + datetime.timedelta(days=days)
    assert zeus.planned_finish_date == last_day(3) + datetime.timedelta(days=days)
    assert work.planned_start_date == month(2) + datetime.timedelta(days=days)
    assert months_of(rivals["hera"]) == [month(2), month(3)]
    row.refresh_from_db()
    assert (row.status, row.decided_by) == (LevellingStatus.ACCEPTED, petra)
    event = Event.objects.get(kind="levelling.accepted")
    assert event.changes["touched_projects"][1] == [zeus.pk]
    assert [one["name"] for one in event.changes["moved"][1]] == ["Work of Zeus"]


def test_automatic_activities_follow_their_project_and_their_earliest_dates(petra, program, rivals, suggested, zeus):
    Activity.objects.filter(name="Work of Zeus").update(
        is_manual=False, duration_minutes=4800, planned_finish_date=month(2) + datetime.timedelta(days=11)
    )
    later = month(3)
    held = dated(
        zeus, "Held", 3, 1, is_manual=False, duration_minutes=4800, constraint_type="snet",
        constraint_at=datetime.datetime.combine(later, datetime.time()),
    )  # fmt: skip
    services.reschedule_project(actor=petra, project=zeus)
    row = suggested(program=program)
    days = datetime.timedelta(days=row.result["moves"][0]["days"])
    before = {one.name: one.planned_start_date for one in zeus.activities.all()}

    services.accept_levelling(actor=petra, proposal=row)

    held.refresh_from_db()
    assert held.constraint_at.date() == later + days
    assert {one.name: one.planned_start_date for one in zeus.activities.all()} == {
        name: day + days for name, day in before.items()
    }


def test_taking_back_puts_everything_where_it_was_and_opens_the_proposal(petra, program, rivals, suggested):
    row = suggested(program=program)
    before = list(Activity.objects.order_by("pk").values_list("planned_start_date", "planned_finish_date"))
    row = services.accept_levelling(actor=petra, proposal=row)

    row = services.take_back_levelling(actor=petra, proposal=row)

    assert months_of(rivals["zeus"]) == [month(2), month(3)]
    assert Project.objects.get(name="Zeus").planned_start_date == month(2)
    assert list(Activity.objects.order_by("pk").values_list("planned_start_date", "planned_finish_date")) == before
    assert (row.status, row.accepted, row.decided_by) == (LevellingStatus.OPEN, None, None)
    services.accept_levelling(actor=petra, proposal=row)  # and it can be accepted again
    assert months_of(rivals["zeus"]) == [month(4), month(5)]


@pytest.fixture
def three(acme, program, rivals, developer):
    """Ares, approved too, waits for Zeus; all three need developers at once."""
    ares = in_flight(acme, program, "ares", "approved", 4, 1)
    planned(ares, developer, 4, [Decimal(4)])
    Dependency.objects.create(
        organization=acme,
        crosses_projects=True,
        predecessor=Activity.objects.get(name="Work of Zeus"),
        successor=Activity.objects.get(name="Work of Ares"),
    )
    return {**rivals, "ares": ares}


def test_a_successor_goes_along_and_neither_is_accepted_without_the_other(petra, program, three, suggested):
    row = suggested(program=program)

    moves = {move["name"]: move for move in row.result["moves"]}
    assert moves["Zeus"]["along"] == [three["ares"].pk]
    assert moves["Ares"]["months"] >= moves["Zeus"]["months"]
    assert row.result["after"]["total"] == 0
    with pytest.raises(Conflict, match="“Zeus” can be put off only with “Ares”"):
        services.accept_levelling(actor=petra, proposal=row, project_ids=[three["zeus"].pk])
    services.accept_levelling(actor=petra, proposal=row)
    assert months_of(three["ares"]) == [month(4 + moves["Ares"]["months"])]


def test_some_of_the_rows_can_be_accepted(petra, program, three, suggested):
    row = suggested(program=program)

    row = services.accept_levelling(actor=petra, proposal=row, project_ids=[three["ares"].pk])

    assert months_of(three["zeus"]) == [month(2), month(3)]
    assert months_of(three["ares"]) != [month(4)]
    assert read_levelling(row).accepted == {three["ares"].pk}


def test_nothing_and_strange_projects_cannot_be_accepted(petra, program, rivals, suggested):
    row = suggested(program=program)

    with pytest.raises(Conflict, match="No project is chosen"):
        services.accept_levelling(actor=petra, proposal=row, project_ids=[])
    with pytest.raises(Conflict, match="does not put off all"):
        services.accept_levelling(actor=petra, proposal=row, project_ids=[rivals["hera"].pk])


@pytest.mark.parametrize("what", ["project", "activity", "allocation", "new allocation", "status"])
def test_a_plan_that_has_changed_meanwhile_is_refused_and_nothing_moves(
    petra, program, rivals, suggested, developer, what
):
    row, zeus = suggested(program=program), rivals["zeus"]
    if what == "project":
        services.update_project(actor=petra, project=zeus, planned_finish_date=last_day(4))
    elif what == "activity":
        services.update_activity(actor=petra, activity=zeus.activities.get(), planned_finish_date=last_day(4))
    elif what == "allocation":
        Allocation.objects.filter(project=zeus).first().delete()
    elif what == "new allocation":
        planned(zeus, developer, 8, [Decimal(1)])
    else:
        services.change_status(actor=petra, project=zeus, to="active")
    before = months_of(zeus)

    with pytest.raises(PlanChanged, match="“Zeus” changed since"):
        services.accept_levelling(actor=petra, proposal=row)

    assert months_of(zeus) == before
    assert LevellingProposal.objects.get(pk=row.pk).status == LevellingStatus.OPEN
    assert read_levelling(row).changed == ["Zeus"]


def test_what_others_would_have_to_make_way_for_is_refused(acme, petra, program, rivals, suggested):
    row = suggested(program=program)
    ares = in_flight(acme, program, "ares", "approved", 4, 1)
    Dependency.objects.create(
        organization=acme,
        crosses_projects=True,
        predecessor=Activity.objects.get(name="Work of Zeus"),
        successor=ares.activities.get(),
        slip_policy="move",
    )

    with pytest.raises(PlanChanged, match="activities of “Ares” too"):
        services.accept_levelling(actor=petra, proposal=row)
    assert months_of(rivals["zeus"]) == [month(2), month(3)]


def test_what_was_changed_after_accepting_is_not_taken_back(petra, program, rivals, suggested):
    row = services.accept_levelling(actor=petra, proposal=suggested(program=program))
    services.update_project(actor=petra, project=Project.objects.get(name="Zeus"), planned_finish_date=last_day(9))

    with pytest.raises(PlanChanged, match="Not taken back"):
        services.take_back_levelling(actor=petra, proposal=row)
    assert months_of(rivals["zeus"]) == [month(4), month(5)]


def test_a_decided_proposal_is_not_decided_again(petra, program, rivals, suggested):
    row = suggested(program=program)
    services.discard_levelling(actor=petra, proposal=row)

    for act in (services.accept_levelling, services.discard_levelling):
        with pytest.raises(Conflict, match="discarded already"):
            act(actor=petra, proposal=row)
    assert months_of(rivals["zeus"]) == [month(2), month(3)]


def test_a_decision_about_another_version_is_refused(petra, program, rivals, suggested):
    row = suggested(program=program)
    services.discard_levelling(actor=petra, proposal=row)
    services.take_back_levelling(actor=petra, proposal=row)

    with pytest.raises(StaleEdit):
        services.accept_levelling(actor=petra, proposal=row, expected_version=row.version)


@pytest.mark.parametrize("day", range(1, 32))
def test_work_is_put_off_by_whole_weeks_into_the_month_that_is_meant(day):
    start = datetime.date(2041, 1, day)

    for months in range(1, 25):
        days = days_of(start, months)
        begun = start + datetime.timedelta(days=days)
        assert days % 7 == 0
        assert (begun.year - 2041) * 12 + begun.month - 1 == months
