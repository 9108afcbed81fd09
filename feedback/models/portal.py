"""The public portal of a product: what is shown there, who voted, and what people are still to be told."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from core.models import ArchivableModel, TenantModel
from core.querysets import TenantQuerySet
from feedback.models.item import FeedbackItem
from feedback.models.release import Release
from feedback.querysets import IdeaQuerySet


class IdeaStatus(models.TextChoices):
    CONSIDERING = "considering", "Considering"
    PLANNED = "planned", "Planned"
    IN_PROGRESS = "in_progress", "In progress"
    SHIPPED = "shipped", "Shipped"
    NOT_PLANNED = "not_planned", "Not planned"


class PortalAct(models.TextChoices):
    """What somebody confirms by the link in a mail."""

    SUBMIT = "submit", "Submit"
    VOTE = "vote", "Vote"
    FOLLOW = "follow", "Follow"


class Portal(TenantModel):
    """The public page of one product, where anybody reads, asks and votes; off until somebody opens it."""

    product = models.ForeignKey("portfolio.Product", models.PROTECT, related_name="portals")
    slug = models.SlugField("address", max_length=60, help_text="The last part of its public address.")
    title = models.CharField(max_length=200)
    intro = models.TextField("introduction", max_length=2_000, blank=True, help_text="Plain text above the ideas.")
    is_open = models.BooleanField("open to the public", default=False, editable=False)
    accepts_ideas = models.BooleanField("takes new ideas", default=True)
    moderates = models.BooleanField(
        "ideas wait for approval", default=True, help_text="A person publishes each idea. What looks odd always waits."
    )
    shows_votes = models.BooleanField("shows how many voted", default=True)
    is_indexed = models.BooleanField(
        "search engines may list it", default=False, help_text="Otherwise its pages ask them not to."
    )

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["product"],
                name="portal_once_per_product",
                violation_error_message="This product has a portal already.",
            ),
            models.UniqueConstraint(
                fields=["organization", "slug"],
                name="portal_slug_unique",
                violation_error_message="Another portal has this address.",
            ),
        ]
        indexes = [models.Index(fields=["organization", "id"], name="portal_by_org")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_reached(self) -> bool:
        """Whether its address leads anywhere: with its product archived, it does not."""
        return self.is_open and not self.product.is_archived


class PortalIdea(ArchivableModel):
    """Something that is asked for, in words that everybody may read: never who said it, nor for which customer.

    `item` is the feedback that it came from, with its author; that stays inside.
    """

    portal = models.ForeignKey(Portal, models.PROTECT, related_name="ideas")
    item = models.OneToOneField(
        FeedbackItem, models.PROTECT, related_name="portal_idea", null=True, blank=True, editable=False
    )
    title = models.CharField(max_length=200)
    text = models.TextField(max_length=5_000, help_text="Everybody reads it: leave out names and numbers of customers.")
    status = models.CharField(max_length=12, choices=IdeaStatus, default=IdeaStatus.CONSIDERING, editable=False)
    status_note = models.CharField(
        "note", max_length=1_000, blank=True, editable=False, help_text="Public, and in the mail."
    )
    status_changed_at = models.DateTimeField(null=True, editable=False)
    published_at = models.DateTimeField(null=True, editable=False)
    held_reason = models.CharField(max_length=300, blank=True, editable=False, help_text="Why it waits for a person.")
    merged_into = models.ForeignKey(
        "self", models.PROTECT, related_name="merged", null=True, blank=True, editable=False
    )
    project = models.ForeignKey(
        "projects.Project",
        models.PROTECT,
        related_name="portal_ideas",
        null=True,
        blank=True,
        help_text="The work that brings it; never shown on the portal.",
    )
    release = models.ForeignKey(
        Release, models.PROTECT, related_name="ideas", null=True, blank=True, help_text="The release that brings it."
    )

    #: Columns that the log does not repeat: the text may be long.
    UNTOLD = frozenset({"text"})

    objects = IdeaQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(status=IdeaStatus.NOT_PLANNED) | ~Q(status_note=""),
                name="portal_idea_not_planned_with_reason",
                violation_error_message="Say why it is not planned.",
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=models.F("id")),
                name="portal_idea_not_into_itself",
                violation_error_message="An idea is not merged into itself.",
            ),
            models.UniqueConstraint(
                fields=["organization", "external_key"],
                condition=~Q(external_key=""),
                name="portal_idea_external_key_unique",
                violation_error_message="Another idea has this external key.",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "id"], name="portal_idea_by_org"),
            models.Index(fields=["organization", "portal", "-published_at", "-id"], name="portal_idea_by_portal"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_published(self) -> bool:
        return self.published_at is not None

    @property
    def is_shown(self) -> bool:
        """Whether everybody can read it at its own address now."""
        return self.is_published and not self.is_archived and self.portal.is_reached


class PortalVisitor(TenantModel):
    """Somebody who gave an e-mail address on a portal of the organization; it counts once it is confirmed."""

    email = models.EmailField("e-mail")
    origin = models.CharField(max_length=200, editable=False, help_text="How the server was addressed: links begin so.")
    confirmed_at = models.DateTimeField(null=True, editable=False)
    unsubscribe_key = models.CharField(max_length=64, editable=False, help_text="Stands in every mail.")
    unsubscribed_at = models.DateTimeField(null=True, editable=False, help_text="Since when nothing is told.")
    blocked_at = models.DateTimeField(null=True, editable=False)

    #: The log keeps no address and no key: `str()` of a visitor is what it tells.
    UNTOLD = frozenset({"email", "origin", "unsubscribe_key"})

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("organization", Lower("email"), name="portal_visitor_email_unique"),
            models.UniqueConstraint(fields=["organization", "unsubscribe_key"], name="portal_visitor_key_unique"),
        ]
        indexes = [models.Index(fields=["organization", "id"], name="portal_visitor_by_org")]

    def __str__(self) -> str:
        name, _, domain = self.email.partition("@")
        return f"{name[:1]}…@{domain}"


class PortalConfirmation(TenantModel):
    """A link that was mailed: whoever opens it and presses the button has that address. Once, and for a time."""

    visitor = models.ForeignKey(PortalVisitor, models.CASCADE, related_name="confirmations")
    portal = models.ForeignKey(Portal, models.CASCADE, related_name="+")
    idea = models.ForeignKey(PortalIdea, models.CASCADE, related_name="+")
    act = models.CharField(max_length=6, choices=PortalAct)
    digest = models.CharField(max_length=64, editable=False, help_text="SHA-256 of the token in the link.")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "digest"], name="portal_confirmation_digest")]
        indexes = [
            models.Index(fields=["organization", "id"], name="portal_confirmation_by_org"),
            models.Index(fields=["visitor", "created_at"], name="portal_confirmation_by_visitor"),
        ]

    def __str__(self) -> str:
        return f"{self.get_act_display()} by {self.visitor}"


class _OfVisitor(TenantModel):
    """What a visitor does with an idea, once."""

    idea = models.ForeignKey(PortalIdea, models.CASCADE, related_name="%(class)ss", db_index=False)
    visitor = models.ForeignKey(PortalVisitor, models.CASCADE, related_name="%(class)ss")

    objects = TenantQuerySet.as_manager()

    class Meta:
        abstract = True


class PortalVote(_OfVisitor):
    """That a confirmed visitor wants an idea, too."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["idea", "visitor"], name="portal_vote_once", violation_error_message="You have voted for this."
            )
        ]
        indexes = [models.Index(fields=["organization", "id"], name="portal_vote_by_org")]

    def __str__(self) -> str:
        return f"{self.visitor} for “{self.idea}”"


class PortalFollow(_OfVisitor):
    """That a confirmed visitor is to be told what becomes of an idea; who asked for it follows it by that."""

    is_requester = models.BooleanField(default=False, help_text="It is this visitor's own idea.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["idea", "visitor"], name="portal_follow_once", violation_error_message="You follow this."
            )
        ]
        indexes = [models.Index(fields=["organization", "id"], name="portal_follow_by_org")]

    def __str__(self) -> str:
        return f"{self.visitor} follows “{self.idea}”"


class PortalTelling(TenantModel):
    """One change of status to be told to everybody who asked, voted or follows: a row of a queue, and how far it is."""

    idea = models.ForeignKey(PortalIdea, models.CASCADE, related_name="tellings")
    status = models.CharField(max_length=12, choices=IdeaStatus)
    note = models.CharField(max_length=1_000, blank=True)
    last_visitor_id = models.BigIntegerField(default=0, help_text="All up to this one have been told.")
    told_count = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["organization", "id"], name="portal_telling_by_org"),
            models.Index(fields=["organization", "id"], name="portal_telling_waiting", condition=Q(finished_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.get_status_display()}: {self.idea}"
