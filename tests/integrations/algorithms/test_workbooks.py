"""A workbook gives the table that a CSV file of its sheet would give, and is refused where it means harm."""

import contextlib
import datetime
import io
import re
import tracemalloc
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from integrations.algorithms import archives, workbooks
from integrations.algorithms.records import NoTable
from integrations.algorithms.tables import SheetTable
from integrations.algorithms.workbook_values import number_text, shown_by
from integrations.algorithms.workbooks import Workbook
from tests.integrations.workbooks import raw, row, workbook


def cells_of(content, sheet=""):
    book = Workbook(content)
    return [(found.number, found.cells) for found in book.rows(sheet or book.first_filled())]


def refusal(content):
    with pytest.raises(NoTable) as refused:
        cells_of(content)
    return str(refused.value)


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("5", "5"),
        ("5.0", "5"),
        ("1.50", "1.5"),
        ("0.30000000000000004", "0.3"),
        ("1200.4999999999999", "1200.5"),
        ("1.2345678901234568E+16", "12345678901234600"),
        ("12345678901234567", "12345678901234567"),
        ("1E-7", "0.0000001"),
        ("-0", "0"),
        ("-12.25", "-12.25"),
        ("100", "100"),
        ("1e999999999", "1e999999999"),
        ("NaN", "NaN"),
        ("x", "x"),
    ],
)
def test_a_number_is_written_as_excel_shows_it(stored, shown):
    assert number_text(stored) == shown


@settings(deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15))
def test_no_number_gets_other_digits_than_the_fifteen_of_excel(number):
    assert float(number_text(repr(number))) == pytest.approx(number, rel=1e-14, abs=0)


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("General", "number"),
        ("#,##0.00 [$€-407]", "number"),
        ('0.0" days"', "number"),
        ("[Red]0.00E+00", "number"),
        ("0.0%", "percent"),
        ("yyyy-mm-dd", "day"),
        ("[$-409]d\\-mmm\\-yy;@", "day"),
        ("mmm", "day"),
        ("dd/mm/yyyy hh:mm", "day"),
        ("h:mm AM/PM", "time"),
        ("mm:ss", "time"),
        ("[h]:mm", "length"),
        ('"day" 0', "number"),
    ],
)
def test_a_number_format_tells_what_a_number_is(code, shown):
    assert shown_by(code) == shown


@pytest.mark.parametrize(
    ("number", "shown", "is_from_1904", "text"),
    [
        ("46082", "day", False, "2026-03-01"),
        ("46082.572916666664", "day", False, "2026-03-01 13:45"),
        ("46082.999999999999", "day", False, "2026-03-02"),
        ("1", "day", False, "1900-01-01"),
        ("60", "day", False, "1900-02-29"),
        ("61", "day", False, "1900-03-01"),
        ("44620", "day", True, "2026-03-01"),
        ("0.5", "time", False, "12:00"),
        ("1.25", "length", False, "30:00"),
        ("0.125", "percent", False, "12.5%"),
        ("-3", "day", False, "-3"),
        ("99999999", "day", False, "99999999"),
    ],
)
def test_days_times_and_shares_are_read_by_their_format(number, shown, is_from_1904, text):
    assert number_text(number, shown, is_from_1904=is_from_1904) == text


def test_cells_of_every_kind_come_as_text_with_their_row_in_the_sheet():
    def fill(book, sheet):
        day, share = book.add_format({"num_format": "dd.mm.yyyy"}), book.add_format({"num_format": "0 %"})
        sheet.write_datetime(3, 2, datetime.datetime(2026, 3, 1), day)
        sheet.write_number(3, 3, 0.5, share)
        sheet.write_boolean(3, 4, True)
        sheet.write_formula(3, 5, "=1+1.5", None, 2.5)
        sheet.write_rich_string(3, 6, "half ", book.add_format({"bold": True}), "bold")
        sheet.write_blank(900, 40, None, day)

    content = workbook(
        ("Data", [[], ["", "Name", "Day", "Share", "Flag", "Sum", "Note"], [], ["", "Größe\n2"]]), fill=fill
    )

    assert cells_of(content) == [
        (2, ["", "Name", "Day", "Share", "Flag", "Sum", "Note"]),
        (4, ["", "Größe\n2", "2026-03-01", "50%", "TRUE", "2.5", "half bold"]),
    ]


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=20)


