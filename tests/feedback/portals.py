"""Visitors of a portal, as tests play them: forms sent from the pages, links taken out of the mail."""

import datetime
import re

from django.test import Client
from django.utils import timezone

from core.tenancy import global_url
from events.models import OutgoingMail
from feedback.forms.portal import form_token
from feedback.models import PortalIdea
from feedback.services import tell_visitors
from tests.accounts.places import outside

LINK = re.compile(r"http://testserver(/portal/\S+/(?:confirm|stop)/\S+/)")


class Visitor:
    """A browser in which nobody is signed in, on one portal."""

    def __init__(self, portal, email="", address="203.0.113.7"):
        self.portal, self.email = portal, email
        self.browser = Client(REMOTE_ADDR=address)

    def url(self, name, *args):
        return global_url(name, self.portal.organization.slug, self.portal.slug, *args)

    def get(self, name, *args, **query):
        with outside():
            return self.browser.get(self.url(name, *args), query)

    def open(self, path):
        with outside():
            return self.browser.get(path)

    def post(self, name, *args, **data):
        with outside():
            return self.browser.post(self.url(name, *args), data)

    def press(self, path, **data):
        with outside():
            return self.browser.post(path, data)

    def submit(self, title="Dark mode", text="So that the night shift is not blinded.", seconds=10, **more):
        """Send an idea, so many seconds after its page was opened."""
        opened_at = timezone.now() - datetime.timedelta(seconds=seconds)
        data = {"title": title, "text": text, "email": self.email, "token": form_token(self.portal, None, opened_at)}
        return self.post("portal-submit", **{**data, **more})

    def take_part(self, idea, act="vote", **more):
        """Press a button of an idea's page."""
        shown = self.get("portal-idea", idea.pk).context["form"]
        data = {"act": act, "token": shown.initial["token"], **({"email": self.email} if self.email else {})}
        return self.post("portal-take-part", idea.pk, **{**data, **more})

    def vote(self, idea):
        """Vote, and confirm by the link in the mail; the browser is known from then on."""
        self.take_part(idea)
        return self.press(mailed_link(self.email))


def mails(email=""):
    """What is queued for an address, or for all, the oldest first."""
    rows = OutgoingMail.objects.order_by("pk")
    return list(rows.filter(to=email) if email else rows)


def mailed_link(email, word="confirm"):
    """The latest link that was mailed to an address."""
    found = [path for mail in mails(email) for path in LINK.findall(mail.text) if f"/{word}/" in path]
    return found[-1]


def tell_all(organization):
    """Let a worker tell what waits to be told."""
    while tell_visitors(organization_id=organization.pk, now=timezone.now()) >= 0:
        pass


def votes(idea):
    """How many votes an idea has."""
    return PortalIdea.objects.with_votes().get(pk=idea.pk).votes
