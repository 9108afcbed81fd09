"""`manage.py reanalyze`: let workers read feedback anew, after a new version of the analyser or by wish."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Organization
from core.tenancy import organization_scope
from feedback.services import reanalyze


class Command(BaseCommand):
    help = (
        "Let feedback be analyzed anew: what another version of the analyser read, and what failed. What people"
        " corrected stays. Run again, it leaves what waits as it is and what is done alone."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organization", metavar="SLUG", help="of one organization; by default of all")
        parser.add_argument("--everything", action="store_true", help="what the present version read as well")

    def handle(self, *args: Any, **options: Any) -> None:
        organizations = Organization.objects.order_by("pk")
        if slug := options["organization"]:
            organizations = organizations.filter(slug=slug)
            if not organizations:
                raise CommandError(f"There is no organization “{slug}”.")
        for organization in organizations:
            with organization_scope(organization):
                count = reanalyze(actor=None, organization=organization, everything=options["everything"])
            self.stdout.write(
                f"{organization}: {count:,} {'item waits' if count == 1 else 'items wait'} for the analyser."
            )
