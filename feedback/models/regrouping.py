"""Acts that moved items between themes: remembered so that they hold when themes are found anew, and can be undone."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.models import TenantModel
from core.querysets import TenantQuerySet
from feedback.models.item import FeedbackItem
from feedback.models.theme import Theme


class RegroupingKind(models.TextChoices):
    CLUSTERED = "clustered", "Themes found anew"
    MERGED = "merged", "Merged"
    SPLIT = "split", "Split"
    MOVED = "moved", "Moved"
    DISSOLVED = "dissolved", "Dissolved"


class Regrouping(TenantModel):
    """An act that moved items between themes.

    A merge and a split are decisions too: the items of `parts` stay together, or apart, when themes are found anew,
    until the act is undone, or a later one contradicts it (`ended_by`).
    """

    kind = models.CharField(max_length=10, choices=RegroupingKind)
    theme = models.ForeignKey(
        Theme, models.PROTECT, related_name="regroupings", null=True, help_text="Into which was merged; that was split."
    )
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    item_count = models.PositiveIntegerField(default=0)
    parts = models.JSONField(default=list, help_text="Items that stand for each part: a few of each, not all.")
    themes_before = models.JSONField(default=dict, help_text="What themes were before, by their ids.")
    made = models.JSONField(default=list, help_text="Ids of themes that the act made.")
    ended_by = models.ForeignKey("self", models.SET_NULL, related_name="ends", null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    is_kept = models.BooleanField(default=True, help_text="Where each item was before is still known.")

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=RegroupingKind.values), name="regrouping_kind_known")
        ]
        indexes = [models.Index(fields=["organization", "-id"], name="feedback_regrouping_newest")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.item_count} items"

    @property
    def in_words(self) -> str:
        """What a move of a few items came to."""
        items = "1 item is" if self.item_count == 1 else f"{self.item_count} items are"
        return f"{items} of {f'“{self.theme}”' if self.theme else 'no theme'} now"

    @property
    def can_be_undone(self) -> bool:
        return self.is_kept and self.undone_at is None


class RegroupedItem(TenantModel):
    """Where an act found an item, and where it put it; kept until it can be undone no more."""

    regrouping = models.ForeignKey(Regrouping, models.CASCADE, related_name="items", db_index=False)
    item = models.ForeignKey(FeedbackItem, models.CASCADE, related_name="+")
    from_theme = models.ForeignKey(Theme, models.PROTECT, related_name="+", null=True, db_index=False)
    to_theme = models.ForeignKey(Theme, models.PROTECT, related_name="+", null=True, db_index=False)
    was_by_person = models.BooleanField(default=False)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["regrouping", "item"], name="feedback_regrouped_item_once")]
        indexes = [models.Index(fields=["organization", "id"], name="feedback_regrouped_by_org")]

    def __str__(self) -> str:
        return f"{self.item_id}: {self.from_theme_id} to {self.to_theme_id}"
