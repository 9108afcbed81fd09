"""The outline as a schedule: durations, predecessors in Microsoft Project's notation, pasted rows, modes."""

import datetime
from decimal import Decimal

import pytest
from django.urls import reverse

from projects import services
from projects.models import Activity, Dependency, Project


def may(day):
    return datetime.date(2026, 5, day)


@pytest.fixture
def work(petra, project):
    """Design (row 1) from 4 to 8 May 2026 and Build (row 2) from the 11th to the 13th."""
    Project.objects.filter(pk=project.pk).update(planned_start_date=may(4), planned_finish_date=may(29))
    return [
        services.create_activity(
            actor=petra, project=project, name=name, planned_start_date=may(first), planned_finish_date=may(last)
        )
        for name, first, last in (("Design", 4, 8), ("Build", 11, 13))
    ]


@pytest.fixture
def page(client, petra):
    client.force_login(petra)
    return client


def cell(page, activity, field, **body):
    fresh = Activity.objects.get(pk=activity.pk)
    body = {f"{activity.pk}-{name}": value for name, value in {"version": fresh.version, **body}.items()}
    url = reverse("projects:activity-cell", args=[activity.pk, field])
    return page.post(url, body, headers={"HX-Request": "true"})


def dates(activity):
    fresh = Activity.objects.get(pk=activity.pk)
    return fresh.planned_start_date, fresh.planned_finish_date


def outline(page, project):
    return page.get(reverse("projects:project-activities", args=[project.pk])).content.decode()


def test_the_outline_shows_numbers_durations_and_predecessors(page, project, work, petra):
    services.create_dependency(actor=petra, predecessor=work[0], successor=work[1], lag_minutes=Decimal(-480))

    text = outline(page, project)

    assert ">5d<" in text
    assert ">3d<" in text
    assert "1FS−1d" in text


def test_predecessors_are_typed_in_notation_and_move_what_waits(page, project, work):
    answer = cell(page, work[1], "predecessors", predecessors="1FS+3d")

    assert answer.status_code == 200, answer.content.decode()
    assert answer.headers["HX-Trigger"] == "portolan:moved"
    link = Dependency.objects.get()
    assert (link.link_type, link.lag_minutes) == ("fs", Decimal(1440))
    assert dates(work[1]) == (may(14), may(18))

    cell(page, work[1], "predecessors", predecessors="1SS")
    assert (Dependency.objects.get().link_type, Dependency.objects.get().lag_minutes) == ("ss", 0)
    cell(page, work[1], "predecessors", predecessors="")
    assert Dependency.objects.get().is_archived


def test_a_row_of_another_project_is_named_by_its_code(page, project, program, acme, work, petra):
    other = services.create_project(actor=petra, organization=acme, program=program, name="Beacon", code="BEACON")
    services.create_activity(
        actor=petra, project=other, name="Ship", planned_start_date=may(4), planned_finish_date=may(6)
    )

    cell(page, work[1], "predecessors", predecessors="BEACON\\1, 1")

    assert Dependency.objects.filter(crosses_projects=True).count() == 1
    assert "1, BEACON\\1" in outline(page, project)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("9", "There is no row 9"),
        ("2", "cannot wait for itself"),
        ("X", "is no predecessor"),
        ("NO\\1", "no project NO"),
    ],
)
def test_predecessors_that_are_none_are_refused_and_kept(page, work, text, sentence):
    answer = cell(page, work[1], "predecessors", predecessors=text)

    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not Dependency.objects.exists()


def test_a_circle_typed_in_notation_is_refused_with_its_path(page, work):
    cell(page, work[1], "predecessors", predecessors="1")

    answer = cell(page, work[0], "predecessors", predecessors="2")

    assert "Build → Design → Build" in answer.content.decode() or "Design → Build → Design" in answer.content.decode()
    assert Dependency.objects.count() == 1


def test_a_duration_typed_for_a_hand_dated_activity_sets_its_finish(page, work):
    cell(page, work[0], "duration", duration="7d")

    assert dates(work[0]) == (may(4), may(12))
    assert "is no duration" in cell(page, work[0], "duration", duration="soon").content.decode()


def test_a_name_is_changed_in_place(page, work):
    cell(page, work[0], "name", name="Draw")

    assert Activity.objects.get(pk=work[0].pk).name == "Draw"


