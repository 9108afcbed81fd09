"""The organization's settings: an owner changes them, others read them."""

import pytest
from django.urls import reverse

from accounts.models import Organization
from accounts.services import update_organization
from events.models import Event

VALUES = {"name": "Acme Ltd", "fiscal_year_start_month": "4", "version": "1"}


def url():
    return reverse("accounts:settings")


def organization():
    return Organization.objects.get(slug="acme")


def test_an_owner_changes_name_and_fiscal_year(client, olivia):
    client.force_login(olivia)

    response = client.post(url(), VALUES)

    assert response.status_code == 302
    assert (organization().name, organization().fiscal_year_start_month) == ("Acme Ltd", 4)
    assert Event.objects.get().changes == {"name": ["Acme", "Acme Ltd"], "fiscal_year_start_month": [1, 4]}


def test_the_currency_is_shown_and_stays(client, olivia):
    client.force_login(olivia)

    client.post(url(), {**VALUES, "currency": "EUR"})

    assert organization().currency == "USD"
    assert "It cannot be changed" in client.get(url()).getvalue().decode()


def test_others_read_them_without_a_form(client, vera):
    client.force_login(vera)

    html = client.get(url()).getvalue().decode()

    assert "January" in html
    assert 'name="fiscal_year_start_month"' not in html


@pytest.mark.parametrize("who", ["alice", "petra", "bob", "vera"])
def test_no_other_role_may_change_them(client, request, who):
    client.force_login(request.getfixturevalue(who))

    assert client.post(url(), VALUES).status_code == 403
    assert organization().name == "Acme"


def test_an_outsider_finds_nothing(client, acme, charlie):
    client.force_login(charlie)

    assert client.get(url()).status_code == 404
    assert client.post(url(), VALUES).status_code == 404


@pytest.mark.parametrize("wrong", [{"name": ""}, {"name": "x" * 201}, {"fiscal_year_start_month": "13"}])
def test_bad_input_keeps_what_was_typed_and_changes_nothing(client, olivia, wrong):
    client.force_login(olivia)

    response = client.post(url(), {**VALUES, **wrong})

    assert response.status_code == 422
    assert organization().version == 1


def test_a_stale_form_is_told_who_changed_what(client, olivia, acme):
    update_organization(actor=olivia, organization=acme, name="Acme Inc")
    client.force_login(olivia)

    response = client.post(url(), VALUES)

    html = response.getvalue().decode()
    assert response.status_code == 409
    assert "Olivia changed" in html
    assert "Acme Inc" in html
    assert 'value="Acme Ltd"' in html
    assert organization().name == "Acme Inc"


def test_a_form_sent_twice_is_saved_once(client, olivia):
    client.force_login(olivia)
    sent = {**VALUES, "form_token": "one"}

    assert client.post(url(), sent).status_code == 302
    assert client.post(url(), sent).status_code == 302
    assert Event.objects.count() == 1


def test_other_methods_are_refused(client, olivia):
    client.force_login(olivia)

    assert client.delete(url()).status_code == 405
