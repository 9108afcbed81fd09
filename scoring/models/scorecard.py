"""What was decided, as it stood; and how firm its ranks were."""

from django.conf import settings
from django.db import models

from core.models import TenantModel
from scoring.models.model import ModelVersion, ScoringModel
from scoring.models.score import ItemKind
from scoring.querysets import ScorecardQuerySet


class Scorecard(TenantModel):
    """A ranking that was decided by: model version, weights, scores, raters, facts and ranks as they stood.

    Rows are never changed or removed, so that nothing that changes later changes it.
    """

    model = models.ForeignKey(ScoringModel, models.PROTECT, related_name="scorecards")
    model_version = models.ForeignKey(ModelVersion, models.PROTECT, related_name="scorecards")
    name = models.CharField(max_length=100)
    reason = models.TextField(blank=True, max_length=5_000)
    item_kind = models.CharField(max_length=10, choices=ItemKind, default=ItemKind.PROJECT)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_date = models.DateField()
    uses_amounts = models.BooleanField(default=False, editable=False)
    item_count = models.PositiveIntegerField(default=0, editable=False)
    document = models.JSONField(help_text="Everything that the ranking was made of, and the ranking.")

    objects = ScorecardQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["organization", "id"], name="scorecard_by_org"),
            models.Index(fields=["model", "-decided_date", "-id"], name="scorecard_of_model"),
        ]

    def __str__(self) -> str:
        return self.name


class StabilityRun(TenantModel):
    """How firm the ranks of a model are: drawn anew many times with a seed, by a job."""

    model = models.ForeignKey(ScoringModel, models.PROTECT, related_name="stability_runs")
    model_version = models.ForeignKey(ModelVersion, models.PROTECT, related_name="+")
    item_kind = models.CharField(max_length=10, choices=ItemKind, default=ItemKind.PROJECT)
    selection = models.JSONField(default=dict, blank=True, help_text="Filters of the board that chose the items.")
    top_count = models.PositiveIntegerField(
        help_text="How many fit: the share of draws among the first so many is told."
    )
    samples = models.PositiveIntegerField(default=1000)
    spread_ratio = models.DecimalField(
        max_digits=5, decimal_places=4, help_text="By how much weights, or scores of a formula, are varied."
    )
    session = models.ForeignKey(
        "scoring.ScoringSession",
        models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        help_text="Whose raters' spread is drawn too.",
    )
    seed = models.PositiveIntegerField()
    job = models.OneToOneField("events.Job", models.PROTECT, related_name="+", null=True, blank=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    computed_at = models.DateTimeField(null=True, blank=True, editable=False)
    result = models.JSONField(null=True, blank=True, editable=False)
    uses_amounts = models.BooleanField(default=False, editable=False)

    objects = ScorecardQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["organization", "id"], name="stability_run_by_org")]

    def __str__(self) -> str:
        return f"Stability of {self.model}"
