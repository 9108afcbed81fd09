"""Imports CSV or XLSX files, or a folder of them, as a member: the wizard's steps without its pages."""

import logging
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.text import slugify

from accounts.models import Organization, User
from accounts.services import create_organization
from core.errors import DomainError, FieldErrors
from core.tenancy import organization_scope
from integrations import services
from integrations.algorithms.mapping import Mapping
from integrations.models import ImportRun
from integrations.selectors import files_in_order, kind_summaries
from integrations.services import Upload

ENDINGS = {".csv", ".tsv", ".txt", ".xlsx", ".xlsm"}


class Command(BaseCommand):
    help = (
        "Import CSV files, or the first filled sheets of Excel workbooks: portfolios, programs, projects, activities,"
        " measures, products, product lines, risks, entries, teams, roles, people, capacity, allocations,"
        " customer accounts or feedback."
        " What each file holds and what its columns mean is guessed, or remembered from the last import of such a file."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", help="a CSV or XLSX file, or a folder of them")
        parser.add_argument("--organization", required=True, metavar="SLUG", help="where the rows go")
        parser.add_argument("--as", required=True, dest="email", metavar="EMAIL", help="the member who imports")
        parser.add_argument(
            "--reason", default="", metavar="TEXT", help="why approved budgets change, where a row does not say it"
        )
        parser.add_argument("--dry-run", action="store_true", help="check everything and write nothing")
        parser.add_argument(
            "--create-organization",
            metavar="NAME",
            help="found the organization if there is none",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        logging.getLogger("django_structlog").setLevel(logging.WARNING)  # a line for each batch says nothing here
        paths = found_files([Path(name) for name in options["files"]])
        actor = User.objects.filter(email__iexact=options["email"], is_active=True).first()
        if actor is None:
            raise CommandError(f"Nobody signs in as {options['email']}.")
        try:
            with transaction.atomic():
                organization = self.organization(actor, options["organization"], options["create_organization"])
                if options["dry_run"]:
                    self.import_files(actor, organization, paths, options["reason"], is_dry=True)
                    transaction.set_rollback(True)
            if not options["dry_run"]:
                self.import_files(actor, organization, paths, options["reason"], is_dry=False)
        except FieldErrors as refusal:
            raise CommandError("\n".join(refusal.errors.values())) from refusal
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal

    def organization(self, actor: User, slug: str, name: str | None) -> Organization:
        """The organization of that slug, founded if it is asked for."""
        organization = Organization.objects.filter(slug=slug).first()
        if organization is None and name:
            if slug != slugify(slug):
                raise CommandError(f"“{slug}” is no slug: small letters, digits, hyphens; for example {slugify(slug)}.")
            organization = create_organization(actor=actor, name=name, slug=slug)
            self.stdout.write(f"Founded {name} (/o/{slug}/); its owner is {actor}.")
        if organization is None:
            raise CommandError(f"There is no organization “{slug}”. Found it with --create-organization NAME.")
        return organization

    def import_files(
        self, actor: User, organization: Organization, paths: list[Path], reason: str, *, is_dry: bool
    ) -> None:
        uploads = [Upload(path.name, path.stat().st_size, path.read_bytes) for path in paths]
        with organization_scope(organization, actor):
            if actor.role_in(organization.pk) is None:
                raise CommandError(f"{actor} is no member of {organization}.")
            run = services.upload_files(actor=actor, organization=organization, files=uploads, reason=reason)
            run = services.check_run(actor=actor, run=run, report=self.report)
            self.tell_check(run)
            if not is_dry:
                self.carry_out(actor, run)

    def carry_out(self, actor: User, run: ImportRun) -> None:
        services.begin_import(actor=actor, run=run, in_background=False)
        result = services.carry_out_import(actor=actor, run=run, report=self.report)
        self.stdout.write(self.style.SUCCESS(result["message"]))
        self.stdout.write(f"Listed under Imports as number {run.pk}, where it can be undone.")

    def report(self, done: int, total: int | None = None, message: str = "") -> None:
        """One line that counts, for people; nothing for a log."""
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{message}: {done:,} of {total or 0:,}  ")
            sys.stderr.write("\n" if done == total else "")
            sys.stderr.flush()

    def tell_check(self, run: ImportRun) -> None:
        for sentence in run.refusals:
            self.stderr.write(self.style.WARNING(sentence))
        for file in files_in_order(run):
            left = Mapping.from_json(file.mapping).not_imported(file.header)
            words = f"; columns not imported: {', '.join(left)}" if left else ""
            sheet = f", sheet “{file.sheet}”" if file.sheet else ""
            self.stdout.write(
                f"{file.name}{sheet}: {file.row_count:,} rows of {file.get_kind_display().lower()}{words}"
            )
        for finding in run.findings:
            style = self.style.ERROR if finding["level"] == "error" else self.style.NOTICE
            self.stdout.write(style(f"{finding['heading']} ({finding['file_name']}). {finding['consequence']}".strip()))
            values = [f"“{text}” ({count})" for text, count in finding["values"]]
            if values:
                self.stdout.write(f"    {', '.join(values)}")
        for line in kind_summaries(run.totals):
            self.stdout.write(
                f"{line.label}: {line.new:,} new, {line.restored:,} back, {line.changed:,} changed,"
                f" {line.unchanged:,} unchanged, {line.parked:,} parked, {line.refused:,} not imported"
            )


def found_files(paths: list[Path]) -> list[Path]:
    """The files that paths name: a folder stands for the tables in it."""
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(file for file in path.iterdir() if file.suffix.lower() in ENDINGS and file.is_file())
            if not inside:
                raise CommandError(f"There is no CSV or XLSX file in {path}.")
            files += inside
        elif path.is_file():
            files.append(path)
        else:
            raise CommandError(f"There is no file {path}.")
    return files
