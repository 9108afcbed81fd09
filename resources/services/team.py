"""Every write to teams, roles and skills."""

from typing import Any

from django.db import transaction

from accounts.models import Organization, User
from core.access import require
from events.services import archive_recorded, change_recorded, create_recorded, refuse_while_needed, restore_recorded
from resources.models import ResourceRole, Skill, Team
from resources.services.naming import refuse_namesake, still_planned

EDIT = "resource.edit"


@transaction.atomic
def create_team(*, actor: User, organization: Organization, **fields: Any) -> Team:
    """Add a team.

    Raises:
        NotAllowed: the actor's role may not change teams and people.
        ValidationError: another live team has this name, or another team this external key.
    """
    require(actor, EDIT, organization)
    return create_recorded("team.created", actor=actor, subject=Team(organization=organization, **fields))


@transaction.atomic
def update_team(*, actor: User, team: Team, expected_version: int | None = None, **fields: Any) -> Team:
    """Change a team.

    Raises:
        StaleEdit: somebody changed it after version `expected_version`.
        ValidationError: another live team has this name, or another team this external key.
    """
    require(actor, EDIT, team.organization_id)
    return change_recorded("team.updated", actor=actor, subject=team, values=fields, expected_version=expected_version)


@transaction.atomic
def archive_team(*, actor: User, team: Team, expected_version: int | None = None) -> Team:
    """Put a team out of sight; its typed capacity counts nowhere until it is restored.

    Raises:
        Conflict: live people are in it, or it is planned from this month on; the sentence names them.
        StaleEdit: somebody changed it after version `expected_version`.
    """
    require(actor, EDIT, team.organization_id)
    team = Team.objects.select_for_update().get(pk=team.pk)
    refuse_while_needed(team, people=team.people.live(), planned_projects=still_planned(team))
    return archive_recorded("team.archived", actor=actor, subject=team, expected_version=expected_version)


@transaction.atomic
def restore_team(*, actor: User, team: Team, expected_version: int | None = None) -> Team:
    """Bring an archived team back.

    Raises:
        Conflict: a live team has its name now.
    """
    require(actor, EDIT, team.organization_id)
    refuse_namesake(team)
    return restore_recorded("team.restored", actor=actor, subject=team, expected_version=expected_version)


@transaction.atomic
def create_resource_role(*, actor: User, organization: Organization, **fields: Any) -> ResourceRole:
    """Add a role that people have on projects.

    Raises:
        NotAllowed: the actor's role may not change teams and people.
        ValidationError: another live role has this name, or another role this external key.
    """
    require(actor, EDIT, organization)
    return create_recorded(
        "resource_role.created", actor=actor, subject=ResourceRole(organization=organization, **fields)
    )


@transaction.atomic
def update_resource_role(
    *, actor: User, role: ResourceRole, expected_version: int | None = None, **fields: Any
) -> ResourceRole:
    """Change a role.

    Raises:
        StaleEdit: somebody changed it after version `expected_version`.
        ValidationError: another live role has this name, or another role this external key.
    """
    require(actor, EDIT, role.organization_id)
    return change_recorded(
        "resource_role.updated", actor=actor, subject=role, values=fields, expected_version=expected_version
    )


@transaction.atomic
def archive_resource_role(*, actor: User, role: ResourceRole, expected_version: int | None = None) -> ResourceRole:
    """Put a role out of sight; its typed capacity counts nowhere until it is restored.

    Raises:
        Conflict: live people have it, or it is planned from this month on; the sentence names them.
        StaleEdit: somebody changed it after version `expected_version`.
    """
    require(actor, EDIT, role.organization_id)
    role = ResourceRole.objects.select_for_update().get(pk=role.pk)
    refuse_while_needed(role, people=role.people.live(), planned_projects=still_planned(role))
    return archive_recorded("resource_role.archived", actor=actor, subject=role, expected_version=expected_version)


@transaction.atomic
def restore_resource_role(*, actor: User, role: ResourceRole, expected_version: int | None = None) -> ResourceRole:
    """Bring an archived role back.

    Raises:
        Conflict: a live role has its name now.
    """
    require(actor, EDIT, role.organization_id)
    refuse_namesake(role)
    return restore_recorded("resource_role.restored", actor=actor, subject=role, expected_version=expected_version)


@transaction.atomic
def create_skill(*, actor: User, organization: Organization, **fields: Any) -> Skill:
    """Add a skill.

    Raises:
        NotAllowed: the actor's role may not change teams and people.
        ValidationError: another live skill has this name, or another skill this external key.
    """
    require(actor, EDIT, organization)
    return create_recorded("skill.created", actor=actor, subject=Skill(organization=organization, **fields))


@transaction.atomic
def update_skill(*, actor: User, skill: Skill, expected_version: int | None = None, **fields: Any) -> Skill:
    """Change a skill.

    Raises:
        StaleEdit: somebody changed it after version `expected_version`.
        ValidationError: another live skill has this name, or another skill this external key.
    """
    require(actor, EDIT, skill.organization_id)
    return change_recorded(
        "skill.updated", actor=actor, subject=skill, values=fields, expected_version=expected_version
    )


@transaction.atomic
def archive_skill(*, actor: User, skill: Skill, expected_version: int | None = None) -> Skill:
    """Put a skill out of sight.

    Raises:
        Conflict: live people have it; the sentence names them.
        StaleEdit: somebody changed it after version `expected_version`.
    """
    require(actor, EDIT, skill.organization_id)
    skill = Skill.objects.select_for_update().get(pk=skill.pk)
    refuse_while_needed(skill, people=skill.people.live())
    return archive_recorded("skill.archived", actor=actor, subject=skill, expected_version=expected_version)


@transaction.atomic
def restore_skill(*, actor: User, skill: Skill, expected_version: int | None = None) -> Skill:
    """Bring an archived skill back.

    Raises:
        Conflict: a live skill has its name now.
    """
    require(actor, EDIT, skill.organization_id)
    refuse_namesake(skill)
    return restore_recorded("skill.restored", actor=actor, subject=skill, expected_version=expected_version)
