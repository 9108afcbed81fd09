"""Files that are no tables, or tables with something wrong: each is told in a sentence, and the rest goes on."""

import pytest

from core.errors import FieldErrors
from integrations import services
from integrations.models import ImportFile, ImportRow, ImportRun
from projects.models import Project
from tests.integrations.conftest import csv_text, names, reasons, said, upload

HEADER = "key,name,program"


@pytest.fixture
def refused(acme, alice):
    """`refused(file, …)` is what is said when no file can be taken; nothing is kept then."""

    def make(*files) -> str:
        with pytest.raises(FieldErrors) as refusal:
            services.upload_files(actor=alice, organization=acme, files=files)
        assert not ImportRun.objects.exists()
        return refusal.value.errors["files"]

    return make


def test_an_empty_file_is_refused(refused):
    assert refused(upload("projects.csv", b"")).startswith("“projects.csv” is empty (0 bytes).")


def test_a_header_without_rows_is_refused(refused):
    assert "a header and no rows" in refused(upload("projects.csv", f"{HEADER}\n"))


def test_blank_lines_are_refused(refused):
    assert "only blank lines" in refused(upload("projects.csv", "\n\n\n"))


def test_a_workbook_under_the_name_of_a_table_is_refused(refused):
    assert "a damaged archive or workbook" in refused(upload("projects.csv", b"PK\x03\x04rest"))


def test_a_file_above_the_limit_is_refused_before_it_is_read(refused, settings):
    settings.IMPORT_MAX_BYTES = 3 * 1024 * 1024
    unread = services.Upload("projects.csv", 5 * 1024 * 1024, lambda: pytest.fail("it was read"))

    assert refused(unread).startswith("“projects.csv” has 5.0 MB; a file may have 3 MB.")


def test_too_many_rows_are_refused(refused, monkeypatch):
    monkeypatch.setattr("integrations.services.uploading.MOST_ROWS", 3)

    assert "more than 3 rows" in refused(upload("projects.csv", csv_text(HEADER, *["1,a,EU"] * 4)))


def test_no_file_at_all_is_refused(refused):
    assert refused() == "Choose one or more files: CSV or XLSX."


def test_a_good_file_is_taken_beside_a_bad_one(acme, alice, program):
    files = [upload("bad.csv", b"%PDF-1.7"), upload("projects.csv", csv_text(HEADER, "1,Apollo,EU"))]

    run = services.upload_files(actor=alice, organization=acme, files=files)

    assert [file.name for file in run.files.all()] == ["projects.csv"]
    assert run.refusals == [
        "“bad.csv” is a PDF document, whatever its name says. Export the table behind it as CSV, then upload that."
    ]


def test_the_same_file_twice_is_taken_once(acme, alice):
    file = upload("projects.csv", csv_text(HEADER, "1,Apollo,EU"))

    run = services.upload_files(actor=alice, organization=acme, files=[file, file])

    assert run.files.count() == 1
    assert run.refusals == ["“projects.csv” is in this import already."]


def test_a_hundred_files_are_too_many(acme, alice):
    files = [upload(f"projects {number}.csv", csv_text(HEADER, f"{number},Apollo,EU")) for number in range(25)]

    run = services.upload_files(actor=alice, organization=acme, files=files)

    assert run.files.count() == 20
    assert len(run.refusals) == 5


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "latin-1"])
def test_letters_come_in_as_they_were_written_whatever_the_encoding(imported, program, codec):
    text = csv_text("key;name;program", "1;Müller & Søn – Übersicht;EU" if codec != "latin-1" else "1;Müller & Søn;EU")

    imported(upload("projects.csv", text.encode(codec)))

    expected = "Müller & Søn" if codec == "latin-1" else "Müller & Søn – Übersicht"
    assert names(Project.objects.all()) == [expected]


def test_a_wrong_guess_of_the_encoding_is_corrected_by_a_person(acme, alice, program):
    text = csv_text(HEADER, "1,žluťoučký,EU")
    run = services.upload_files(actor=alice, organization=acme, files=[upload("projects.csv", text.encode("cp1250"))])
    file = services.reread_file(actor=alice, file=run.files.get(), encoding="cp1250", delimiter=",")

    run.refresh_from_db()
    services.request_check(actor=alice, run=run)

    assert file.encoding == "cp1250"
    assert ImportRow.objects.get().label == "žluťoučký"


