"""A forecast is asked for on a page, simulated by a worker, and shown with its chances, its drivers and its age."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from core.errors import Conflict, FieldErrors, NotAllowed
from events.models import Event, Job, JobStatus
from events.services import claim_job, request_stop, run_job
from projects import services
from projects.models import Activity, Dependency, Forecast, Project
from tests.projects.activities import HTMX, many, queries

#: Far ahead, so that no test depends on today.
MONDAY = datetime.date(2041, 1, 7)
FORM = {"samples": "500", "seed": "3"}


def page(project):
    return reverse("projects:project-forecast", args=[project.pk])


def day(offset):
    return MONDAY + datetime.timedelta(days=offset)


def task(project, name, **fields):
    """An activity that the schedule dates; ten working days if nothing else is said."""
    values = {
        "organization_id": project.organization_id,
        "project": project,
        "name": name,
        "currency": project.currency,
        "position": project.activities.count() + 1,
        "is_manual": False,
        "duration_minutes": Decimal(4800),
        "planned_start_date": day(0),
        "planned_finish_date": day(11),
    }
    return Activity.objects.create(**{**values, **fields})


def estimated(share):
    return {
        "optimistic_minutes": 4800 * (1 - share),
        "likely_minutes": 4800,
        "pessimistic_minutes": 4800 * (1 + share),
    }


@pytest.fixture
def voyage(acme, project):
    """Two paths of ten days that meet in a milestone, on the Friday of the second week."""
    Project.objects.filter(pk=project.pk).update(planned_start_date=day(0), planned_finish_date=day(11))
    project.refresh_from_db()
    paths = [task(project, name, **estimated(0.4)) for name in ("Sail", "Row")]
    landing = task(
        project,
        "Landing",
        kind="milestone",
        duration_minutes=0,
        planned_start_date=day(11),
        planned_finish_date=day(11),
    )
    for path in paths:
        Dependency.objects.create(organization=acme, predecessor=path, successor=landing)
    return project


@pytest.fixture
def ran(acme, bob):
    """`ran(project=…)` asks for a forecast as Bob and lets a worker do it."""

    def run(**asked):
        row = services.run_forecast(actor=bob, **{"samples": 1000, "seed": 3, **asked})
        run_job(claim_job(acme.pk))
        row = Forecast.objects.get(pk=row.pk)
        assert row.job.status == JobStatus.DONE, row.job.error
        return row

    return run


# ── Running ──


def test_a_forecast_says_when_milestones_are_met_and_with_what_chance(voyage, ran):
    row = ran(project=voyage)

    [milestone] = row.result["milestones"]
    [whole] = row.result["projects"]
    assert (milestone["name"], milestone["planned"], milestone["wanted"]) == ("Landing", "2041-01-18", "2041-01-18")
    assert milestone["chance"] == whole["chance"] == pytest.approx(0.25, abs=0.05)  # two even chances at once
    assert milestone["planned"] < milestone["p50"] <= milestone["p80"] <= milestone["p95"]
    assert {driver["name"] for driver in row.result["drivers"]} == {"Sail", "Row"}
    assert {each["name"] for each in row.result["critical"]} == {"Sail", "Row", "Landing"}
    assert {each["id"] for each in row.result["critical_links"]} == set(Dependency.objects.values_list("pk", flat=True))
    assert (row.result["remaining"], row.result["estimated"]) == (3, 2)
    assert len(row.result["curve"]) <= 60
    assert row.as_of is not None


def test_the_same_seed_gives_the_same_result(voyage, ran):
    assert ran(project=voyage).result == ran(project=voyage).result
    assert ran(project=voyage).result["curve"] != ran(project=voyage, seed=4).result["curve"]


def test_estimates_without_spread_give_the_dates_of_the_schedule(voyage, ran):
    Activity.objects.filter(likely_minutes__isnull=False).update(**estimated(0))

    row = ran(project=voyage, assumes_spread=True)

    whole = row.result["whole"]
    assert whole["planned"] == whole["p50"] == whole["p95"] == "2041-01-18"
    assert whole["chance"] == 1
    assert row.result["curve"] == [["2041-01-18", 1.0]]


def test_a_deadline_comes_before_the_baseline_and_the_baseline_before_the_plan(petra, voyage, ran):
    assert ran(project=voyage).result["milestones"][0]["wanted_by"] == "plan"
    services.take_baseline(actor=petra, project=voyage, name="Approved")
    assert ran(project=voyage).result["milestones"][0]["wanted_by"] == "baseline"
    Activity.objects.filter(name="Landing").update(deadline_at=datetime.datetime(2041, 2, 1, 17))  # noqa: DTZ001

    milestone = ran(project=voyage).result["milestones"][0]

    assert (milestone["wanted_by"], milestone["wanted"], milestone["chance"]) == ("deadline", "2041-02-01", 1)


def test_a_plan_without_estimates_is_refused_and_a_stated_spread_offered(bob, voyage, ran):
    nothing = dict.fromkeys(("optimistic_minutes", "likely_minutes", "pessimistic_minutes"))
    Activity.objects.update(**nothing)

    with pytest.raises(FieldErrors, match="three-point estimate"):
        services.run_forecast(actor=bob, project=voyage)
    row = ran(project=voyage, assumes_spread=True)

    assert not Forecast.objects.exclude(pk=row.pk).exists()
    assert row.result["assumed"] == [0.9, 1.3]
    assert row.result["estimated"] == 0
    assert row.result["whole"]["p95"] > row.result["whole"]["planned"]


def test_open_risks_delay_and_cost_unless_they_are_left_out(bob, petra, voyage, ran):
    services.create_risk(
        actor=bob,
        project=voyage,
        name="Storm",
        probability_ratio=Decimal(1),
        impact_days=14,
        impact_amount=Decimal(9000),
    )

    stormy, calm = ran(project=voyage), ran(project=voyage, includes_risks=False)

    later = datetime.date.fromisoformat(stormy.result["whole"]["p50"]) - datetime.date.fromisoformat(
        calm.result["whole"]["p50"]
    )
    assert later.days in range(11, 18)
    assert stormy.result["risk_cost"]["mean"] == 9000
    assert calm.result["risk_cost"] is None


def test_work_that_is_done_leaves_nothing_to_forecast(bob, project):
    task(project, "Sail", status="done", progress_ratio=1)

    with pytest.raises(Conflict, match="no work that remains"):
        services.run_forecast(actor=bob, project=project, assumes_spread=True)
    assert not Job.objects.exists()


def test_viewers_run_none(vera, voyage):
    with pytest.raises(NotAllowed):
        services.run_forecast(actor=vera, project=voyage)


def test_a_plan_that_cannot_be_scheduled_fails_with_the_reason(acme, bob, voyage):
    row = services.run_forecast(actor=bob, project=voyage)
    landing, sail = Activity.objects.get(name="Landing"), Activity.objects.get(name="Sail")
    Dependency.objects.create(organization=acme, predecessor=landing, successor=sail)

    run_job(claim_job(acme.pk))

    job = Job.objects.get(pk=row.job_id)
    assert job.status == JobStatus.FAILED
    assert "circle" in job.message
    assert Forecast.objects.get(pk=row.pk).result is None


def test_a_forecast_stops_when_it_is_asked_to_and_keeps_nothing(acme, bob, voyage):
    row = services.run_forecast(actor=bob, project=voyage, samples=2000)
    job = claim_job(acme.pk)
    request_stop(actor=bob, job=job)

    run_job(job)

    assert Job.objects.get(pk=row.job_id).status == JobStatus.STOPPED
    assert Forecast.objects.get(pk=row.pk).result is None


def test_asking_is_in_the_log_and_the_job_leads_to_the_result(client, bob, voyage, ran):
    row = ran(project=voyage, result_path=f"{page(voyage)}?run={{pk}}")

    assert Event.objects.filter(kind="forecast.requested", subject_id=str(row.pk)).count() == 1
    assert row.job.result_path == f"{page(voyage)}?run={row.pk}"
    client.force_login(bob)
    response = client.get(reverse("projects:forecast-detail", args=[row.pk]))
    assert response.headers["Location"] == row.job.result_path


# ── Pages ──


def test_the_page_says_what_a_forecast_is_until_there_is_one(client, bob, vera, voyage):
    client.force_login(bob)
    assert "With what chance are the dates met?" in client.get(page(voyage)).content.decode()
    client.force_login(vera)
    text = client.get(page(voyage)).content.decode()
    assert "Apollo has no forecast yet." in text
    assert client.post(page(voyage), FORM).status_code == 403


def test_a_run_is_asked_for_on_the_page_and_shows_its_progress(client, bob, voyage):
    client.force_login(bob)

    response = client.post(page(voyage), {**FORM, "includes_risks": "on"}, follow=True)

    row = Forecast.objects.get()
    assert (row.samples, row.seed, row.includes_risks) == (500, 3, True)
    assert f'id="job-{row.job_id}"' in response.content.decode()
    assert 'hx-trigger="portolan:job-ended from:body"' in response.content.decode()


@pytest.mark.parametrize(
    ("field", "typed"), [("samples", "99"), ("samples", "100001"), ("samples", "many"), ("seed", "-1")]
)
def test_nonsense_is_refused_at_its_field_and_kept(client, bob, voyage, field, typed):
    client.force_login(bob)

    response = client.post(page(voyage), {**FORM, field: typed})

    assert response.status_code == 422
    assert response.context["form"].errors[field]
    assert response.context["form"][field].value() == typed
    assert not Forecast.objects.exists()


def test_the_page_offers_the_spread_where_nothing_is_estimated(client, bob, voyage):
    Activity.objects.update(optimistic_minutes=None, likely_minutes=None, pessimistic_minutes=None)
    client.force_login(bob)

    response = client.post(page(voyage), FORM)

    assert response.status_code == 422
    assert "Enter estimates" in str(response.context["form"].errors["assumes_spread"])


def test_the_result_is_shown_beside_the_run_before_and_says_when_the_plan_has_changed(client, bob, voyage, ran):
    ran(project=voyage)
    Activity.objects.filter(name="Sail").update(pessimistic_minutes=48_000)
    ran(project=voyage)
    client.force_login(bob)

    response = client.get(page(voyage))
    text = response.content.decode()

    [milestone] = response.context["read"].milestones
    assert milestone.later_days > 0
    assert [figure.key for figure in response.context["charts"]] == ["curve", "tornado"]
    assert "Sail moves the finish most" in text
    assert "The plan has changed since." not in text
    assert reverse("projects:activity-edit", args=[milestone.id]) in text
    Activity.objects.filter(name="Sail").update(updated_at=timezone.now())
    assert "The plan has changed since." in client.get(page(voyage)).content.decode()


def test_an_earlier_run_is_shown_by_its_address_and_nonsense_shows_the_newest(client, bob, voyage, ran):
    first, second = ran(project=voyage), ran(project=voyage, seed=4)
    client.force_login(bob)

    def shown(run):
        return client.get(page(voyage), {"run": run}).context["read"].row

    assert shown(first.pk) == first
    assert shown("nonsense") == shown("0") == second


def test_a_run_that_failed_is_told_above_the_result_before_it(client, acme, bob, voyage, ran):
    ran(project=voyage)
    services.run_forecast(actor=bob, project=voyage)
    job = claim_job(acme.pk)
    request_stop(actor=bob, job=job)
    run_job(job)
    client.force_login(bob)

    text = client.get(page(voyage)).content.decode()

    assert "The last run was stopped." in text
    assert "What follows is the run before." in text


def test_the_page_waits_for_the_run_and_is_loaded_anew_once_it_has_ended(client, acme, bob, voyage):
    services.run_forecast(actor=bob, project=voyage, samples=500)
    client.force_login(bob)

    waiting = client.get(page(voyage), **HTMX)
    run_job(claim_job(acme.pk))
    ended = client.get(page(voyage), **HTMX)

    assert waiting.content.decode().strip().startswith('<div id="forecast"')
    assert ended.headers["HX-Refresh"] == "true"


def test_milestones_that_are_met_are_forecast_no_more(voyage, ran):
    task(voyage, "Cast off", kind="milestone", status="done", progress_ratio=1, duration_minutes=0)

    assert [each["name"] for each in ran(project=voyage).result["milestones"]] == ["Landing"]


def test_the_page_costs_the_same_for_few_activities_and_for_many(client, acme, bob, voyage, ran):
    ran(project=voyage)
    client.force_login(bob)
    client.get(page(voyage))
    few = queries(client, page(voyage))
    many(acme, voyage, bob, 60)
    ran(project=voyage)
    ran(project=voyage)

    assert queries(client, page(voyage)) <= few + 1  # the run before is read as well


def test_projects_and_milestones_come_in_pages(client, bob, voyage, ran):
    for number in range(60):
        task(voyage, f"Mark {number}", kind="milestone", duration_minutes=0)
    ran(project=voyage)
    client.force_login(bob)

    first = client.get(page(voyage))
    second = client.get(page(voyage), {"page": 2}, **HTMX, headers={"HX-Target": "milestone-table"})

    assert (len(first.context["page"]), first.context["page"].paginator.count) == (50, 62)
    assert second.content.decode().strip().startswith('<div id="milestone-table"')
    assert len(second.context["page"]) == 12


def test_what_a_constraint_holds_before_what_it_waits_for_is_named(client, bob, voyage, ran):
    held = {"constraint_type": "mso", "constraint_at": datetime.datetime.combine(day(2), datetime.time(8))}
    Activity.objects.filter(name="Landing").update(is_manual=False, **held)
    row = ran(project=voyage)
    client.force_login(bob)

    text = client.get(page(voyage)).content.decode()

    assert [each["name"] for each in row.result["held"]] == ["Landing"]
    assert "1 activity is held by a constraint before what it waits for." in text


def test_runs_come_in_pages_and_an_old_one_is_shown_beside_the_one_before_it(client, acme, bob, voyage, ran):
    first, second = ran(project=voyage), ran(project=voyage)
    result = {"result": second.result, "as_of": second.as_of}
    Forecast.objects.bulk_create(
        Forecast(organization=acme, project=voyage, samples=500, seed=number, **result) for number in range(25)
    )
    client.force_login(bob)

    newest = client.get(page(voyage))
    older = client.get(page(voyage), {"runs": 2, "run": second.pk})

    assert [len(each.context["runs"]) for each in (newest, older)] == [20, 7]
    assert older.context["read"].row == second
    assert older.context["read"].before == first
    assert "runs=2" in newest.content.decode()
