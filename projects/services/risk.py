"""Writes to risks."""

from typing import Any

from django.db import transaction

from accounts.models import User
from core.access import require
from events.services import archive_recorded, change_recorded, create_recorded, restore_recorded
from projects.models import Project, Risk


@transaction.atomic
def create_risk(*, actor: User, project: Project, **fields: Any) -> Risk:
    """Name something that may happen to a project."""
    require(actor, "risk.edit", project.organization_id)
    risk = Risk(organization_id=project.organization_id, project=project, currency=project.currency, **fields)
    return create_recorded("risk.created", actor=actor, subject=risk)


@transaction.atomic
def update_risk(*, actor: User, risk: Risk, expected_version: int | None = None, **fields: Any) -> Risk:
    """Change a risk: its size, its owner, its response, or that it has happened or passed."""
    require(actor, "risk.edit", risk.organization_id)
    return change_recorded("risk.updated", actor=actor, subject=risk, values=fields, expected_version=expected_version)


@transaction.atomic
def archive_risk(*, actor: User, risk: Risk, expected_version: int | None = None) -> Risk:
    """Put a risk out of sight; it counts no longer."""
    require(actor, "risk.edit", risk.organization_id)
    return archive_recorded("risk.archived", actor=actor, subject=risk, expected_version=expected_version)


@transaction.atomic
def restore_risk(*, actor: User, risk: Risk, expected_version: int | None = None) -> Risk:
    """Bring an archived risk back."""
    require(actor, "risk.edit", risk.organization_id)
    return restore_recorded("risk.restored", actor=actor, subject=risk, expected_version=expected_version)
