"""A baseline keeps a plan as it stands, and variances say how far the plan is from it since."""

import csv
import datetime
import io
from decimal import Decimal

import pytest
from django.urls import reverse

from core.errors import Conflict, NotAllowed
from events.models import Event
from projects import selectors, services
from projects.models import Activity, Baseline, BaselineActivity, Project
from tests.projects.activities import HTMX, many, queries

FEBRUARY = datetime.date(2026, 2, 2)


def tab(project):
    return reverse("projects:project-baselines", args=[project.pk])


def variance(project):
    return reverse("projects:project-variance", args=[project.pk])


def take(project):
    return reverse("projects:baseline-take", args=[project.pk])


@pytest.fixture
def approved(petra, project, work):
    """Design with Sketch and Prototype, and Build, as approved."""
    return services.take_baseline(actor=petra, project=project, name="Approved")


def moved(petra, activity, **fields):
    return services.update_activity(actor=petra, activity=Activity.objects.get(pk=activity.pk), **fields)


def rows_of(*baselines, now=None):
    found = selectors.variance_rows(baselines[0].organization_id, baselines, now)
    return {row.name: row for row in found}


# ── Taking ──


def test_a_baseline_keeps_every_activity_and_the_whole(project, work, approved):
    kept = {row.activity.name: row for row in approved.activities.all() if row.activity.outline_level}
    whole = approved.activities.get(activity__outline_level=0)

    assert set(kept) == {"Design", "Build", "Sketch", "Prototype"}
    assert (kept["Sketch"].start_date, kept["Sketch"].finish_date) == (FEBRUARY, datetime.date(2026, 2, 20))
    assert kept["Sketch"].duration_minutes == 15 * 480  # three weeks of five days
    assert kept["Design"].cost_amount == kept["Sketch"].cost_amount + kept["Prototype"].cost_amount == 3500
    assert (whole.cost_amount, whole.start_date) == (Decimal(8500), FEBRUARY)
    assert approved.is_current


def test_one_event_tells_of_a_baseline_and_which_one_it_replaces(petra, project, approved):
    services.take_baseline(actor=petra, project=project, name="Replanned", note="After the storm")

    first, second = Event.objects.filter(kind__startswith="baseline.").order_by("id")
    assert (first.kind, second.kind) == ("baseline.taken", "baseline.taken")
    assert second.changes["instead_of"][0] == {"id": approved.pk, "name": "Approved"}
    assert Baseline.objects.get(is_current=True).name == "Replanned"


def test_a_baseline_may_be_kept_without_becoming_the_current_one(petra, project, approved):
    services.take_baseline(actor=petra, project=project, name="A thought", make_current=False)

    assert Baseline.objects.get(is_current=True) == approved


def test_a_project_without_activities_has_nothing_to_keep(petra, project):
    with pytest.raises(Conflict, match="“Apollo” has no activities yet"):
        services.take_baseline(actor=petra, project=project, name="Empty")
    assert not Baseline.objects.exists()


def test_contributors_take_no_baselines(bob, project, work):
    with pytest.raises(NotAllowed):
        services.take_baseline(actor=bob, project=project, name="Mine")


def test_a_name_is_taken_once(client, petra, project, approved):
    client.force_login(petra)

    response = client.post(take(project), {"name": "Approved", "make_current": "on"})

    assert response.status_code == 422
    assert "Another baseline of this project has this name." in response.content.decode()
    assert Baseline.objects.get(is_current=True) == approved


def test_several_projects_are_kept_at_once_and_empty_ones_left_out(petra, acme, program, project, work):
    other = Project.objects.create(organization=acme, program=program, code="BORA", name="Bora", currency="USD")
    services.create_activity(actor=petra, project=other, name="Sail")
    empty = Project.objects.create(organization=acme, program=program, code="CALM", name="Calm", currency="USD")

    taken = services.take_program_baselines(actor=petra, projects=[project, other, empty], name="Gate 1")

    assert [(row.project.name, row.name) for row in taken] == [("Apollo", "Gate 1"), ("Bora", "Gate 1")]
    assert Event.objects.filter(kind="baseline.taken").count() == 2


def test_of_several_projects_all_are_kept_or_none(petra, acme, program, project, work):
    other = Project.objects.create(organization=acme, program=program, code="BORA", name="Bora", currency="USD")
    services.create_activity(actor=petra, project=other, name="Sail")
    services.take_baseline(actor=petra, project=other, name="Gate 1")

    with pytest.raises(Conflict, match="Bora already has a baseline “Gate 1”"):
        services.take_program_baselines(actor=petra, projects=[project, other], name="Gate 1")
    assert Baseline.objects.count() == 1


