"""What investments are judged by."""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from core.access import require
from core.errors import FieldErrors
from events.services import change_recorded, create_recorded
from finance.models import BusinessCase

#: So many assumptions in words, of so many characters at most.
MOST_ASSUMPTIONS, LONGEST_ASSUMPTION, LONGEST_OWNER = 50, 500, 100


@transaction.atomic
def create_business_case(
    *, actor: User, program: Any = None, project: Any = None, product: Any = None, **values: Any
) -> BusinessCase:
    """Say what the cash flows of a program, project or product are judged by.

    Raises:
        NotAllowed: the actor's role may not change finances, or amounts are hidden from them.
        FieldErrors: an assumption is no text with an owner.
        ValidationError: the subject has a business case already, or a value is out of its range.
    """
    subject = next((each for each in (program, project, product) if each is not None), None)
    if subject is None:
        raise ValidationError("A business case is about exactly one program, project or product.")
    require(actor, "finance.edit", subject.organization_id)
    case = BusinessCase(
        organization_id=subject.organization_id,
        program=program,
        project=project,
        product=product,
        **_checked_values(values),
    )
    return create_recorded("business_case.created", actor=actor, subject=case)


@transaction.atomic
def update_business_case(
    *, actor: User, case: BusinessCase, expected_version: int | None = None, **values: Any
) -> BusinessCase:
    """Change what is assumed.

    Raises:
        NotAllowed: the actor's role may not change finances, or amounts are hidden from them.
        StaleEdit: somebody changed it since `expected_version`.
        FieldErrors: an assumption is no text with an owner.
    """
    require(actor, "finance.edit", case.organization_id)
    return change_recorded(
        "business_case.updated",
        actor=actor,
        subject=case,
        values=_checked_values(values),
        expected_version=expected_version,
    )


def _checked_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with months at their first day and assumptions without empty ones.

    Raises:
        FieldErrors: an assumption is no object of a text and an owner, or is too long.
    """
    checked = dict(values)
    if isinstance(month := checked.get("first_month"), datetime.date):
        checked["first_month"] = month.replace(day=1)
    if "assumptions" in checked:
        checked["assumptions"] = _checked_assumptions(checked["assumptions"])
    return checked


def _checked_assumptions(rows: Any) -> list[dict[str, str]]:
    """Assumptions as they are kept: text and owner, without rows that say nothing.

    Raises:
        FieldErrors: see `_checked_values`.
    """
    if not isinstance(rows, Sequence) or isinstance(rows, str) or len(rows) > MOST_ASSUMPTIONS:
        raise FieldErrors({"assumptions": f"Send a list of at most {MOST_ASSUMPTIONS} assumptions."})
    kept = []
    for number, row in enumerate(rows, start=1):
        if not isinstance(row, Mapping) or not {*row} <= {"text", "owner"}:
            raise FieldErrors({"assumptions": f"Assumption {number}: send text and owner, and nothing else."})
        text, owner = (row.get(name) or "" for name in ("text", "owner"))
        if not isinstance(text, str) or not isinstance(owner, str):
            raise FieldErrors({"assumptions": f"Assumption {number}: text and owner are words."})
        if len(text) > LONGEST_ASSUMPTION or len(owner) > LONGEST_OWNER:
            raise FieldErrors(
                {
                    "assumptions": f"Assumption {number}: a text has at most {LONGEST_ASSUMPTION} characters, "
                    f"an owner {LONGEST_OWNER}."
                }
            )
        if owner.strip() and not text.strip():
            raise FieldErrors({"assumptions": f"Assumption {number} has an owner and no text."})
        if text.strip():
            kept.append({"text": text.strip(), "owner": owner.strip()})
    return kept
