"""Exports open in a spreadsheet as text and numbers, never as a formula."""

import csv
import datetime
import io
import string
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import load_workbook

from core.exports import csv_lines, export, harmless, xlsx_file

FORMULAS = ["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x")']


@pytest.mark.parametrize("text", FORMULAS)
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(text):
    assert harmless(text) == "'" + text


def test_numbers_stay_numbers_even_below_zero():
    assert harmless(Decimal("-12.50")) == Decimal("-12.50")
    assert harmless(-3) == -3


@given(st.text(alphabet=string.printable, max_size=30))
def test_no_text_leaves_beginning_like_a_formula(text):
    assert not str(harmless(text)).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_a_csv_file_reads_back_as_it_was_written():
    rows = [["Apollo, “the first”", Decimal("1.50"), datetime.date(2026, 1, 5), None, True]]

    text = "".join(csv_lines(rows, ["Name", "Amount", "Day", "Nothing", "Flag"]))

    assert text.startswith("\ufeff")
    read = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert read[1] == ["Apollo, “the first”", "1.50", "2026-01-05", "", "yes"]


def test_a_long_csv_file_leaves_in_pieces():
    pieces = list(csv_lines(([str(n), "x" * 100] for n in range(2_000)), ["n", "text"]))

    assert len(pieces) > 3
    assert sum(piece.count("\r\n") for piece in pieces) == 2_001


def test_a_workbook_keeps_text_as_text_and_numbers_as_numbers():
    book = load_workbook(xlsx_file([["=1+1", Decimal("2.5"), -4]], ["Text", "Number", "Minus"]))

    assert book.get_sheet_by_index(0).to_python() == [["Text", "Number", "Minus"], ["'=1+1", 2.5, -4.0]]


def test_a_workbook_keeps_days_as_days_and_moments_as_moments():
    moment = datetime.datetime(2026, 11, 24, 9, 30, 15, 99, tzinfo=datetime.UTC)
    rows = [[datetime.date(2026, 1, 5), moment, datetime.date(1899, 12, 31), None, True]]

    book = load_workbook(xlsx_file(rows, ["Day", "Moment", "Long ago", "Nothing", "Flag"]))

    (_, cells) = book.get_sheet_by_index(0).to_python()
    local = moment.replace(tzinfo=None, microsecond=0)
    assert cells == [datetime.date(2026, 1, 5), local, "1899-12-31", "", "yes"]


def test_a_workbook_keeps_numbers_that_it_would_round_or_cannot_hold_as_text():
    book = load_workbook(xlsx_file([[10**17 + 1, float("nan"), Decimal("-12.50")]], ["Long", "None", "Minus"]))

    assert book.get_sheet_by_index(0).to_python()[1] == ["100000000000000001", "nan", -12.5]


def test_a_header_that_looks_like_a_formula_is_text_too():
    book = load_workbook(xlsx_file([], ["=1+1"]))

    assert book.get_sheet_by_index(0).to_python() == [["'=1+1"]]


def test_the_download_has_a_name_and_a_type():
    response = export([["a"]], header=["A"], name="projects", file_format="csv")

    assert response["Content-Disposition"] == 'attachment; filename="projects.csv"'
    assert response["Content-Type"].startswith("text/csv")
