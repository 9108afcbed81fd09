"""Projects, their activities and risks over REST: lifecycle, reports, moves, outlines."""

from decimal import Decimal

import pytest

from core.tenancy import organization_scope
from events.models import Event
from portfolio.models import Portfolio
from programs.models import Program
from projects.models import Activity, Project
from tests.api.conftest import errors_of


@pytest.fixture
def url(project):
    return f"/api/v1/projects/{project.pk}/"


def test_amounts_are_strings_and_dates_are_iso(api, url):
    row = api.get(url).json()

    assert row["budget_amount"] == "1000000.00"
    assert row["planned_start_date"] == "2026-01-05"
    assert row["created_at"].endswith("Z")
    assert row["program_name"] == "EU launch"
    assert row["health"] == "unreported"


def test_a_project_without_a_code_is_given_one(api, program):
    row = api.send("post", "/api/v1/projects/", {"name": "Zeus", "program": program.pk}).json()

    assert row["code"] == f"P-{row['id']}"
    assert row["status"] == "proposed"
    assert row["currency"] == "USD"


def test_a_project_without_a_parent_is_refused_with_a_sentence(api):
    response = api.send("post", "/api/v1/projects/", {"name": "Zeus"})

    assert errors_of(response) == {"non_field_errors": ["A project needs a program or a portfolio."]}


def test_all_broken_rules_are_told_at_once(api, program, project):
    body = {
        "name": "Zeus",
        "program": program.pk,
        "code": project.code,
        "planned_start_date": "2026-02-01",
        "planned_finish_date": "2026-01-01",
    }

    response = api.send("post", "/api/v1/projects/", body)

    assert set(errors_of(response)["non_field_errors"]) == {
        "Another project has this code.",
        "A project cannot finish before it starts.",
    }
    assert Project.objects.count() == 1


def test_a_contributor_may_propose_but_not_approve(api_for, bob, acme, program):
    api = api_for(bob, acme)

    proposed = api.send("post", "/api/v1/projects/", {"name": "Zeus", "program": program.pk})
    active = api.send("post", "/api/v1/projects/", {"name": "Hera", "program": program.pk, "status": "active"})

    assert (proposed.status_code, active.status_code) == (201, 403)


def test_the_status_moves_along_the_lifecycle_with_a_reason(api, url, project):
    assert api.get(url).json()["next_statuses"] == ["on_hold", "done", "cancelled"]

    response = api.send("post", f"{url}change-status/", {"to": "on_hold", "reason": "Budget frozen"})

    assert response.status_code == 200
    assert response.json()["status"] == "on_hold"
    assert Event.objects.get(kind="project.status_changed").note == "Budget frozen"


def test_a_step_that_the_lifecycle_does_not_have_gets_409(api, url):
    response = api.send("post", f"{url}change-status/", {"to": "proposed"})

    assert response.status_code == 409
    assert response.json()["detail"] == (
        "A project that is active cannot become proposed. From here: on hold, done, cancelled."
    )


def test_a_status_that_is_none_is_refused(api, url):
    assert "to" in errors_of(api.send("post", f"{url}change-status/", {"to": "flying"}))
    assert "to" in errors_of(api.send("post", f"{url}change-status/", {}))


def test_a_patch_does_not_change_the_status_and_says_what_does(api, url):
    response = api.send("patch", url, {"status": "done"})

    assert errors_of(response) == {"status": ["POST to change-status/ moves it along its lifecycle."]}


def test_a_contributor_reports_without_the_right_to_change_the_plan(api_for, bob, acme, url):
    api = api_for(bob, acme)

    report = api.send("post", f"{url}report/", {"reported_health": "amber", "health_note": "A supplier is late."})
    plan = api.send("patch", url, {"budget_amount": "1.00"})

    assert report.status_code == 200
    assert report.json()["health"] == "amber"
    assert plan.status_code == 403


def test_bad_health_asks_for_a_reason(api, url):
    response = api.send("post", f"{url}report/", {"reported_health": "red"})

    assert response.status_code == 400
    assert "one line of why" in errors_of(response)["health_note"][0]


