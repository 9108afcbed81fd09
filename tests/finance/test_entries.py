"""Entries: cells of budget grids, set all together or not at all."""

import datetime
from decimal import Decimal

import pytest
import structlog
from django.db import connection

from core.errors import Conflict, FieldErrors, NotAllowed, StaleEdit
from events.models import Event
from finance.models import FinancialEntry
from finance.selectors import CellErrors
from finance.services import create_entry, remove_entry, set_entries, undo_entries, update_entry
from portfolio.models import Rollup
from portfolio.services import rebuild_rollups
from projects.models import Project
from tests.finance.conftest import cell, month

pytestmark = pytest.mark.django_db


def entries(subject):
    rows = FinancialEntry.objects.filter(**{subject._meta.model_name: subject}).order_by("month", "line", "pk")
    return [(row.kind, row.entry_class, row.line, f"{row.month:%Y-%m}", row.amount, row.currency) for row in rows]


def test_many_cells_are_created_changed_removed_and_left_in_one_call(put, project):
    put(cell(project, "2026-01", "100"), cell(project, "2026-02", "200"), cell(project, "2026-03", "300"))

    results = put(
        cell(project, "2026-01", "100"),
        cell(project, "2026-02", "250"),
        cell(project, "2026-03", None),
        cell(project, "2026-04", "400"),
    )

    assert [result.action for result in results] == ["unchanged", "updated", "removed", "created"]
    assert [(when, amount) for *_, when, amount, _ in entries(project)] == [
        ("2026-01", Decimal(100)), ("2026-02", Decimal(250)), ("2026-04", Decimal(400)),
    ]  # fmt: skip


def test_one_wrong_cell_keeps_all_others_from_being_saved_and_is_named(put, project):
    with pytest.raises(CellErrors) as wrong:
        put(cell(project, "2026-01", "100"), cell(project, "2026-02", "1.234"), cell(project, "2026-03", "1", of="x"))

    assert wrong.value.rows == {
        1: {"amount": "An amount has at most two decimals."},
        2: {"entry_class": "One of capex, opex, revenue, benefit."},
    }
    assert entries(project) == []
    assert not Event.objects.filter(kind="project.entries_changed").exists()


def test_an_entry_is_found_by_its_external_key_and_moves_to_another_cell(put, project):
    put(cell(project, "2026-01", "100", external_key="ERP-1"))

    put(cell(project, "2026-02", "120", line="Licences", external_key="ERP-1"))

    assert entries(project) == [("budget", "opex", "Licences", "2026-02", Decimal(120), "USD")]


def test_two_rows_about_one_cell_are_refused(put, project):
    with pytest.raises(CellErrors) as wrong:
        put(cell(project, "2026-01", "100"), cell(project, "2026-01", "200"))

    assert "Row 1 is about the same" in wrong.value.rows[1]["line"]


def test_a_portfolio_takes_no_actuals(put, portfolio):
    with pytest.raises(CellErrors, match="Nothing was saved: 1 row is wrong"):
        put(cell(portfolio, "2026-01", "1", kind="actual"))


def test_an_archived_subject_takes_no_entries(put, project):
    Project.objects.filter(pk=project.pk).update(archived_at=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))

    with pytest.raises(CellErrors) as wrong:
        put(cell(project, "2026-01", "1"))

    assert wrong.value.rows[0]["subject"] == "“Apollo” is archived. Restore it first."


def test_a_subject_of_another_organization_is_no_row_here(put, other, project):
    project.pk = 999

    with pytest.raises(FieldErrors, match="no such row"):
        put(cell(project, "2026-01", "1"))


def test_a_cell_that_somebody_changed_meanwhile_is_refused_with_who_and_what(put, petra, project):
    put(cell(project, "2026-01", "100"))
    put(cell(project, "2026-01", "150"), actor=petra)

    with pytest.raises(CellErrors) as wrong:
        put(cell(project, "2026-01", "120", seen=1))

    assert wrong.value.rows[0]["version"] == "Not saved: Petra changed this meanwhile; it is 150.00 USD now."
    assert entries(project)[0][4] == Decimal(150)


def test_contributors_may_not_change_entries(put, bob, project):
    with pytest.raises(NotAllowed, match="Your role may not change entries"):
        put(cell(project, "2026-01", "1"), actor=bob)


def test_an_amount_in_another_currency_is_kept_unrounded_at_the_rate_of_the_month_s_end(
    put, acme, alice, euro, project
):
    put(cell(project, "2026-01", "0.33", currency="EUR"))

    row = FinancialEntry.objects.get(project=project)
    assert (row.reporting_amount, row.rate_date) == (Decimal("0.363"), euro.from_date)


def test_a_missing_rate_is_refused_with_pair_and_date(put, euro, project):
    with pytest.raises(CellErrors) as wrong:
        put(cell(project, "2026-02", "1", currency="EUR"), cell(project, "2025-12", "1", currency="EUR"))

    assert list(wrong.value.rows) == [1]
    sentence = "There is no exchange rate from EUR to USD on or before 2025-12-31."
    assert wrong.value.rows[1]["currency"].startswith(sentence)
    assert entries(project) == []


