"""Undo takes a whole import back, and leaves alone what others changed since."""

import pytest

from core.errors import Conflict
from core.jobs import JobStopped
from events.models import Event
from integrations import services
from portfolio.models import Portfolio
from portfolio.services import archive_portfolio, restore_portfolio, update_portfolio
from programs.models import Program
from projects.models import Activity, Project
from projects.services import change_status, create_activity, update_project
from tests.integrations.conftest import csv_text, names, reasons, undone, upload

PROJECTS = csv_text("key,name,program,budget,status", "1,Apollo,EU,100,active", "2,Mercury,EU,200,active")


def test_what_was_created_is_archived_children_first(imported, alice):
    run = imported(
        upload("portfolios.csv", csv_text("key,name,parent", "A,Core,", "B,Sub,A")),
        upload("programs.csv", csv_text("key,name,portfolio", "1,Launch,B")),
        upload("projects.csv", csv_text("key,name,program", "P,Apollo,1")),
        upload("activities.csv", csv_text("key,name,project,parent", "X,Build,P,", "Y,Engine,P,X")),
    )

    run = undone(alice, run)

    assert run.count("undone") == 6
    assert not any(model.objects.live().exists() for model in (Portfolio, Program, Project, Activity))


def test_what_was_changed_gets_its_old_values(imported, alice, project):
    before = Project.objects.values("name", "budget_amount", "status", "external_key").get()
    run = imported(
        upload("projects.csv", csv_text("key,code,name,program,budget,status", "9,APOLLO,Apollo 11,EU,5,done"))
    )
    assert Project.objects.get().name == "Apollo 11"

    run = undone(alice, run)

    assert Project.objects.values("name", "budget_amount", "status", "external_key").get() == before
    assert run.count("undone") == 1


def test_an_activity_gets_its_progress_back_with_its_status(imported, alice, project):
    header = "key,name,project,status,progress %"
    imported(upload("activities.csv", csv_text(header, "1,Design,APOLLO,in progress,40")))
    run = imported(upload("activities.csv", csv_text(header, "1,Design,APOLLO,done,100")))

    undone(alice, run)

    activity = Activity.objects.get()
    assert (activity.status, str(activity.progress_ratio)) == ("in_progress", "0.4000")


def test_what_somebody_changed_since_is_kept_and_named(imported, alice, olivia, program):
    run = imported(upload("projects.csv", PROJECTS))
    update_project(actor=olivia, project=Project.objects.get(external_key="1"), name="Mine now")

    run = undone(alice, run)

    assert names(Project.objects.live()) == ["Mine now"]
    assert reasons(run) == ["Kept: Olivia changed it after the import."]
    assert (run.count("undone"), run.count("kept")) == (1, 1)


def test_a_project_to_which_somebody_added_work_is_kept_with_it(imported, alice, bob, program):
    run = imported(upload("projects.csv", PROJECTS))
    create_activity(actor=bob, project=Project.objects.get(external_key="1"), name="By hand")

    run = undone(alice, run)

    assert names(Project.objects.live()) == ["Apollo"]
    assert "Kept: it holds 1 activity" in reasons(run)[0]


def test_a_portfolio_that_holds_something_new_is_kept_and_says_what(imported, acme, alice):
    run = imported(upload("portfolios.csv", csv_text("key,name", "A,Core", "B,Other")))
    Program.objects.create(
        organization=acme, portfolio=Portfolio.objects.get(external_key="A"), code="N", name="New one"
    )

    run = undone(alice, run)

    assert names(Portfolio.objects.live()) == ["Core"]
    assert "still holds 1 program (New one)" in reasons(run)[0]


def test_what_somebody_put_away_already_is_no_trouble(imported, alice):
    run = imported(upload("portfolios.csv", csv_text("key,name", "A,Core")))
    archive_portfolio(actor=alice, portfolio=Portfolio.objects.get())

    assert undone(alice, run).count("undone") == 1


def test_what_a_person_archived_before_the_undo_stays_so_in_the_next_import(imported, alice):
    file = upload("portfolios.csv", csv_text("key,name", "A,Core", "B,Other"))
    run = imported(file)
    archive_portfolio(actor=alice, portfolio=Portfolio.objects.get(external_key="A"))
    undone(alice, run)

    again = imported(file)

    assert again.count("restored") == 1
    assert names(Portfolio.objects.live()) == ["Other"]
    assert reasons(again) == ["“Core” is archived here and stays so. Restore it, then import again."]


