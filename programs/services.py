"""Every write to programs and their performance measures."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from accounts.models import Organization, User
from core.access import require
from core.errors import Conflict
from core.models import take_number
from events.services import (
    archive_recorded,
    change_recorded,
    create_all_recorded,
    create_recorded,
    refuse_while_needed,
    restore_recorded,
)
from programs.models import Measure, Program
from projects.models import Project


@transaction.atomic
def create_program(*, actor: User, organization: Organization, **fields: Any) -> Program:
    """Open a new program in a portfolio."""
    require(actor, "program.edit", organization)
    program = Program(organization=organization, **fields)
    if not program.code:
        program.pk = take_number(Program)
        program.code = f"G-{program.pk}"
    return create_recorded("program.created", actor=actor, subject=program)


@transaction.atomic
def update_program(*, actor: User, program: Program, expected_version: int | None = None, **fields: Any) -> Program:
    """Change a program. A parked program that is given a name or a portfolio, and has both, is parked no longer.

    Raises:
        NotAllowed: the actor's role may not change programs.
        StaleEdit: somebody changed it after version `expected_version`.
    """
    require(actor, "program.edit", program.organization_id)
    is_placed = fields.keys() & {"name", "portfolio"} and fields.get("portfolio", program.portfolio_id)
    if program.is_parked and is_placed:
        fields["parked_reason"] = ""
    return change_recorded(
        "program.updated", actor=actor, subject=program, values=fields, expected_version=expected_version
    )


@transaction.atomic
def move_program(*, actor: User, program: Program, portfolio: Any, expected_version: int | None = None) -> Program:
    """Put a program, with all its projects, into another portfolio."""
    require(actor, "program.edit", program.organization_id)
    return change_recorded(
        "program.moved",
        actor=actor,
        subject=program,
        values={"portfolio": portfolio, "parked_reason": ""},
        expected_version=expected_version,
    )


@transaction.atomic
def archive_program(*, actor: User, program: Program, expected_version: int | None = None) -> Program:
    """Put a program out of sight.

    Raises:
        Conflict: it holds live projects; the sentence names them.
    """
    require(actor, "program.edit", program.organization_id)
    refuse_while_needed(program, projects=Project.objects.live().filter(program=program).order_by("name", "pk"))
    return archive_recorded("program.archived", actor=actor, subject=program, expected_version=expected_version)


@transaction.atomic
def restore_program(*, actor: User, program: Program, expected_version: int | None = None) -> Program:
    """Bring an archived program back.

    Raises:
        Conflict: its portfolio is archived.
    """
    require(actor, "program.edit", program.organization_id)
    if program.portfolio is not None and program.portfolio.is_archived:
        raise Conflict(f"“{program.portfolio}” is archived. Restore it first, then this program.")
    return restore_recorded("program.restored", actor=actor, subject=program, expected_version=expected_version)


@transaction.atomic
def create_measure(*, actor: User, program: Program, **fields: Any) -> Measure:
    """Name a measure by which a program is judged."""
    require(actor, "measure.edit", program.organization_id)
    measure = Measure(organization_id=program.organization_id, program=program, **fields)
    return create_recorded("measure.created", actor=actor, subject=measure)


@transaction.atomic
def create_measures(*, actor: User, program: Program, rows: Sequence[Mapping[str, Any]]) -> list[Measure]:
    """Name several measures of one program at once; all or none.

    Args:
        rows: the fields of each measure.
    """
    require(actor, "measure.edit", program.organization_id)
    measures = [Measure(organization_id=program.organization_id, program=program, **fields) for fields in rows]
    return create_all_recorded("measure.created", actor=actor, subjects=measures)


@transaction.atomic
def update_measure(*, actor: User, measure: Measure, expected_version: int | None = None, **fields: Any) -> Measure:
    """Change a measure, or report whether its target was met."""
    require(actor, "measure.edit", measure.organization_id)
    return change_recorded(
        "measure.updated", actor=actor, subject=measure, values=fields, expected_version=expected_version
    )


@transaction.atomic
def archive_measure(*, actor: User, measure: Measure, expected_version: int | None = None) -> Measure:
    """Put a measure out of sight."""
    require(actor, "measure.edit", measure.organization_id)
    return archive_recorded("measure.archived", actor=actor, subject=measure, expected_version=expected_version)


@transaction.atomic
def restore_measure(*, actor: User, measure: Measure, expected_version: int | None = None) -> Measure:
    """Bring an archived measure back."""
    require(actor, "measure.edit", measure.organization_id)
    return restore_recorded("measure.restored", actor=actor, subject=measure, expected_version=expected_version)