def test_an_activity_is_scheduled_automatically_and_by_hand_again(page, project, work):
    page.post(reverse("projects:activity-mode", args=[work[1].pk]))
    assert not Activity.objects.get(pk=work[1].pk).is_manual
    assert dates(work[1])[0] == may(4)

    page.post(reverse("projects:activity-mode", args=[work[1].pk]))
    assert Activity.objects.get(pk=work[1].pk).is_manual
    assert dates(work[1])[0] == may(4)


def test_recalculating_follows_a_start_that_has_changed_and_can_be_undone(page, project, work, petra):
    auto = services.create_activity(actor=petra, project=project, name="Paint", is_manual=False)
    services.update_project(actor=petra, project=Project.objects.get(pk=project.pk), planned_start_date=may(6))

    answer = page.post(reverse("projects:project-reschedule", args=[project.pk]), follow=True)
    assert "Recalculated the schedule" in answer.content.decode()
    assert dates(auto) == (may(6), may(6))

    undo = next(message.extra_tags for message in answer.context["messages"] if message.extra_tags)
    page.post(undo)
    assert dates(auto) == (may(4), may(4))
    again = page.post(reverse("projects:project-reschedule", args=[project.pk]), follow=True)
    assert "Recalculated" in again.content.decode()
    nothing = page.post(reverse("projects:project-reschedule", args=[project.pk]), follow=True)
    assert "Nothing has moved" in nothing.content.decode()


def test_rows_of_a_spreadsheet_are_pasted_with_their_outline_and_links(page, project, work):
    rows = "Name\tDuration\tPredecessors\nSite\n  Dig\t2d\t2\n  Pour\t1d\t4FS+1d\nOpen\t0d\t5"

    answer = page.post(reverse("projects:activity-paste", args=[project.pk]), {"rows": rows}, follow=True)

    assert "Added 4 activities" in answer.content.decode()
    assert dict(Activity.objects.values_list("name", "outline_level"))["Dig"] == 2
    assert Activity.objects.get(name="Open").kind == "milestone"
    assert dates(Activity.objects.get(name="Dig")) == (may(14), may(15))
    assert dates(Activity.objects.get(name="Pour")) == (may(19), may(19))


def test_a_pasted_row_that_is_wrong_is_named_by_its_line_and_nothing_is_written(page, project, work):
    rows = "Dig\tsoon\nPour\t1d\tX\n\t2d\nWait\t1d\t\t32.13.2026"

    answer = page.post(reverse("projects:activity-paste", args=[project.pk]), {"rows": rows})

    text = answer.content.decode()
    assert answer.status_code == 422
    for sentence in (
        "Line 1: “soon” is no duration",
        "Line 2: “X” is no predecessor",
        "Line 3: The name is missing",
        "Line 4:",
    ):
        assert sentence in text
    assert Activity.objects.count() == 2
    unknown = page.post(reverse("projects:activity-paste", args=[project.pk]), {"rows": "Dig\t1d\t77"})
    assert "there is no row 77" in unknown.content.decode()
    assert Activity.objects.count() == 2


def test_the_form_takes_constraint_deadline_and_three_points(page, project, work):
    url = reverse("projects:activity-edit", args=[work[0].pk])
    form = page.get(url).context["form"]
    body = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    body |= {"constraint_type": "fnlt", "constraint_day": "2026-05-20", "deadline_day": "2026-05-22"}
    body |= {"optimistic": "4d", "likely": "5d", "pessimistic": "9d", "delay_group": "Painters"}

    answer = page.post(url, body)

    assert answer.status_code == 302, answer.context["form"].errors
    fresh = Activity.objects.get(pk=work[0].pk)
    assert (fresh.constraint_type, fresh.constraint_at.date(), fresh.deadline_at.date()) == ("fnlt", may(21), may(23))
    assert fresh.pessimistic_minutes == Decimal(9 * 480)
    again = page.get(url).context["form"]
    assert (again["constraint_day"].value(), again["deadline_day"].value()) == (may(20), may(22))

    wrong = page.post(url, body | {"form_token": "", "likely": "", "version": fresh.version, "constraint_day": ""})
    assert {"optimistic", "constraint_day"} <= set(wrong.context["form"].errors)


def test_contributors_do_not_type_predecessors_and_viewers_change_nothing(client, bob, vera, work, project):
    client.force_login(bob)
    assert cell(client, work[1], "predecessors", predecessors="1").status_code == 403
    client.force_login(vera)
    for name in ("activity-mode",):
        assert client.post(reverse(f"projects:{name}", args=[work[0].pk])).status_code == 403
    assert client.get(reverse("projects:activity-paste", args=[project.pk])).status_code == 403
    assert client.post(reverse("projects:project-reschedule", args=[project.pk])).status_code == 403
