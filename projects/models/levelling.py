"""Which planned work might start later, so that less is asked for than there is."""

from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from core.models import TenantModel
from core.querysets import TenantQuerySet

#: Work is put off by so many months at most.
MOST_MONTHS = 24


class LevellingGroup(models.TextChoices):
    ROLE = "role", "Role"
    TEAM = "team", "Team"


class LevellingStatus(models.TextChoices):
    OPEN = "open", "Open"
    ACCEPTED = "accepted", "Accepted"
    DISCARDED = "discarded", "Discarded"


class LevellingProposal(TenantModel):
    """Later starts within float for the projects of a program or a portfolio, with what they do to demand over
    capacity; a person accepts all or some of them, or none."""

    program = models.ForeignKey(
        "programs.Program", models.PROTECT, related_name="levellings", null=True, blank=True, editable=False
    )
    portfolio = models.ForeignKey(
        "portfolio.Portfolio", models.PROTECT, related_name="levellings", null=True, blank=True, editable=False
    )
    job = models.ForeignKey("events.Job", models.PROTECT, related_name="+", null=True, editable=False)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    group = models.CharField(
        "capacity of", max_length=10, choices=LevellingGroup, default=LevellingGroup.ROLE, help_text="What is levelled."
    )
    most_months = models.PositiveSmallIntegerField(
        "months at most",
        default=6,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_MONTHS)],
        help_text="No project is put off by more, whatever its float.",
    )
    seed = models.PositiveIntegerField(default=1, help_text="The same seed and plan give the same answer.")
    status = models.CharField(max_length=10, choices=LevellingStatus, default=LevellingStatus.OPEN, editable=False)
    as_of = models.DateTimeField(null=True, editable=False, help_text="When the plan was read.")
    result: Any = models.JSONField(null=True, editable=False, encoder=DjangoJSONEncoder)
    accepted: Any = models.JSONField(null=True, editable=False, help_text="The projects that were put off.")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, editable=False
    )
    decided_at = models.DateTimeField(null=True, editable=False)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(program=None, portfolio__isnull=False) | Q(program__isnull=False, portfolio=None),
                name="levelling_of_one",
                violation_error_message="A levelling is of a program or of a portfolio.",
            ),
            models.CheckConstraint(
                condition=Q(most_months__range=(1, MOST_MONTHS)),
                name="levelling_months_in_range",
                violation_error_message="Work is put off by 1 to 24 months at most.",
            ),
            models.CheckConstraint(condition=Q(group__in=LevellingGroup.values), name="levelling_group_known"),
            models.CheckConstraint(condition=Q(status__in=LevellingStatus.values), name="levelling_status_known"),
        ]
        indexes = [
            models.Index(fields=["organization", "program", "-id"], name="levelling_of_program"),
            models.Index(fields=["organization", "portfolio", "-id"], name="levelling_of_portfolio"),
        ]

    def __str__(self) -> str:
        return f"Levelling of {self.program or self.portfolio}"

    @property
    def subject(self) -> models.Model | None:
        """The program or portfolio that it is of."""
        return self.program or self.portfolio