def test_a_report_refuses_what_belongs_to_the_plan(api, url):
    assert "budget_amount" in errors_of(api.send("post", f"{url}report/", {"budget_amount": "1.00"}))


def test_a_project_moves_to_another_program_or_into_a_portfolio(api, url, acme, portfolio):
    asia = Program.objects.create(organization=acme, portfolio=portfolio, code="ASIA", name="Asia")

    moved = api.send("post", f"{url}move/", {"program": asia.pk}).json()
    direct = api.send("post", f"{url}move/", {"portfolio": portfolio.pk}).json()

    assert (moved["program"], moved["portfolio"]) == (asia.pk, None)
    assert (direct["program"], direct["portfolio"]) == (None, portfolio.pk)


def test_a_move_to_two_places_or_to_none_is_refused(api, url, portfolio, program):
    both = api.send("post", f"{url}move/", {"program": program.pk, "portfolio": portfolio.pk})
    none = api.send("post", f"{url}move/", {})

    assert (both.status_code, none.status_code) == (400, 400)


def test_a_move_into_another_organization_is_refused_at_the_field(api, url, foreign):
    response = api.send("post", f"{url}move/", {"program": foreign["program"].pk})

    assert errors_of(response) == {"program": ["There is no such row, or it is not yours to see."]}


def test_a_project_may_not_enter_an_archived_program(api, acme, portfolio):
    closed = Program.objects.create(organization=acme, portfolio=portfolio, code="OLD", name="Closed")
    api.delete(f"/api/v1/programs/{closed.pk}/")

    response = api.send("post", "/api/v1/projects/", {"name": "Zeus", "program": closed.pk})

    assert "program" in errors_of(response)


def test_a_manager_who_is_no_member_is_refused(api, url, charlie, bob):
    assert "manager" in errors_of(api.send("patch", url, {"manager": charlie.pk}))
    assert api.send("patch", url, {"manager": bob.pk}).json()["manager_name"] == "Bob"


@pytest.mark.parametrize("action", ["change-status", "report", "move", "restore"])
def test_actions_are_refused_to_viewers_and_hidden_from_strangers(
    api_for, vera, acme, charlie, other, url, action, program
):
    body = {"change-status": {"to": "done"}, "report": {"health_note": "Fine"}, "move": {"program": program.pk}}

    assert api_for(vera, acme).send("post", f"{url}{action}/", body.get(action)).status_code == 403
    assert api_for(charlie, other).send("post", f"{url}{action}/", body.get(action)).status_code == 404
    assert api_for(vera, acme).get(f"{url}{action}/").status_code == 405


@pytest.mark.parametrize("action", ["change-status", "report", "move"])
def test_a_stale_action_gets_412(api, url, action, program):
    tag = api.get(url).headers["ETag"]
    api.send("patch", url, {"name": "Renamed"})
    body = {"change-status": {"to": "done"}, "report": {"health_note": "Fine"}, "move": {"program": program.pk}}

    assert api.send("post", f"{url}{action}/", body[action], If_Match=tag).status_code == 412


def test_an_activity_is_placed_at_the_end_and_moves_in_the_outline(api, project, activity):
    build = api.send("post", "/api/v1/activities/", {"name": "Build", "project": project.pk}).json()
    assert (build["position"], build["outline_level"]) == (2, 1)

    indented = api.send("post", f"/api/v1/activities/{build['id']}/move/", {"direction": "indent"}).json()

    assert (indented["parent"], indented["outline_level"]) == (activity.pk, 2)
    outline = api.get(f"/api/v1/activities/?project={project.pk}&ordering=outline").json()["results"]
    assert [(row["name"], row["kind"]) for row in outline] == [("Design", "summary"), ("Build", "task")]


def test_an_activity_that_cannot_move_further_gets_409(api, activity):
    assert api.send("post", f"/api/v1/activities/{activity.pk}/move/", {"direction": "up"}).status_code == 409
    assert "direction" in errors_of(api.send("post", f"/api/v1/activities/{activity.pk}/move/", {"direction": "left"}))


