"""Signing in and out."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import caches
from django.test import override_settings
from django.urls import reverse

from accounts.models import Organization, User
from core.tenancy import Scope, scope
from tests.accounts.places import outside

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def nowhere(acme):
    """Signing in happens outside any organization."""
    with outside():
        yield


def sign_in(client, email="alice@acme.example", password=PASSWORD, **more):
    return client.post("/sign-in/", {"username": email, "password": password, **more})


def signed_in(client):
    return "_auth_user_id" in client.session


def test_the_right_password_leads_to_the_organization(client, alice):
    response = sign_in(client)

    assert response.status_code == 302
    assert client.get("/")["Location"] == "/o/acme/"
    assert signed_in(client)


@pytest.mark.parametrize("is_cached", [True, False])
def test_another_secret_key_signs_nobody_out_while_the_former_one_is_kept_beside_it(client, alice, is_cached):
    former, present = "former-key-" + "x" * 50, "present-key-" + "y" * 50

    def destination():
        """Where the start leads to, with the session read from the cache or from the database."""
        if not is_cached:
            caches["sessions"].delete(client.session.cache_key)
        return client.get("/")["Location"]

    with override_settings(SECRET_KEY=former):
        sign_in(client)
    with override_settings(SECRET_KEY=present, SECRET_KEY_FALLBACKS=[former]):
        assert destination() == "/o/acme/"
    with override_settings(SECRET_KEY=present):
        assert destination() == "/o/acme/"  # It went over to the new key.
    with override_settings(SECRET_KEY=former):
        assert destination() == "/sign-in/?next=/"


def test_the_address_may_be_typed_in_capitals(client, alice):
    assert sign_in(client, email="Alice@ACME.example").status_code == 302


def test_a_wrong_password_is_refused_in_words_that_name_nobody(client, alice):
    wrong_password = sign_in(client, password="wrong")
    wrong_person = sign_in(client, email="nobody@acme.example")

    for response in (wrong_password, wrong_person):
        assert response.status_code == 422
        assert "e-mail and password do not belong together" in response.getvalue().decode()
        assert not signed_in(client)


def test_the_address_typed_is_kept_and_the_password_is_not(client, alice):
    html = sign_in(client, password="wrong").getvalue().decode()

    assert 'value="alice@acme.example"' in html
    assert "wrong" not in html.replace("Not signed in", "")


def test_an_incomplete_address_is_named(client, db):
    response = sign_in(client, email="alice")

    assert response.status_code == 422
    assert "no complete e-mail address" in response.getvalue().decode()


def test_a_person_who_was_shut_out_cannot_sign_in(client, alice):
    alice.is_active = False
    alice.save()

    assert sign_in(client).status_code == 422


def test_after_ten_tries_one_waits_and_is_told_how_long(client, alice):
    for _ in range(10):
        assert sign_in(client, password="wrong").status_code == 422

    response = sign_in(client)

    assert response.status_code == 429
    assert "Wait 10 min" in response.getvalue().decode()
    assert 590 < int(response["Retry-After"]) <= 600
    assert not signed_in(client)


def test_letters_that_are_one_to_the_database_share_the_tries(client, db):
    User.objects.create_user("eva@sense.example", PASSWORD, name="Eva")
    for email in ("eva@sense.example", "EVA@sense.example", "eva@ſense.example", "eva@sen\u017fe.example") * 3:
        sign_in(client, email=email, password="wrong")

    assert sign_in(client, email="eva@sense.example").status_code == 429


def test_the_tries_of_one_person_do_not_shut_out_another(client, alice, bob):
    for _ in range(11):
        sign_in(client, password="wrong")

    assert sign_in(client, email="bob@acme.example").status_code == 302


def test_a_success_starts_the_count_again(client, alice):
    for _ in range(9):
        sign_in(client, password="wrong")
    sign_in(client)
    client.post("/sign-out/")

    for _ in range(9):
        assert sign_in(client, password="wrong").status_code == 422
    assert sign_in(client).status_code == 302


def test_one_goes_on_to_where_one_was(client, alice):
    assert sign_in(client, next="/o/acme/projects/?late=1")["Location"] == "/o/acme/projects/?late=1"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        "https:evil.example",
        "javascript:alert(1)",
        "/\\evil.example",
        "http://",
    ],
)
def test_one_is_never_sent_to_another_host(client, alice, target):
    assert sign_in(client, next=target)["Location"] == "/"


def test_the_sign_in_page_keeps_the_target_in_its_form(client, db):
    html = client.get("/sign-in/?next=/o/acme/projects/").getvalue().decode()

    assert 'name="next" value="/o/acme/projects/"' in html


def test_staying_signed_in_is_a_choice(client, alice):
    sign_in(client)
    assert client.session.get_expire_at_browser_close()
    client.post("/sign-out/")
    sign_in(client, stay="on")
    assert not client.session.get_expire_at_browser_close()


def test_signing_out_is_no_link(client, alice):
    client.force_login(alice)

    assert client.get("/sign-out/").status_code == 405
    assert signed_in(client)
    assert client.post("/sign-out/")["Location"] == "/sign-in/"
    assert not signed_in(client)


def test_without_a_session_a_page_leads_to_the_sign_in_page_and_back(client, acme):
    response = client.get("/o/acme/projects/?q=x")

    assert response.status_code == 302
    assert response["Location"] == "/sign-in/?next=/o/acme/projects/%3Fq%3Dx"


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_expired_session_tells_htmx_and_changes_nothing_on_the_page(client, acme, method):
    response = getattr(client, method)("/o/acme/projects/", headers={"HX-Request": "true"})

    assert response.status_code == 401
    assert response["HX-Trigger"] == "portolan:signed-out"
    assert response["HX-Reswap"] == "none"


def test_a_person_without_an_organization_is_told_what_to_do(client, django_user_model):
    user = django_user_model.objects.create_user("new@acme.example", PASSWORD, name="New")
    client.force_login(user)

    response = client.get("/")

    assert response.status_code == 403
    assert "Ask an owner to add new@acme.example" in response.getvalue().decode()


def test_of_two_organizations_one_starts_in_the_first_by_name(client, alice):
    organization = Organization.objects.create(name="Aardvark", slug="aardvark")
    with scope(Scope(organization.pk)):
        organization.memberships.create(user=alice, role="viewer")
    client.force_login(alice)

    assert client.get("/")["Location"] == "/o/aardvark/"


def test_a_form_without_its_token_is_refused_in_words(alice, client):
    strict = type(client)(enforce_csrf_checks=True)

    response = sign_in(strict)

    assert response.status_code == 403
    assert "this form has expired" in response.getvalue().decode()


def test_nobody_is_no_member(acme):
    assert not acme.memberships.filter(user=AnonymousUser().pk).exists()


@pytest.mark.parametrize("name", ["sign-out"])
def test_addresses_outside_organizations_are_stable(name):
    assert reverse(name) == f"/{name}/"
