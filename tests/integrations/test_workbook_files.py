"""Workbooks through a whole import: ours come back as they were, others are checked by row, bad ones refused."""

import datetime
from decimal import Decimal
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse

from core.errors import FieldErrors
from finance.models import FinancialEntry
from integrations import services
from integrations.models import ImportRun
from projects.models import Project
from resources.models import Allocation, Capacity, ResourceRole, Team
from resources.services import set_allocations
from tests.finance.conftest import cell as money
from tests.finance.conftest import put  # noqa: F401 - a fixture
from tests.integrations.conftest import counts, csv_text, reasons, said, undone, upload
from tests.integrations.workbooks import raw, row, workbook
from tests.resources.staff import cell, staff_of

PROJECTS = [["key", "name", "program", "start", "budget"], ["1", "Apollo 2", "EU", "2026-01-05", 1200.5]]


def exported(client, user, address):
    client.force_login(user)
    return b"".join(client.get(address).streaming_content)


def test_entries_that_were_exported_come_back_as_they_were(imported, client, alice, put, project, product):  # noqa: F811
    put(
        money(project, "2026-01", "0.30", line="=Team", note="-Why"),
        money(project, "2026-02", "1234567.89"),
        money(product, "2026-01", "7", of="revenue"),
    )
    file = exported(client, alice, "/o/acme/entries/?format=xlsx")

    run = imported(upload("download.xlsx", file))

    assert counts(run, "entry") == {"rows": 3, "parked": 0, "unchanged": 3}
    assert FinancialEntry.objects.get(line="=Team").amount == Decimal("0.30")


def test_capacity_that_was_exported_comes_back_as_it_was(imported, client, alice, acme):
    team, role = Team.objects.create(organization=acme, name="+Platform"), ResourceRole.objects.create(
        organization=acme, name="Engineer"
    )  # fmt: skip
    for month, fte in enumerate(("0.1", "2.125", "3"), start=1):
        day = datetime.date(2026, month, 1)
        Capacity.objects.create(organization=acme, role=role, team=team, month=day, fte=Decimal(fte), note="@note")
    file = exported(client, alice, "/o/acme/capacity/typed/?format=xlsx")

    run = imported(upload("download.xlsx", file))

    assert counts(run, "capacity") == {"rows": 3, "parked": 0, "unchanged": 3}


def test_allocations_that_were_exported_come_back_as_they_were(imported, client, alice, acme, project):
    staff = staff_of(acme)
    cells = [cell(project, 1, "0.333", person=staff.maya), cell(project, 2, "2", role=staff.designer)]
    set_allocations(actor=alice, organization=acme, cells=cells)
    file = exported(client, alice, reverse("projects:allocation-list") + "?format=xlsx")

    run = imported(upload("allocations.xlsx", file))

    assert counts(run, "allocation") == {"rows": 2, "parked": 0, "unchanged": 2}
    assert Allocation.objects.count() == 2


def test_a_workbook_is_imported_and_taken_back_as_a_text_is(imported, alice, program):
    run = imported(upload("projects.xlsx", workbook(("Sheet1", PROJECTS))))

    project = Project.objects.get()
    assert (project.name, project.budget_amount) == ("Apollo 2", Decimal("1200.50"))
    assert project.planned_start_date == datetime.date(2026, 1, 5)
    undone(alice, run)
    assert Project.objects.get().is_archived


