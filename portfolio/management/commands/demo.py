"""`manage.py demo`: the demo organization, generated from a seed around a day."""

import datetime
import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Membership, Organization
from core.tenancy import organization_scope
from events.models import Event
from portfolio.demo import DEMO_SLUG, PEOPLE, PurgeRefused, generate, purge, sign_ins
from projects.models import Project

#: Imports are made above this app, so their events are found by name.
IMPORT = "integrations.importrun"


class Command(BaseCommand):
    """Generate Fennmark: three product lines with their stances, products, programs, projects, money and risks."""

    help = __doc__ or ""
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--seed", type=int, default=1, help="The same seed and day give the same organization.")
        parser.add_argument(
            "--day", type=datetime.date.fromisoformat, help="The day it stands for, YYYY-MM-DD; by default today."
        )
        parser.add_argument(
            "--if-empty", action="store_true", help="Do nothing where there is an organization already."
        )
        parser.add_argument(
            "--replace",
            action="store_true",
            help="Remove the present demo organization first. Needs DATABASE_OWNER_URL.",
        )
        parser.add_argument(
            "--force", action="store_true", help="With --replace: also where somebody imported data of their own."
        )
        parser.add_argument("--sign-ins", action="store_true", help="Only tell who can sign in, if there is a demo.")

    def handle(self, **options: Any) -> None:
        present = Organization.objects.filter(slug=DEMO_SLUG).first()
        if options["sign_ins"]:
            if present is not None and present.is_demo:
                self.stdout.write(sign_ins())
            return
        if options["if_empty"] and Organization.objects.exists():
            self.stdout.write("There is an organization already; the demo is not generated.")
            return
        if present is not None and options["replace"] and not options["force"]:
            refuse_to_lose_imports(present)
        guests = self._replace(present) if present is not None and options["replace"] else []
        if present is not None and not options["replace"]:
            raise CommandError(f"The organization “{present}” exists. To generate it anew: manage.py demo --replace")
        begun_at = timezone.now()
        day = options["day"] or timezone.localdate()
        organization = generate(seed=options["seed"], day=day)
        with organization_scope(organization):
            for user_id, role, sees_amounts in guests:
                Membership.objects.create(
                    organization=organization, user_id=user_id, role=role, sees_amounts=sees_amounts
                )
            count = Project.objects.filter(organization=organization).count()
        seconds = (timezone.now() - begun_at).total_seconds()
        self.stdout.write(f"{organization}: {count} projects as of {day}, seed {options['seed']}, in {seconds:.0f} s.")

    def _replace(self, present: Organization) -> list[tuple[int, str, bool]]:
        """Remove the demo organization; returns the people who were added to it, who shall be members of the next."""
        ours = [person.email for person in PEOPLE]
        with organization_scope(present):
            guests = list(
                Membership.objects.filter(organization=present)
                .exclude(user__email__in=ours)
                .values_list("user_id", "role", "sees_amounts")
            )
        try:
            purge(owner_url=owner_url(), organization_id=present.pk)
        except PurgeRefused as refused:
            raise CommandError(str(refused)) from refused
        return guests


def refuse_to_lose_imports(present: Organization) -> None:
    """What people typed into a demo is play; what they imported may be all they have.

    Raises:
        CommandError: the organization holds an import that was not undone; the sentence says whose.
    """
    with organization_scope(present):
        imports = Event.objects.filter(organization=present, subject_type=IMPORT)
        undone = imports.filter(kind="import.undone").values("subject_id")
        kept = imports.filter(kind="import.begun").exclude(subject_id__in=undone).order_by("-pk").first()
    if kept is not None:
        raise CommandError(
            f"{present} holds what {kept.actor_name} imported on {kept.occurred_at:%Y-%m-%d} ({kept.subject_name}),"
            " and would lose it. Undo that import, or move it to an organization of its own"
            " (import_csv --create-organization). To go on all the same:"
            " make demo FORCE=1, or manage.py demo --replace --force."
        )


def owner_url() -> str:
    """DATABASE_OWNER_URL, or what the file it names holds; where there is one role only, DATABASE_URL."""
    for name in ("DATABASE_OWNER_URL", "DATABASE_URL"):
        if url := os.environ.get(name):
            return url
        if file := os.environ.get(f"{name}_FILE"):
            return Path(file).read_text().strip()
    raise CommandError("Removing the demo organization needs DATABASE_OWNER_URL.")
