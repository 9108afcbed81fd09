"""Approval of budgets."""

from typing import Any

from django.db import transaction

from accounts.models import User
from core.access import require
from core.errors import Conflict, FieldErrors
from finance.models import Budget, BudgetStatus
from finance.selectors.cells import column_of
from finance.services.approving import approve_next as _approve_next


@transaction.atomic
def approve_budget(*, actor: User, subject: Any, reason: str = "", expected_number: int | None = None) -> Budget:
    """Approve the budget entries of a portfolio, program, project or product as they stand.

    Args:
        reason: why it differs from the one before; the first needs none.
        expected_number: of the approved budget that the person saw, 0 for none; None does not ask.
    Raises:
        NotAllowed: the actor's role may not approve budgets.
        Conflict: there are no budget entries, another was approved meanwhile, or the subject is archived.
        FieldErrors: a further budget is approved without a reason.
    """
    require(actor, "budget.approve", subject.organization_id)
    column = column_of(subject)
    locked = type(subject).objects.select_for_update(of=("self",)).get(pk=subject.pk)
    if getattr(locked, "archived_at", None) is not None:
        raise Conflict(f"“{locked}” is archived. Restore it first, then approve its budget.")
    former = Budget.objects.filter(**{column: locked}, status=BudgetStatus.APPROVED).first()
    number = former.number if former else 0
    if expected_number is not None and expected_number != number:
        raise Conflict(f"Budget {number} was approved meanwhile. Look at it, then approve again.")
    if former is not None and not reason.strip():
        raise FieldErrors({"reason": f"Say why budget {number + 1} differs from budget {number}."})
    return _approve_next(actor, locked, former, reason.strip())
