"""Financial entries from files: checked first, told row by row, written in batches, and taken back."""

from decimal import Decimal

import pytest

from finance.models import FinancialEntry
from finance.services import approve_budget
from projects.models import Project
from tests.finance.conftest import cell, euro, put  # noqa: F401 - fixtures
from tests.integrations.conftest import counts, csv_text, reasons, undone, upload

HEADER = "subject code,kind,class,line,month,amount,currency"


def entries(*lines):
    return upload("entries.csv", csv_text(HEADER, *lines))


def test_entries_of_projects_programs_and_products_are_imported(imported, project, program, product):
    run = imported(
        entries(
            'APOLLO,budget,opex,Licences,2026-01,"1,200.50",USD',
            "EU,budget,capex,,2026-02,500,",
            "Atlas Insights,actual,revenue,,2026-01-31,900,USD",
        )
    )

    assert counts(run, "entry")["created"] == 3
    row = FinancialEntry.objects.get(project=project)
    assert (row.amount, row.line, f"{row.month:%Y-%m-%d}") == (Decimal("1200.50"), "Licences", "2026-01-01")
    assert FinancialEntry.objects.get(program=program).currency == "USD"
    assert FinancialEntry.objects.get(product=product).entry_class == "revenue"
    assert Project.objects.get(pk=project.pk).budget_amount == Decimal("1200.50")


def test_a_check_writes_nothing_and_says_what_is_wrong_with_which_row(checked, project):
    run = checked(
        entries(
            "APOLLO,budget,opex,,2026-01,100,EUR",
            "NOBODY,budget,opex,,2026-01,100,USD",
            "APOLLO,budget,opex,,soon,100,USD",
        )
    )

    told = " ".join(reasons(run))
    assert "There is no exchange rate from EUR to USD on or before 2026-01-31" in told
    assert "No project, program or product here is called “NOBODY”" in told
    assert "“soon”" in told
    assert not FinancialEntry.objects.exists()


def test_the_same_file_changes_nothing_the_second_time_and_other_amounts_change_the_entry(imported, project):
    imported(entries("APOLLO,forecast,opex,Team,2026-01,100,USD"))

    again = imported(entries("APOLLO,forecast,opex,Team,2026-01,100,USD"))
    changed = imported(entries("APOLLO,forecast,opex,Team,2026-01,120,USD"))

    assert counts(again, "entry")["unchanged"] == 1
    assert counts(changed, "entry")["updated"] == 1
    assert FinancialEntry.objects.get().amount == 120


def test_rows_of_an_approved_budget_are_refused(imported, put, alice, project):  # noqa: F811
    put(cell(project, "2026-01", "100"))
    approve_budget(actor=alice, subject=project)

    run = imported(entries("APOLLO,budget,opex,,2026-02,5,USD", "APOLLO,actual,opex,,2026-02,5,USD"))

    assert "The budget of “Apollo” is approved. Change it on its Budget tab, with a reason." in reasons(run)[0]
    assert FinancialEntry.objects.filter(project=project, kind="actual").count() == 1
    assert FinancialEntry.objects.filter(project=project, kind="budget").count() == 1


def test_undo_removes_what_was_created_and_brings_back_what_was_changed(imported, put, alice, project):  # noqa: F811
    put(cell(project, "2026-01", "100", kind="forecast"))
    run = imported(entries("APOLLO,forecast,opex,,2026-01,150,USD", "APOLLO,forecast,opex,,2026-02,5,USD"))
    assert FinancialEntry.objects.count() == 2

    undone(alice, run)

    assert list(FinancialEntry.objects.values_list("amount", flat=True)) == [Decimal(100)]


def test_undo_keeps_an_entry_that_somebody_changed_since(imported, put, alice, petra, project):  # noqa: F811
    run = imported(entries("APOLLO,forecast,opex,,2026-01,150,USD"))
    put(cell(project, "2026-01", "160", kind="forecast"), actor=petra)

    run = undone(alice, run)

    assert run.count("kept") == 1
    assert FinancialEntry.objects.get().amount == 160


@pytest.mark.parametrize("text", ["2026-03", "03/2026", "Mar 2026", "2026-03-17", "17 March 2026"])
def test_months_are_read_as_people_write_them(imported, project, text):
    imported(entries(f"APOLLO,actual,capital expenditure,,{text},1,USD"))

    row = FinancialEntry.objects.get()
    assert (f"{row.month:%Y-%m-%d}", row.entry_class) == ("2026-03-01", "capex")


def test_our_own_export_of_entries_is_known_and_changes_nothing(imported, client, alice, put, project, product):  # noqa: F811
    put(cell(project, "2026-01", "100", line="Team", note="Why"), cell(product, "2026-01", "7", of="revenue"))
    client.force_login(alice)
    file = b"".join(client.get("/o/acme/entries/?format=csv").streaming_content)

    run = imported(upload("entries.csv", file))

    assert counts(run, "entry")["unchanged"] == 2
    assert FinancialEntry.objects.count() == 2
