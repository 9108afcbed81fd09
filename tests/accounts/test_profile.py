"""A person's own name and password."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from events.models import Event

OLD, NEW = "correct horse battery", "seven seas ahead"


def url(name="profile"):
    return reverse(f"accounts:{name}")


def change(client, old=OLD, new=NEW, again=None, **more):
    sent = {"old_password": old, "new_password1": new, "new_password2": again or new, **more}
    return client.post(url("profile-password"), sent)


@pytest.fixture
def at_home(client, bob):
    client.force_login(bob)
    return client


def has_password(user, password):
    return User.objects.get(pk=user.pk).check_password(password)


def test_one_changes_one_s_name(at_home, bob):
    response = at_home.post(url(), {"name": "Robert"})

    assert response["Location"] == url()
    assert User.objects.get(pk=bob.pk).name == "Robert"
    assert Event.objects.get(kind="membership.renamed").changes == {"name": ["Bob", "Robert"]}


@pytest.mark.parametrize("name", ["", "   ", "x" * 201])
def test_a_name_is_needed(at_home, bob, name):
    assert at_home.post(url(), {"name": name}).status_code == 422
    assert User.objects.get(pk=bob.pk).name == "Bob"


def test_a_changed_password_ends_all_other_sessions_and_not_this_one(at_home, bob):
    elsewhere = Client()
    elsewhere.force_login(bob)

    response = change(at_home)

    assert response["Location"] == url()
    assert has_password(bob, NEW)
    assert at_home.get(url()).status_code == 200
    assert elsewhere.get(url()).status_code == 302
    assert Event.objects.get().kind == "membership.password_changed"
    assert not Event.objects.get().changes


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"old": "wrong"}, "not your present password"),
        ({"again": "something else"}, "two new passwords differ"),
        ({"new": "short"}, "too short"),
        ({"new": "password1234"}, "too common"),
        ({"new": "bob@acme.example"}, "too similar"),
    ],
)
def test_a_bad_password_is_refused_in_words(at_home, bob, wrong, words):
    response = change(at_home, **wrong)

    assert response.status_code == 422
    assert words in response.getvalue().decode()
    assert has_password(bob, OLD)


def test_passwords_are_never_sent_back(at_home):
    html = change(at_home, old="wrong-secret", new="another-secret").getvalue().decode()

    assert "wrong-secret" not in html
    assert "another-secret" not in html


def test_after_ten_tries_one_waits(at_home, bob):
    for _ in range(10):
        assert change(at_home, old="wrong").status_code == 422

    response = change(at_home)

    assert response.status_code == 429
    assert response["Retry-After"]
    assert has_password(bob, OLD)


def test_a_form_sent_twice_is_saved_once(at_home):
    change(at_home, form_token="one")

    assert change(at_home, form_token="one").status_code == 302
    assert Event.objects.count() == 1


def test_an_outsider_finds_no_profile_here(client, acme, charlie):
    client.force_login(charlie)

    assert client.get(url()).status_code == 404
    assert change(client).status_code == 404


def test_other_methods_are_refused(at_home):
    assert at_home.get(url("profile-password")).status_code == 405
    assert at_home.delete(url()).status_code == 405
