"""What the analyser found in an item, what people say of it, and how feedback is handled."""

from django.conf import settings
from django.db import models
from pgvector.django import HalfVectorField, HnswIndex

from core.models import TenantModel
from core.querysets import TenantQuerySet
from feedback.algorithms.embedding import WIDTH
from feedback.models.item import LABELS, FeedbackItem


class Analysis(TenantModel):
    """What one version of the analyser says of an item; a later one takes its place."""

    item = models.OneToOneField(FeedbackItem, models.CASCADE, related_name="analysis")
    analyzer = models.CharField(max_length=50)
    analyzer_version = models.CharField(max_length=120)
    analyzed_at = models.DateTimeField()
    language = models.CharField(max_length=8, blank=True)
    language_ratio = models.FloatField("confidence of the language", default=0)
    sentiment = models.CharField(max_length=8, blank=True)
    sentiment_score = models.FloatField(default=0)
    sentiment_ratio = models.FloatField("confidence of the sentiment", default=0)
    words = models.JSONField(default=list, help_text="What decided: [begin, end, weight] in the text.")
    kind = models.CharField("type", max_length=8, blank=True)
    kind_ratio = models.FloatField("confidence of the type", default=0)
    urgency = models.CharField(max_length=6, blank=True)
    urgency_reasons = models.JSONField(default=list)
    personal = models.JSONField("personal data", default=list, help_text="[begin, end, what] in the text.")
    product = models.ForeignKey("portfolio.Product", models.SET_NULL, related_name="+", null=True)
    product_ratio = models.FloatField("confidence of the product", default=0)
    vector = HalfVectorField(
        dimensions=WIDTH, null=True, editable=False, help_text="What it means: items about the same lie close together."
    )

    objects = TenantQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["organization", "id"], name="feedback_analysis_by_org"),
            models.Index(fields=["organization", "analyzer_version", "item"], name="feedback_analysis_by_version"),
            HnswIndex(
                fields=["vector"],
                name="feedback_analysis_by_meaning",
                opclasses=["halfvec_cosine_ops"],
                m=16,
                ef_construction=64,
            ),
        ]

    def __str__(self) -> str:
        return f"Analysis of “{self.item}”"


class LabelReview(TenantModel):
    """What a person said of a label beside what the analyser had said: agreement, or a correction. Kept for good."""

    item = models.ForeignKey(FeedbackItem, models.CASCADE, related_name="reviews")
    label = models.CharField(max_length=10, choices=[(name, name) for name in LABELS])
    machine_value = models.CharField(max_length=50, blank=True)
    analyzer_version = models.CharField(max_length=120, blank=True)
    value = models.CharField(max_length=50, blank=True)
    is_blind = models.BooleanField(default=False, help_text="The person did not see what the analyser said.")
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = TenantQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["organization", "id"], name="label_review_by_org"),
            models.Index(fields=["organization", "label", "created_at"], name="label_review_by_label"),
        ]

    def __str__(self) -> str:
        return f"{self.label}: {self.value}"


class FeedbackPolicy(TenantModel):
    """How an organization handles what customers say."""

    masks_personal_data = models.BooleanField(
        "mask personal data",
        default=False,
        help_text="E-mail addresses, phone and card numbers in texts are replaced before anything is stored.",
    )

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization"], name="feedback_policy_once")]

    def __str__(self) -> str:
        return "How feedback is handled"
