"""The endpoint that writes stories for an organization that has set one up, and the ledger of what was asked of it."""

import datetime
from decimal import Decimal
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from core.models import TenantModel
from core.querysets import TenantQuerySet

#: After so many failures in a row the rules draft, for so long.
BREAKS_AFTER, BREAK_TIME = 3, datetime.timedelta(minutes=10)
ZERO, HIGHEST_PRICE = Decimal(0), Decimal(100_000)


class AnswerFormat(models.TextChoices):
    """How an endpoint is told the form of its answer; what it knows is found out by asking."""

    SCHEMA = "json_schema", "By a schema"
    OBJECT = "json_object", "As an object"


class DraftingEndpoint(TenantModel):
    """A language model behind an address that speaks the protocol of OpenAI's chat completions."""

    UNTOLD: ClassVar[frozenset[str]] = frozenset(
        {"sealed_key", "answer_format", "failure_count", "last_failure", "broken_until"}
    )

    is_active = models.BooleanField(
        "let the model write drafts", default=False, help_text="Off: drafts come from the extraction rules."
    )
    base_url = models.CharField(
        "address", max_length=500, blank=True, help_text="Up to and with /v1, such as https://api.example.com/v1."
    )
    model = models.CharField(max_length=200, blank=True, help_text="As the endpoint calls it.")
    sealed_key = models.TextField(blank=True, editable=False)
    currency = models.CharField(max_length=3, default="USD", help_text="Of the prices and the cap.")
    input_price_amount = models.DecimalField(
        "price of a million tokens sent", max_digits=12, decimal_places=4, default=ZERO
    )
    output_price_amount = models.DecimalField(
        "price of a million tokens received", max_digits=12, decimal_places=4, default=ZERO
    )
    cap_amount = models.DecimalField(
        "most to spend in a month",
        max_digits=12,
        decimal_places=2,
        default=ZERO,
        help_text="Nothing is sent that might cost more. With prices of 0, a cap of 0 is no hindrance.",
    )
    timeout_seconds = models.PositiveSmallIntegerField(
        "seconds to wait for an answer", default=60, validators=[MinValueValidator(1), MaxValueValidator(300)]
    )
    answer_format = models.CharField(max_length=12, choices=AnswerFormat, default=AnswerFormat.SCHEMA, editable=False)
    failure_count = models.PositiveSmallIntegerField(default=0, editable=False)
    last_failure = models.CharField(max_length=300, blank=True, editable=False)
    broken_until = models.DateTimeField(null=True, editable=False)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization"], name="drafting_endpoint_once"),
            models.CheckConstraint(
                condition=Q(is_active=False) | (~Q(base_url="") & ~Q(model="")),
                name="drafting_endpoint_complete",
                violation_error_message="Say the address and the model before it is let to write.",
            ),
            models.CheckConstraint(
                condition=Q(input_price_amount__range=(ZERO, HIGHEST_PRICE))
                & Q(output_price_amount__range=(ZERO, HIGHEST_PRICE)),
                name="drafting_prices_in_range",
                violation_error_message="A price is from 0 to 100,000.",
            ),
            models.CheckConstraint(
                condition=Q(cap_amount__gte=0),
                name="drafting_cap_not_negative",
                violation_error_message="The most to spend is zero or more.",
            ),
        ]

    def __str__(self) -> str:
        return "Drafting by a model"

    def cost(self, tokens_in: int, tokens_out: int) -> Decimal:
        """What so many tokens cost, to the millionth."""
        millions = self.input_price_amount * tokens_in + self.output_price_amount * tokens_out
        return (millions / 1_000_000).quantize(Decimal("0.000001"))


class CallOutcome(models.TextChoices):
    UNDER_WAY = "under_way", "Under way"
    ANSWERED = "answered", "Answered"
    KEPT = "kept", "Kept answer used"
    UNUSABLE = "unusable", "Answer not usable"
    FAILED = "failed", "Failed"
    LOST = "lost", "Worker lost"
    STOPPED = "stopped", "Stopped"


class DraftingCall(TenantModel):
    """One asking of the endpoint, with what it costs at most while it is under way, and what it cost afterwards.

    The rows of a month are what its cap is held against. An answer is kept as it came, with placeholders, for the next
    time that the same is asked.
    """

    job = models.ForeignKey("events.Job", models.SET_NULL, related_name="+", null=True)
    model = models.CharField(max_length=200)
    prompt_version = models.CharField(max_length=20)
    sent_to = models.CharField(max_length=300, blank=True, help_text="Host, where text left this server.")
    asked = models.CharField(max_length=64, blank=True, help_text="Hash of model, instructions and texts.")
    answer = models.TextField(blank=True)
    request_count = models.PositiveSmallIntegerField(default=0)
    input_token_count = models.PositiveIntegerField(default=0)
    output_token_count = models.PositiveIntegerField(default=0)
    is_estimated = models.BooleanField(default=False, help_text="The endpoint did not count its tokens.")
    cost_amount = models.DecimalField(max_digits=14, decimal_places=6, default=ZERO)
    currency = models.CharField(max_length=3)
    duration_ms = models.PositiveIntegerField(null=True)
    is_trial = models.BooleanField(default=False)
    outcome = models.CharField(max_length=10, choices=CallOutcome, default=CallOutcome.UNDER_WAY)
    failure = models.CharField(max_length=300, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(cost_amount__gte=0), name="drafting_cost_not_negative"),
            models.CheckConstraint(condition=Q(outcome__in=CallOutcome.values), name="drafting_outcome_known"),
        ]
        indexes = [
            models.Index(fields=["organization", "created_at"], name="drafting_call_by_month"),
            models.Index(fields=["organization", "asked", "-id"], name="drafting_call_by_text"),
        ]

    def __str__(self) -> str:
        return f"{self.model}, {self.created_at:%d %b %Y}"

    @property
    def seconds(self) -> float | None:
        """How long the answer took."""
        return None if self.duration_ms is None else self.duration_ms / 1_000
