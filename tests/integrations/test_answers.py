"""Answers to what an import asks: one for all rows of a problem, or cell by cell, before anything is written."""

import pytest

from core.errors import Conflict, FieldErrors, StaleEdit
from integrations import services
from integrations.algorithms.mapping import FROM_DESCRIPTION, Mapping, Source
from integrations.models import SavedMapping
from portfolio.models import Portfolio
from programs.models import Program
from projects.models import Project
from tests.integrations.conftest import carried_out, counts, csv_text, names, reasons, said, upload


@pytest.fixture
def answered(alice):
    """Check again after an answer."""

    def again(run):
        return services.request_check(actor=alice, run=run)

    return again


def test_a_cell_is_corrected_in_place(checked, answered, alice, program):
    run = checked(upload("projects.csv", csv_text("key,name,program,start", "1,A,EU,31/02/2026", "2,B,EU,2026-01-05")))
    row = run.rows.get(number=2)

    run = answered(services.correct_cell(actor=alice, row=row, column="start", text="2026-02-28"))

    assert run.findings == []
    assert carried_out(alice, run).count("created") == 2


def test_a_cell_that_was_too_long_may_be_typed_anew(checked, answered, alice, program):
    run = checked(upload("projects.csv", csv_text("key,name,program", f"1,{'x' * 150_000},EU")))
    assert said(run) == ["1 project has a cell that is far too long"]

    run = answered(services.correct_cell(actor=alice, row=run.rows.get(), column="name", text="Apollo"))

    assert run.findings == []


def test_ragged_rows_may_be_taken_as_they_are(checked, answered, alice, program):
    run = checked(upload("projects.csv", csv_text("key,program,name", "1,EU,Apollo,more", "2,EU")))

    run = answered(services.take_as_they_are(actor=alice, run=run, rows=[row.pk for row in run.rows.all()]))

    assert counts(run, "project")["create"] == 2


def test_a_word_is_given_a_meaning_for_all_rows_and_for_the_next_import(checked, answered, alice, program):
    rows = [f"{n},P{n},EU,purple" for n in range(1, 4)]
    run = checked(upload("projects.csv", csv_text("key,name,program,status", "0,P0,EU,active", *rows, "9,P9,EU,done")))
    assert said(run) == ["3 projects have a status that is not known here"]

    run = answered(
        services.answer_value(actor=alice, file=run.files.get(), target="status", answers={"purple": "on_hold"})
    )
    carried_out(alice, run)

    assert Project.objects.filter(status="on_hold").count() == 3
    again = checked(upload("export.csv", csv_text("key,name,program,status", "7,P7,EU,purple")))
    assert again.files.get().is_remembered
    assert again.findings == []


def test_an_unknown_parent_is_replaced_by_another_for_all_rows(checked, answered, alice, program):
    run = checked(upload("projects.csv", csv_text("key,name,program", "1,A,009-X", "2,B,009-X")))

    run = answered(services.answer_value(actor=alice, file=run.files.get(), target="program", answers={"009-X": "EU"}))
    carried_out(alice, run)

    assert program.projects.count() == 2
    assert not Project.objects.parked().exists()


def test_rows_without_a_parent_are_put_into_one(checked, answered, alice, program):
    run = checked(upload("projects.csv", csv_text("key,name,program", "1,A,", "2,B,EU")))

    run = answered(services.answer_default(actor=alice, file=run.files.get(), target="program", text="EU"))
    carried_out(alice, run)

    assert program.projects.count() == 2


def test_a_default_that_is_no_value_is_told_in_the_check(checked, answered, alice, project):
    run = checked(upload("risks.csv", csv_text("key,name,project", "1,Fire,APOLLO")))
    assert said(run) == ["1 risk lacks a probability"]

    run = answered(services.answer_default(actor=alice, file=run.files.get(), target="probability_ratio", text="lots"))
    assert reasons(run) == ["“lots”, which new rows should get as probability, is no number."]

    run = answered(services.answer_default(actor=alice, file=run.files.get(), target="probability_ratio", text="50%"))
    assert run.findings == []


def test_portfolios_that_are_only_named_can_be_created_with_the_import_and_are_undone_with_it(checked, answered, alice):
    rows = ["1,A,Space", "2,B,Space", "3,C,Sea"]
    run = checked(upload("projects.csv", csv_text("key,name,department", *rows)))
    assert said(run) == ["3 projects name a portfolio that is not known"]

    file = run.files.get()
    run = answered(
        services.make_from_names(actor=alice, file=file, target="portfolio", names=["Space", "Sea", "Space"])
    )
    run = carried_out(alice, run)

    assert names(Portfolio.objects.order_by("name")) == ["Sea", "Space"]
    assert [project.portfolio.name for project in Project.objects.order_by("external_key")] == ["Space", "Space", "Sea"]
    assert run.row_count == 5


def test_only_what_needs_nothing_but_a_name_is_created_from_names(checked, alice, project):
    run = checked(upload("activities.csv", csv_text("key,name,project", "1,A,NOPE")))

    with pytest.raises(Conflict, match="Portfolios and programs"):
        services.make_from_names(actor=alice, file=run.files.get(), target="project", names=["NOPE"])


