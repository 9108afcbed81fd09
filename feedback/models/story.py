"""User stories: drafted from what customers said, edited and accepted by a person."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from core.models import ArchivableModel, TenantModel
from core.querysets import ArchivableQuerySet, TenantQuerySet
from feedback.models.item import FeedbackItem


class StoryStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    SAVED = "saved", "Saved"
    ACCEPTED = "accepted", "Accepted"
    DISCARDED = "discarded", "Discarded"


#: Not settled yet: its words change, and it may become work. Saved is a draft that a person has looked at and kept.
OPEN_STATUSES = (StoryStatus.DRAFT, StoryStatus.SAVED)


class StoryOrigin(models.TextChoices):
    RULES = "rules", "Extraction rules"
    ENDPOINT = "endpoint", "A language model"
    PERSON = "person", "A person"


class StorySize(models.TextChoices):
    SMALL = "S", "Small"
    MEDIUM = "M", "Medium"
    LARGE = "L", "Large"


class UserStory(ArchivableModel):
    """As a role, I want a goal, so that a benefit; with what must hold, and the quotes that it rests on.

    What nobody said is empty until a person fills it in. Accepted, it is a proposed project or an activity of one.
    """

    UNTOLD: ClassVar[frozenset[str]] = frozenset({"claims", "job"})

    role = models.CharField("as a", max_length=200, blank=True)
    goal = models.CharField("I want", max_length=500, blank=True)
    benefit = models.CharField("so that", max_length=500, blank=True)
    criteria = models.JSONField(default=list, blank=True, help_text="What must hold: sentences.")
    size = models.CharField(max_length=1, choices=StorySize, blank=True, help_text="A hint, no estimate.")
    size_reason = models.CharField(max_length=300, blank=True, editable=False)
    origin = models.CharField(max_length=10, choices=StoryOrigin, default=StoryOrigin.PERSON, editable=False)
    claims = models.JSONField(
        default=list, editable=False, help_text="What the draft claimed: [part, text, places of the quotes behind it]."
    )
    model = models.CharField(max_length=200, blank=True, editable=False, help_text="The one that wrote it.")
    prompt_version = models.CharField(max_length=20, blank=True, editable=False)
    sent_to = models.CharField(
        max_length=300, blank=True, editable=False, help_text="The host that text was sent to; none left where empty."
    )
    drafting_note = models.CharField(
        max_length=300, blank=True, editable=False, help_text="Why the rules wrote it although a model is set up."
    )
    job = models.ForeignKey("events.Job", models.SET_NULL, related_name="+", null=True, editable=False)
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
    def is_open(self) -> bool:
        """Whether its words may still be changed."""
        return self.status in OPEN_STATUSES and not self.is_archived

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