# ── Keeping one current ──


def test_another_baseline_is_made_current_and_the_one_before_steps_back(petra, project, approved):
    later = services.take_baseline(actor=petra, project=project, name="Later", make_current=False)

    services.make_baseline_current(actor=petra, baseline=later)

    approved.refresh_from_db()
    assert not approved.is_current
    assert Event.objects.get(kind="baseline.made_current").changes["instead_of"][0]["name"] == "Approved"


def test_a_current_baseline_that_was_archived_comes_back_beside_a_newer_one(petra, project, approved):
    services.archive_baseline(actor=petra, baseline=approved)
    newer = services.take_baseline(actor=petra, project=project, name="Newer")

    restored = services.restore_baseline(actor=petra, baseline=Baseline.objects.get(pk=approved.pk))

    assert not restored.is_current
    assert Baseline.objects.live().get(is_current=True) == newer


def test_what_a_baseline_keeps_outlives_the_activity(petra, project, work, approved):
    services.archive_activity(actor=petra, activity=Activity.objects.get(name="Build"))

    assert rows_of(approved)["Build"].is_removed
    assert BaselineActivity.objects.filter(baseline=approved, activity__name="Build").exists()


# ── Variance ──


def test_an_unchanged_plan_has_no_variance(approved):
    assert not [row.name for row in rows_of(approved).values() if row.is_changed]


def test_later_dates_more_cost_what_is_new_and_what_is_gone(petra, project, work, approved):
    moved(petra, work["Sketch"], planned_finish_date=datetime.date(2026, 2, 27), planned_cost_amount=Decimal(1200))
    services.create_activity(actor=petra, project=project, name="Test", planned_cost_amount=Decimal(700))
    services.archive_activity(actor=petra, activity=work["Build"])

    rows = rows_of(approved)
    totals = selectors.variance_totals(rows.values())

    assert (rows["Sketch"].start_days, rows["Sketch"].finish_days) == (0, 7)
    assert rows["Sketch"].duration_days == 5
    assert (rows["Design"].finish_days, rows["Design"].cost_amount) == (7, 200)  # a summary is its parts
    assert (rows["Test"].is_added, rows["Test"].cost_amount) == (True, 700)
    assert (rows["Build"].is_removed, rows["Build"].cost_amount) == (True, -5000)
    assert (totals.added, totals.removed, totals.later, totals.cost_amount) == (1, 1, 1, 200 + 700 - 5000)
    assert rows["Apollo"].cost_amount == totals.cost_amount  # the whole is the sum of its rows
    assert rows["Apollo"].finish_days == 7


def test_an_activity_that_was_broken_down_is_added_up_once_on_either_side(petra, project, work, approved):
    build = Activity.objects.get(name="Build")
    for name, cost in (("Hull", 3000), ("Mast", 2500)):
        services.create_activity(
            actor=petra, project=project, parent=build, name=name, planned_cost_amount=Decimal(cost)
        )
        build.refresh_from_db()

    rows = rows_of(approved)

    assert rows["Build"].cost_amount == 500
    assert selectors.variance_totals(rows.values()).cost_amount == rows["Apollo"].cost_amount == 500


def test_two_baselines_are_compared_with_each_other(petra, project, work, approved):
    moved(petra, work["Sketch"], planned_start_date=datetime.date(2026, 2, 4))
    replanned = services.take_baseline(actor=petra, project=project, name="Replanned")
    moved(petra, work["Sketch"], planned_start_date=datetime.date(2026, 2, 16))

    assert rows_of(approved, now=[replanned])["Sketch"].start_days == 2
    assert rows_of(approved)["Sketch"].start_days == 14


# ── Pages ──


def test_the_tab_says_what_a_baseline_is_until_there_is_one(client, petra, vera, project):
    client.force_login(petra)
    assert "No baselines yet" in client.get(tab(project)).content.decode()
    client.force_login(vera)
    assert "Apollo has no baselines." in client.get(tab(project)).content.decode()


def test_a_baseline_is_taken_on_its_page_and_taken_back(client, petra, project, work, approved):
    client.force_login(petra)

    response = client.post(take(project), {"name": "Replanned", "make_current": "on"}, follow=True)
    assert response.redirect_chain[0][0] == tab(project)
    taken = Baseline.objects.get(name="Replanned")
    undo = next(iter(response.context["messages"])).extra_tags.split()[0]
    client.post(undo)

    taken.refresh_from_db()
    assert taken.is_archived
    assert Baseline.objects.live().get(is_current=True) == approved


