"""Writes that give parked rows a place, and take it back."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from accounts.models import User
from core.access import require
from core.errors import Conflict
from events.models import Event
from portfolio.models import Portfolio
from programs.models import Program
from programs.services import update_program
from projects.models import Project
from projects.services import update_project


@transaction.atomic
def place_parked(*, actor: User, rows: Sequence[Project | Program], place: Program | Portfolio) -> int:
    """Give parked projects and programs one place, all of them or none; returns how many.

    Raises:
        NotAllowed: the actor's role may not change projects, or programs.
        Conflict: a program would go into a program, or a row is parked no longer.
    """
    programs = [row for row in rows if isinstance(row, Program)]
    if programs and isinstance(place, Program):
        names = ", ".join(str(program) for program in programs[:3])
        raise Conflict(f"A program belongs to a portfolio, not to another program: {names}. Nothing was changed.")
    for row in rows:
        if not row.is_parked:
            raise Conflict(f"“{row}” is parked no longer. Nothing was changed.")
        _place(actor, row, place)
    return len(rows)


def _place(actor: User, row: Project | Program, place: Program | Portfolio) -> None:
    if isinstance(row, Program):
        update_program(actor=actor, program=row, portfolio=place)
    elif isinstance(place, Portfolio):
        update_project(actor=actor, project=row, program=None, portfolio=place)
    else:
        update_project(actor=actor, project=row, program=place, portfolio=None)


@transaction.atomic
def park_again(*, actor: User, events: Sequence[Event]) -> list[Project | Program]:
    """Take back what gave parked rows their places: each is as it was before its event, and parked.

    Raises:
        NotAllowed: the actor's role may not change projects, or programs.
        StaleEdit: a row was changed since.
    """
    return [_park(actor, event) for event in events]


def _park(actor: User, event: Event) -> Project | Program:
    model: Any = {"projects.project": Project, "programs.program": Program}[event.subject_type]
    require(actor, "project.edit" if model is Project else "program.edit", event.organization_id)
    row = model.objects.get(pk=int(event.subject_id))
    before = {name: _value(model, name, old) for name, (old, _) in event.changes.items()}
    version = event.subject_version
    if isinstance(row, Program):
        return update_program(actor=actor, program=row, expected_version=version, **before)
    project: Project = update_project(actor=actor, project=row, expected_version=version, **before)
    return project


def _value(model: Any, name: str, value: Any) -> Any:
    """A value of the log as the row takes it: a related row by its id."""
    field = model._meta.get_field(name)
    if field.is_relation and isinstance(value, dict):
        return field.related_model.objects.get(pk=value["id"])
    return value
