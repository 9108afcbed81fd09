"""A form that is sent twice is saved once, also when both copies arrive at the same moment."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from core import pages
from core.tenancy import Scope, scope
from portfolio.models import Portfolio

URL = "/o/acme/portfolios/new/"


def at_once(client: Client, body: dict, copies: int) -> list[tuple[int, str]]:
    """Send a form from threads of their own; returns status and where each was sent on."""
    session = client.cookies["sessionid"].value

    def send(number: int) -> tuple[int, str]:
        other = Client()
        other.cookies["sessionid"] = session
        try:
            with scope(Scope()):
                answer = other.post(URL, body)
            return answer.status_code, answer.headers.get("Location", "")
        finally:
            connection.close()

    with ThreadPoolExecutor(copies) as crowd:
        return list(crowd.map(send, range(copies)))


@pytest.mark.django_db(transaction=True)
def test_copies_that_arrive_together_make_one_row_and_lead_to_it(client, alice, acme):
    client.force_login(alice)

    answers = at_once(client, {"name": "Growth", "form_token": "the-same"}, 4)

    growth = Portfolio.objects.get(name="Growth")
    assert set(answers) == {(302, f"/o/acme/portfolios/{growth.pk}/")}


def test_a_form_that_was_refused_may_be_corrected_and_sent_again(client, alice, acme):
    client.force_login(alice)
    with scope(Scope()):
        refused = client.post(URL, {"name": "", "form_token": "the-same"})
        saved = client.post(URL, {"name": "Growth", "form_token": "the-same"})

    assert (refused.status_code, saved.status_code) == (422, 302)
    assert Portfolio.objects.filter(name="Growth").count() == 1


def test_a_copy_does_not_wait_for_ever(client, alice, acme, monkeypatch):
    monkeypatch.setattr(pages, "WAITS_FOR_FIRST", 1)
    cache.set(f"form:{alice.pk}:{URL}:the-same", "", 30)
    client.force_login(alice)

    with scope(Scope()):
        answer = client.post(URL, {"name": "Growth", "form_token": "the-same"})

    assert answer.status_code == 409
    assert b"the first copy is still being saved" in answer.content
    assert not Portfolio.objects.filter(name="Growth").exists()
