"""Financial entries from files: checked first, told row by row, written in batches, and taken back."""

from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command

from finance.models import Budget, FinancialEntry
from finance.services import approve_budget
from integrations.models import ImportRun
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


@pytest.fixture
def approved(put, alice, project):  # noqa: F811
    """Apollo's first budget is approved: 100 in January."""
    put(cell(project, "2026-01", "100"))
    return approve_budget(actor=alice, subject=project)


def test_rows_that_change_an_approved_budget_are_refused_without_a_reason(imported, approved, project):
    run = imported(
        entries(
            "APOLLO,budget,opex,,2026-01,100.00,USD",
            "APOLLO,budget,opex,,2026-02,5,USD",
            "APOLLO,actual,opex,,2026-02,5,USD",
        )
    )

    assert counts(run, "entry")["unchanged"] == 1
    assert "The budget of “Apollo” is approved. Say why it changes, in a column “reason”" in reasons(run)[0]
    assert FinancialEntry.objects.filter(project=project, kind="actual").count() == 1
    assert FinancialEntry.objects.filter(project=project, kind="budget").count() == 1
    assert Budget.objects.count() == 1


def test_with_a_reason_an_approved_budget_changes_once_and_the_former_stays(imported, alice, approved, project):
    run = imported(
        entries(
            "APOLLO,budget,opex,,2026-01,120,USD",
            "APOLLO,budget,opex,,2026-02,5,USD",
            "APOLLO,budget,capex,,2026-03,7,USD",
        ),
        reason="Dearer licences.",
    )

    assert (run.count("updated"), run.count("created")) == (1, 2)
    former, now = Budget.objects.filter(project=project).order_by("number")
    assert (former.status, former.cost_amount, former.lines.get().amount) == ("superseded", 100, 100)
    assert (now.number, now.status, now.cost_amount, now.reason) == (2, "approved", 132, "Dearer licences.")
    assert now.approved_by == alice

    run = undone(alice, run)

    assert (run.count("undone"), run.count("kept")) == (3, 0)
    assert list(FinancialEntry.objects.values_list("amount", flat=True)) == [100]
    last = Budget.objects.get(project=project, status="approved")
    assert (last.number, last.cost_amount) == (3, 100)
    assert "was undone" in last.reason


def test_a_reason_in_the_rows_goes_before_that_of_the_import(imported, approved, project):
    file = csv_text(
        f"{HEADER},reason",
        "APOLLO,budget,opex,,2026-02,5,USD,More seats",
        "APOLLO,budget,opex,,2026-03,6,USD,",
        "APOLLO,budget,opex,,2026-04,7,USD,More seats",
    )

    imported(upload("entries.csv", file), reason="Dearer.")

    told = Budget.objects.filter(number__gt=1).order_by("reason")
    assert [(budget.reason, budget.lines.count()) for budget in told] == [("Dearer.", 2), ("More seats", 4)]


def test_who_may_not_approve_budgets_changes_none_by_import(imported, petra, approved, project):
    run = imported(entries("APOLLO,budget,opex,,2026-02,5,USD"), actor=petra, reason="Dearer.")

    assert "owners and portfolio managers may change it" in reasons(run)[0]
    assert Budget.objects.count() == 1


def test_the_reason_is_given_where_the_check_asks_for_it(client, alice, checked, approved, project):
    run = checked(entries("APOLLO,budget,opex,,2026-02,5,USD"))
    client.force_login(alice)
    page = client.get(f"/o/acme/imports/{run.pk}/check/").content.decode()
    assert "Why it changes" in page

    answer = {"finding": run.findings[0]["id"], "act": "reason", "text": "Dearer."}
    client.post(f"/o/acme/imports/{run.pk}/answer/", answer)

    run.refresh_from_db()
    assert run.reason == "Dearer."
    assert run.count("create") == 1
    assert "The next budget of “Apollo” is approved with the reason “Dearer.”" in reasons(run)[0]


def test_the_form_and_the_command_take_the_reason(client, alice, acme, approved, project, tmp_path):
    client.force_login(alice)
    file = tmp_path / "entries.csv"
    file.write_text(csv_text(HEADER, "APOLLO,budget,opex,,2026-02,5,USD"))
    with file.open("rb") as content:
        client.post("/o/acme/imports/new/", {"files": content, "reason": "Dearer."})
    assert ImportRun.objects.get().reason == "Dearer."

    call_command("import_csv", str(file), organization="acme", email=alice.email, reason="Cheaper.", stdout=StringIO())

    assert Budget.objects.get(number=2).reason == "Cheaper."


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
