"""Addresses to which other programs send feedback."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from core.models import ArchivableModel
from core.querysets import ArchivableQuerySet


class IntakeHook(ArchivableModel):
    """An address that takes feedback from one sender, who signs it or shows the secret.

    The secret is sealed and not hashed: signatures are checked with it. It is shown once, when it is made.
    """

    name = models.CharField(max_length=100, help_text="Who sends, such as Survey tool.")
    public_id = models.CharField(max_length=60, unique=True, editable=False)
    secret_sealed = models.TextField(editable=False)
    secret_hint = models.CharField(max_length=8, editable=False)
    secret_made_at = models.DateTimeField(editable=False)
    product = models.ForeignKey(
        "portfolio.Product", models.PROTECT, related_name="+", null=True, blank=True,
        help_text="What its feedback is about where the sender does not say; empty: the analyser suggests one.",
    )  # fmt: skip
    is_active = models.BooleanField("active", default=True, help_text="A paused one refuses what is sent.")
    received_count = models.PositiveIntegerField(default=0, editable=False)
    refused_count = models.PositiveIntegerField(default=0, editable=False)
    last_received_at = models.DateTimeField(null=True, editable=False)
    last_refused_at = models.DateTimeField(null=True, editable=False)
    last_refusal = models.CharField(max_length=300, blank=True, editable=False)

    #: What the log does not tell: the secret, and what is counted.
    UNTOLD = frozenset({"secret_sealed", "received_count", "refused_count"})

    objects = ArchivableQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "organization",
                Lower("name"),
                condition=Q(archived_at=None),
                name="intake_hook_name_unique",
                violation_error_message="Another hook has this name.",
            ),
        ]
        indexes = [models.Index(fields=["organization", "id"], name="intake_hook_by_org")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_refusing(self) -> bool:
        """Whether what came last was refused: its sender may have gone wrong."""
        if self.last_refused_at is None:
            return False
        return self.last_received_at is None or self.last_refused_at > self.last_received_at