@settings(deadline=None)
@given(st.lists(st.lists(TEXTS.filter(str.strip), min_size=1, max_size=4), min_size=1, max_size=4))
def test_texts_are_what_another_reader_reads(rows):
    content = workbook(("Data", rows))
    width = max(map(len, rows))

    judge = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()

    assert [[*cells, *[""] * (width - len(cells))] for _, cells in cells_of(content)] == judge


@settings(deadline=None)
@given(
    st.lists(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e9, max_value=1e9), min_size=1, max_size=9)
)
def test_numbers_are_what_another_reader_reads(numbers):
    content = workbook(("Data", [[number] for number in numbers]))

    judge = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()

    assert [float(cells[0]) for _, cells in cells_of(content)] == pytest.approx([cell for (cell,) in judge], rel=1e-14)


def test_tags_with_a_prefix_cells_without_an_address_and_escaped_signs_are_read():
    content = raw(
        row(1, "a", "b") + '<row><c t="s"><v>0</v></c><c r="D2" t="str"><v>x_x000D_y_x005F_z</v></c></row>',
        strings="<si><r><t>one </t></r><rPh><t>reading</t></rPh><r><t>two</t></r></si>",
    )
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    prefixed = re.sub(r"<(/?)(\w)", r"<\1x:\2", sheet).replace("xmlns=", "xmlns:x=")

    assert cells_of(content)[1] == (2, ["one two", "", "", "x\ry_z"])
    assert cells_of(raw("", more={"xl/worksheets/sheet1.xml": prefixed}, strings="<si><t>0</t></si>"))[1][1][0] == "0"


def test_the_first_filled_sheet_is_taken_and_hidden_ones_come_last():
    content = workbook(
        ("Hidden", [["a"], ["1"]]), ("Empty", []), ("Data", [["b"], ["2"]]), ("More", [["c"]]),
        fill=lambda book, sheet: (book.get_worksheet_by_name("Data").activate(), sheet.hide()),
    )  # fmt: skip

    book = Workbook(content)

    assert book.sheets == ["Empty", "Data", "More", "Hidden"]
    assert book.first_filled() == "Data"


def test_an_error_and_a_formula_without_its_result_are_faults_of_their_row():
    content = raw(
        row(1, "Name", "Amount")
        + '<row r="3"><c t="inlineStr"><is><t>A</t></is></c><c t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
        + '<row r="4"><c t="inlineStr"><is><t>B</t></is></c><c><f>SUM(A1)</f></c></row>'
    )
    table = SheetTable(Workbook(content), "S")

    records = list(table.records(table.survey(10).header.names))

    assert [(record.number, record.cells) for record in records] == [(3, ["A", "#DIV/0!"]), (4, ["B", ""])]
    assert [(fault.code, fault.column) for record in records for fault in record.faults] == [
        ("error_cell", 1),
        ("no_result", 1),
    ]
    assert "Row 3, column “Amount” holds the error #DIV/0!" in records[0].faults[0].text
    assert "Row 4, column “Amount” holds a formula without its result" in records[1].faults[0].text


def test_a_column_without_a_heading_gets_a_name_and_empty_ones_behind_are_dropped():
    table = SheetTable(Workbook(workbook(("S", [["a", "", " "], ["1", "2", ""], ["3", "4", "  "], ["", "", ""]]))), "S")

    survey = table.survey(10)

    assert (survey.header.names, survey.row_count) == (["a", "Column 2"], 2)
    assert [record.cells for record in table.records(survey.header.names)] == [["1", "2"], ["3", "4"]]


def test_a_cut_workbook_is_refused():
    content = workbook(("S", [["a"], ["1"]]))

    for size in range(4, len(content), 97):
        with pytest.raises(NoTable, match="Save it again"):
            cells_of(content[:size])