def test_a_check_says_what_is_wrong_with_which_row_of_the_sheet(checked, acme, alice, program):
    rows = [row(n, str(n), f"Project {n}", "EU", 100 + n) for n in range(3, 9)]
    bad = (
        '<row r="9"><c t="inlineStr"><is><t>9</t></is></c><c t="inlineStr"><is><t>Bad</t></is></c>'
        '<c t="inlineStr"><is><t>EU</t></is></c><c t="e"><f>VLOOKUP(1,A:A,1)</f><v>#N/A</v></c></row>'
    )

    run = checked(upload("projects.xlsx", raw(row(2, "key", "name", "program", "budget") + "".join(rows) + bad)))

    assert reasons(run) == [
        "Row 9, column “budget” holds the error #N/A instead of a value. Correct the cell, in the workbook or here."
    ]
    assert said(run) == ["1 project has a cell with an error of a formula"]
    assert counts(run, "project")["create"] == 6
    assert not Project.objects.exists()
    run = services.correct_cell(actor=alice, row=run.rows.get(number=9), column="budget", text="5")
    assert counts(services.request_check(actor=alice, run=run), "project")["create"] == 7


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.xlsx", workbook(("S", PROJECTS))[:900], "a damaged archive or workbook, perhaps cut off on its way"),
        ("a.xlsx", workbook(("S", [])), "“a.xlsx” is a workbook without a filled cell."),
        ("a.xlsx", workbook(("S", [["key", "name"]])), "has a header and no rows below it"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "save it as “Excel Workbook (.xlsx)”"),
        (
            "a.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "“a.xlsx” is protected by a password. Save it without one, then upload it again.",
        ),
        ("a.xlsx", raw('<row r="1"><c r="DHQVW1"><v>1</v></c></row>'), "beyond the last column of a workbook (16,384)"),
        ("a.xlsx", raw("<row>" + "<c><v>1</v></c>" * 600 + "</row>"), "has 600 columns; at most 500 are read"),
        ("a.xlsx", raw(row(1, "a"), more={"b": b"\x00" * 60_000_000}), "times its size, as no real workbook does"),
    ],
)
def test_a_workbook_that_cannot_be_read_is_refused_in_a_sentence(acme, alice, name, content, sentence):
    with pytest.raises(FieldErrors) as refusal:
        services.upload_files(actor=alice, organization=acme, files=[upload(name, content)])

    assert sentence in refusal.value.errors["files"]
    assert not ImportRun.objects.exists()


def test_a_text_named_as_a_workbook_and_a_workbook_named_as_a_text_are_read_as_what_they_are(imported, program):
    text = csv_text("key,name,program", "7,Named as a workbook,EU")

    imported(upload("projects.xlsx", text), upload("more projects.csv", workbook(("Sheet1", PROJECTS))))

    assert set(Project.objects.values_list("name", flat=True)) == {"Named as a workbook", "Apollo 2"}


@pytest.fixture
def two_sheets(client, alice, acme, program):
    """The page of an upload of a workbook with two sheets."""
    client.force_login(alice)
    content = workbook(("Notes", [["about this file"], ["made by hand"]]), ("Plan", PROJECTS))
    client.post(reverse("integrations:import-create"), {"files": SimpleUploadedFile("projects.xlsx", content)})
    return ImportRun.objects.get()


def test_the_page_says_which_sheet_is_read_and_another_can_be_chosen(client, alice, two_sheets):
    file = two_sheets.files.get()
    page = client.get(reverse("integrations:import-map", args=[two_sheets.pk])).content.decode()
    assert "sheet “Notes” of 2" in page

    client.post(reverse("integrations:import-file", args=[file.pk]), {f"f{file.pk}-sheet": "Plan"})

    file.refresh_from_db()
    assert (file.sheet, file.header, file.row_count) == ("Plan", PROJECTS[0], 1)
    services.request_check(actor=alice, run=two_sheets)
    page = client.get(reverse("integrations:import-check", args=[two_sheets.pk])).content.decode()
    assert "“Plan”, one of 2 sheets: Notes, Plan" in page


def test_a_sheet_that_is_not_there_or_holds_no_table_is_refused(acme, alice):
    content = workbook(("Plan", PROJECTS), ("Head", [["only a header"]]), ("Empty", []))
    run = services.upload_files(actor=alice, organization=acme, files=[upload("projects.xlsx", content)])

    for sheet, said_of_it in (("Other", "one of the sheets"), ("Head", "no rows below"), ("Empty", "holds nothing")):
        with pytest.raises(FieldErrors) as refusal:
            services.choose_sheet(actor=alice, file=run.files.get(), sheet=sheet)
        assert said_of_it in refusal.value.errors["sheet"]
    assert run.files.get().sheet == "Plan"


def test_the_command_takes_workbooks_of_a_folder_and_says_which_sheet_it_read(tmp_path, acme, alice, program):
    (tmp_path / "projects.xlsx").write_bytes(workbook(("Empty", []), ("Plan", PROJECTS)))
    out = StringIO()

    call_command("import_csv", str(tmp_path), organization="acme", email=alice.email, stdout=out)

    assert "projects.xlsx, sheet “Plan”: 1 rows of projects" in out.getvalue()
    assert Project.objects.filter(name="Apollo 2").exists()
