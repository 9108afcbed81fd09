"""What an item got on a criterion."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.models import TenantModel
from finance.models.subject import WithSubject, exactly_one, to_subject
from scoring.models.model import Criterion
from scoring.querysets import OfCriterionQuerySet


class ItemKind(models.TextChoices):
    """What can be scored."""

    PROJECT = "project", "Projects"
    PROGRAM = "program", "Programs"
    PRODUCT = "product", "Products"


ITEM_KINDS = tuple(ItemKind.values)


def once_per_item(within: str, name: str, sentence: str) -> list[models.UniqueConstraint]:
    """That an item comes once within something, for each kind of item."""
    return [
        models.UniqueConstraint(
            fields=[within, kind],
            condition=Q(**{f"{kind}__isnull": False}),
            name=f"{name}_{kind}",
            violation_error_message=sentence,
        )
        for kind in ITEM_KINDS
    ]


class Score(WithSubject, TenantModel):
    """The value of one criterion for one project, program or product, in the criterion's unit. No row: missing."""

    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="scores", db_index=False)
    program = to_subject("programs.Program", "scores")
    project = to_subject("projects.Project", "scores")
    product = to_subject("portfolio.Product", "scores")
    value = models.DecimalField(max_digits=18, decimal_places=4)
    comment = models.CharField(max_length=1_000, blank=True)
    scored_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)

    objects = OfCriterionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=exactly_one(ITEM_KINDS),
                name="score_of_one_item",
                violation_error_message="A score is of exactly one project, program or product.",
            ),
            *once_per_item("criterion", "score_once_per", "This item has a score on that criterion."),
        ]
        indexes = [
            models.Index(fields=["organization", "id"], name="score_by_org"),
            *[
                models.Index(fields=[kind], name=f"score_of_{kind}", condition=Q(**{f"{kind}__isnull": False}))
                for kind in ITEM_KINDS
            ],
        ]

    def __str__(self) -> str:
        return f"{self.subject}: {self.criterion}"

    @property
    def is_archived(self) -> bool:
        """A cell is emptied, never archived."""
        return False
