"""Working calendars in the settings: the list, a calendar's page, the form with its live preview."""

import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portfolio.services import rebuild_rollups
from resources.algorithms.calendar_texts import text_of_exceptions
from resources.models import Calendar, office_week
from resources.services import update_calendar

WEEK = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), "8:00-12:00, 13:00-17:00")
EVE = {"name": "Eve", "first": "2026-12-24", "last": "2026-12-24", "shifts": []}


def url(name, row=None):
    return reverse(f"resources:calendar-{name}", args=[row.pk] if row else [])


def written(**other):
    return {"name": "Plant", "saturday": "", "sunday": "", "exceptions": "", "effective_weeks": "", **WEEK, **other}


def errors(response):
    return {name: list(found) for name, found in response.context["form"].errors.items()}


def test_an_organization_without_calendars_is_told_what_they_are_and_where_to_begin(client, petra, acme):
    client.force_login(petra)

    text = client.get(url("list")).content.decode()

    assert "No working calendars yet" in text
    assert re.findall(r"\?start=([\w-]+)", text) == ["standard", "24-hours", "night-shift"]


def test_a_viewer_reads_but_is_offered_no_change(client, vera, calendar):
    client.force_login(vera)

    pages = [client.get(url("list")), client.get(url("detail", calendar))]

    for page in pages:
        assert page.status_code == 200
        assert not [word for word in ("Make default", "New calendar", "/edit/") if word in page.content.decode()]
    refused = [client.get(url("create")), client.get(url("edit", calendar)), client.post(url("preview"), written())]
    refused += [client.post(url(name, calendar)) for name in ("make-default", "archive", "restore", "edit")]
    assert [answer.status_code for answer in refused] == [403] * 7


def test_a_stranger_finds_no_calendar(client, charlie, calendar):
    client.force_login(charlie)

    for name in ("detail", "edit"):
        assert client.get(f"/o/other/settings/calendars/{calendar.pk}/").status_code == 404, name
        assert client.get(url(name, calendar)).status_code == 404, name


@pytest.mark.parametrize("name", ["archive", "restore", "make-default"])
def test_acts_are_posts(client, petra, calendar, name):
    client.force_login(petra)

    assert client.get(url(name, calendar)).status_code == 405
    assert client.get(url("preview")).status_code == 405


def test_the_list_shows_hours_exceptions_and_use(client, vera, acme, calendar, project, activity):
    Calendar.objects.create(organization=acme, name="Nights", week=[[[1320, 1800]]] * 7, exceptions=[EVE, EVE])
    project.calendar = activity.calendar = calendar
    project.save()
    activity.save()
    client.force_login(vera)

    response = client.get(url("list"))

    rows = [
        (row.name, row.week_hours, row.exception_count, row.project_count, row.activity_count)
        for row in response.context["page"]
    ]
    assert rows == [("Geneva plant", 40, 0, 1, 1), ("Nights", 56, 2, 0, 0)]
    assert f"{reverse('projects:project-list')}?calendar={calendar.pk}" in response.content.decode()
    assert "No calendar is the default" in response.content.decode()


def test_the_door_of_the_project_count_leads_to_those_projects(client, vera, acme, calendar, project):
    client.force_login(vera)
    door = f"{reverse('projects:project-list')}?calendar={calendar.pk}"
    rebuild_rollups(acme.pk)
    assert "Apollo" in client.get(reverse("projects:project-list")).content.decode()
    assert "Apollo" not in client.get(door).content.decode()

    project.calendar = calendar
    project.save()
    cache.clear()

    assert "Apollo" in client.get(door).content.decode()


def test_the_list_narrows_and_keeps_archived_calendars_apart(client, petra, acme, calendar):
    Calendar.objects.create(organization=acme, name="Nights")
    client.force_login(petra)
    client.post(url("archive", calendar))

    def found(**query):
        return [row.name for row in client.get(url("list"), query).context["page"]]

    assert found() == ["Nights"]
    assert found(archived=1) == ["Geneva plant"]
    assert found(q="night") == ["Nights"]
    assert found(q="\0", sort="x", archived="x", page="x") is not None
    fragment = client.get(url("list"), {"q": "zzz"}, headers={"HX-Request": "true"}).content.decode()
    assert "No calendars match" in fragment
    assert "<html" not in fragment


def test_the_list_takes_as_many_statements_for_50_as_for_one(client, vera, acme, calendar):
    client.force_login(vera)

    def statements():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url("list")).status_code == 200
        return len(captured)

    statements()
    one = statements()
    Calendar.objects.bulk_create([Calendar(organization=acme, name=f"C{n}", exceptions=[EVE]) for n in range(49)])

    assert statements() == one <= 10


