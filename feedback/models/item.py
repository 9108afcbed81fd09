"""What somebody said: an item of feedback from any channel."""

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Left

from core.models import ArchivableModel
from feedback.models.account import CustomerAccount
from feedback.querysets import FeedbackQuerySet

#: Longer texts are refused; of longer titles nothing is lost, the text keeps them.
MOST_CHARACTERS, LONGEST_TITLE = 1_000_000, 300
#: So much of a text is found by its words: PostgreSQL's word lists end at a megabyte.
SEARCHED_CHARACTERS = 100_000
#: Nothing was said earlier: a day before it is a mistake of whoever sends it.
FIRST_YEAR = 1990


class Channel(models.TextChoices):
    FORM = "form", "Form"
    PORTAL = "portal", "Portal"
    UPLOAD = "upload", "File"
    API = "api", "API"
    EMAIL = "email", "E-mail"
    WEBHOOK = "webhook", "Webhook"


class ItemStatus(models.TextChoices):
    UNTRIAGED = "untriaged", "Untriaged"
    DONE = "done", "Done"
    NOT_FEEDBACK = "not_feedback", "Not feedback"


class AnalysisState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    ANALYZED = "analyzed", "Analyzed"
    FAILED = "failed", "Failed"


class Sentiment(models.TextChoices):
    NEGATIVE = "negative", "Negative"
    NEUTRAL = "neutral", "Neutral"
    POSITIVE = "positive", "Positive"


class FeedbackKind(models.TextChoices):
    BUG = "bug", "Bug"
    REQUEST = "request", "Request"
    PRAISE = "praise", "Praise"
    QUESTION = "question", "Question"


class Urgency(models.TextChoices):
    LOW = "low", "Low"
    NORMAL = "normal", "Normal"
    HIGH = "high", "High"
    URGENT = "urgent", "Urgent"


#: Labels that the analyser gives and a person may correct.
LABELS = ("language", "sentiment", "kind", "urgency", "product")


class FeedbackItem(ArchivableModel):
    """What a customer said, who said it, and the labels it goes by.

    Labels are what a person said, or else what the analyser says (`Analysis`); `labels_by_person` names the former,
    which no analysis changes. An item is unique by its channel and its external key: sent twice, it is stored once.
    """

    channel = models.CharField(max_length=10, choices=Channel)
    title = models.CharField(max_length=LONGEST_TITLE, blank=True)
    text = models.TextField()
    author_name = models.CharField(max_length=200, blank=True)
    author_email = models.EmailField(blank=True)
    author_role = models.CharField(max_length=100, blank=True, help_text="Such as warehouse lead.")
    account = models.ForeignKey(CustomerAccount, models.PROTECT, related_name="items", null=True, blank=True)
    product = models.ForeignKey("portfolio.Product", models.PROTECT, related_name="feedback", null=True, blank=True)
    rating = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Stars, from 1 to 5.")
    source_url = models.URLField("source", max_length=2_000, blank=True)
    said_at = models.DateTimeField("said", help_text="When the customer said it.")
    status = models.CharField(max_length=12, choices=ItemStatus, default=ItemStatus.UNTRIAGED, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True)
    duplicate_of = models.ForeignKey(
        "self", models.PROTECT, related_name="duplicates", null=True, blank=True, editable=False
    )
    masked_count = models.PositiveIntegerField(default=0, editable=False, help_text="Personal data taken out.")

    language = models.CharField(max_length=8, blank=True)
    sentiment = models.CharField(max_length=8, choices=Sentiment, blank=True)
    sentiment_score = models.FloatField(null=True, editable=False, help_text="From -1 to 1.")
    kind = models.CharField("type", max_length=8, choices=FeedbackKind, blank=True)
    urgency = models.CharField(max_length=6, choices=Urgency, blank=True)
    theme = models.ForeignKey("Theme", models.PROTECT, related_name="items", null=True, blank=True, editable=False)
    labels_by_person = models.JSONField(default=list, blank=True, editable=False)

    analysis_state = models.CharField(
        max_length=8, choices=AnalysisState, default=AnalysisState.WAITING, editable=False
    )
    analysis_claim = models.UUIDField(null=True, editable=False)
    analysis_claimed_at = models.DateTimeField(null=True, editable=False)
    analysis_attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    analysis_failure = models.CharField(max_length=500, blank=True, editable=False)

    search = models.GeneratedField(
        expression=SearchVector("title", Left("text", SEARCHED_CHARACTERS), "author_name", config="simple"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    #: Columns that the log does not repeat: the text is long, and may be masked later.
    UNTOLD = frozenset({"text", "author_email", "search", "analysis_state", "analysis_attempts", "labels_by_person"})

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "channel", "external_key"],
                condition=~Q(external_key=""),
                name="feedback_item_external_key_unique",
                violation_error_message="Another item of this channel has this external key.",
            ),
            models.CheckConstraint(
                condition=Q(rating=None) | Q(rating__range=(1, 5)),
                name="feedback_item_rating_range",
                violation_error_message="A rating is from 1 to 5.",
            ),
            models.CheckConstraint(
                condition=~Q(text=""), name="feedback_item_text_given", violation_error_message="Nothing was said."
            ),
            models.CheckConstraint(
                condition=Q(duplicate_of=None) | ~Q(duplicate_of=models.F("id")),
                name="feedback_item_not_own_duplicate",
                violation_error_message="An item is no duplicate of itself.",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "id"], name="feedback_item_by_org"),
            models.Index(fields=["organization", "-said_at", "-id"], name="feedback_item_by_day"),
            models.Index(fields=["organization", "status", "-said_at", "-id"], name="feedback_item_by_status"),
            models.Index(fields=["organization", "sentiment", "-said_at", "-id"], name="feedback_item_by_sentiment"),
            models.Index(fields=["theme", "-said_at", "-id"], name="feedback_item_by_theme"),
            models.Index(
                fields=["theme", "account"],
                name="feedback_item_theme_account",
                condition=Q(theme__isnull=False, account__isnull=False),
            ),
            models.Index(
                fields=["organization", "id"], name="feedback_item_waiting", condition=Q(analysis_state="waiting")
            ),
            models.Index(
                fields=["organization", "-id"], name="feedback_item_failed", condition=Q(analysis_state="failed")
            ),
            GinIndex(fields=["search"], name="feedback_item_words"),
        ]

    def __str__(self) -> str:
        return self.title or (self.text if len(self.text) <= 80 else f"{self.text[:79]}…")
