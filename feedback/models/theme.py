"""What many items are about."""

from django.db import models
from django.db.models import Q
from pgvector.django import VectorField

from core.models import ArchivableModel, TenantModel
from core.querysets import TenantQuerySet
from feedback.algorithms.embedding import WIDTH
from feedback.querysets import ThemeQuerySet


class Theme(ArchivableModel):
    """Items about the same, found by their meaning; its name is taken from their words until a person gives another.

    A theme that was merged keeps its row, which leads to the one it went into. One that no item is in any more is
    archived, unless it is pinned.
    """

    name = models.CharField(max_length=120)
    is_named_by_person = models.BooleanField(default=False, editable=False)
    is_pinned = models.BooleanField(
        "pinned", default=False, help_text="Kept as it is: clustering anew neither ends nor renames it."
    )
    words = models.JSONField(default=list, editable=False, help_text="What sets its items apart, the strongest first.")
    center = VectorField(dimensions=WIDTH, null=True, editable=False)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, related_name="merged", null=True, blank=True, editable=False
    )

    #: What the log does not repeat: numbers that tell nobody anything.
    UNTOLD = frozenset({"center"})

    objects = ThemeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "external_key"],
                condition=~Q(external_key=""),
                name="theme_external_key_unique",
                violation_error_message="Another theme has this external key.",
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=models.F("id")),
                name="theme_not_into_itself",
                violation_error_message="A theme cannot be merged into itself.",
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | Q(archived_at__isnull=False),
                name="theme_merged_is_archived",
                violation_error_message="A theme that was merged is archived.",
            ),
        ]
        indexes = [models.Index(fields=["organization", "id"], name="feedback_theme_by_org")]

    def __str__(self) -> str:
        return self.name


class ThemeWeek(TenantModel):
    """What was said of a theme in a week that begins on a Monday (UTC), counted from its items.

    Counted are live items but those that are not feedback; duplicates are voices too.
    """

    theme = models.ForeignKey(Theme, models.CASCADE, related_name="weeks", db_index=False)
    week = models.DateField()
    item_count = models.PositiveIntegerField()
    untriaged_count = models.PositiveIntegerField(default=0)
    negative_count = models.PositiveIntegerField(default=0)
    scored_count = models.PositiveIntegerField(default=0)
    score_sum = models.FloatField(default=0)
    score_square_sum = models.FloatField(default=0)
    first_said_at = models.DateTimeField()
    last_said_at = models.DateTimeField()
    products = models.JSONField(default=dict, help_text="How many items are about each product, by its id.")

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["theme", "week"], name="feedback_theme_week_once")]
        indexes = [models.Index(fields=["organization", "week"], name="feedback_theme_week_by_org")]

    def __str__(self) -> str:
        return f"{self.theme_id}, week of {self.week}"


class ThemeAccount(TenantModel):
    """That an account said something of a theme: once, however much it said."""

    theme = models.ForeignKey(Theme, models.CASCADE, related_name="accounts", db_index=False)
    account = models.ForeignKey("CustomerAccount", models.CASCADE, related_name="+", db_index=False)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["theme", "account"], name="feedback_theme_account_once")]
        indexes = [
            models.Index(fields=["organization", "theme"], name="feedback_theme_account_by_org"),
            models.Index(fields=["account"], name="feedback_theme_account"),
        ]

    def __str__(self) -> str:
        return f"{self.theme_id}, account {self.account_id}"
