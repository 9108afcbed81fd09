"""Feedback sent and waited for."""

import json
import time
from typing import Any

import numpy as np
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandParser

from accounts.models import Membership, Organization
from bench.seed_feedback import FATES, PARTS
from core.access import Role
from core.tenancy import organization_scope
from feedback.algorithms.analyzer import Asked, analyze
from feedback.models import Analysis, FeedbackItem
from feedback.services import Incoming, receive_items

AT_ONCE, PATIENCE_SECONDS = 1_000, 300
FORMS = (
    "The {part} is {fate} again, and since the update our {other} takes twice as long as before.",
    "We love how the {part} works now. Could you make the {other} less {fate} for the night shift, please?",
    "Every Monday the {part} turns out {fate}. Support told us to restart the {other}, which did not help at all.",
    "Is there a way to see the {part} next to the {other}? Right now it feels {fate} to our team of twelve people.",
)


def texts(count: int, seed: int) -> list[str]:
    """What customers may say."""
    rng = np.random.default_rng(seed)
    chosen = zip(rng.integers(len(FORMS), size=count), rng.integers(len(PARTS), size=(count, 2)), strict=True)
    fates = rng.integers(len(FATES), size=count)
    return [
        FORMS[form].format(part=PARTS[one], other=PARTS[two], fate=FATES[fate]) + f" Ticket {number}."
        for number, ((form, (one, two)), fate) in enumerate(zip(chosen, fates, strict=True))
    ]


class Command(BaseCommand):
    help = "Send feedback, wait until workers have analyzed it; prints JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--items", type=int, default=20_000)

    def handle(self, *args: Any, **options: Any) -> None:
        user = get_user_model().objects.create_user("owner@pipeline.example", name="Owner")
        organization = Organization.objects.create(name="Pipeline", slug="pipeline")
        with organization_scope(organization, user):
            Membership.objects.create(organization=organization, user=user, role=Role.OWNER)
            user.remember_role(organization.pk, Role.OWNER)
            self.sent_and_read(user, organization, texts(AT_ONCE, 1))  # workers have their tables in memory now
            some = texts(options["items"], 7)
            sender = time.process_time()
            received, seconds = self.sent_and_read(user, organization, some)
            sender = time.process_time() - sender
            vectors = Analysis.objects.exclude(vector=None).count()
        begun_at = time.process_time()
        for begin in range(0, AT_ONCE * 2, 256):
            analyze([Asked("", text, "") for text in some[begin : begin + 256]], {})
        alone = min(len(some), begin + 256) / (time.process_time() - begun_at)
        found = {"received": received, "seconds": seconds, "sender": sender, "alone": alone, "vectors": vectors}
        self.stdout.write(json.dumps(found))

    def sent_and_read(self, user: Any, organization: Any, some: list[str]) -> tuple[float, float]:
        """Seconds until all is stored, and until all is analyzed."""
        begun_at = time.monotonic()
        for begin in range(0, len(some), AT_ONCE):
            rows = [Incoming(text) for text in some[begin : begin + AT_ONCE]]
            receive_items(actor=user, organization=organization, channel="api", rows=rows)
        received = time.monotonic() - begun_at
        while FeedbackItem.objects.filter(analysis_state="waiting").exists():
            if time.monotonic() - begun_at > PATIENCE_SECONDS:
                raise TimeoutError("The workers did not follow.")
            time.sleep(0.05)
        return received, time.monotonic() - begun_at
