"""What an item speaks for."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.models import TenantModel
from feedback.models.item import FeedbackItem
from feedback.querysets import LinkQuerySet
from finance.models.subject import WithSubject, exactly_one, to_subject

#: What feedback is linked to; objectives join when there are any.
TARGETS = ("project", "product")


class Importance(models.TextChoices):
    NICE = "nice", "Nice to have"
    IMPORTANT = "important", "Important"
    CRITICAL = "critical", "Critical"


class FeedbackLink(WithSubject, TenantModel):
    """That an item asks for a project, or is about a product, and how much it matters to who said it."""

    item = models.ForeignKey(FeedbackItem, models.CASCADE, related_name="links", db_index=False)
    project = to_subject("projects.Project", "feedback_links")
    product = to_subject("portfolio.Product", "feedback_links")
    importance = models.CharField(max_length=10, choices=Importance, default=Importance.IMPORTANT)
    note = models.CharField(max_length=500, blank=True)
    linked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)

    objects = LinkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=exactly_one(TARGETS),
                name="feedback_link_to_one",
                violation_error_message="A link leads to exactly one project or product.",
            ),
            *[
                models.UniqueConstraint(
                    fields=["item", name],
                    condition=Q(**{f"{name}__isnull": False}),
                    name=f"feedback_link_once_per_{name}",
                    violation_error_message=f"This item is linked to that {name} already.",
                )
                for name in TARGETS
            ],
        ]
        indexes = [
            models.Index(fields=["organization", "id"], name="feedback_link_by_org"),
            models.Index(
                fields=["project", "item"], name="feedback_link_by_project", condition=Q(project__isnull=False)
            ),
            models.Index(
                fields=["product", "item"], name="feedback_link_by_product", condition=Q(product__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} → {self.subject}"
