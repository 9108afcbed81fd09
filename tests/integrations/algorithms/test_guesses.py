"""What a file and its columns probably are."""

import csv
import io
from decimal import Decimal

import pytest

from integrations.algorithms.catalog import KINDS
from integrations.algorithms.examples import EXAMPLES, example_name
from integrations.algorithms.guessing import guess_kind, guess_mapping, kinds_named, questions
from integrations.algorithms.mapping import Mapping, header_digest
from integrations.algorithms.meanings import TABLES, meant
from integrations.algorithms.profiling import profile
from integrations.algorithms.words import heading
from integrations.models import ImportKind
from integrations.selectors import TABLES as TABLES_OF_ROWS


def columns(text: str):
    header, *rows = list(csv.reader(io.StringIO(text.strip())))
    return profile(header, rows)


def matched(kind: str, text: str) -> dict[str, str]:
    mapping = guess_mapping(kind, columns(text))
    return {name: source.to for name, source in mapping.columns.items() if source.to}


def test_the_kinds_and_choices_of_the_catalog_are_those_of_the_tables():
    assert list(KINDS) == [kind for kind in KINDS if kind in ImportKind.values]
    assert set(KINDS) == set(ImportKind.values) == set(TABLES_OF_ROWS)
    for kind in KINDS.values():
        fields = {field.name: field for field in TABLES_OF_ROWS[kind.name].model._meta.get_fields()}
        for target in kind.targets:
            if (kind.name, target.name) in {("entry", "subject"), ("entry", "reason")}:
                continue  # one of several columns, by what the text names; what is kept with a budget
            field = fields.get(target.fills or target.name)
            assert field is not None, f"{kind.name}.{target.name}"
            if target.type == "choice":
                assert list(target.choices) == [value for value, _ in field.choices]
            length = getattr(field, "max_length", None)  # neither a relation nor a number has one
            if target.type in {"text", "code"} and length is not None:
                assert target.longest <= length


@pytest.mark.parametrize(
    ("header", "words", "scale", "currency"),
    [
        ("planned_cost_musd", {"planned", "cost"}, 1_000_000, "USD"),
        ("Budget (k€)", {"budget"}, 1000, "EUR"),
        ("TotalBudget", {"total", "budget"}, 1, ""),
        ("Cost in millions", {"cost"}, 1_000_000, ""),
        ("Kosten TEUR", {"cost"}, 1000, "EUR"),
        ("estimatedCompletionDate", {"expected", "finish"}, 1, ""),
        ("Start_Date", {"start"}, 1, ""),
        ("Date", {"date"}, 1, ""),
        ("k", {"k"}, 1, ""),
    ],
)
def test_a_header_is_understood_with_its_unit(header, words, scale, currency):
    found = heading(header)

    assert found.words == words
    assert found.scale == Decimal(scale)
    assert found.currency == currency


@pytest.mark.parametrize("kind", EXAMPLES)
def test_our_own_example_files_are_understood_whole(kind):
    header, *rows = EXAMPLES[kind]
    found = profile(header, rows)

    assert guess_kind(f"{example_name(kind)}.csv", found) == kind
    assert not guess_mapping(kind, found).not_imported(header)


@pytest.mark.parametrize(
    ("file_name", "kinds"),
    [
        ("portfolios.csv", {"portfolio"}),
        ("HHS_metrics-2012.csv", {"measure"}),
        ("product_lines.csv", {"product_line"}),
        ("Products.csv", {"product"}),
        ("riskRegister.csv", {"risk"}),
        ("tasks export.csv", {"activity"}),
        ("export.csv", set()),
    ],
)
def test_a_file_name_speaks_of_its_kind(file_name, kinds):
    assert kinds_named(file_name) == kinds


def test_a_file_without_a_telling_name_is_known_by_its_columns():
    activities = (
        "Task ID,Project,Task name,Start,Finish,% complete,Assigned to\n1,P1,Design,2026-01-05,2026-02-01,50,a@b.c"
    )
    risks = "id,project,risk,likelihood,cost impact,response\n1,P1,Fire,20%,1000,accept"

    assert guess_kind("export.csv", columns(activities)) == "activity"
    assert guess_kind("export.csv", columns(risks)) == "risk"


def test_columns_of_other_systems_find_their_fields():
    text = (
        "ID,Project Name,Department,Project Manager,Start,Target End Date,Forecast End,Approved Budget,Spent to date,"
        '% Complete,RAG\n7,Apollo,Space,a@b.c,2026-01-05,2026-06-30,2026-08-01,"1,000,000","250,000",40,Amber'
    )

    assert matched("project", text) == {
        "ID": "external_key",
        "Project Name": "name",
        "Department": "portfolio",
        "Project Manager": "manager",
        "Start": "planned_start_date",
        "Target End Date": "planned_finish_date",
        "Forecast End": "expected_finish_date",
        "Approved Budget": "budget_amount",
        "Spent to date": "actual_amount",
        "% Complete": "reported_progress_ratio",
        "RAG": "reported_health",
    }


def test_a_column_is_not_taken_for_what_its_cells_cannot_be():
    assert matched("project", "id,name,start,budget\n1,Apollo,soon,a lot") == {"id": "external_key", "name": "name"}


def test_a_finish_is_preferred_to_the_duration_from_which_it_would_follow():
    text = "id,name,start,finish,duration days\n1,Apollo,2026-01-05,2026-02-05,32"

    assert "duration days" not in matched("project", text)


