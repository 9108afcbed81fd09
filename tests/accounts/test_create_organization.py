"""The first organization of a server, and its owner, from the command line."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Membership, Organization, User
from core.tenancy import Scope, organization_scope, scope

PASSWORD = "a long and rare password"


@pytest.fixture(autouse=True)
def nowhere(db):
    """A command runs outside any organization."""
    with scope(Scope()):
        yield


def found(*arguments: str) -> str:
    told = StringIO()
    call_command("create_organization", *arguments, stdout=told)
    return told.getvalue()


def test_a_new_owner_sets_a_password_by_the_link_and_signs_in(client):
    text = found("North Works", "--owner", "Nora@North.example", "--owner-name", "Nora North", "--currency", "eur")
    link = re.search(r"/set-password/\S+", text)[0]

    client.post(link, {"new_password1": PASSWORD, "new_password2": PASSWORD})
    answer = client.post("/sign-in/", {"username": "nora@north.example", "password": PASSWORD})

    assert answer.status_code == 302
    assert client.get("/")["Location"] == "/o/north-works/"
    assert client.get("/o/north-works/").status_code == 200
    assert Organization.objects.get(slug="north-works").currency == "EUR"
    assert client.get(link).status_code == 410


def test_somebody_who_is_known_owns_it_too_and_keeps_the_password():
    nora = User.objects.create_user("nora@north.example", PASSWORD, name="Nora")

    text = found("South", "--owner", "nora@north.example", "--slug", "s")

    assert "set-password" not in text
    organization = Organization.objects.get(slug="s")
    with organization_scope(organization):
        assert Membership.objects.get(user=nora).role == "owner"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["A", "--owner", "new@a.example"], "Say who that is with --owner-name"),
        (["A", "--owner", "no address", "--owner-name", "N"], "valid email"),
        (["A", "--owner", "new@a.example", "--owner-name", "N", "--currency", "EURO"], "three capital letters"),
        (["…", "--owner", "new@a.example", "--owner-name", "N"], "cannot be blank"),
    ],
)
def test_a_mistake_is_told_and_nobody_is_left_behind(arguments, sentence):
    with pytest.raises(CommandError, match=sentence):
        found(*arguments)

    assert not User.objects.exists()
    assert not Organization.objects.exists()


def test_a_word_that_is_taken_is_refused():
    found("North", "--owner", "nora@north.example", "--owner-name", "Nora")

    with pytest.raises(CommandError, match="already"):
        found("North", "--owner", "nora@north.example")
