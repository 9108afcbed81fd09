"""Which activity waits for which."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core.models import ArchivableModel
from projects.models.activity import LONGEST_MINUTES
from projects.querysets import DependencyQuerySet


class LinkType(models.TextChoices):
    FS = "fs", "Finish to start"
    SS = "ss", "Start to start"
    FF = "ff", "Finish to finish"
    SF = "sf", "Start to finish"


class LagUnit(models.TextChoices):
    """What a lag is counted in; the two percents are of the predecessor's duration."""

    WORKING = "working", "Working time"
    ELAPSED = "elapsed", "Elapsed time"
    PERCENT = "percent", "Percent"
    ELAPSED_PERCENT = "elapsed_percent", "Percent, elapsed"


IN_PERCENT = (LagUnit.PERCENT, LagUnit.ELAPSED_PERCENT)


class SlipPolicy(models.TextChoices):
    """What happens to the waiting activity when the one it waits for moves."""

    MOVE = "move", "Move and keep the gap"
    CONSUME = "consume", "Use up the gap, then move"
    NONE = "none", "Do nothing, only warn"


class Dependency(ArchivableModel):
    """The successor waits for the predecessor: two activities of the organization, of any projects."""

    predecessor = models.ForeignKey(
        "projects.Activity", models.PROTECT, related_name="outgoing", db_index=False, verbose_name="waits for"
    )
    successor = models.ForeignKey("projects.Activity", models.PROTECT, related_name="incoming", verbose_name="waiting")
    link_type = models.CharField("type", max_length=2, choices=LinkType.choices, default=LinkType.FS)
    lag_minutes = models.DecimalField(
        "lag", max_digits=11, decimal_places=1, default=Decimal(0), help_text="Negative overlaps."
    )
    lag_ratio = models.DecimalField(
        "lag as a share",
        max_digits=7,
        decimal_places=2,
        default=Decimal(0),
        help_text="Of the predecessor's duration, 0.5 is 50 %; only where the lag is in percent.",
    )
    lag_unit = models.CharField(max_length=15, choices=LagUnit.choices, default=LagUnit.WORKING)
    slip_policy = models.CharField(
        "when it slips", max_length=7, choices=SlipPolicy.choices, default=SlipPolicy.CONSUME
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="owned_dependencies", null=True, blank=True
    )
    agreed_with = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="agreed_dependencies", null=True, blank=True
    )
    note = models.TextField("why it exists", blank=True, max_length=20_000)
    crosses_projects = models.BooleanField(default=False, editable=False)

    objects = DependencyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "dependencies"
        constraints = [
            models.CheckConstraint(
                condition=~Q(predecessor=F("successor")),
                name="dependency_not_on_itself",
                violation_error_message="An activity cannot wait for itself.",
            ),
            models.UniqueConstraint(
                fields=["predecessor", "successor"],
                condition=Q(archived_at=None),
                name="dependency_unique",
                violation_error_message="These two activities are linked already. Change that dependency instead.",
            ),
            models.UniqueConstraint(
                fields=["organization", "external_key"],
                condition=~Q(external_key=""),
                name="dependency_external_key_unique",
                violation_error_message="Another dependency has this external key.",
            ),
            models.CheckConstraint(
                condition=Q(lag_minutes__range=(-LONGEST_MINUTES, LONGEST_MINUTES)),
                name="dependency_lag_in_range",
                violation_error_message="A lag is at most 100 years, either way.",
            ),
            models.CheckConstraint(
                condition=Q(lag_ratio__range=(-10_000, 10_000)),
                name="dependency_lag_ratio_in_range",
                violation_error_message="A lag is at most 1,000,000 percent of a duration, either way.",
            ),
            models.CheckConstraint(
                condition=Q(lag_unit__in=IN_PERCENT, lag_minutes=0) | Q(~Q(lag_unit__in=IN_PERCENT), lag_ratio=0),
                name="dependency_lag_in_one_unit",
                violation_error_message="A lag is a time or a share of the predecessor's duration, not both.",
            ),
            models.CheckConstraint(condition=Q(link_type__in=LinkType.values), name="dependency_type_known"),
            models.CheckConstraint(condition=Q(lag_unit__in=LagUnit.values), name="dependency_lag_unit_known"),
            models.CheckConstraint(condition=Q(slip_policy__in=SlipPolicy.values), name="dependency_policy_known"),
        ]
        indexes = [
            models.Index(fields=["organization", "id"], name="dependency_by_organization"),
            models.Index(
                fields=["organization", "predecessor", "successor"],
                name="dependency_across_projects",
                condition=Q(crosses_projects=True, archived_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.predecessor} → {self.successor}"
