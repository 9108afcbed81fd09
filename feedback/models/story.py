"""User stories: drafted from what customers said, edited and accepted by a person."""

from django.db import models
from django.db.models import Q

from core.models import ArchivableModel, TenantModel
from core.querysets import ArchivableQuerySet, TenantQuerySet
from feedback.models.item import FeedbackItem


class StoryStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    ACCEPTED = "accepted", "Accepted"
    DISCARDED = "discarded", "Discarded"


class StoryOrigin(models.TextChoices):
    RULES = "rules", "Extraction rules"
    PERSON = "person", "A person"


class StorySize(models.TextChoices):
    SMALL = "S", "Small"
    MEDIUM = "M", "Medium"
    LARGE = "L", "Large"


class UserStory(ArchivableModel):
    """As a role, I want a goal, so that a benefit; with what must hold, and the quotes that it rests on.

    What nobody said is empty until a person fills it in. Accepted, it is a proposed project or an activity of one.
    """

    role = models.CharField("as a", max_length=200, blank=True)
    goal = models.CharField("I want", max_length=500, blank=True)
    benefit = models.CharField("so that", max_length=500, blank=True)
    criteria = models.JSONField(default=list, blank=True, help_text="What must hold: sentences.")
    size = models.CharField(max_length=1, choices=StorySize, blank=True, help_text="A hint, no estimate.")
    size_reason = models.CharField(max_length=300, blank=True, editable=False)
    origin = models.CharField(max_length=10, choices=StoryOrigin, default=StoryOrigin.PERSON, editable=False)
    status = models.CharField(max_length=10, choices=StoryStatus, default=StoryStatus.DRAFT, editable=False)
    product = models.ForeignKey("portfolio.Product", models.PROTECT, related_name="stories", null=True, blank=True)
    project = models.ForeignKey(
        "projects.Project", models.PROTECT, related_name="stories", null=True, blank=True, editable=False
    )
    activity = models.ForeignKey(
        "projects.Activity", models.PROTECT, related_name="stories", null=True, blank=True, editable=False
    )

    objects = ArchivableQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(status=StoryStatus.ACCEPTED) | Q(project__isnull=False),
                name="user_story_accepted_as_work",
                violation_error_message="An accepted story is a project, or an activity of one.",
            ),
            models.UniqueConstraint(
                fields=["organization", "external_key"],
                condition=~Q(external_key=""),
                name="user_story_external_key_unique",
                violation_error_message="Another story has this external key.",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "id"], name="user_story_by_org"),
            models.Index(fields=["organization", "status", "-id"], name="user_story_by_status"),
        ]

    def __str__(self) -> str:
        return self.goal or "Story without a goal"

    @property
    def missing(self) -> list[str]:
        """Which parts nobody has said."""
        parts = (("role", self.role), ("goal", self.goal), ("benefit", self.benefit))
        return [name for name, value in parts if not value]

    @property
    def sentence(self) -> str:
        """The story as one sentence; an ellipsis stands for what is missing."""
        return f"As {self.role or '…'}, I want {self.goal or '…'}, so that {self.benefit or '…'}."


class StoryEvidence(TenantModel):
    """The words of an item that a story rests on."""

    story = models.ForeignKey(UserStory, models.CASCADE, related_name="evidence", db_index=False)
    item = models.ForeignKey(FeedbackItem, models.PROTECT, related_name="evidence_of")
    quote = models.CharField(max_length=500)
    position = models.PositiveIntegerField(default=0)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["story", "item"],
                name="story_evidence_once",
                violation_error_message="This item stands behind the story already.",
            )
        ]
        indexes = [models.Index(fields=["organization", "id"], name="story_evidence_by_org")]

    def __str__(self) -> str:
        return self.quote
