"""Imports Microsoft Project XML files as a member of an organization: the pages' steps without the pages."""

import logging
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.models import Organization, User
from core.errors import DomainError, FieldErrors
from core.tenancy import organization_scope
from integrations import services
from integrations.models import PlanImport, PlanStatus
from integrations.services import Upload
from programs.models import Program


class Command(BaseCommand):
    help = "Import Microsoft Project XML files, each as a new project of a program."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", help="a Microsoft Project XML file")
        parser.add_argument("--organization", required=True, metavar="SLUG", help="where the projects go")
        parser.add_argument("--program", required=True, metavar="CODE", help="code, name or id of their program")
        parser.add_argument("--as", required=True, dest="email", metavar="EMAIL", help="the member who imports")
        parser.add_argument("--dry-run", action="store_true", help="check everything and write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        logging.getLogger("django_structlog").setLevel(logging.WARNING)
        paths = [Path(name) for name in options["files"]]
        if missing := next((path for path in paths if not path.is_file()), None):
            raise CommandError(f"There is no file {missing}.")
        actor = User.objects.filter(email__iexact=options["email"], is_active=True).first()
        if actor is None:
            raise CommandError(f"Nobody signs in as {options['email']}.")
        organization = Organization.objects.filter(slug=options["organization"]).first()
        if organization is None:
            raise CommandError(f"There is no organization “{options['organization']}”.")
        with organization_scope(organization, actor):
            if actor.role_in(organization.pk) is None:
                raise CommandError(f"{actor} is no member of {organization}.")
            program = self.program(organization, options["program"])
            refused = [path.name for path in paths if not self.took(actor, program, path, is_dry=options["dry_run"])]
        if refused:
            raise CommandError(f"Not imported: {', '.join(refused)}. The reasons are above.")

    def program(self, organization: Organization, text: str) -> Program:
        """The live program of that code, name or id."""
        rows = Program.objects.live().filter(organization=organization)
        found = rows.filter(code__iexact=text) or rows.filter(name__iexact=text)
        if not found and text.isdecimal():
            found = rows.filter(pk=text)
        if len(found) != 1:
            raise CommandError(f"There is no program “{text}”." if not found else f"“{text}” names several programs.")
        return found[0]

    def took(self, actor: User, program: Program, path: Path, *, is_dry: bool) -> bool:
        """Check a file, say what it becomes, and import it; False where it is refused."""
        try:
            with transaction.atomic():
                file = Upload(path.name, path.stat().st_size, path.read_bytes)
                plan = services.upload_plan(
                    actor=actor, organization=program.organization, file=file, in_background=False
                )
                self.tell(plan)
                if is_dry or plan.status == PlanStatus.REFUSED:
                    transaction.set_rollback(True)
            if is_dry or plan.status == PlanStatus.REFUSED:
                return plan.status != PlanStatus.REFUSED
            plan = services.begin_plan(actor=actor, plan=plan, program=program, in_background=False)
            plan = services.carry_out_plan(actor=actor, plan=plan, report=lambda *args: None)
        except FieldErrors as refusal:
            self.stderr.write(self.style.ERROR("\n".join(refusal.errors.values())))
            return False
        except DomainError as refusal:
            self.stderr.write(self.style.ERROR(str(refusal)))
            return False
        code = plan.project.code if plan.project else ""
        self.stdout.write(self.style.SUCCESS(f"Imported as project {code} “{plan.project_name}” in {program}."))
        self.stdout.write(f"Listed under Imports as plan {plan.pk}, where it can be undone.")
        return True

    def tell(self, plan: PlanImport) -> None:
        """The report in a few lines."""
        if plan.status == PlanStatus.REFUSED:
            self.stderr.write(self.style.ERROR(f"{plan.file_name}: {plan.refusal}"))
            return
        report = plan.report
        self.stdout.write(
            f"{plan.file_name}: {report['activity_count']:,} activities ({report['milestone_count']:,} milestones),"
            f" {report['link_count']:,} links, {len(report['calendars']):,} calendars,"
            f" {len(report['baselines']):,} baselines;"
            f" {report['dates_same']:,} of {report['dates_counted']:,} dates stay the same"
        )
        for other in report["dates_other"]:
            self.stdout.write(
                f"    moves: {other['name']} (from {other['start']} to {other['our_start']}). {other['cause']}"
            )
        for loss in report["losses"]:
            self.stdout.write(f"    not kept: {loss['count']:,} {loss['what']}. {loss['why']}")
