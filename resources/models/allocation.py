"""What there is of people's time in a month, and what of it goes where."""

from django.db import models
from django.db.models import Q

from core.models import TenantModel
from core.querysets import TenantQuerySet
from resources.models.people import MOST_FTE, Person, ResourceRole, Team

FIRST_OF_MONTH = "A month is given by its first day."


class Capacity(TenantModel):
    """The capacity of a role in a team in a month as somebody typed it, in FTE; no team: of the role outside teams.

    Where there is none, the capacity is what the people of that role and team add up to.
    """

    role = models.ForeignKey(ResourceRole, models.PROTECT, related_name="capacities")
    team = models.ForeignKey(Team, models.PROTECT, related_name="capacities", null=True, blank=True)
    month = models.DateField(help_text="The first day of the month.")
    fte = models.DecimalField("FTE", max_digits=8, decimal_places=3)
    note = models.CharField(max_length=200, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "month", "role", "team"],
                nulls_distinct=False,
                name="capacity_once",
                violation_error_message="The capacity of this role and team in that month is given already.",
            ),
            models.CheckConstraint(
                condition=Q(month__day=1),
                name="capacity_by_month",
                violation_error_message=FIRST_OF_MONTH,
            ),
            models.CheckConstraint(
                condition=Q(fte__gte=0, fte__lte=MOST_FTE),
                name="capacity_in_range",
                violation_error_message="A capacity is between 0 and 1,000 FTE.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role}, {self.month:%Y-%m}"

    @property
    def is_archived(self) -> bool:
        """A cell is emptied, never archived; imports ask every row."""
        return False


class AllocationKind(models.TextChoices):
    PLAN = "plan", "Plan"
    ACTUAL = "actual", "Actual"


class Allocation(TenantModel):
    """The share of a month that a role, a team or a person gives to a project, in FTE.

    A person's allocation carries the role and team that the person had when it was written, so that demand by role
    and by team is one sum over this table. Without a person it is demand for the role, the team or both.
    """

    project = models.ForeignKey("projects.Project", models.PROTECT, related_name="allocations", db_index=False)
    role = models.ForeignKey(ResourceRole, models.PROTECT, related_name="allocations", null=True, blank=True)
    team = models.ForeignKey(Team, models.PROTECT, related_name="allocations", null=True, blank=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="allocations", null=True, blank=True)
    kind = models.CharField(max_length=10, choices=AllocationKind, default=AllocationKind.PLAN)
    month = models.DateField(help_text="The first day of the month.")
    fte = models.DecimalField("FTE", max_digits=8, decimal_places=3)
    note = models.CharField(max_length=200, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "kind", "month", "role", "team", "person"],
                nulls_distinct=False,
                name="allocation_once",
                violation_error_message="This is allocated to the project in that month already.",
            ),
            models.CheckConstraint(
                condition=Q(role__isnull=False) | Q(team__isnull=False) | Q(person__isnull=False),
                name="allocation_of_somebody",
                violation_error_message="An allocation is of a role, a team or a person.",
            ),
            models.CheckConstraint(
                condition=Q(month__day=1), name="allocation_by_month", violation_error_message=FIRST_OF_MONTH
            ),
            models.CheckConstraint(
                condition=Q(fte__gte=0, fte__lte=MOST_FTE),
                name="allocation_in_range",
                violation_error_message="An allocation is between 0 and 1,000 FTE.",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "kind", "month", "role"], name="allocation_by_role"),
            models.Index(
                fields=["organization", "person", "month"],
                name="allocation_of_person",
                condition=Q(person__isnull=False),
            ),
        ]

    @property
    def is_archived(self) -> bool:
        """Never: what is not allocated any more is removed, and the history of its project keeps it."""
        return False

    def __str__(self) -> str:
        return f"{self.person or self.role or self.team}, {self.month:%Y-%m}"
