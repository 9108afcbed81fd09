"""The rows of a table, each with its number and what is wrong with it; nothing is dropped in silence."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.algorithms.records import LONGEST_CELL, NoTable, read_header, read_records


def read(text: str | bytes, codec: str = "utf-8-sig", delimiter: str = ","):
    content = text.encode() if isinstance(text, str) else text
    return list(read_records(content, codec, delimiter))


def faults(records) -> list[str]:
    return [fault.code for record in records for fault in record.faults]


def test_rows_are_numbered_as_a_spreadsheet_counts_them_blank_ones_included():
    records = read('id,name\n1,Apollo\n\n2,"Two\nlines"\n,\n3,Mercury\n')

    assert [(record.number, record.cells) for record in records] == [
        (2, ["1", "Apollo"]),
        (4, ["2", "Two\nlines"]),
        (6, ["3", "Mercury"]),
    ]


def test_a_ragged_row_is_reported_with_its_number_and_the_others_go_on():
    records = read("a,b,c\n1,2,3\n1,2\n1,2,3,4\n5,6,7\n")

    assert [len(record.faults) for record in records] == [0, 1, 1, 0]
    assert "Row 3 has 2 cells, and the header has 3" in records[1].faults[0].text
    assert records[1].cells == ["1", "2", ""]


def test_empty_cells_behind_the_last_column_are_no_fault():
    assert faults(read("a,b\n1,2,,\n3,4,\n")) == []


def test_a_ten_megabyte_cell_is_reported_with_row_column_and_limit_and_the_next_row_is_read():
    records = read("id,name\n1," + "x" * 10_485_760 + "\n2,Mercury\n")

    text = records[0].faults[0].text
    assert "Row 2, column “name”" in text
    assert "10,485,760 characters" in text
    assert f"{LONGEST_CELL:,}" in text
    assert len(records[0].cells[1]) < 1000
    assert records[1].cells == ["2", "Mercury"]


def test_a_nul_byte_is_reported_and_shown_as_a_sign():
    records = read(b"id,name\n1,Ap\x00ollo\n2,Mercury\n")

    assert faults(records) == ["nul"]
    assert "\x00" not in "".join(records[0].cells)


def test_bytes_that_are_no_letters_are_reported_in_their_cell():
    records = read(b"id,name\n1,bad \xff\n2,Mercury\n")

    assert faults(records) == ["undecodable"]
    assert records[0].faults[0].column == 1


def test_a_quotation_mark_that_is_never_closed_is_reported_with_the_row_that_opens_it():
    records = read('id,name\n1,Apollo\n2,"open\n3,Mercury\n4,Gemini\n')

    assert [record.number for record in records] == [2, 3]
    assert faults(records) == ["unclosed"]
    assert "Row 3" in records[1].faults[0].text


def test_a_quotation_mark_closed_in_the_last_cell_is_no_fault():
    assert faults(read('id,name\n1,"Apollo"')) == []


def test_repeated_and_missing_column_names_are_made_distinct():
    header = read_header(b"id,name,name,,Name\n1,a,b,c,d\n", "utf-8", ",")

    assert header.names == ["id", "name", "name (2)", "Column 4", "Name (3)"]
    assert header.renamed == ["name (2)", "Name (3)"]


def test_the_line_that_names_the_delimiter_is_not_the_header():
    assert read_header(b"sep=;\nid;name\n1;a\n", "utf-8", ";").names == ["id", "name"]
    assert [record.number for record in read("sep=;\nid;name\n1;a\n", delimiter=";")] == [2]


@pytest.mark.parametrize("content", [b"\n\n\n", b"   \n".strip() + b"\n"])
def test_blank_lines_are_no_table(content):
    with pytest.raises(NoTable):
        read_header(content, "utf-8", ",")


def test_a_header_of_a_thousand_columns_is_refused():
    with pytest.raises(NoTable, match="1,000 columns"):
        read_header(",".join(map(str, range(1000))).encode(), "utf-8", ",")


CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r\ue000\ufeff"), max_size=12)


@settings(deadline=None)
@given(st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=8), st.sampled_from([",", ";", "\t", "|"]))
def test_what_a_writer_writes_is_read_back_cell_by_cell(rows, delimiter):
    file = io.StringIO()
    writer = csv.writer(file, delimiter=delimiter)
    writer.writerows([["a", "b", "c"], *rows])

    records = read(file.getvalue(), delimiter=delimiter)

    assert [record.cells for record in records] == [row for row in rows if any(cell.strip() for cell in row)]
    assert faults(records) == []


@settings(deadline=None)
@given(st.text(max_size=200))
def test_any_text_gives_rows_as_wide_as_the_header_or_says_why_not(text):
    content = text.encode("utf-8", errors="replace")
    try:
        width = len(read_header(content, "utf-8-sig", ",").names)
    except NoTable:
        return
    for record in read(content):
        assert len(record.cells) >= width
        assert len(record.cells) == width or record.faults


def test_a_header_is_the_same_for_its_columns_and_for_what_is_said_about_them():
    content = b"\xef\xbb\xbfcode,na\x00me\xe2\x80\x8b\r\n1,a\x00b\r\n"

    header = read_header(content, "utf-8-sig", ",")
    (record,) = read_records(content, "utf-8-sig", ",")

    assert header.names == ["code", "name"]
    assert record.faults[0].text == "Row 2, column “name” holds a NUL byte, which is no letter. Correct the cell."
