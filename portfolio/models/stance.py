"""The decision to invest in, maintain or sunset a product or line."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from core.models import TenantModel
from core.querysets import TenantQuerySet


class Stance(models.TextChoices):
    INVEST = "invest", "Invest"
    MAINTAIN = "maintain", "Maintain"
    SUNSET = "sunset", "Sunset"


class StanceDecision(TenantModel):
    """A dated decision about a product or a line, with its reason, owner and evidence; the latest one holds."""

    product = models.ForeignKey(
        "portfolio.Product", models.PROTECT, related_name="stance_decisions", null=True, blank=True
    )
    line = models.ForeignKey(
        "portfolio.ProductLine", models.PROTECT, related_name="stance_decisions", null=True, blank=True
    )
    stance = models.CharField(max_length=10, choices=Stance.choices)
    reason = models.TextField(max_length=5_000)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="stance_decisions")
    decided_date = models.DateField()
    review_date = models.DateField(null=True, blank=True)
    evidence = models.JSONField(default=dict, encoder=DjangoJSONEncoder, editable=False)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(product__isnull=False, line=None) | Q(product=None, line__isnull=False),
                name="stance_about_one_thing",
                violation_error_message="A decision is about one product or one line.",
            ),
            models.CheckConstraint(condition=Q(stance__in=Stance.values), name="stance_known"),
            models.CheckConstraint(
                condition=Q(review_date__gte=models.F("decided_date")),
                name="stance_review_not_before_decision",
                violation_error_message="The review cannot lie before the decision.",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "product", "-decided_date", "-id"], name="stance_by_product"),
            models.Index(fields=["organization", "line", "-decided_date", "-id"], name="stance_by_line"),
        ]

    def __str__(self) -> str:
        return f"{self.get_stance_display()} {self.product or self.line}"
