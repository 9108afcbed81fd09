"""Calendars are written by services: who may, what is refused, what is recorded."""

import pytest

from core.errors import Conflict, FieldErrors, NotAllowed, StaleEdit
from events.models import Event
from events.selectors import history_of
from resources.models import Calendar, office_week
from resources.services import (
    archive_calendar,
    create_calendar,
    restore_calendar,
    set_default_calendar,
    update_calendar,
)

EVE = {"name": "Eve", "first": "2026-12-24", "last": "2026-12-24", "shifts": []}
NEVER = [[] for _ in range(7)]


def test_a_calendar_is_added_with_all_its_values_in_its_event(petra, acme):
    calendar = create_calendar(actor=petra, organization=acme, name="Plant", exceptions=[EVE])

    event = Event.objects.get(kind="calendar.created")
    assert event.changes["exceptions"] == [None, [EVE]]
    assert event.changes["week"] == [None, office_week()]
    assert (calendar.week, calendar.week_hours, calendar.is_default) == (office_week(), 40, False)


def test_a_contributor_may_change_no_calendar(bob, acme, calendar):
    writes = [
        lambda: create_calendar(actor=bob, organization=acme, name="Mine"),
        lambda: update_calendar(actor=bob, calendar=calendar, name="Mine"),
        lambda: set_default_calendar(actor=bob, calendar=calendar),
        lambda: archive_calendar(actor=bob, calendar=calendar),
        lambda: restore_calendar(actor=bob, calendar=calendar),
    ]
    for write in writes:
        with pytest.raises(NotAllowed, match="may not change working calendars"):
            write()
    assert not Event.objects.filter(kind__startswith="calendar.").exists()


@pytest.mark.parametrize(
    ("hours", "column", "sentence"),
    [
        (
            {"week": NEVER},
            "week",
            "The calendar “Geneva plant” has no working time, so nothing on it can be scheduled.",
        ),
        ({"week": [[[480, 400]], *NEVER[1:]]}, "week", "Monday: the shift from 8:00 to 6:40"),
        ({"exceptions": [EVE | {"last": "2026-12-01"}]}, "exceptions", "Exception 1 (“Eve”) ends (2026-12-01) before"),
        ({"effective_weeks": [EVE]}, "effective_weeks", "Other week 1 has an unknown key, “shifts”"),
    ],
)
def test_hours_that_mean_nothing_change_nothing(petra, calendar, hours, column, sentence):
    with pytest.raises(FieldErrors) as refused:
        update_calendar(actor=petra, calendar=calendar, **hours)

    assert refused.value.errors[column].startswith(sentence)
    calendar.refresh_from_db()
    assert (calendar.version, calendar.week, calendar.exceptions) == (1, office_week(), [])


def test_the_last_working_day_may_stand_in_an_exception(petra, calendar):
    update_calendar(actor=petra, calendar=calendar, exceptions=[EVE | {"shifts": [[0, 60]]}])
    update_calendar(actor=petra, calendar=calendar, week=NEVER)

    with pytest.raises(FieldErrors, match="has no working time"):
        update_calendar(actor=petra, calendar=calendar, exceptions=[])


def test_an_exception_without_a_name_is_kept_with_an_empty_one(petra, calendar):
    nameless = {key: EVE[key] for key in ("first", "last", "shifts")}

    saved = update_calendar(actor=petra, calendar=calendar, exceptions=[nameless])

    assert saved.exceptions == [EVE | {"name": ""}]


def test_the_history_says_hours_in_words(petra, calendar):
    update_calendar(actor=petra, calendar=calendar, week=[[[360, 840]]] * 5 + [[], []], exceptions=[EVE])

    [line] = history_of(calendar)
    assert line.what == "changed calendar Geneva plant"
    assert [(change.label, change.before, change.after) for change in line.changes] == [
        ("week", "Mon-Fri 8:00-12:00, 13:00-17:00", "Mon-Fri 6:00-14:00"),
        ("exceptions", None, "2026-12-24 Eve off"),
    ]
    assert (line.page, line.page_id) == ("resources:calendar-detail", str(calendar.pk))


def test_a_stale_change_is_refused_with_what_others_did_in_words(petra, alice, calendar):
    update_calendar(actor=alice, calendar=calendar, week=[[[360, 840]]] * 5 + [[], []])

    with pytest.raises(StaleEdit) as refused:
        update_calendar(actor=petra, calendar=calendar, name="Mine", expected_version=1)

    [change] = refused.value.changes
    assert (change.before, change.after) == ("Mon-Fri 8:00-12:00, 13:00-17:00", "Mon-Fri 6:00-14:00")


def test_one_calendar_is_the_default_and_the_former_one_is_told(petra, acme, calendar):
    other = Calendar.objects.create(organization=acme, name="Nights")
    set_default_calendar(actor=petra, calendar=calendar)
    set_default_calendar(actor=petra, calendar=other)
    set_default_calendar(actor=petra, calendar=other)

    assert list(Calendar.objects.filter(is_default=True)) == [other]
    assert [line.what for line in history_of(calendar)] == [
        "took the default from calendar Geneva plant",
        "made the default calendar Geneva plant",
    ]
    assert [(line.what, line.changes) for line in history_of(other)] == [("made the default calendar Nights", ())]


def test_an_archived_calendar_cannot_become_the_default(petra, calendar):
    archive_calendar(actor=petra, calendar=calendar)

    with pytest.raises(Conflict, match="Restore it first"):
        set_default_calendar(actor=petra, calendar=calendar)


def test_the_default_is_not_archived(petra, calendar):
    set_default_calendar(actor=petra, calendar=calendar)

    with pytest.raises(Conflict, match="is the default. Make another calendar the default first"):
        archive_calendar(actor=petra, calendar=calendar)


def test_a_calendar_in_use_is_not_archived_and_names_its_users(petra, calendar, project, activity):
    project.calendar = activity.calendar = calendar
    project.save()
    activity.save()

    with pytest.raises(Conflict, match=r"1 project \(Apollo\) and 1 activity \(Design\)"):
        archive_calendar(actor=petra, calendar=calendar)

    calendar.refresh_from_db()
    assert not calendar.is_archived


def test_a_calendar_is_archived_and_comes_back(petra, calendar):
    archive_calendar(actor=petra, calendar=calendar)
    assert not Calendar.objects.live().exists()

    restore_calendar(actor=petra, calendar=calendar)
    assert [line.verb for line in history_of(calendar)] == ["restored", "archived"]


def test_use_counts_live_projects_and_activities_only(calendar, project, activity):
    project.calendar = activity.calendar = calendar
    project.save()
    activity.archived_at = activity.created_at
    activity.save()

    row = Calendar.objects.with_use().get()

    assert (row.project_count, row.activity_count, row.exception_count) == (1, 0, 0)


def test_a_calendar_whose_name_was_taken_meanwhile_does_not_come_back_beside_it(petra, acme, calendar):
    archive_calendar(actor=petra, calendar=calendar)
    create_calendar(actor=petra, organization=acme, name="Geneva Plant")

    with pytest.raises(Conflict, match="Another calendar has this name. Rename that one first"):
        restore_calendar(actor=petra, calendar=calendar)
