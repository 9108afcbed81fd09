"""One row of cells: its values, what follows from them, and what cannot be read."""

import datetime
from decimal import Decimal

import pytest

from integrations.algorithms.mapping import Mapping, Source
from integrations.algorithms.outline import circles, parents_first
from integrations.algorithms.rows import RowReader


def read(kind: str, sources: dict[str, Source], **cells: str):
    reader = RowReader(kind, list(cells), Mapping({name: sources[name] for name in sources}))
    return reader.read(list(cells.values()))


def test_a_duration_gives_the_last_day_that_counts():
    reading = read("project", {"s": Source("planned_start_date"), "d": Source("planned_days")}, s="2026-01-05", d="5")

    assert reading.values == {
        "planned_start_date": datetime.date(2026, 1, 5),
        "planned_finish_date": datetime.date(2026, 1, 9),
    }


def test_delays_and_durations_give_actual_days():
    sources = {
        "start": Source("planned_start_date"),
        "late": Source("start_delay_days"),
        "took": Source("actual_days"),
    }

    reading = read("activity", sources, start="2011-06-01", late="-2", took="0")

    assert reading.values["actual_start_date"] == datetime.date(2011, 5, 30)
    assert reading.values["actual_finish_date"] == datetime.date(2011, 5, 30)


def test_an_activity_that_is_not_started_has_no_actual_start_however_small_its_delay():
    sources = {
        "start": Source("planned_start_date"),
        "late": Source("start_delay_days"),
        "status": Source("status"),
    }

    assert "actual_start_date" not in read("activity", sources, start="2026-06-01", late="0", status="open").values


def test_no_delay_means_as_planned_and_clears_what_was_expected_before():
    sources = {"f": Source("planned_finish_date"), "late": Source("finish_delay_days")}

    assert read("project", sources, f="2026-06-01", late="0").values["expected_finish_date"] is None
    late = read("project", sources, f="2026-06-01", late="91").values["expected_finish_date"]
    assert late == datetime.date(2026, 8, 31)


def test_a_cost_variance_gives_the_actual_cost():
    million = Decimal(1_000_000)
    sources = {"plan": Source("budget_amount", scale=million), "cv": Source("cost_variance_amount", scale=million)}

    values = read("project", sources, plan="2.4", cv="-0.355").values

    assert values == {"budget_amount": Decimal("2400000.00"), "actual_amount": Decimal("2755000.00")}


def test_what_a_duration_counts_from_is_missed_in_words():
    reading = read("project", {"d": Source("planned_days")}, d="5")

    assert [message.code for message in reading.messages] == ["not_derived"]


@pytest.mark.parametrize(
    ("kind", "target", "text", "code"),
    [
        ("project", "planned_start_date", "31/02/2026", "not_a_date"),
        ("project", "planned_start_date", "03/04/2026", "ambiguous_date"),
        ("project", "budget_amount", "a lot", "not_a_money"),
        ("project", "budget_amount", "-5", "not_a_money"),
        ("project", "budget_amount", "1e20", "not_a_money"),
        ("project", "reported_progress_ratio", "140%", "not_a_ratio"),
        ("project", "planned_days", "-1", "not_a_days"),
        ("project", "planned_days", "1.5", "not_a_days"),
        ("project", "status", "purple", "not_a_choice"),
        ("project", "name", "x" * 201, "too_long"),
        ("project", "code", "x" * 21, "too_long"),
        ("project", "external_key", "x" * 201, "too_long"),
        ("project", "description", "x" * 20_001, "too_long"),
    ],
)
def test_what_cannot_be_read_is_an_error_that_names_its_column(kind, target, text, code):
    reading = read(kind, {"the column": Source(target)}, **{"the column": text})

    assert [(message.level, message.code, message.column) for message in reading.messages] == [
        ("error", code, "the column")
    ]
    assert "the column" in reading.messages[0].text


def test_a_finish_before_its_start_is_an_error():
    sources = {"s": Source("planned_start_date"), "f": Source("planned_finish_date")}

    assert read("project", sources, s="2026-02-01", f="2026-01-01").messages[0].code == "finish_before_start"


def test_formulas_are_text_and_lose_only_the_sign_that_an_export_put_in_front():
    sources = {"n": Source("name")}

    assert read("project", sources, n="=cmd|'/C calc'!A0").name == "=cmd|'/C calc'!A0"
    assert read("project", sources, n="'=1+1").name == "=1+1"
    assert read("project", sources, n="'quoted'").name == "'quoted'"


def test_a_disarmed_negative_amount_is_an_amount():
    assert read("project", {"a": Source("actual_amount")}, a="'-5").values["actual_amount"] == Decimal("-5.00")


def test_several_columns_make_one_description():
    sources = {"summary": Source("description"), "gap": Source("description")}

    assert read("project", sources, summary="First.", gap="Second.").values["description"] == "First.\n\ngap: Second."


def test_a_word_that_was_answered_stands_for_its_answer_and_an_empty_answer_for_nothing():
    source = Source("program", values={"009-X": "009-Y", "009-Z": ""})

    assert read("project", {"p": source}, p="009-X").references == {"program": "009-Y"}
    assert read("project", {"p": source}, p="009-Z").references == {}


def test_rows_come_behind_what_holds_them_and_otherwise_in_their_order():
    assert parents_first([1, 2, 3, 4, 5], {1: 4, 2: 4, 5: 1}) == [3, 4, 1, 5, 2]


def test_rows_in_a_circle_come_last_and_none_is_lost():
    assert parents_first([1, 2, 3, 4], {1: 2, 2: 1, 3: 1}) == [4, 1, 2, 3]


def test_a_circle_is_found_with_its_path_and_what_only_leads_into_it_is_not():
    assert circles({"a": "b", "b": "c", "c": "b", "d": "d", "e": "a"}) == [["b", "c", "b"], ["d", "d"]]
    assert circles({"a": "b", "b": "c"}) == []


def test_a_long_chain_is_no_trouble():
    chain = {number: number + 1 for number in range(100_000)}

    assert circles(chain) == []
    assert parents_first(list(range(100_001)), chain)[0] == 100_000


def test_signs_that_nobody_sees_are_no_name_and_no_part_of_a_key():
    sources = {"key": Source("external_key"), "name": Source("name"), "program": Source("program")}

    reading = read("project", sources, key="\ufeff38\u200b", name="\u200b\u200f", program="Mu\u0308nchen")

    assert (reading.key, reading.name, reading.references) == ("38", "", {"program": "München"})


def test_joiners_inside_a_name_stay():
    reading = read("project", {"name": Source("name")}, name="\u202e👩\u200d🚀 crew\u200f")

    assert reading.name == "👩\u200d🚀 crew"


@pytest.mark.parametrize(("start", "days", "late"), [("2190-01-01", "99999", "0"), ("1900-01-02", "1", "-5")])
def test_durations_and_delays_that_lead_out_of_time_are_an_error(start, days, late):
    sources = {
        "start": Source("planned_start_date"),
        "days": Source("planned_days"),
        "late": Source("start_delay_days"),
    }

    reading = read("activity", sources, start=start, days=days, late=late)

    assert [message.code for message in reading.messages] == ["day_out_of_range"]