def test_programs_without_a_name_may_be_called_by_their_description(checked, answered, alice, portfolio):
    text = "Everything about vaccines and their registers. And more."
    run = checked(upload("programs.csv", csv_text("key,name,portfolio,summary", f"1,,Core portfolio,{text}")))

    run = answered(services.answer_default(actor=alice, file=run.files.get(), target="name", text=FROM_DESCRIPTION))
    carried_out(alice, run)

    assert names(Program.objects.all()) == ["Everything about vaccines and their registers"]


def test_rows_are_left_out_and_what_they_would_hold_is_told(checked, answered, alice):
    run = checked(
        upload("portfolios.csv", csv_text("key,name", "A,Core", "B,Other")),
        upload("programs.csv", csv_text("key,name,portfolio", "1,Launch,A")),
    )

    run = answered(services.leave_out(actor=alice, run=run, rows=[run.rows.get(key="A").pk]))
    run = carried_out(alice, run)

    assert names(Portfolio.objects.all()) == ["Other"]
    assert counts(run, "portfolio")["skipped"] == 1
    assert Program.objects.get().parked_reason.startswith("Its portfolio “A” (row 2 of portfolios.csv) is not imported")


def test_day_or_month_first_is_answered_once_for_the_column(acme, answered, alice, program):
    file = upload("projects.csv", csv_text("key,name,program,start", "1,A,EU,03/04/2026", "2,B,EU,05/06/2026"))
    run = services.upload_files(actor=alice, organization=acme, files=[file])
    run = answered(run)
    assert said(run) == ["2 projects have a planned start that is a date in two ways"]

    run = answered(services.answer_order(actor=alice, file=run.files.get(), column="start", order="dmy"))
    carried_out(alice, run)

    assert [str(project.planned_start_date) for project in Project.objects.order_by("pk")] == [
        "2026-04-03",
        "2026-06-05",
    ]


def test_two_columns_cannot_fill_one_field(checked, alice, program):
    run = checked(upload("projects.csv", csv_text("key,name,title,program", "1,A,B,EU")))
    mapping = Mapping({"name": Source("name"), "title": Source("name")})

    with pytest.raises(FieldErrors, match="“name” and “title” both fill name"):
        services.match_columns(actor=alice, run=run, mappings={run.files.get().pk: mapping})


def test_a_field_that_rows_do_not_have_is_refused(checked, alice):
    run = checked(upload("portfolios.csv", csv_text("key,name", "A,Core")))

    with pytest.raises(FieldErrors, match="no field “budget_amount”"):
        services.match_columns(
            actor=alice, run=run, mappings={run.files.get().pk: Mapping({"name": Source("budget_amount")})}
        )


def test_an_answer_to_a_state_that_somebody_changed_is_refused_with_who_did(checked, alice, olivia):
    run = checked(upload("portfolios.csv", csv_text("key,name", "A,Core")))
    services.leave_out(actor=olivia, run=run, rows=[run.rows.get().pk])

    with pytest.raises(StaleEdit, match="Olivia changed"):
        services.match_columns(actor=alice, run=run, mappings={}, expected_version=run.version)


def test_after_an_answer_the_import_waits_for_a_new_check(checked, alice):
    run = checked(upload("portfolios.csv", csv_text("key,name", "A,Core", "B,Other")))
    run = services.leave_out(actor=alice, run=run, rows=[run.rows.get(key="A").pk])

    with pytest.raises(Conflict, match="Check the files first"):
        services.begin_import(actor=alice, run=run)


def test_files_are_added_and_taken_out_until_the_import_begins(checked, alice):
    run = checked(upload("portfolios.csv", csv_text("key,name", "A,Core")))

    run = services.add_files(
        actor=alice, run=run, files=[upload("programs.csv", csv_text("key,name,portfolio", "1,Launch,A"))]
    )
    assert run.row_count == 2
    run = services.remove_file(actor=alice, file=run.files.get(kind="portfolio"))
    assert run.title == "programs.csv"
    with pytest.raises(Conflict, match="only file"):
        services.remove_file(actor=alice, file=run.files.get())
    run = carried_out(alice, services.request_check(actor=alice, run=run))
    with pytest.raises(Conflict, match="import is done"):
        services.add_files(actor=alice, run=run, files=[upload("a.csv", csv_text("key,name", "Z,z"))])


def test_an_import_is_discarded_with_everything_it_kept(checked, alice):
    run = checked(upload("portfolios.csv", csv_text("key,name", "A,Core")))

    services.discard_run(actor=alice, run=run)

    assert not type(run).objects.exists()
    assert not Portfolio.objects.exists()


def test_a_mapping_is_remembered_by_its_columns_when_the_import_begins(imported, checked):
    imported(upload("portfolios.csv", csv_text("key,name", "A,Core")))

    assert SavedMapping.objects.count() == 1
    run = checked(upload("more portfolios.csv", csv_text("Name,KEY", "Other,B")))
    assert run.files.get().is_remembered
    assert counts(run, "portfolio")["create"] == 1


def test_a_mapping_of_portfolios_is_not_used_for_a_file_that_is_named_for_products(imported, checked):
    imported(upload("portfolios.csv", csv_text("key,name", "A,Core")))

    assert checked(upload("products.csv", csv_text("key,name", "A,Atlas"))).files.get().kind == "product"