def test_a_calendar_is_added_as_it_is_written(client, petra, acme):
    client.force_login(petra)
    body = written(
        saturday="22:00-6:00",
        exceptions="2026-12-24\t2026-12-26\tChristmas\t\n2026-12-31 Eve 8:00-12:00",
        effective_weeks="2026-07-01 2026-08-31 Summer: Mon-Fri 6:00-14:00",
    )

    response = client.post(url("create"), body)

    calendar = Calendar.objects.get()
    assert response["Location"] == url("detail", calendar)
    assert calendar.week == [*office_week()[:5], [[1320, 1800]], []]
    assert [(row["name"], row["last"], row["shifts"]) for row in calendar.exceptions] == [
        ("Christmas", "2026-12-26", []),
        ("Eve", "2026-12-31", [[480, 720]]),
    ]
    assert calendar.effective_weeks[0]["week"] == [[[360, 840]]] * 5 + [[], []]


def test_the_form_shows_what_it_would_read_again_and_saving_it_changes_nothing(client, petra, acme):
    calendar = Calendar.objects.create(
        organization=acme,
        name="Plant",
        week=[[[0, 180], [240, 480], [1380, 1440]], [], [[1320, 1800]], [], [], [], []],
        exceptions=[EVE, EVE | {"name": "Tabs; and, more: 8", "last": "2027-01-02", "shifts": [[0, 1440]]}],
        effective_weeks=[{"name": "S", "first": "2026-07-01", "last": "2026-07-09", "week": office_week()}],
    )
    client.force_login(petra)
    form = client.get(url("edit", calendar)).context["form"]

    body = {name: form[name].value() or "" for name in form.fields}
    answer = client.post(url("edit", calendar), body)

    assert answer.status_code == 302
    calendar.refresh_from_db()
    assert calendar.version == 1


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"name": ""}, "name", "This field is required."),
        ({"tuesday": "morning"}, "tuesday", "“morning” is not a shift like 8:00-12:00."),
        (
            {"tuesday": "13-17, 8-12"},
            "tuesday",
            "Tuesday: 8:00-12:00 begins before 13:00-17:00 ends; shifts stand in order and do not overlap.",
        ),
        ({"exceptions": "\nx"}, "exceptions", "Line 2: “x” does not begin with a date like 2026-12-24."),
        (
            {"exceptions": "1815-12-24"},
            "exceptions",
            "Exception 1: first: 1815-12-24 is not between the years 1900 and 2500.",
        ),
        (
            {"exceptions": "2026-12-24\n" * 2001},
            "exceptions",
            "A calendar has at most 2,000 exceptions; these are 2,001.",
        ),
        (
            {"effective_weeks": "2026-07-09 2026-07-01 S: Mon 8-12"},
            "effective_weeks",
            "Other week 1 (“S”) ends (2026-07-01) before it begins (2026-07-09).",
        ),
        (
            dict.fromkeys(WEEK, ""),
            "monday",
            "The calendar “Plant” has no working time, so nothing on it can be scheduled.",
        ),
    ],
)
def test_bad_input_is_refused_at_its_field_and_kept(client, petra, acme, change, field, sentence):
    client.force_login(petra)
    body = written(**change)

    response = client.post(url("create"), body)

    assert response.status_code == 422
    assert errors(response) == {field: [sentence]}
    assert response.context["form"]["exceptions"].value() == body["exceptions"]
    assert not Calendar.objects.exists()


def test_a_conflict_compares_the_weeks_in_words_and_saving_again_keeps_mine(client, petra, alice, calendar):
    update_calendar(actor=alice, calendar=calendar, week=[[[360, 840]]] * 5 + [[], []])
    client.force_login(petra)
    body = written(name="Geneva plant", saturday="8-12", version=1)

    response = client.post(url("edit", calendar), body)

    assert response.status_code == 409
    row = re.search(r'<th scope="row">week</th>.*?</tr>', response.content.decode(), re.DOTALL)[0]
    for words in (
        "Mon-Fri 8:00-12:00, 13:00-17:00<",
        "Mon-Fri 6:00-14:00<",
        "Mon-Fri 8:00-12:00, 13:00-17:00; Sat 8:00-12:00<",
    ):
        assert words in row
    again = response.context["form"]["version"].value()
    assert client.post(url("edit", calendar), body | {"version": again}).status_code == 302
    calendar.refresh_from_db()
    assert calendar.week[5] == [[480, 720]]


def test_everything_that_means_nothing_is_said_at_once(client, petra, acme):
    client.force_login(petra)

    response = client.post(url("preview"), written(tuesday="13-17, 8-12", wednesday="x", exceptions="y"))

    assert set(errors(response)) == {"tuesday", "wednesday", "exceptions"}
    assert response.context["year"] is None


def test_a_second_calendar_of_a_name_is_refused(client, petra, calendar):
    client.force_login(petra)

    response = client.post(url("create"), written(name="geneva PLANT"))

    assert response.status_code == 422
    assert "Another calendar has this name." in response.content.decode()


