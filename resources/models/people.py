"""Teams, roles, skills and people, with what a day of a role costs and when people are away."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from core.models import ArchivableModel, TenantModel
from core.querysets import TenantQuerySet
from resources.querysets import HeldQuerySet, PersonQuerySet, SkillQuerySet

MOST_FTE = Decimal(1000)


def named_once(noun: str, prefix: str) -> list[models.BaseConstraint]:
    """A live row's name is unique in its organization, and so is every row's external key."""
    return [
        models.UniqueConstraint(
            "organization",
            Lower("name"),
            condition=Q(archived_at=None),
            name=f"{prefix}_name_unique",
            violation_error_message=f"Another {noun} has this name.",
        ),
        models.UniqueConstraint(
            fields=["organization", "external_key"],
            condition=~Q(external_key=""),
            name=f"{prefix}_external_key_unique",
            violation_error_message=f"Another {noun} has this external key.",
        ),
    ]


class Team(ArchivableModel):
    """People who work together."""

    name = models.CharField(max_length=200)
    description = models.TextField(blank=True, max_length=20_000)
    lead = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)

    objects = HeldQuerySet.as_manager()

    class Meta:
        constraints = named_once("team", "team")
        indexes = [models.Index(fields=["organization", "name", "id"], name="team_by_name")]

    def __str__(self) -> str:
        return self.name


class ResourceRole(ArchivableModel):
    """What somebody does on a project: developer, designer, test engineer. Not the role of a membership."""

    name = models.CharField(max_length=200)
    description = models.TextField(blank=True, max_length=20_000)

    objects = HeldQuerySet.as_manager()

    class Meta:
        constraints = named_once("role", "resource_role")
        indexes = [models.Index(fields=["organization", "name", "id"], name="resource_role_by_name")]

    def __str__(self) -> str:
        return self.name


class Skill(ArchivableModel):
    """What somebody can do."""

    name = models.CharField(max_length=200)

    objects = SkillQuerySet.as_manager()

    class Meta:
        constraints = named_once("skill", "skill")
        indexes = [models.Index(fields=["organization", "name", "id"], name="skill_by_name")]

    def __str__(self) -> str:
        return self.name


class RoleRate(TenantModel):
    """What a working day of a role costs from a day on, until the next rate of the role."""

    role = models.ForeignKey(ResourceRole, models.PROTECT, related_name="rates")
    from_date = models.DateField()
    day_amount = models.DecimalField("amount a day", max_digits=12, decimal_places=2)
    currency = models.CharField(max_length=3)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["role", "from_date"],
                name="role_rate_once_a_day",
                violation_error_message="This role has a rate from that day on already.",
            ),
            models.CheckConstraint(
                condition=Q(day_amount__gte=0),
                name="role_rate_not_negative",
                violation_error_message="A rate is 0 or more.",
            ),
        ]
        indexes = [models.Index(fields=["organization", "role", "-from_date"], name="role_rate_by_day")]

    def __str__(self) -> str:
        return f"{self.role} from {self.from_date:%Y-%m-%d}"


class Person(ArchivableModel):
    """Somebody who can do work, with or without an account; or a placeholder for somebody who is yet to be found."""

    name = models.CharField(max_length=200)
    email = models.EmailField("e-mail", blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    is_placeholder = models.BooleanField(
        "placeholder", default=False, help_text="Nobody yet: demand that is to be filled. Gives no capacity."
    )
    role = models.ForeignKey(ResourceRole, models.PROTECT, related_name="people", null=True, blank=True)
    team = models.ForeignKey(Team, models.PROTECT, related_name="people", null=True, blank=True)
    calendar = models.ForeignKey(
        "resources.Calendar",
        models.PROTECT,
        related_name="people",
        null=True,
        blank=True,
        help_text="None: the default.",
    )
    fte = models.DecimalField(
        "FTE", max_digits=4, decimal_places=2, default=Decimal(1), help_text="Share of a full week by contract."
    )
    start_date = models.DateField(null=True, blank=True, help_text="First day; none: has always been here.")
    finish_date = models.DateField(null=True, blank=True, help_text="Last day; none: no end is known.")
    skills: Any = models.ManyToManyField(Skill, through="PersonSkill", related_name="people")

    objects = PersonQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(fte__gte=0, fte__lte=2),
                name="person_fte_in_range",
                violation_error_message="A person's FTE is between 0 and 2.",
            ),
            models.CheckConstraint(
                condition=Q(start_date=None) | Q(finish_date=None) | Q(finish_date__gte=F("start_date")),
                name="person_finish_not_before_start",
                violation_error_message="The last day cannot be before the first.",
            ),
            models.UniqueConstraint(
                fields=["organization", "user"],
                condition=Q(archived_at=None, user__isnull=False),
                name="person_of_user_once",
                violation_error_message="Another person stands for this member already.",
            ),
            models.UniqueConstraint(
                fields=["organization", "external_key"],
                condition=~Q(external_key=""),
                name="person_external_key_unique",
                violation_error_message="Another person has this external key.",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "name", "id"], name="person_by_name"),
            models.Index(fields=["organization", "team", "role"], name="person_of_team"),
        ]

    def __str__(self) -> str:
        return self.name


class PersonSkill(TenantModel):
    """How well somebody can do something: 1 learns it, 3 does it alone, 5 teaches it."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="levels")
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="levels")
    level = models.PositiveSmallIntegerField(default=3)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "skill"],
                name="person_skill_once",
                violation_error_message="This person has this skill already.",
            ),
            models.CheckConstraint(
                condition=Q(level__range=(1, 5)),
                name="person_skill_level_in_range",
                violation_error_message="A level is from 1 to 5.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.skill} {self.level}"


class AbsenceKind(models.TextChoices):
    VACATION = "vacation", "Vacation"
    ILLNESS = "illness", "Illness"
    PARENTAL = "parental", "Parental leave"
    TRAINING = "training", "Training"
    OTHER = "other", "Other"


class Absence(TenantModel):
    """Days on which somebody is away, or works less."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="absences")
    kind = models.CharField(max_length=20, choices=AbsenceKind, default=AbsenceKind.VACATION)
    first_date = models.DateField("first day")
    last_date = models.DateField("last day")
    away_ratio = models.DecimalField(
        "share away", max_digits=3, decimal_places=2, default=Decimal(1), help_text="1 is the whole day."
    )
    note = models.CharField(max_length=200, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(last_date__gte=F("first_date")),
                name="absence_last_not_before_first",
                violation_error_message="The last day cannot be before the first.",
            ),
            models.CheckConstraint(
                condition=Q(away_ratio__gt=0, away_ratio__lte=1),
                name="absence_share_in_range",
                violation_error_message="A share away is more than 0 and at most 1.",
            ),
        ]
        indexes = [models.Index(fields=["organization", "person", "first_date"], name="absence_of_person")]

    def __str__(self) -> str:
        return f"{self.person}, {self.first_date:%Y-%m-%d} to {self.last_date:%Y-%m-%d}"