def test_nobody_takes_back_what_another_person_took(client, petra, alice, project, approved):
    client.force_login(petra)
    client.post(take(project), {"name": "Replanned"})
    theirs = Event.objects.filter(kind="baseline.taken").latest("id").request_id
    client.force_login(alice)

    response = client.post(reverse("projects:baseline-undo", args=[theirs]), **HTMX)

    assert theirs
    assert response.status_code == 409
    assert Baseline.objects.live().count() == 2


def test_a_baseline_is_renamed_made_current_archived_and_restored(client, petra, project, work, approved):
    later = services.take_baseline(actor=petra, project=project, name="Later", make_current=False)
    client.force_login(petra)

    client.post(reverse("projects:baseline-edit", args=[later.pk]), {"name": "Spring", "version": later.version})
    client.post(reverse("projects:baseline-make-current", args=[later.pk]))
    later.refresh_from_db()
    assert (later.name, later.is_current) == ("Spring", True)
    client.post(reverse("projects:baseline-archive", args=[later.pk]))
    assert list(Baseline.objects.live()) == [approved]
    client.post(reverse("projects:baseline-restore", args=[later.pk]))
    assert Baseline.objects.live().count() == 2


def test_a_name_in_use_keeps_an_archived_baseline_where_it_is(client, petra, project, approved):
    services.archive_baseline(actor=petra, baseline=approved)
    services.take_baseline(actor=petra, project=project, name="Approved")
    client.force_login(petra)

    page = client.post(reverse("projects:baseline-restore", args=[approved.pk]), follow=True).content.decode()

    assert "Another baseline of this project has this name." in page
    assert Baseline.objects.live().count() == 1


def test_a_viewer_reads_and_takes_nothing(client, vera, project, approved):
    client.force_login(vera)

    page = client.get(tab(project)).content.decode()

    assert "Approved" in page
    assert take(project) not in page
    assert client.get(take(project)).status_code == 403
    assert client.post(reverse("projects:baseline-archive", args=[approved.pk]), **HTMX).status_code == 403


def test_the_variance_page_shows_only_what_changed_and_its_sums_are_those_of_its_rows(
    client, petra, project, work, approved
):
    moved(petra, work["Sketch"], planned_cost_amount=Decimal(1200))
    services.create_activity(actor=petra, project=project, name="Test", planned_cost_amount=Decimal(700))
    client.force_login(petra)

    response = client.get(variance(project), {"show": "changed"})

    shown = list(response.context["page"])
    assert {row.name for row in shown} == {"Apollo", "Design", "Sketch", "Test"}
    own = [row.cost_amount for row in shown if row.counts_now]
    assert response.context["totals"].cost_amount == sum(own) == 900
    assert f'data-sum="{sum(own)}"' in response.content.decode()


def test_variance_is_sorted_and_nonsense_in_the_address_shows_everything(client, petra, project, work, approved):
    moved(petra, work["Sketch"], planned_finish_date=datetime.date(2026, 2, 27))
    client.force_login(petra)

    def names(query):
        return [row.name for row in client.get(variance(project) + query).context["page"]]

    assert names("?sort=-finish_days")[0] in ("Apollo", "Design", "Sketch")
    assert names("?sort=name") == ["Apollo", "Build", "Design", "Prototype", "Sketch"]
    assert len(names("?sort=nonsense&show=nothing&of=word&against=-1")) == 5


def test_a_project_without_baselines_has_nothing_to_compare(client, petra, project, work):
    client.force_login(petra)
    assert "Nothing to compare with" in client.get(variance(project)).content.decode()


def test_variance_leaves_as_a_file(client, petra, project, work, approved):
    moved(petra, work["Sketch"], planned_finish_date=datetime.date(2026, 2, 27))
    client.force_login(petra)

    text = client.get(variance(project), {"format": "csv", "show": "later"}).getvalue().decode("utf-8-sig")

    rows = list(csv.DictReader(io.StringIO(text)))
    by_name = {row["Activity"]: row for row in rows}
    assert set(by_name) == {"Design", "Sketch"}
    assert (by_name["Sketch"]["Finish variance in days"], by_name["Sketch"]["Baseline finish"]) == ("7", "2026-02-20")
    book = client.get(variance(project), {"format": "xlsx"})
    assert b"".join(book.streaming_content)[:2] == b"PK"


def test_pages_cost_the_same_for_few_activities_and_for_many(client, petra, acme, project, work, approved):
    client.force_login(petra)
    client.get(variance(project))
    few = queries(client, variance(project)), queries(client, tab(project))
    many(acme, project, petra, 60)
    services.take_baseline(actor=petra, project=project, name="With many")

    assert (queries(client, variance(project)), queries(client, tab(project))) == few
