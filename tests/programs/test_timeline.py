"""The program timeline: dates, slip, what drives the date, for whom, and at what cost."""

import csv
import datetime
import io
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from projects.models import Activity, Baseline, BaselineActivity, Dependency, Project

DAY = datetime.date


@pytest.fixture
def plan(acme, portfolio, project, activity):
    """Design, then the launch; the launch was planned ten days sooner. Beyond the program, rollout waits for it."""
    launch = Activity.objects.create(
        organization=acme, project=project, name="Launch", kind="milestone", position=2, currency="USD",
        planned_start_date=DAY(2026, 2, 12), planned_finish_date=DAY(2026, 2, 12),
    )  # fmt: skip
    far = Project.objects.create(
        organization=acme, portfolio=portfolio, code="FAR", name="Far away", status="active", currency="USD",
        planned_start_date=DAY(2026, 1, 5), planned_finish_date=DAY(2026, 3, 27),
    )  # fmt: skip
    rollout = Activity.objects.create(
        organization=acme, project=far, name="Rollout", position=1, currency="USD",
        planned_start_date=DAY(2026, 2, 13), planned_finish_date=DAY(2026, 2, 20),
    )  # fmt: skip
    for one, other in ((activity, launch), (launch, rollout)):
        Dependency.objects.create(
            organization=acme, predecessor=one, successor=other, crosses_projects=one.project_id != other.project_id
        )
    baseline = Baseline.objects.create(organization=acme, project=project, name="First", taken_at=timezone.now())
    BaselineActivity.objects.create(
        organization=acme, baseline=baseline, activity=launch, currency="USD",
        start_date=DAY(2026, 2, 2), finish_date=DAY(2026, 2, 2),
    )  # fmt: skip
    return {"design": activity, "launch": launch, "rollout": rollout, "far": far}


def page(program, name="timeline"):
    return reverse(f"programs:program-{name}", args=[program.pk])


def rows_of(response):
    return {row[3]: row for row in json.loads(response.content)["rows"]}


def test_everybody_sees_the_same_facts_in_the_data_and_in_the_table(client, vera, program, plan):
    client.force_login(vera)

    data, response = client.get(page(program, "timeline-data")), client.get(page(program))

    rows = rows_of(data)
    assert rows["Launch"][6] == rows["Launch"][7] == (DAY(2026, 2, 12) - DAY(1970, 1, 1)).days
    assert rows["Launch"][11] == 10
    assert rows["Design"][11] is None
    assert len(json.loads(data.content)["links"]) == 2
    text = response.content.decode()
    assert "Launch moves 10 days" in text
    assert [row["bar"].name for row in response.context["page"]][-1] == "Rollout"
    assert "data-may-edit" not in text


def test_what_a_link_reaches_is_there_and_marked_as_of_another_project(client, vera, program, plan):
    client.force_login(vera)

    rows = rows_of(client.get(page(program, "timeline-data")))

    assert rows["Rollout"][17] == 1
    assert rows["Design"][17] == rows["Launch"][17] == 0


def test_it_costs_the_same_statements_however_many_activities_there_are(client, alice, acme, program, project, plan):
    client.force_login(alice)
    counts = []
    for _ in range(2):
        client.get(page(program, "timeline-data"))  # a plan is read once, and kept
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(page(program, "timeline-data"))
        counts.append(len(queries))
        Activity.objects.bulk_create(
            Activity(
                organization=acme, project=project, name=f"Step {number}", position=number + 10, currency="USD",
                planned_start_date=DAY(2026, 2, 13), planned_finish_date=DAY(2026, 2, 20),
            )
            for number in range(60)
        )  # fmt: skip

    assert counts[0] == counts[1]


def test_another_organization_gets_404(client, charlie, program, activity, plan):
    client.force_login(charlie)

    assert client.get(page(program)).status_code == 404
    assert client.get(page(program, "timeline-data")).status_code == 404
    assert client.post(reverse("projects:dates-change", args=[activity.pk])).status_code == 404


def test_a_viewer_moves_nothing(client, vera, activity, plan):
    client.force_login(vera)
    days = {"start": "2026-01-12", "finish": "2026-02-06"}

    assert client.post(reverse("projects:dates-change", args=[activity.pk]), days).status_code == 403
    assert client.post(reverse("projects:dates-preview", args=[activity.pk]), days).status_code == 403

    activity.refresh_from_db()
    assert activity.planned_start_date == DAY(2026, 1, 5)


def test_a_dragged_bar_shows_what_it_moves_and_then_is_saved_with_undo(client, alice, activity, plan):
    client.force_login(alice)
    days = {"start": "2026-01-12", "finish": "2026-02-06"}

    shown = client.post(reverse("projects:dates-preview", args=[activity.pk]), days)
    assert b"If you save this" in shown.content
    activity.refresh_from_db()
    assert activity.planned_start_date == DAY(2026, 1, 5)

    saved = client.post(reverse("projects:dates-change", args=[activity.pk]), {**days, "version": activity.version})
    activity.refresh_from_db()
    assert (activity.planned_start_date, activity.planned_finish_date) == (DAY(2026, 1, 12), DAY(2026, 2, 6))
    client.post(json.loads(saved.content)["undo"])
    activity.refresh_from_db()
    assert activity.planned_start_date == DAY(2026, 1, 5)


def test_nonsense_days_are_refused_with_a_sentence(client, alice, activity, plan):
    client.force_login(alice)
    url = reverse("projects:dates-change", args=[activity.pk])

    assert b"not dates" in client.post(url, {"start": "soon", "finish": ""}).content
    assert b"before it starts" in client.post(url, {"start": "2026-02-02", "finish": "2026-01-01"}).content


def test_a_program_without_dated_activities_says_what_to_do(client, alice, program):
    client.force_login(alice)

    assert b"No activity has dates yet" in client.get(page(program)).content


def test_the_table_comes_as_a_file_with_days_and_slip(client, vera, program, plan):
    client.force_login(vera)

    file = client.get(page(program), {"format": "csv"})

    lines = list(csv.DictReader(io.StringIO(file.getvalue().decode("utf-8-sig"))))
    launch = next(line for line in lines if line["Activity"] == "Launch")
    assert (launch["Ends"], launch["Baseline finish"], launch["Slip in days"]) == ("2026-02-12", "2026-02-02", "10")
    assert client.get(page(program), {"format": "xlsx"}).getvalue()[:2] == b"PK"


def test_who_may_take_a_baseline_finds_it_beside_the_slip_and_the_plan_among_the_files(
    client, alice, vera, program, plan
):
    links = (reverse("programs:program-take-baselines", args=[program.pk]), "Take a new baseline")
    client.force_login(alice)
    text = client.get(page(program)).content.decode()
    assert all(link in text for link in links)
    assert reverse("integrations:program-mspdi", args=[program.pk]) in text

    client.force_login(vera)
    assert links[1] not in client.get(page(program)).content.decode()
