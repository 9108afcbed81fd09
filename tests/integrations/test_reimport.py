"""The same rows again: matched by key, changed only where they differ, and never doubled."""

import pytest

from events.models import Event
from integrations.algorithms.examples import EXAMPLES, example_name
from portfolio.models import Portfolio, Product
from portfolio.services import archive_portfolio, update_portfolio
from programs.models import Measure
from projects.models import Activity, Project
from projects.services import update_project
from tests.integrations.conftest import counts, csv_text, names, reasons, upload

PROJECTS = csv_text("key,name,program,budget", "1,Apollo,EU,100", "2,Mercury,EU,200")


def examples():
    return [
        upload(f"{example_name(kind)}.csv", "\n".join(",".join(f'"{cell}"' for cell in row) for row in rows))
        for kind, rows in EXAMPLES.items()
    ]


def test_our_example_files_come_in_together_without_a_question_and_change_nothing_the_second_time(imported, acme):
    run = imported(*examples())

    assert reasons(run) == []
    assert run.count("created") == run.row_count == 17
    assert Activity.objects.get(name="French").parent.name == "Translation"
    assert Product.objects.get().line.code == "A"
    assert Measure.objects.get().result == "met"
    assert str(Project.objects.get(external_key="P-101").reported_progress_ratio) == "0.4000"

    again = imported(*examples())
    assert again.count("unchanged") == 17


def test_rows_that_differ_are_changed_field_by_field(imported, program):
    imported(upload("projects.csv", PROJECTS))

    run = imported(upload("projects.csv", PROJECTS.replace("200", "250")))

    assert counts(run, "project") == {"rows": 2, "parked": 0, "unchanged": 1, "updated": 1}
    assert run.rows.get(status="updated").changes == {"budget_amount": ["200.00", "250.00"]}
    assert Event.objects.filter(kind="project.updated").get().changes == {"budget_amount": ["200.00", "250.00"]}


def test_an_empty_cell_leaves_what_is_there(imported, program):
    imported(upload("projects.csv", PROJECTS))

    run = imported(upload("projects.csv", PROJECTS.replace(",200", ",")))

    assert run.count("unchanged") == 2


def test_defaults_are_for_new_rows_and_change_none_that_is_here(imported, checked, program, alice):
    imported(upload("projects.csv", PROJECTS))
    project = Project.objects.get(external_key="1")
    update_project(actor=alice, project=project, name="Renamed here")

    run = checked(upload("projects.csv", csv_text("key,name,program,budget", "1,,EU,100")))

    assert counts(run, "project") == {"rows": 1, "parked": 0, "unchanged": 1}


def test_what_was_changed_here_since_the_last_import_is_pointed_out_before_it_is_written_over(
    imported, checked, program, alice
):
    imported(upload("projects.csv", PROJECTS))
    update_project(actor=alice, project=Project.objects.get(external_key="1"), budget_amount=999)

    run = checked(upload("projects.csv", PROJECTS))

    assert reasons(run) == ["It was changed here after the last import; the file's values replace: budget."]


def test_a_project_moves_to_the_program_that_the_file_names_and_is_parked_no_longer(imported, acme, program):
    imported(upload("projects.csv", csv_text("key,name,program", "1,Apollo,")))
    assert Project.objects.get().is_parked

    imported(upload("projects.csv", csv_text("key,name,program", "1,Apollo,EU")))

    project = Project.objects.get()
    assert project.program == program
    assert not project.is_parked


def test_a_project_that_leaves_a_portfolio_for_a_program_sits_in_one_of_them(imported, program, portfolio):
    imported(upload("projects.csv", csv_text("key,name,program,portfolio", "1,Apollo,,Core portfolio")))
    assert Project.objects.get().portfolio == portfolio

    imported(upload("projects.csv", csv_text("key,name,program,portfolio", "1,Apollo,EU,Core portfolio")))

    project = Project.objects.get()
    assert (project.program, project.portfolio) == (program, None)


