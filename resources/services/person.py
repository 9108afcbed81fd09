"""Every write to people: who they are, what they can do, who fills a placeholder."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.models import Membership, Organization, User
from core.access import require
from core.errors import Conflict, FieldErrors
from events.models import Event
from events.services import (
    archive_recorded,
    change_recorded,
    create_recorded,
    refuse_while_needed,
    restore_recorded,
)
from resources.models import Allocation, Person, PersonSkill, Skill
from resources.services.allocation import undo_allocations
from resources.services.allocation_cells import Given, Sheet
from resources.services.naming import still_planned

EDIT = "resource.edit"
LEVELS = range(1, 6)
FILLED = "person.placeholder_filled"


@transaction.atomic
def create_person(
    *, actor: User, organization: Organization, skill_levels: Mapping[Skill, int] | None = None, **fields: Any
) -> Person:
    """Add a person, or a placeholder for one who is yet to be found.

    Args:
        skill_levels: skill -> how well, from 1 to 5.
    Raises:
        NotAllowed: the actor's role may not change teams and people.
        FieldErrors: a placeholder has an account, the account is no member's, or a level is none.
        ValidationError: a value or a rule of the table is broken, such as a member who has a person already.
    """
    require(actor, EDIT, organization)
    person = Person(organization=organization, **fields)
    _check(person)
    levels = _checked_levels(organization.pk, skill_levels or {})
    also = {"skill_levels": [None, _in_words(levels)]} if levels else None
    person = create_recorded("person.created", actor=actor, subject=person, also=also)
    _keep_levels(person, levels)
    return person


@transaction.atomic
def update_person(
    *,
    actor: User,
    person: Person,
    expected_version: int | None = None,
    skill_levels: Mapping[Skill, int] | None = None,
    **fields: Any,
) -> Person:
    """Change a person. What they are planned for keeps the role and team that it was planned with.

    Args:
        skill_levels: skill -> how well, from 1 to 5: all that the person has from now on; None changes none.
    Raises:
        FieldErrors: a placeholder has an account, the account is no member's, or a level is none.
        StaleEdit: somebody changed the person after version `expected_version`.
        ValidationError: a value or a rule of the table is broken.
    """
    require(actor, EDIT, person.organization_id)
    fresh = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    for name, value in fields.items():
        setattr(fresh, name, value)
    _check(fresh)
    levels = None if skill_levels is None else _checked_levels(person.organization_id, skill_levels)
    before = _levels_of(person) if levels is not None else {}
    differs = levels is not None and {skill.pk: level for skill, level in levels.items()} != {
        skill.pk: level for skill, level in before.items()
    }
    changed = change_recorded(
        "person.updated",
        actor=actor,
        subject=person,
        values=fields,
        expected_version=expected_version,
        also={"skill_levels": [_in_words(before), _in_words(levels or {})]} if differs else None,
    )
    if differs:
        _keep_levels(changed, levels or {})
    return changed


def _check(person: Person) -> None:
    user = person.user
    if user is None:
        return
    if person.is_placeholder:
        raise FieldErrors({"user": "A placeholder is nobody yet, so it has no account. Clear one of both."})
    if not Membership.objects.filter(organization_id=person.organization_id, user=user).exists():
        raise FieldErrors({"user": "This account is no member of the organization."})


def _checked_levels(organization_id: int, levels: Mapping[Skill, int]) -> dict[Skill, int]:
    for skill, level in levels.items():
        if skill.organization_id != organization_id:
            raise FieldErrors({"skill_levels": "There is no such skill."})
        if level not in LEVELS:
            raise FieldErrors({"skill_levels": f"{skill}: a level is from 1 to 5."})
    return dict(sorted(levels.items(), key=lambda item: (item[0].name.lower(), item[0].pk)))


def _levels_of(person: Person) -> dict[Skill, int]:
    rows = PersonSkill.objects.filter(person=person).select_related("skill").order_by("skill__name", "skill")
    return {row.skill: row.level for row in rows}


def _in_words(levels: Mapping[Skill, int]) -> list[str]:
    return [f"{skill} {level}" for skill, level in levels.items()]


def _keep_levels(person: Person, levels: Mapping[Skill, int]) -> None:
    PersonSkill.objects.filter(person=person).exclude(skill__in=list(levels)).delete()
    rows = [
        PersonSkill(organization_id=person.organization_id, person=person, skill=skill, level=level)
        for skill, level in levels.items()
    ]
    PersonSkill.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["person", "skill"], update_fields=["level", "updated_at"]
    )


@transaction.atomic
def archive_person(*, actor: User, person: Person, expected_version: int | None = None) -> Person:
    """Put a person out of sight. What they did stays counted; a last day is what ends capacity as of a day.

    Raises:
        Conflict: they are planned from this month on; the sentence names the projects.
        StaleEdit: somebody changed the person after version `expected_version`.
    """
    require(actor, EDIT, person.organization_id)
    person = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    refuse_while_needed(person, planned_projects=still_planned(person))
    return archive_recorded("person.archived", actor=actor, subject=person, expected_version=expected_version)


@transaction.atomic
def restore_person(*, actor: User, person: Person, expected_version: int | None = None) -> Person:
    """Bring an archived person back.

    Raises:
        ValidationError: another person stands for their account now.
    """
    require(actor, EDIT, person.organization_id)
    return restore_recorded("person.restored", actor=actor, subject=person, expected_version=expected_version)


@transaction.atomic
def fill_placeholder(
    *, actor: User, placeholder: Person, person: Person, expected_version: int | None = None
) -> Person:
    """Hand everything that a placeholder is allocated to over to a person, and put the placeholder out of sight.

    Where the person has a share in the same month of the same project, both are added. Notes go along, and the role and
    team are the person's from then on.

    Returns:
        The placeholder, archived.
    Raises:
        Conflict: it is no placeholder or is archived, or the person is a placeholder or is archived, or a project of
            the placeholder is archived; nothing is handed over.
        StaleEdit: somebody changed the placeholder after version `expected_version`.
    """
    require(actor, EDIT, placeholder.organization_id)
    require(actor, "allocation.edit", placeholder.organization_id)
    rows = Person.objects.select_for_update(of=("self",)).filter(organization_id=placeholder.organization_id)
    locked = {row.pk: row for row in rows.filter(pk__in=[placeholder.pk, person.pk]).order_by("pk")}
    placeholder, person = locked[placeholder.pk], locked[person.pk]
    _refuse_unfit(placeholder, person)
    moved = _hand_over(actor, placeholder, person)
    person_told = {"filled_by": [None, {"id": person.pk, "name": person.name}], "allocation_count": [None, moved]}
    return archive_recorded(
        FILLED, actor=actor, subject=placeholder, expected_version=expected_version, also=person_told
    )


def _refuse_unfit(placeholder: Person, person: Person) -> None:
    if not placeholder.is_placeholder or placeholder.is_archived:
        raise Conflict(f"“{placeholder}” is no open placeholder. Nothing was changed.")
    if person.is_placeholder or person.is_archived:
        raise Conflict(f"“{person}” cannot fill a placeholder. Choose a person who is there; nothing was changed.")


def _hand_over(actor: User, placeholder: Person, person: Person) -> int:
    """Returns how many cells were handed over."""
    theirs = Allocation.objects.filter(organization_id=placeholder.organization_id, person=placeholder)
    sheet = Sheet.locked(placeholder.organization, theirs.values_list("project_id", flat=True).distinct())
    sheet.read()
    held = {key: given for key, given in sheet.present.items() if key.person_id == placeholder.pk}
    for key, given in held.items():
        target = key._replace(person_id=person.pk)
        present = sheet.standing(target)
        fte = given.fte + (present.fte if present else 0)
        note = "; ".join(dict.fromkeys(text for text in (present.note if present else "", given.note) if text))
        sheet.wanted[key] = None
        sheet.wanted[target] = Given(fte, note[:200], person.role_id, person.team_id)
    sheet.save(actor, f"{person} takes over from the placeholder “{placeholder}”.")
    return len(held)


@transaction.atomic
def undo_fill(*, actor: User, organization: Organization, event_id: int) -> Person:
    """Give a placeholder back what it handed over, as the actor did in one go, and bring it back to sight.

    Raises:
        Conflict: there is nothing to take back, or somebody changed one of the allocations since; nothing is changed.
    """
    require(actor, EDIT, organization)
    event = Event.objects.filter(organization=organization, kind=FILLED, actor=actor, pk=event_id).first()
    placeholder = (
        Person.objects.select_for_update(of=("self",)).filter(organization=organization, pk=event.subject_id).first()
        if event
        else None
    )
    if event is None or placeholder is None or not placeholder.is_archived:
        raise Conflict("There is nothing to take back. Nothing was changed.")
    if event.changes["allocation_count"][1]:
        undo_allocations(actor=actor, organization=organization, request_id=event.request_id)
    return restore_recorded("person.fill_undone", actor=actor, subject=placeholder)
