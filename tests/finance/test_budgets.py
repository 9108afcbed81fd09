"""Approved budgets: numbered, each with its reason, none lost."""

from decimal import Decimal

import pytest
import structlog

from core.errors import Conflict, FieldErrors, NotAllowed
from events.models import Event
from finance.models import Budget
from finance.services import approve_budget, undo_entries
from tests.finance.conftest import cell

pytestmark = pytest.mark.django_db


@pytest.fixture
def approved(put, alice, project):
    put(cell(project, "2026-01", "100"), cell(project, "2026-02", "30", of="revenue"))
    return approve_budget(actor=alice, subject=project)


def test_an_approved_budget_keeps_the_entries_as_they_stood(put, approved, alice):
    assert (approved.number, approved.status, approved.approved_by) == (1, "approved", alice)
    assert (approved.cost_amount, approved.income_amount) == (Decimal(100), Decimal(30))
    assert approved.lines.count() == 2
    assert Event.objects.filter(kind="budget.approved").count() == 1


def test_a_subject_without_budget_entries_has_nothing_to_approve(alice, project):
    with pytest.raises(Conflict, match="no budget entries yet"):
        approve_budget(actor=alice, subject=project)


def test_a_change_of_an_approved_budget_without_a_reason_is_refused_at_the_field(put, approved, project):
    with pytest.raises(FieldErrors) as refused:
        put(cell(project, "2026-01", "120"))

    assert refused.value.errors["reason"].startswith("Budget 1 of “Apollo” is approved. Say why it changes")
    assert Budget.objects.count() == 1


def test_a_change_with_a_reason_approves_the_next_number_and_the_former_stays(put, approved, project):
    put(cell(project, "2026-01", "120"), reason="The supplier raised its price.")

    first, second = Budget.objects.filter(project=project).order_by("number")
    assert (first.status, second.status) == ("superseded", "approved")
    assert (first.cost_amount, second.cost_amount) == (Decimal(100), Decimal(120))
    assert second.reason == "The supplier raised its price."
    assert [line.amount for line in first.lines.order_by("month")] == [Decimal(100), Decimal(30)]


def test_forecasts_and_actuals_change_no_budget(put, approved, project):
    put(cell(project, "2026-01", "120", kind="forecast"), cell(project, "2026-01", "90", kind="actual"))

    assert Budget.objects.count() == 1


def test_a_program_manager_may_not_change_an_approved_budget(put, petra, approved, project):
    with pytest.raises(NotAllowed, match="approve budgets"):
        put(cell(project, "2026-01", "120"), actor=petra, reason="Cheaper.")


def test_a_further_approval_needs_a_reason(alice, approved, project):
    with pytest.raises(FieldErrors, match="Say why budget 2 differs from budget 1"):
        approve_budget(actor=alice, subject=project)


def test_an_approval_of_what_somebody_approved_meanwhile_is_refused(alice, approved, project):
    with pytest.raises(Conflict, match="Budget 1 was approved meanwhile"):
        approve_budget(actor=alice, subject=project, expected_number=0)


def test_undo_of_a_change_of_an_approved_budget_approves_the_next_one(put, acme, alice, approved, project):
    with structlog.contextvars.bound_contextvars(request_id="r-9"):
        put(cell(project, "2026-01", "120"), reason="Dearer.")

    undo_entries(actor=alice, organization=acme, request_id="r-9")

    assert [row.cost_amount for row in Budget.objects.order_by("number")] == [100, 120, 100]
