"""`manage.py create_organization`: the first organization of a server, or a further one, and its owner."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.text import slugify

from accounts.services import found_organization, make_password_link
from core.errors import DomainError, FieldErrors
from core.tenancy import global_url, organization_scope


class Command(BaseCommand):
    help = (
        "Found an organization. Its owner, if new here, is given an account and a link to set a password with, valid"
        " once and for three days."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="of the organization, for example “Fennmark”")
        parser.add_argument("--owner", required=True, metavar="EMAIL", help="who owns it")
        parser.add_argument("--owner-name", default="", metavar="NAME", help="needed where the owner is new here")
        parser.add_argument("--slug", help="its word in addresses; by default made of the name")
        parser.add_argument("--currency", default="USD", help="ISO 4217; it cannot be changed afterwards")
        parser.add_argument("--fiscal-year-start-month", type=int, default=1, metavar="1-12")
        parser.add_argument("--address", default=default_address(), help="of this Portolan; by default %(default)s")

    def handle(self, *args: Any, **options: Any) -> None:
        slug = options["slug"] or slugify(options["name"])
        try:
            membership = found_organization(
                actor=None,
                email=options["owner"],
                person_name=options["owner_name"],
                name=options["name"],
                slug=slug,
                currency=options["currency"].upper(),
                fiscal_year_start_month=options["fiscal_year_start_month"],
            )
        except FieldErrors as refusal:
            raise CommandError(f"{options['owner']} is new here: say who it is with --owner-name.") from refusal
        except ValidationError as refusal:
            words = [f"{field}: {' '.join(texts)}" for field, texts in refusal.message_dict.items()]
            raise CommandError("Nothing was founded.\n" + "\n".join(words)) from refusal
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.tell(membership, options["address"].rstrip("/"))

    def tell(self, membership: Any, address: str) -> None:
        owner, organization = membership.user, membership.organization
        self.stdout.write(f"Founded {organization}: {address}/o/{organization.slug}/, owned by {owner}.")
        if owner.has_usable_password():
            self.stdout.write(f"{owner} signs in as before, with {owner.email}.")
            return
        with organization_scope(organization, owner):
            person, token = make_password_link(actor=owner, membership=membership)
        link = global_url("set-password", person, token)
        self.stdout.write(f"{owner} sets a password here, once and within three days:\n{address}{link}")


def default_address() -> str:
    """Where people reach this server, as far as its settings tell."""
    hosts = [host.removeprefix(".") for host in settings.ALLOWED_HOSTS if host != "*"]
    return f"https://{hosts[0]}" if settings.SECURE_SSL_REDIRECT and hosts else "http://127.0.0.1:8000"