def test_bytes_that_are_changed_on_the_way_are_refused_or_do_no_harm():
    content = workbook(("S", [["a"], ["1"]]))

    for place in range(0, len(content), 13):
        broken = content[:place] + bytes([content[place] ^ 0x55]) + content[place + 1 :]
        with contextlib.suppress(NoTable):
            assert len(cells_of(broken)) <= 2


def test_a_bomb_is_refused_before_it_is_unpacked():
    bomb = raw(row(1, "a"), more={"xl/media/image1.png": b"\x00" * (60 * 1024 * 1024)})

    tracemalloc.start()
    said = refusal(bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert "times its size, as no real workbook does" in said
    assert peak < 2 * 1024 * 1024


def test_a_workbook_that_would_unpack_to_too_much_is_refused(monkeypatch):
    monkeypatch.setattr(archives, "MOST_UNPACKED", 1000)

    assert "would unpack to" in refusal(raw(row(1, "a" * 2000)))


def test_a_part_that_is_larger_than_it_says_is_damaged_and_not_unpacked():
    content = raw(row(1, "a") + " " * 5_000_000)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    liar = content.replace(size.to_bytes(4, "little"), (200).to_bytes(4, "little"))

    assert "is damaged" in refusal(liar)


def test_too_many_parts_encrypted_parts_and_other_ways_of_packing_are_refused():
    many = raw(row(1, "a"), more={f"xl/{number}": b"" for number in range(2_000)})
    content = raw(row(1, "a"))
    place = content.index(b"PK\x01\x02") + 8
    encrypted = content[:place] + b"\x01" + content[place + 1 :]

    assert "made of more than 2,000 parts" in refusal(many)
    assert "encrypted parts" in refusal(encrypted)
    assert "no spreadsheet uses" in refusal(raw(row(1, "a"), method=zipfile.ZIP_LZMA))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ('<row r="1"><c r="XFE1"><v>1</v></c></row>', "beyond the last column"),
        ('<row r="1"><c r="DHQVW1"><v>1</v></c></row>', "beyond the last column"),
        ("<row r='1'>" + "<c><v>1</v></c>" * 16_385 + "</row>", "beyond the last column"),
        ('<row r="2"/><row r="2"/>', "is damaged: row 2 of its sheet stands after row 2"),
        ('<row r="1048577"/>', "is damaged: row 1,048,577"),
        ('<row r="1"><c t="s"><v>7</v></c></row>', "a text that is not in it"),
        ("<a>" * 100, "nested deeper"),
        ('<row r="1">', "no well-formed XML"),
        (f'<row x="{"y" * 5_000_000}"/>', "is damaged"),
    ],
)
def test_a_sheet_that_no_spreadsheet_writes_is_refused(data, said):
    assert said in refusal(raw(data))


def test_more_columns_than_are_read_are_refused():
    wide = raw("<row r='1'>" + "<c><v>1</v></c>" * 501 + "</row>")

    with pytest.raises(NoTable, match="has 501 columns; at most 500 are read"):
        SheetTable(Workbook(wide), "S").survey(10)


def test_a_text_that_many_cells_share_counts_for_each(monkeypatch):
    monkeypatch.setattr(workbooks, "MOST_CHARACTERS", 10_000)
    shared = "".join(f'<row r="{number}"><c t="s"><v>0</v></c></row>' for number in range(1, 100))

    assert "characters in a sheet" in refusal(raw(shared, strings=f"<si><t>{'x' * 1000}</t></si>"))


def test_a_document_type_and_its_entities_are_refused():
    laughs = '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;">]><worksheet><sheetData/></worksheet>'

    assert "document type definition" in refusal(raw("", more={"xl/worksheets/sheet1.xml": laughs.encode()}))


def test_a_cell_in_the_last_corner_of_a_sheet_takes_no_memory():
    content = raw(row(1, "a") + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')

    tracemalloc.start()
    rows = cells_of(content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert rows[1][0] == 1_048_576
    assert peak < 4 * 1024 * 1024


def test_a_workbook_without_a_filled_cell_is_refused():
    assert "without a filled cell" in refusal(workbook(("S", []), ("T", [["", " "]])))
