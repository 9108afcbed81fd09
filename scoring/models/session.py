"""Many voices: raters score blind, the facilitator reveals, and what they agree on is adopted."""

import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.models import ArchivableModel, TenantModel
from finance.models.subject import WithSubject, exactly_one, to_subject
from scoring.models.model import Criterion, ScoringModel
from scoring.models.score import ITEM_KINDS, once_per_item
from scoring.querysets import ArchivableScoringQuerySet, OfSessionQuerySet, VoteQuerySet


class SessionStatus(models.TextChoices):
    BLIND = "blind", "Scoring"
    REVEALED = "revealed", "Revealed"
    CLOSED = "closed", "Closed"


class ScoringSession(ArchivableModel):
    """A round of scoring by several people, or several rounds of it: blind, then revealed, then closed."""

    model = models.ForeignKey(ScoringModel, models.PROTECT, related_name="sessions")
    name = models.CharField(max_length=100)
    facilitator = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=SessionStatus, default=SessionStatus.BLIND)
    round_number = models.PositiveIntegerField("round", default=1, editable=False)
    closes_date = models.DateField("closes on", null=True, blank=True)
    adopted_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ArchivableScoringQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "external_key"],
                condition=~Q(external_key=""),
                name="scoring_session_external_key_unique",
                violation_error_message="Another session has this external key.",
            )
        ]
        indexes = [models.Index(fields=["organization", "id"], name="scoring_session_by_org")]

    def __str__(self) -> str:
        return self.name

    def is_overdue(self, day: datetime.date) -> bool:
        """Whether its closing day is over, and it is still not closed."""
        is_past = self.closes_date is not None and self.closes_date < day
        return is_past and self.status != SessionStatus.CLOSED and not self.is_archived


class SessionItem(WithSubject, TenantModel):
    """An item that a session scores."""

    session = models.ForeignKey(ScoringSession, models.CASCADE, related_name="items", db_index=False)
    program = to_subject("programs.Program", "scoring_session_items")
    project = to_subject("projects.Project", "scoring_session_items")
    product = to_subject("portfolio.Product", "scoring_session_items")
    position = models.PositiveIntegerField(default=0)

    objects = OfSessionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=exactly_one(ITEM_KINDS),
                name="session_item_of_one_item",
                violation_error_message="What is scored is exactly one project, program or product.",
            ),
            *once_per_item("session", "session_item_once_per", "This item is in the session already."),
        ]
        indexes = [models.Index(fields=["organization", "id"], name="session_item_by_org")]

    def __str__(self) -> str:
        return str(self.subject)


class SessionRater(TenantModel):
    """A person whose voice counts in a session; one who leaves keeps the votes given, and is waited for no longer."""

    session = models.ForeignKey(ScoringSession, models.CASCADE, related_name="raters", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    finished_round = models.PositiveIntegerField(default=0, editable=False, help_text="The last round they finished.")
    seen_at = models.DateTimeField(null=True, blank=True, editable=False)
    left_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = OfSessionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["session", "user"],
                name="session_rater_once",
                violation_error_message="This person is a rater of the session already.",
            )
        ]
        indexes = [models.Index(fields=["organization", "id"], name="session_rater_by_org")]

    def __str__(self) -> str:
        return str(self.user)


class Vote(TenantModel):
    """What one rater gives an item on a criterion in a round; nobody else sees it before the facilitator reveals."""

    session = models.ForeignKey(ScoringSession, models.CASCADE, related_name="votes")
    rater = models.ForeignKey(SessionRater, models.CASCADE, related_name="votes", db_index=False)
    item = models.ForeignKey(SessionItem, models.CASCADE, related_name="votes")
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="votes")
    round_number = models.PositiveIntegerField()
    value = models.DecimalField(max_digits=18, decimal_places=4)
    comment = models.CharField(max_length=1_000, blank=True)

    objects = VoteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rater", "item", "criterion", "round_number"],
                name="vote_once_per_round",
                violation_error_message="This rater has voted on that in this round.",
            )
        ]
        indexes = [models.Index(fields=["organization", "id"], name="vote_by_org")]

    def __str__(self) -> str:
        return f"{self.rater}: {self.criterion}"