def test_typing_is_answered_with_errors_at_their_fields_and_keeps_nothing(client, petra, acme):
    client.force_login(petra)

    bad = client.post(url("preview"), written(name="", tuesday="x")).content.decode()
    good = client.post(url("preview"), written(name="")).content.decode()

    assert "This field is required" not in bad
    assert "“x” is not a shift" in re.search(r'id="id_tuesday_error".*?</span></span></span>', bad, re.DOTALL)[0]
    assert "The year is drawn when" in bad
    assert "working days" in good
    assert 'id="id_tuesday_error" hx-swap-oob="true"' in good
    assert not Calendar.objects.exists()


@pytest.mark.parametrize(
    ("start", "hours"), [("standard", 40), ("24-hours", 168), ("night-shift", 40), ("nonsense", 40)]
)
def test_a_new_calendar_begins_with_a_ready_one(client, petra, acme, start, hours):
    client.force_login(petra)
    form = client.get(url("create"), {"start": start}).context["form"]

    client.post(url("create"), {name: form[name].value() or "" for name in form.fields} | {"name": "Mine"})

    assert Calendar.objects.get().week_hours == hours


def test_a_new_calendar_begins_as_a_copy(client, petra, acme, calendar):
    calendar.exceptions = [EVE]
    calendar.save()
    client.force_login(petra)

    form = client.get(url("create"), {"copy": calendar.pk}).context["form"]
    client.post(url("create"), {name: form[name].value() or "" for name in form.fields})

    copy = Calendar.objects.exclude(pk=calendar.pk).get()
    assert (copy.name, copy.exceptions, copy.week) == ("Copy of Geneva plant", [EVE], calendar.week)
    for nonsense in ("x", "9" * 30, "-1", ""):
        assert client.get(url("create"), {"copy": nonsense}).status_code == 200


def test_nobody_copies_a_calendar_of_another_organization(client, charlie, acme, calendar):
    client.force_login(charlie)

    response = client.get("/o/other/settings/calendars/new/", {"copy": calendar.pk})

    assert response.status_code == 200
    assert "Geneva" not in response.content.decode()


def test_a_calendars_page_shows_its_week_its_year_and_what_happened(client, petra, calendar):
    client.force_login(petra)
    body = written(name="Geneva plant", exceptions=text_of_exceptions([EVE]))
    client.post(url("edit", calendar), body)

    response = client.get(url("detail", calendar), {"year": "2026"})

    assert response.context["year"].number == 2026
    assert response.context["year"].working_days == 260
    assert [(row.name, row.hours) for row in response.context["exceptions"]] == [("Eve", "")]
    assert [line.verb for line in response.context["lines"]] == ["changed"]
    fragment = client.get(url("detail", calendar), {"year": "2028"}, headers={"HX-Request": "true"}).content.decode()
    assert fragment.count("<i class=") == 366 + 2
    for nonsense in ("x", "99999", "1899", "-5", "9" * 99):
        assert client.get(url("detail", calendar), {"year": nonsense}).status_code == 200


def test_a_calendar_becomes_the_default_and_undo_gives_it_back(client, petra, acme, calendar):
    former = Calendar.objects.create(organization=acme, name="Former", is_default=True)
    client.force_login(petra)

    page = client.post(url("make-default", calendar), follow=True)

    assert Calendar.objects.get(is_default=True) == calendar
    undo = url("make-default", former)
    assert undo in page.content.decode()
    client.post(undo)
    assert Calendar.objects.get(is_default=True) == former


def test_a_calendar_is_archived_and_undo_restores_it(client, petra, calendar):
    client.force_login(petra)

    page = client.post(url("archive", calendar), follow=True)

    assert url("restore", calendar) in page.content.decode()
    assert "This calendar is archived" in client.get(url("detail", calendar)).content.decode()
    client.post(url("restore", calendar))
    calendar.refresh_from_db()
    assert not calendar.is_archived


def test_a_calendar_in_use_is_not_archived(client, petra, calendar, project):
    project.calendar = calendar
    project.save()
    client.force_login(petra)

    answer = client.post(url("archive", calendar))

    assert answer.status_code == 409
    assert "1 project (Apollo)" in answer.content.decode()


def test_a_project_names_its_calendar_and_its_status_date(client, petra, project, calendar):
    client.force_login(petra)
    edit = reverse("projects:project-edit", args=[project.pk])
    form = client.get(edit).context["form"]
    body = {name: form[name].value() or "" for name in form.fields}

    answer = client.post(edit, body | {"calendar": calendar.pk, "status_date": "2026-02-27"})

    assert answer.status_code == 302
    project.refresh_from_db()
    assert (project.calendar, str(project.status_date)) == (calendar, "2026-02-27")
