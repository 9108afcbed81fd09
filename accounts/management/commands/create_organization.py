"""Founds an organization with its first owner: how a new server gets its first people."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.text import slugify

from accounts.models import Membership, Organization, User
from accounts.services import create_organization, make_password_link
from core.tenancy import global_url, organization_scope


class Command(BaseCommand):
    help = "Found an organization. Its owner is made if nobody signs in with that address, and gets a link to sign in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", metavar="NAME", help="what the organization is called")
        parser.add_argument("--owner", required=True, metavar="EMAIL", help="who owns it and adds the others")
        parser.add_argument("--owner-name", metavar="NAME", help="needed for somebody who is new here")
        parser.add_argument("--slug", help="its word in addresses; by default from the name")
        parser.add_argument("--currency", default="USD", help="three letters; amounts are kept in it for good")

    def handle(self, *args: Any, **options: Any) -> None:
        slug = options["slug"] or slugify(options["name"])
        if Organization.objects.filter(slug=slug).exists():
            raise CommandError(f"There is an organization “{slug}” already. Choose another --slug.")
        fields = {"name": options["name"], "slug": slug, "currency": options["currency"].upper()}
        try:
            with transaction.atomic():
                owner = self.owner(options["owner"], options["owner_name"])
                organization = create_organization(actor=owner, **fields)
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal
        self.stdout.write(self.style.SUCCESS(f"Founded {organization} at /o/{slug}/; its owner is {owner.email}."))
        if not owner.has_usable_password():
            self.stdout.write(f"To sign in, {owner} sets a password here, once and within three days:")
            self.stdout.write(f"    {self.link(owner, organization)}")

    def owner(self, email: str, name: str | None) -> User:
        """The person with that address, made if there is none."""
        user = User.objects.filter(email__iexact=email).first()
        if user is not None and not user.is_active:
            raise CommandError(f"{user} may no longer sign in.")
        if user is None:
            if not name:
                raise CommandError(f"Nobody signs in as {email}. Say who that is with --owner-name NAME.")
            user = User(email=User.objects.normalize_email(email).lower(), name=name)
            user.set_unusable_password()
            user.full_clean()
            user.save()
        return user

    def link(self, owner: User, organization: Organization) -> str:
        """The path of the page on which the owner sets a password."""
        with organization_scope(organization, owner):
            membership = Membership.objects.get(organization=organization, user=owner)
            person, token = make_password_link(actor=owner, membership=membership)
        return global_url("set-password", person, token)
