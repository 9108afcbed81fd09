"""The first organization of a server is founded by a command."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Membership, Organization, User
from core.tenancy import organization_scope
from events.models import Event


def found(*arguments):
    out = StringIO()
    call_command("create_organization", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_a_new_owner_sets_a_password_by_the_printed_link_and_is_in(client):
    told = found("Harbor Works", "--owner", "Nora@Harbor.example", "--owner-name", "Nora Lind", "--currency", "eur")

    link = re.search(r"https?://[^/]+(/set-password/\S+)", told)[1]
    sent = {"new_password1": "a long way to the sea", "new_password2": "a long way to the sea"}
    assert client.post(client.get(link, follow=True).request["PATH_INFO"], sent).status_code == 302
    client.post("/sign-in/", {"username": "nora@harbor.example", "password": "a long way to the sea"})
    assert client.get("/", follow=True).redirect_chain[-1][0] == "/o/harbor-works/"
    organization = Organization.objects.get(slug="harbor-works")
    assert organization.currency == "EUR"
    with organization_scope(organization):
        assert Membership.objects.get(organization=organization).role == "owner"
        assert Event.objects.filter(organization=organization, kind="organization.created").exists()


def test_somebody_who_signs_in_already_owns_a_further_organization(acme, alice):
    told = found("Second", "--owner", alice.email)

    assert "/set-password/" not in told
    second = Organization.objects.get(slug="second")
    with organization_scope(second, alice):
        assert Membership.objects.get(organization=second).user == alice


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("Third", "--owner", "new@third.example"), "--owner-name"),
        (("Acme", "--owner", "alice@acme.example", "--slug", "acme"), "slug"),
        (("Third", "--owner", "alice@acme.example", "--currency", "euro"), "currency"),
        (("Third", "--owner", "alice@acme.example", "--fiscal-year-start-month", "13"), "from 1 to 12"),
        (("…", "--owner", "alice@acme.example"), "slug"),
        (("Third", "--owner", "nobody", "--owner-name", "Nobody"), "email"),
    ],
)
def test_what_cannot_be_founded_is_said_and_leaves_nothing(acme, alice, arguments, words):
    people, organizations = User.objects.count(), Organization.objects.count()

    with pytest.raises(CommandError, match=words):
        found(*arguments)

    assert (User.objects.count(), Organization.objects.count()) == (people, organizations)