@pytest.mark.parametrize(
    ("kind", "target", "text", "choice"),
    [
        ("activity", "status", "Completed - Closed", "done"),
        ("activity", "status", "Completed - Costs Pending", "done"),
        ("activity", "status", "In-progress", "in_progress"),
        ("activity", "status", "NOT STARTED", "not_started"),
        ("activity", "status", "not completed", None),
        ("project", "status", "On-Hold (budget)", "on_hold"),
        ("project", "status", "Canceled", "cancelled"),
        ("project", "reported_health", "Off track", "red"),
        ("project", "reported_health", "Y", "amber"),
        ("measure", "result", "Not Met", "not_met"),
        ("measure", "result", "Met", "met"),
        ("risk", "status", "somewhere", None),
    ],
)
def test_words_of_other_systems_have_a_meaning_or_none(kind, target, text, choice):
    assert meant(kind, target, text) == choice


def test_every_choice_means_itself():
    for (kind, target), table in TABLES.items():
        for choice in KINDS[kind].by_target[target].choices:
            assert meant(kind, target, choice) == choice
            assert set(table.values()) <= set(KINDS[kind].by_target[target].choices)


def test_a_rating_from_one_to_five_is_health_where_the_header_says_rating():
    mapping = guess_mapping("program", columns("id,name,CIO rating\n1,A,5\n2,B,3\n3,C,1"))

    assert mapping.columns["CIO rating"].values == {"5": "green", "3": "amber", "1": "red"}
    assert meant("program", "reported_health", "5") is None


def test_dates_with_one_day_above_twelve_settle_the_order_for_all():
    day_first = guess_mapping("project", columns("id,name,start\n1,A,03/04/2026\n2,B,25/04/2026"))
    month_first = guess_mapping("project", columns("id,name,start\n1,A,03/04/2026\n2,B,04/25/2026"))

    assert day_first.columns["start"].order == "dmy"
    assert month_first.columns["start"].order == "mdy"


def test_dates_that_could_be_either_are_asked():
    found = columns("id,name,start\n1,A,03/04/2026\n2,B,05/06/2026")
    mapping = guess_mapping("project", found)

    asked = questions("project", mapping, {column.name: column for column in found})

    assert [question.text for question in asked] == ["Is “03/04/2026” day first or month first?"]


def test_numbers_that_could_be_either_are_asked():
    found = columns('id,name,budget\n1,A,"1,234"\n2,B,"5,678"')
    mapping = guess_mapping("project", found)

    asked = questions("project", mapping, {column.name: column for column in found})

    assert [question.about for question in asked] == ["decimal"]


def test_decimal_commas_are_recognized():
    mapping = guess_mapping("project", columns('id,name,budget\n1,A,"1.234,50"\n2,B,"0,5"'))

    assert mapping.columns["budget"].decimal == ","


def test_percent_is_told_from_shares_of_one():
    percent = guess_mapping("project", columns("id,name,progress\n1,A,40\n2,B,100"))
    shares = guess_mapping("project", columns("id,name,progress\n1,A,0.4\n2,B,1"))
    signed = guess_mapping("project", columns("id,name,progress\n1,A,40%\n2,B,100%"))

    assert [mapping.columns["progress"].scale for mapping in (percent, shares, signed)] == [Decimal("0.01"), 1, 1]


def test_day_numbers_of_excel_are_recognized():
    mapping = guess_mapping("project", columns("id,name,start date\n1,A,46085\n2,B,46100"))

    assert mapping.columns["start date"].order == "excel"


def test_a_mapping_survives_being_kept():
    mapping = guess_mapping("program", columns("id,name,CIO rating\n1,A,5\n2,B,3\n3,C,1")).with_default(
        "portfolio", "GR"
    )

    assert Mapping.from_json(mapping.as_json()) == mapping


def test_the_same_columns_in_another_order_and_case_are_the_same_file():
    assert header_digest(["ID", "Name "]) == header_digest(["name", "id", "Portolan problem"])
    assert header_digest(["id", "name"]) != header_digest(["id", "title"])


@pytest.mark.parametrize(
    ("header", "cells", "to"),
    [
        ("start", ("2026-01-05", "2026-02-30", "next week"), "planned_start_date"),
        ("planned start", ("2026-13-01",), "planned_start_date"),
        ("budget", ("=SUM(A1:A2)", "5000"), "budget_amount"),
        ("planned duration", ("5", "half a day", "two weeks"), "planned_days"),
    ],
)
def test_a_column_that_is_named_for_its_field_is_matched_so_that_wrong_cells_are_told(header, cells, to):
    text = "\n".join([f"id,name,{header}", *[f"{number},A{number},{cell}" for number, cell in enumerate(cells)]])

    assert matched("project", text)[header] == to


def test_a_status_in_words_that_nobody_knows_is_asked_and_not_left_out():
    found = columns("id,name,status,state\n1,A,käynnissä,Texas\n2,B,valmis,Ohio")
    mapping = guess_mapping("project", found)

    assert mapping.columns["status"].to == "status"
    assert mapping.columns["status"].values == {}
    assert mapping.columns["state"].to == ""


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        (
            "Projekt-Nr.;Bezeichnung;Programm;Beginn;Ende",
            "external_key name program planned_start_date planned_finish_date",
        ),
        ("identifiant;nom;programme;début;fin", "external_key name program planned_start_date planned_finish_date"),
        ("número;nombre;programa;inicio;fin", "external_key name program planned_start_date planned_finish_date"),
    ],
)
def test_headers_in_other_languages_are_known(header, fields):
    names = header.split(";")
    mapping = guess_mapping("project", columns(f"{','.join(names)}\n4711,Neubau,EU,2026-01-05,2026-02-05"))

    assert [mapping.columns[name].to for name in names] == fields.split()


@pytest.mark.parametrize(
    ("text", "choice"),
    [("in Arbeit", "active"), ("Abgeschlossen", "done"), ("nicht begonnen", "proposed"), ("en cours", "active")],
)
def test_words_of_other_languages_have_a_meaning(text, choice):
    assert meant("project", "status", text) == choice