def test_a_status_is_reached_along_the_lifecycle_step_by_step(imported, program):
    rows = "key,name,program,status"
    imported(upload("projects.csv", csv_text(rows, "1,Apollo,EU,proposed")))

    imported(upload("projects.csv", csv_text(rows, "1,Apollo,EU,done")))

    assert Project.objects.get().status == "done"
    steps = Event.objects.filter(kind="project.status_changed").order_by("pk").values_list("changes__status", flat=True)
    assert [after for _, after in steps] == ["screened", "approved", "active", "done"]


def test_an_activity_is_not_moved_to_another_project(imported, acme, project, program):
    Project.objects.create(organization=acme, program=program, code="OTHER", name="Other", currency="USD")
    imported(upload("activities.csv", csv_text("key,name,project", "1,Design,APOLLO")))

    run = imported(upload("activities.csv", csv_text("key,name,project", "1,Design,OTHER")))

    assert "It belongs to the project “Apollo” here" in reasons(run)[0]
    assert Activity.objects.get().project == project


@pytest.mark.parametrize("progress", ["100", "40", "0"])
def test_status_and_progress_that_disagree_settle_once_and_then_stay(imported, project, progress):
    file = upload(
        "activities.csv", csv_text("key,name,project,status,progress %", f"1,A,APOLLO,in progress,{progress}")
    )
    imported(file)

    assert imported(file).count("unchanged") == 1


def test_rows_are_matched_by_code_where_there_is_no_key(imported, program):
    imported(upload("projects.csv", csv_text("code,name,program", "AP,Apollo,EU")))

    imported(upload("projects.csv", csv_text("code,name,program", "AP,Apollo 11,EU")))

    assert names(Project.objects.all()) == ["Apollo 11"]


def test_rows_are_matched_by_name_where_there_is_neither_key_nor_code(imported, program):
    file = upload("projects.csv", csv_text("name,program,budget", "Apollo,EU,100"))
    imported(file)

    assert imported(file).count("unchanged") == 1
    assert Project.objects.count() == 1


def test_a_row_that_was_typed_here_gets_its_key_from_the_file_that_knows_its_code(imported, project):
    imported(upload("projects.csv", csv_text("key,code,name,program", "1997,APOLLO,Apollo,EU")))

    assert Project.objects.get().external_key == "1997"


def test_what_a_person_archived_stays_archived_and_is_told(imported, checked, alice):
    file = upload("portfolios.csv", csv_text("key,name", "A,Core"))
    imported(file)
    archive_portfolio(actor=alice, portfolio=Portfolio.objects.get())

    run = checked(file)

    assert reasons(run) == ["“Core” is archived here and stays so. Restore it, then import again."]


def test_the_list_of_refused_rows_can_be_corrected_and_imported_again(imported, client, alice, program):
    run = imported(
        upload(
            "projects.csv",
            csv_text("key,name,program,start", "1,=A,EU,soon", *[f"{n},B{n},EU,2026-01-05" for n in range(2, 9)]),
        )
    )
    client.force_login(alice)

    response = client.get(f"/o/acme/imports/files/{run.files.get().pk}/refused/")
    text = b"".join(response.streaming_content).decode("utf-8-sig")

    assert text.splitlines()[0] == "key,name,program,start,Portolan row,Portolan problem"
    assert "'=A" in text
    again = imported(upload("projects corrected.csv", text.replace("soon", "2026-02-05", 1)))
    assert again.files.get().is_remembered
    assert again.count("created") == 1
    assert Project.objects.get(external_key="1").name == "=A"


def test_portfolio_changes_are_found_whatever_else_was_changed(imported, alice):
    file = csv_text("key,name", "A,Core")
    imported(upload("portfolios.csv", file))
    update_portfolio(actor=alice, portfolio=Portfolio.objects.get(), description="typed here")

    run = imported(upload("portfolios.csv", file))

    assert run.count("unchanged") == 1
    assert Portfolio.objects.get().description == "typed here"
