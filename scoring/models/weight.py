"""Weights side by side: typed, or told by comparing criteria in pairs."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core.models import ArchivableModel, TenantModel
from scoring.models.model import Criterion, ScoringModel
from scoring.querysets import ArchivableScoringQuerySet, OfWeightSetQuerySet


class WeightMethod(models.TextChoices):
    TYPED = "typed", "Typed"
    PAIRWISE = "pairwise", "Compared in pairs"


class WeightSet(ArchivableModel):
    """Weights for the criteria of a model, as one person or group sees them; applied, they become the model's."""

    model = models.ForeignKey(ScoringModel, models.PROTECT, related_name="weight_sets")
    name = models.CharField(max_length=100)
    method = models.CharField(max_length=10, choices=WeightMethod, default=WeightMethod.PAIRWISE)
    weights = models.JSONField(
        default=dict, blank=True, help_text="Typed ones: name of a criterion in formulas -> weight."
    )
    applied_number = models.PositiveIntegerField(
        null=True, blank=True, editable=False, help_text="The version of the model that took these weights."
    )

    objects = ArchivableScoringQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["model", "name"],
                condition=Q(archived_at=None),
                name="weight_set_name_unique_in_model",
                violation_error_message="Another set of weights of this model has this name.",
            ),
            models.UniqueConstraint(
                fields=["organization", "external_key"],
                condition=~Q(external_key=""),
                name="weight_set_external_key_unique",
                violation_error_message="Another set of weights has this external key.",
            ),
        ]
        indexes = [models.Index(fields=["organization", "id"], name="weight_set_by_org")]

    def __str__(self) -> str:
        return self.name

    @property
    def closed_by(self) -> "WeightSet | ScoringModel | None":
        """The set or its model, where it is archived; None while the set can be worked on."""
        if self.is_archived:
            return self
        return self.model if self.model.is_archived else None


class Comparison(TenantModel):
    """How much more important one person finds the first criterion than the second, in seven verbal steps."""

    weight_set = models.ForeignKey(WeightSet, models.CASCADE, related_name="comparisons", db_index=False)
    rater = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    first = models.ForeignKey(Criterion, models.PROTECT, related_name="+")
    second = models.ForeignKey(Criterion, models.PROTECT, related_name="+")
    step = models.SmallIntegerField(
        help_text="From -3 (extremely less) over 0 (equally) to 3 (extremely more important)."
    )

    objects = OfWeightSetQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["weight_set", "rater", "first", "second"],
                name="comparison_once_per_rater",
                violation_error_message="This person has compared the two already.",
            ),
            models.CheckConstraint(
                condition=Q(first__lt=F("second")),
                name="comparison_of_two_in_order",
                violation_error_message="A comparison is of two criteria, the older one first.",
            ),
            models.CheckConstraint(
                condition=Q(step__gte=-3, step__lte=3),
                name="comparison_in_seven_steps",
                violation_error_message="A comparison is one of seven steps, from -3 to 3.",
            ),
        ]
        indexes = [models.Index(fields=["organization", "id"], name="comparison_by_org")]

    def __str__(self) -> str:
        return f"{self.first} : {self.second}"
