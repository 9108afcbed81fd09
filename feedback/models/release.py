"""Versions of products that were made available."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from core.models import ArchivableModel
from core.querysets import ArchivableQuerySet


class Release(ArchivableModel):
    """A version of a product that was made available on a date.

    Published, it stands in the changelog of the product's portal; what is measured before and after a date reads all.
    """

    product = models.ForeignKey("portfolio.Product", models.PROTECT, related_name="releases")
    project = models.ForeignKey(
        "projects.Project",
        models.PROTECT,
        related_name="releases",
        null=True,
        blank=True,
        help_text="The project that made it; never shown on a portal.",
    )
    name = models.CharField(max_length=100, help_text="A version or a name, such as 4.18.")
    released_date = models.DateField("released on")
    notes = models.TextField(blank=True, max_length=20_000, help_text="What is new, as plain text; lines are kept.")
    published_at = models.DateTimeField(null=True, editable=False, help_text="Since when the changelog shows it.")

    objects = ArchivableQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "product",
                Lower("name"),
                name="release_name_unique_of_product",
                violation_error_message="Another release of this product has this name.",
            ),
            models.UniqueConstraint(
                fields=["organization", "external_key"],
                condition=~Q(external_key=""),
                name="release_external_key_unique",
                violation_error_message="Another release has this external key.",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "id"], name="release_by_org"),
            models.Index(fields=["organization", "-released_date", "-id"], name="release_by_day"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_published(self) -> bool:
        return self.published_at is not None