def test_an_activity_may_not_lie_below_another_projects_summary(api, acme, program, activity):
    hera = Project.objects.create(organization=acme, program=program, code="HERA", name="Hera", currency="USD")

    response = api.send("post", "/api/v1/activities/", {"name": "X", "project": hera.pk, "parent": activity.pk})

    assert errors_of(response) == {"parent": ["The summary belongs to another project."]}


def test_an_activity_stays_in_its_project(api, activity, project):
    response = api.send("patch", f"/api/v1/activities/{activity.pk}/", {"project": project.pk, "parent": None})

    assert errors_of(response) == {
        "project": ["An activity stays in its project."],
        "parent": ["POST to move/ with a direction changes its place in the outline."],
    }


def test_progress_and_status_of_an_activity_agree(api, activity):
    row = api.send("patch", f"/api/v1/activities/{activity.pk}/", {"progress_ratio": "1"}).json()

    assert (row["status"], row["progress_ratio"]) == ("done", "1.0000")


def test_the_exposure_of_a_risk_is_probability_times_impact(api, risk):
    assert api.get(f"/api/v1/risks/{risk.pk}/").json()["exposure_amount"] == "250.00"


def test_filters_narrow_as_the_pages_do(api, acme, project, portfolio, program):
    below = Portfolio.objects.create(organization=acme, parent=portfolio, name="Below")
    deep = Program.objects.create(organization=acme, portfolio=below, code="DEEP", name="Deep")
    late = Project.objects.create(
        organization=acme, program=deep, code="LATE", name="Late one", status="approved", currency="USD",
        planned_start_date="2026-01-01", planned_finish_date="2026-02-01", expected_finish_date="2026-05-01",
        reported_health="red", health_note="Very late.", budget_amount=Decimal(5),
    )  # fmt: skip

    def found(query: str) -> list[int]:
        return [row["id"] for row in api.get(f"/api/v1/projects/?{query}").json()["results"]]

    assert found(f"portfolio={portfolio.pk}") == [project.pk, late.pk]
    assert found(f"portfolio={below.pk}") == [late.pk]
    assert found(f"program={program.pk}") == [project.pk]
    assert found("status=active&status=approved") == [project.pk, late.pk]
    assert found("health=red") == [late.pk]
    assert found("health=unreported") == [project.pk]
    assert found("q=late") == [late.pk]
    assert found("q=apollo&status=approved") == []
    assert found("late=1&in_flight=1&parked=0") == [project.pk, late.pk]


@pytest.mark.parametrize(
    "query",
    [
        "status=flying", "health=purple", "program=x", "program=99999999999999999999999", "late=banana", "staus=active",
        "q=%00", "ends_from=yesterday", "archived=perhaps", "ordering=budget", "ordering=-", "page_size=0",
        "page_size=1001", "page_size=99999999999999999999", "page_size=x", "page_size=-1", "cursor=x", "cursor=%FF",
        "program=0", "status=", "%00=1",
    ],
)  # fmt: skip
def test_a_filter_that_makes_no_sense_is_refused_and_never_ignored(api, project, query):
    response = api.get(f"/api/v1/projects/?{query}")

    assert response.status_code == 400
    assert errors_of(response)


def test_anothers_program_filters_nothing_out_by_name(api, foreign):
    assert "program" in errors_of(api.get(f"/api/v1/projects/?program={foreign['program'].pk}"))


def test_many_activities_of_one_project_do_not_hide_those_of_others(api, acme, project, program):
    hera = Project.objects.create(organization=acme, program=program, code="HERA", name="Hera", currency="USD")
    with organization_scope(acme):
        Activity.objects.bulk_create(
            Activity(organization=acme, project=owner, name=f"{owner} {place}", position=place, currency="USD")
            for place in range(3)
            for owner in (project, hera)
        )

    rows = api.get(f"/api/v1/activities/?project={hera.pk}").json()["results"]

    assert {row["project_name"] for row in rows} == {"Hera"}
    assert len(rows) == 3
