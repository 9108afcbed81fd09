"""Working calendars over REST."""

from resources.models import Calendar
from tests.api.conftest import errors_of

PATH = "/api/v1/calendars/"
EVE = {"name": "Eve", "first": "2026-12-24", "last": "2026-12-24", "shifts": []}


def test_a_calendar_tells_its_hours_and_its_use(api, calendar, project):
    project.calendar = calendar
    project.save()

    row = api.get(f"{PATH}{calendar.pk}/").json()

    assert (row["week_hours"], row["week"][0], row["is_default"]) == (40, [[480, 720], [780, 1020]], False)
    assert (row["project_count"], row["activity_count"]) == (1, 0)
    seen = api.get(f"/api/v1/projects/{project.pk}/").json()
    assert (seen["calendar"], seen["calendar_name"], seen["status_date"]) == (calendar.pk, "Geneva plant", None)


def test_hours_that_mean_nothing_are_refused_at_their_field(api, calendar):
    url = f"{PATH}{calendar.pk}/"

    week = api.send("patch", url, {"week": [[[0, 9000]]] + [[]] * 6})
    days = api.send("patch", url, {"exceptions": [EVE | {"first": "2027-01-01"}]})
    surrogate = api.send("patch", url, {"exceptions": [EVE | {"\ud800": 1}]})
    never = api.send("post", PATH, {"name": "Never", "week": [[]] * 7})

    assert errors_of(week) == {"week": ["Monday: the shift from 0:00 to 150:00 is longer than a day."]}
    assert "before it begins" in errors_of(days)["exceptions"][0]
    assert "unknown key" in errors_of(surrogate)["exceptions"][0]
    assert "has no working time" in errors_of(never)["week"][0]
    calendar.refresh_from_db()
    assert calendar.version == 1


def test_the_default_is_set_by_an_action_of_its_own(api, calendar, acme):
    former = Calendar.objects.create(organization=acme, name="Former", is_default=True)

    refused = api.send("patch", f"{PATH}{calendar.pk}/", {"is_default": True})
    answer = api.send("post", f"{PATH}{calendar.pk}/set-default/")

    assert errors_of(refused) == {"is_default": ["POST to set-default/ makes it the default."]}
    assert (answer.status_code, answer.json()["is_default"]) == (200, True)
    assert [row["id"] for row in api.get(f"{PATH}?is_default=true").json()["results"]] == [calendar.pk]
    former.refresh_from_db()
    assert not former.is_default


def test_calendars_are_found_by_name_and_projects_by_calendar(api, calendar, acme, project):
    Calendar.objects.create(organization=acme, name="Nights")

    assert [row["name"] for row in api.get(f"{PATH}?q=geneva").json()["results"]] == ["Geneva plant"]
    assert api.get(f"/api/v1/projects/?calendar={calendar.pk}").json()["results"] == []
    api.send("patch", f"/api/v1/projects/{project.pk}/", {"calendar": calendar.pk, "status_date": "2026-02-27"})
    [row] = api.get(f"/api/v1/projects/?calendar={calendar.pk}").json()["results"]
    assert (row["calendar_name"], row["status_date"]) == ("Geneva plant", "2026-02-27")


def test_a_calendar_in_use_is_not_archived(api, calendar, project):
    project.calendar = calendar
    project.save()

    answer = api.delete(f"{PATH}{calendar.pk}/")

    assert answer.status_code == 409
    assert "Apollo" in answer.json()["detail"]