def test_a_wrong_delimiter_is_corrected_by_a_person_and_columns_are_guessed_anew(acme, alice):
    run = services.upload_files(
        actor=alice, organization=acme, files=[upload("projects.csv", csv_text(HEADER, "1,Apollo,EU"))]
    )
    file = services.reread_file(actor=alice, file=run.files.get(), encoding="utf-8-sig", delimiter=";")
    assert file.header == [HEADER]

    file = services.reread_file(actor=alice, file=ImportFile.objects.get(), encoding="utf-8-sig", delimiter=",")

    assert file.header == ["key", "name", "program"]
    assert file.fills("program")


def test_an_encoding_that_makes_no_table_is_refused_and_nothing_changes(acme, alice):
    run = services.upload_files(
        actor=alice, organization=acme, files=[upload("projects.csv", csv_text(HEADER, "1,Apollo,EU"))]
    )

    with pytest.raises(FieldErrors, match="Choose an encoding"):
        services.reread_file(actor=alice, file=run.files.get(), encoding="klingon", delimiter=",")

    assert run.files.get().encoding == "utf-8-sig"


def test_ragged_rows_are_errors_with_their_number_and_the_others_go_in(imported, program):
    run = imported(
        upload("projects.csv", csv_text(HEADER, "1,Apollo,EU", "2,Mercury", "3,Gemini,EU,extra", "4,Skylab,EU"))
    )

    assert names(Project.objects.order_by("pk")) == ["Apollo", "Skylab"]
    assert reasons(run) == [
        "Row 3 has 2 cells, and the header has 3. Its cells may be shifted.",
        "Row 4 has 4 cells, and the header has 3. Its cells may be shifted.",
    ]
    assert run.totals["project"]["failed"] == 2


def test_a_ten_megabyte_cell_is_a_row_error_and_the_row_is_still_listed(imported, program):
    run = imported(upload("projects.csv", csv_text(HEADER, f"1,{'x' * 10_485_760},EU", "2,Mercury,EU")))

    assert names(Project.objects.all()) == ["Mercury"]
    assert reasons(run) == ["Row 2, column “name” holds 10,485,760 characters; a cell may hold 100,000."]
    assert run.rows.get(number=2).status == "failed"


def test_a_huge_cell_in_a_column_that_is_not_imported_does_no_harm(imported, program):
    imported(upload("projects.csv", csv_text(f"{HEADER},blob", f"1,Apollo,EU,{'x' * 200_000}")))

    assert names(Project.objects.all()) == ["Apollo"]


def test_a_nul_byte_is_a_row_error(imported, program):
    run = imported(upload("projects.csv", csv_text(HEADER, "1,Apo\x00llo,EU", "2,Mercury,EU")))

    assert names(Project.objects.all()) == ["Mercury"]
    assert reasons(run) == ["Row 2, column “name” holds a NUL byte, which is no letter. Correct the cell."]


def test_formula_like_cells_are_text(imported, program):
    imported(upload("projects.csv", csv_text(HEADER, '1,"=HYPERLINK(""http://x"")",EU', "2,@SUM(A1),EU", "3,+1,EU")))

    assert names(Project.objects.order_by("pk")) == ['=HYPERLINK("http://x")', "@SUM(A1)", "+1"]


def test_columns_of_the_same_name_are_told_apart(acme, alice):
    run = services.upload_files(
        actor=alice, organization=acme, files=[upload("projects.csv", csv_text("key,name,name", "1,Apollo,x"))]
    )

    file = run.files.get()
    assert file.renamed == ["name (2)"]
    assert file.mapping["columns"]["name"]["to"] == "name"
    assert file.mapping["columns"]["name (2)"]["to"] == ""


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ("1,Apollo,EU,31/02/2026,", "“31/02/2026” in column “start” is no day of the calendar."),
        ("1,Apollo,EU,next week,", "“next week” in column “start” is no date."),
        ("1,Apollo,EU,,lots", "“lots” in column “budget” is no number."),
        ("1,Apollo,EU,,-3", "“-3” in column “budget” is negative, and this has to be zero or more."),
    ],
)
def test_a_value_that_cannot_be_read_is_a_row_error(imported, program, cells, sentence):
    good = [f"{n},Mercury {n},EU,2026-01-0{n},100" for n in range(2, 9)]

    run = imported(upload("projects.csv", csv_text(f"{HEADER},start,budget", cells, *good)))

    assert sentence in reasons(run)[0]
    assert Project.objects.count() == 7


def test_what_is_wrong_is_grouped_by_problem_with_a_count(checked, program):
    rows = [f"{n},Apollo {n},EU,{day}" for n, day in enumerate(["31/02/2026", "soon"] + ["2026-01-05"] * 8)]

    run = checked(upload("projects.csv", csv_text(f"{HEADER},start", *rows)))

    assert said(run) == ["2 projects have a planned start that is no date"]
    assert run.findings[0]["examples"] == list(run.rows.filter(plan="error").values_list("pk", flat=True))
