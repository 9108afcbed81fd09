"""API tokens: the secret is shown once, and a token can be ended by its owner."""

import datetime
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import ApiToken
from accounts.services import create_api_token
from core.tenancy import organization_scope
from events.models import Event
from tests.accounts.places import outside

VALUES = {"name": "Nightly export", "scope": "read", "lifetime": "90"}


def page(name, *args):
    return reverse(f"accounts:{name}", args=args)


def make(user, acme, name="Bridge", **more):
    return create_api_token(actor=user, organization=acme, name=name, scope="read", **more)


def secrets_in(html):
    return re.findall(r"ptl_\d+_[\w-]{40,}", html)


def test_a_secret_is_shown_once_and_works(client, bob, project):
    client.force_login(bob)

    html = client.post(page("token-create"), VALUES).getvalue().decode()

    [secret] = secrets_in(html)
    assert "it is not shown again" in html
    assert not secrets_in(client.get(page("token-list")).getvalue().decode())
    with outside():
        answer = Client(headers={"Authorization": f"Bearer {secret}"}).get("/api/v1/projects/")
        assert answer.status_code == 200


def test_the_secret_is_nowhere_in_the_database(client, bob):
    client.force_login(bob)
    [secret] = secrets_in(client.post(page("token-create"), VALUES).getvalue().decode())

    token = ApiToken.objects.get()
    assert secret not in str(vars(token))
    assert token.hint == secret[-4:]
    assert secret not in str(list(Event.objects.values()))


def test_the_answer_with_the_secret_is_not_kept_by_browsers(client, bob):
    client.force_login(bob)

    assert "no-store" in client.post(page("token-create"), VALUES)["Cache-Control"]


def test_a_form_sent_twice_makes_one_token(client, bob):
    client.force_login(bob)
    sent = {**VALUES, "form_token": "one"}
    client.post(page("token-create"), sent)

    assert client.post(page("token-create"), sent)["Location"] == page("token-list")
    assert ApiToken.objects.count() == 1


@pytest.mark.parametrize(("lifetime", "days"), [("30", 30), ("365", 365), ("", None)])
def test_a_token_ends_when_it_was_said(client, bob, lifetime, days):
    client.force_login(bob)
    client.post(page("token-create"), {**VALUES, "lifetime": lifetime})

    ends = ApiToken.objects.get().expires_at
    assert (ends is None) == (days is None)
    if ends:
        assert abs(ends - timezone.now() - datetime.timedelta(days)) < datetime.timedelta(minutes=1)


@pytest.mark.parametrize("wrong", [{"name": ""}, {"name": "x" * 101}, {"scope": "everything"}, {"lifetime": "7"}])
def test_bad_input_makes_no_token(client, bob, wrong):
    client.force_login(bob)

    response = client.post(page("token-create"), VALUES | wrong)

    assert response.status_code == 422
    assert not ApiToken.objects.exists()
    assert not secrets_in(response.getvalue().decode())


def test_one_sees_one_s_own_tokens_and_an_owner_everybody_s(client, acme, bob, vera, olivia):
    make(bob, acme, "Of Bob")
    make(vera, acme, "Of Vera")

    client.force_login(bob)
    mine = client.get(page("token-list")).getvalue().decode()
    client.force_login(olivia)
    all_of_them = client.get(page("token-list")).getvalue().decode()

    assert "Of Bob" in mine
    assert "Of Vera" not in mine
    assert "Of Bob" in all_of_them
    assert "Of Vera" in all_of_them


def test_a_revoked_token_is_refused_and_leaves_the_list(client, acme, bob):
    token, secret = make(bob, acme)
    client.force_login(bob)

    response = client.post(page("token-revoke", token.pk))

    assert response["Location"] == page("token-list")
    assert "Bridge" not in client.get(page("token-list")).getvalue().decode().split("toasts")[0]
    with outside():
        assert Client(headers={"Authorization": f"Bearer {secret}"}).get("/api/v1/projects/").status_code == 401


def test_an_expired_token_is_marked(client, acme, bob):
    make(bob, acme, expires_at=timezone.now() - datetime.timedelta(days=1))
    client.force_login(bob)

    assert "ended" in client.get(page("token-list")).getvalue().decode()


def test_only_its_person_or_an_owner_revokes_a_token(client, acme, bob, alice, olivia):
    token, _ = make(bob, acme)

    client.force_login(alice)
    assert client.post(page("token-revoke", token.pk)).status_code == 403
    client.force_login(olivia)
    assert client.post(page("token-revoke", token.pk)).status_code == 302
    assert Event.objects.get(kind="api_token.revoked").actor == olivia


def test_a_token_of_another_organization_is_not_found(client, olivia, other, charlie):
    with organization_scope(other):
        token, _ = create_api_token(actor=charlie, organization=other, name="Theirs", scope="read")
    client.force_login(olivia)

    assert client.post(f"/o/acme/settings/tokens/{token.pk}/revoke/").status_code == 404


def test_an_empty_list_says_what_tokens_are_for(client, vera):
    client.force_login(vera)

    assert "No API tokens yet" in client.get(page("token-list")).getvalue().decode()


def test_revoking_is_no_get(client, acme, bob):
    token, _ = make(bob, acme)
    client.force_login(bob)

    assert client.get(page("token-revoke", token.pk)).status_code == 405


def test_a_list_of_fifty_costs_as_many_queries_as_a_list_of_one(
    client, acme, bob, django_assert_max_num_queries, django_assert_num_queries
):
    client.force_login(bob)
    make(bob, acme)
    with django_assert_max_num_queries(12) as few:
        client.get(page("token-list"))
    for number in range(49):
        make(bob, acme, f"Token {number}")

    with django_assert_num_queries(len(few)):
        client.get(page("token-list"))