def test_amounts_of_a_project_follow_from_its_entries_to_the_cent(put, euro, project):
    put(
        cell(project, "2026-01", "100.10"),
        cell(project, "2026-01", "0.33", of="capex", currency="EUR"),
        cell(project, "2026-01", "9000", of="revenue"),
        cell(project, "2026-01", "50", kind="actual"),
    )

    project.refresh_from_db()
    assert (project.budget_amount, project.actual_amount) == (Decimal("100.46"), Decimal("50.00"))
    event = Event.objects.get(kind="project.entries_changed")
    assert event.changes["budget_amount"] == ["1000000.00", "100.46"]


def test_rollups_follow_the_entries_of_a_project(put, acme, project):
    put(cell(project, "2026-01", "700"))

    rebuild_rollups(acme.pk)

    assert Rollup.objects.get(program=project.program_id).budget_amount == Decimal(700)


def test_a_forecast_changes_no_amount_of_the_project_and_not_its_version(put, project):
    put(cell(project, "2026-01", "700", kind="forecast"))

    project.refresh_from_db()
    assert (project.budget_amount, project.version) == (Decimal("1000000.00"), 1)


def test_the_costs_of_a_project_s_budget_are_not_below_zero(put, project):
    with pytest.raises(FieldErrors, match="The budget would be -5.00; a budget of costs is zero or more."):
        put(cell(project, "2026-01", "-5"))

    assert entries(project) == []


def test_one_event_for_each_subject_carries_what_was_and_what_is(put, project, program):
    put(cell(project, "2026-01", "100", note="First"))

    put(cell(project, "2026-01", "120"), cell(project, "2026-02", "5"), cell(program, "2026-01", "900"))

    event = Event.objects.filter(kind="project.entries_changed").latest("id")
    assert event.changes["entries_amount"] == [
        {"budget|opex|2026-01-01|USD|": {"amount": "100.00", "note": "First"}},
        {
            "budget|opex|2026-01-01|USD|": {"amount": "120.00", "note": "First"},
            "budget|opex|2026-02-01|USD|": {"amount": "5.00"},
        },
    ]
    assert Event.objects.filter(kind="program.entries_changed").count() == 1


def in_request(name):
    return structlog.contextvars.bound_contextvars(request_id=name)


def test_undo_takes_the_whole_edit_back_and_the_project_s_amount_with_it(put, acme, alice, project):
    with in_request("r-1"):
        put(cell(project, "2026-01", "100", note="Why"), cell(project, "2026-02", "5"))

    undone = undo_entries(actor=alice, organization=acme, request_id="r-1")

    project.refresh_from_db()
    assert (entries(project), undone.left, project.budget_amount) == ([], 0, Decimal("1000000.00"))


def test_undo_brings_removed_entries_back_as_they_were(put, acme, alice, project):
    put(cell(project, "2026-01", "100", note="Why", external_key="K"))
    with in_request("r-2"):
        put(cell(project, "2026-01", None))

    undo_entries(actor=alice, organization=acme, request_id="r-2")

    row = FinancialEntry.objects.get(project=project)
    assert (row.amount, row.note, row.external_key) == (Decimal(100), "Why", "K")


def test_undo_leaves_a_cell_that_somebody_changed_since(put, acme, alice, petra, project):
    with in_request("r-3"):
        put(cell(project, "2026-01", "100"), cell(project, "2026-02", "200"))
    put(cell(project, "2026-02", "999"), actor=petra)

    undone = undo_entries(actor=alice, organization=acme, request_id="r-3")

    assert undone.left == 1
    assert [row[4] for row in entries(project)] == [Decimal(999)]


def test_nobody_takes_back_what_another_did(put, acme, petra, project):
    with in_request("r-4"):
        put(cell(project, "2026-01", "100"))

    with pytest.raises(Conflict, match="nothing to undo"):
        undo_entries(actor=petra, organization=acme, request_id="r-4")


def test_a_single_entry_is_added_changed_and_removed(acme, alice, project):
    row = create_entry(
        actor=alice, organization=acme, subject=project, kind="actual", entry_class="capex", month=month("2026-01"),
        amount=Decimal(10), line="Rack",
    )  # fmt: skip
    changed = update_entry(actor=alice, entry=row, expected_version=1, amount=Decimal(12))

    assert (changed.amount, changed.version, changed.line) == (Decimal(12), 2, "Rack")
    remove_entry(actor=alice, entry=changed)
    assert entries(project) == []


def test_a_single_entry_that_is_there_already_is_refused(put, acme, alice, project):
    put(cell(project, "2026-01", "100"))

    with pytest.raises(FieldErrors):
        create_entry(
            actor=alice, organization=acme, subject=project, kind="budget", entry_class="opex", month=month("2026-01"),
            amount=Decimal(10),
        )  # fmt: skip


def test_a_stale_change_of_a_single_entry_tells_who_changed_it(put, alice, petra, project):
    put(cell(project, "2026-01", "100"))
    row = FinancialEntry.objects.get(project=project)
    put(cell(project, "2026-01", "101"), actor=petra)

    with pytest.raises(StaleEdit) as stale:
        update_entry(actor=alice, entry=row, expected_version=1, amount=Decimal(5))

    assert (stale.value.changes[0].who, stale.value.current_version) == ("Petra", 2)


def test_a_thousand_cells_take_few_statements(acme, alice, project, django_assert_max_num_queries):
    cells = [cell(project, f"{2020 + n // 12 % 10}-{n % 12 + 1:02}", "1", line=f"Line {n // 120}") for n in range(1000)]

    with django_assert_max_num_queries(20):
        set_entries(actor=alice, organization=acme, cells=cells)

    assert FinancialEntry.objects.count() == 1000
    assert connection.in_atomic_block
