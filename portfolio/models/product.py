"""Products, their lines, and which projects serve them."""

from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from core.models import ArchivableModel, TenantModel
from core.querysets import TenantQuerySet
from portfolio.querysets import ProductLineQuerySet, ProductQuerySet


class LifecycleStage(models.TextChoices):
    INTRODUCTION = "introduction", "Introduction"
    GROWTH = "growth", "Growth"
    MATURITY = "maturity", "Maturity"
    DECLINE = "decline", "Decline"
    RETIRED = "retired", "Retired"


#: Lines A, B, C and the platform (P) keep their colours everywhere.
TONES = {"A": "ln-a", "B": "ln-b", "C": "ln-c", "P": "ln-p"}


class ProductLine(ArchivableModel):
    """Products that are managed together and share a market."""

    code = models.CharField(max_length=3, help_text="One to three characters, for example A.")
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True, max_length=20_000)

    objects = ProductLineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "code"],
                name="product_line_code_unique",
                violation_error_message="Another product line has this code.",
            ),
            models.UniqueConstraint(
                fields=["organization", "external_key"],
                condition=~Q(external_key=""),
                name="product_line_external_key_unique",
                violation_error_message="Another product line has this external key.",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @staticmethod
    def tone_of(code: str | None) -> str:
        """The class of the colour of a line, by its code; what belongs to no line has its own."""
        if not code:
            return "ln-none"
        return TONES.get(code.upper()) or f"ln-{sum(map(ord, code)) % 4 + 5}"


class Product(ArchivableModel):
    """What customers buy or use, for as long as it lives; projects come and go to serve it."""

    line = models.ForeignKey(
        ProductLine, models.PROTECT, related_name="products", null=True, blank=True, verbose_name="product line"
    )
    name = models.CharField(max_length=200)
    description = models.TextField(blank=True, max_length=20_000)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="owned_products", null=True, blank=True
    )
    lifecycle_stage = models.CharField(
        max_length=20, choices=LifecycleStage.choices, default=LifecycleStage.INTRODUCTION
    )
    annual_revenue_amount = models.DecimalField(
        "annual revenue", max_digits=16, decimal_places=2, null=True, blank=True, help_text="Of the last twelve months."
    )
    annual_cost_amount = models.DecimalField(
        "annual cost", max_digits=16, decimal_places=2, null=True, blank=True, help_text="Of the last twelve months."
    )
    revenue_growth_ratio = models.DecimalField(
        "revenue growth",
        max_digits=7,
        decimal_places=4,
        null=True,
        blank=True,
        help_text="Against the twelve months before; 0.10 is ten percent more.",
    )
    currency = models.CharField(max_length=3, editable=False)

    objects = ProductQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "external_key"],
                condition=~Q(external_key=""),
                name="product_external_key_unique",
                violation_error_message="Another product has this external key.",
            ),
            models.CheckConstraint(
                condition=Q(lifecycle_stage__in=LifecycleStage.values), name="product_lifecycle_stage_known"
            ),
            models.CheckConstraint(
                condition=Q(annual_revenue_amount__gte=0),
                name="product_revenue_not_negative",
                violation_error_message="Revenue is zero or more.",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "name", "id"], name="product_by_name"),
            models.Index(fields=["organization", "line", "id"], name="product_by_line"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def margin_ratio(self) -> Decimal | None:
        """(revenue - cost) / revenue; None without revenue or cost."""
        if not self.annual_revenue_amount or self.annual_cost_amount is None:
            return None
        return (self.annual_revenue_amount - self.annual_cost_amount) / self.annual_revenue_amount


class ProductShare(TenantModel):
    """The part of a project that serves a product; the shares of a project sum to 1."""

    project = models.ForeignKey("projects.Project", models.PROTECT, related_name="product_shares")
    product = models.ForeignKey(Product, models.PROTECT, related_name="project_shares")
    share_ratio = models.DecimalField(
        "share",
        max_digits=5,
        decimal_places=4,
        validators=[MinValueValidator(Decimal("0.0001")), MaxValueValidator(Decimal(1))],
    )

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "product"],
                name="product_share_unique",
                violation_error_message="This product is named twice.",
            ),
            models.CheckConstraint(
                condition=Q(share_ratio__gt=0, share_ratio__lte=1),
                name="product_share_is_a_ratio",
                violation_error_message="A share is more than 0 and at most 100 percent.",
            ),
        ]
        indexes = [models.Index(fields=["organization", "product", "id"], name="product_share_by_product")]

    def __str__(self) -> str:
        return f"{self.project} serves {self.product}"