def test_what_a_person_restored_after_the_undo_and_archived_later_stays_so_in_the_next_import(imported, alice):
    file = upload("portfolios.csv", csv_text("key,name", "A,Core"))
    undone(alice, imported(file))
    restored = restore_portfolio(actor=alice, portfolio=Portfolio.objects.get())
    archive_portfolio(actor=alice, portfolio=restored)

    again = imported(file)

    assert reasons(again) == ["“Core” is archived here and stays so. Restore it, then import again."]
    assert not Portfolio.objects.live().exists()


def test_what_a_second_undo_archived_comes_back_as_after_the_first(imported, alice):
    file = upload("portfolios.csv", csv_text("key,name", "A,Core"))
    for _ in range(2):
        undone(alice, imported(file))

    assert imported(file).count("restored") == 1


def test_a_later_import_of_the_same_rows_is_not_undone_with_the_earlier_one(imported, alice, program):
    first = imported(upload("projects.csv", PROJECTS))
    imported(upload("projects.csv", PROJECTS.replace("100", "150")))

    first = undone(alice, first)

    assert names(Project.objects.live()) == ["Apollo"]
    assert first.count("kept") == 1


def test_undone_rows_come_back_with_the_next_import_and_their_history(imported, alice, program):
    run = imported(upload("projects.csv", PROJECTS))
    undone(alice, run)

    again = imported(upload("projects.csv", PROJECTS.replace("Mercury", "Mercury 7")))

    assert again.count("restored") == 2
    assert names(Project.objects.live().order_by("external_key")) == ["Apollo", "Mercury 7"]
    assert Project.objects.count() == 2
    undone(alice, again)
    assert not Project.objects.live().exists()


def test_undo_is_recorded_row_by_row_and_as_a_whole(imported, alice, program):
    run = imported(upload("projects.csv", PROJECTS))

    undone(alice, run)

    assert Event.objects.filter(kind="project.archived", source="import", request_id=run.trace).count() == 2
    assert list(
        Event.objects.filter(subject_type="integrations.importrun").order_by("pk").values_list("kind", flat=True)
    ) == [
        "import.uploaded",
        "import.checked",
        "import.begun",
        "import.done",
        "import.undo_begun",
        "import.undone",
    ]


def test_an_import_is_undone_once(imported, alice):
    run = undone(alice, imported(upload("portfolios.csv", csv_text("key,name", "A,Core"))))

    with pytest.raises(Conflict, match="was undone"):
        services.begin_undo(actor=alice, run=run)


def test_an_import_that_has_not_begun_has_nothing_to_undo(checked, alice):
    run = checked(upload("portfolios.csv", csv_text("key,name", "A,Core")))

    with pytest.raises(Conflict, match="Nothing has been imported"):
        services.begin_undo(actor=alice, run=run)


def test_stopping_an_undo_keeps_the_rest_and_it_can_go_on(imported, alice, monkeypatch):
    monkeypatch.setattr("integrations.services.undoing.BATCH", 2)
    run = imported(upload("portfolios.csv", csv_text("key,name", *[f"{n},P{n}" for n in range(5)])))
    services.begin_undo(actor=alice, run=run, in_background=False)

    def stop(done, total=None, message=""):
        raise JobStopped

    with pytest.raises(JobStopped, match="Stopped after 2 of 5 rows were undone"):
        services.carry_out_undo(actor=alice, run=run, report=stop)

    run.refresh_from_db()
    assert run.status == "stopped"
    assert Portfolio.objects.live().count() == 3
    assert undone(alice, run).count("undone") == 5


def test_status_changes_by_people_after_the_import_are_respected(imported, alice, olivia, program):
    run = imported(upload("projects.csv", PROJECTS))
    change_status(actor=olivia, project=Project.objects.get(external_key="2"), to="done", reason="finished")

    undone(alice, run)

    assert names(Project.objects.live()) == ["Mercury"]


def test_a_changed_portfolio_is_named_by_who_changed_it(imported, alice, olivia):
    run = imported(upload("portfolios.csv", csv_text("key,name", "A,Core")))
    update_portfolio(actor=olivia, portfolio=Portfolio.objects.get(), name="Core 2")

    assert reasons(undone(alice, run)) == ["Kept: Olivia changed it after the import."]
