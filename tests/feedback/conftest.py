"""Accounts, and what they said."""

from decimal import Decimal

import pytest

from events.services import claim_job, run_job
from feedback.models import FeedbackItem, UserStory
from feedback.services import (
    Incoming,
    create_account,
    create_item,
    create_mailbox,
    create_portal,
    create_portal_idea,
    draft_story,
    open_portal,
    publish_portal_idea,
    receive_items,
    set_endpoint,
)
from tests.feedback.chat_server import chat_server
from tests.feedback.imap import PASSWORD, USER, imap_server
from tests.feedback.portals import Visitor
from tests.feedback.sayings import better, voices  # noqa: F401


@pytest.fixture
def halden(acme, alice):
    """A customer that pays."""
    return create_account(
        actor=alice, organization=acme, name="Halden Freight", segment="Logistics", arr_amount=Decimal(84_000),
        email_domain="halden.example",
    )  # fmt: skip


@pytest.fixture
def item(acme, bob):
    """What Marta said."""
    return create_item(
        actor=bob, organization=acme, title="Labels", author_name="Marta Nilsson", author_role="warehouse lead",
        author_email="marta@halden.example", text="Every third label comes out shifted. The new alert screen is great.",
    )  # fmt: skip


@pytest.fixture
def said(acme, bob):
    """`said("…", …)` stores texts and gives their items, in their order."""

    def store(*texts: str, channel: str = "api", **fields: object) -> list[FeedbackItem]:
        rows = [Incoming(text=text, **fields) for text in texts]
        return [one.item for one in receive_items(actor=bob, organization=acme, channel=channel, rows=rows)]

    return store


@pytest.fixture
def portal(acme, olivia, product):
    """The portal of Atlas, open."""
    made = create_portal(
        actor=olivia, organization=acme, product=product, slug="atlas", title="Atlas ideas", intro="Tell us."
    )
    return open_portal(actor=olivia, portal=made)


@pytest.fixture
def idea(portal, bob, item):
    """What Marta said, in public words."""
    made = create_portal_idea(
        actor=bob, portal=portal, item=item, title="Straight labels", text="Labels come out where they belong."
    )
    return publish_portal_idea(actor=bob, idea=made)


@pytest.fixture
def chat(settings):
    """A local server that speaks the protocol of chat completions; it may be asked although it is on this machine."""
    settings.DRAFTING_PRIVATE_HOSTS = ["127.0.0.1"]
    with chat_server() as server:
        yield server


@pytest.fixture
def endpoint(acme, alice, chat):
    """The model behind it, set up to write drafts: 2 and 8 dollars for a million tokens, 5 dollars a month."""
    return set_endpoint(
        actor=alice, organization=acme, is_active=True, base_url=chat.url, model="small-1", api_key="sk-very-secret",
        input_price_amount=Decimal(2), output_price_amount=Decimal(8), cap_amount=Decimal(5), timeout_seconds=10,
    )  # fmt: skip


@pytest.fixture
def asked(acme, bob, halden):
    """Two who ask for the same, and say why."""
    texts = (
        "I want to print labels from any workstation, so that a shift does not depend on one old PC.",
        "Please let us print from other machines. It must work without an administrator.",
    )
    fields = {"author_role": "warehouse lead", "account": halden}
    return [create_item(actor=bob, organization=acme, text=text, **fields) for text in texts]


@pytest.fixture
def work(acme):
    """`work()` does what workers find waiting to be asked of the model."""

    def until_done() -> None:
        while job := claim_job(acme.pk, "delivery"):
            run_job(job)

    return until_done


@pytest.fixture
def drafted(acme, bob, asked, endpoint, work):
    """`drafted()` drafts a story from what was asked, and gives it as it is once the worker is done."""

    def draft(*items) -> UserStory:
        story = draft_story(actor=bob, organization=acme, items=list(items) or asked)
        work()
        return UserStory.objects.get(pk=story.pk)

    return draft


@pytest.fixture(autouse=True)
def hurry(monkeypatch):
    """A second try comes at once."""
    monkeypatch.setattr("feedback.services.drafting_http.FIRST_WAIT", 0.001)


@pytest.fixture
def second(portal, bob):
    """Another idea beside the first."""
    made = create_portal_idea(actor=bob, portal=portal, title="Dark mode", text="For the night shift.")
    return publish_portal_idea(actor=bob, idea=made)


@pytest.fixture
def ola(portal):
    """Somebody from Halden, in a browser of her own."""
    return Visitor(portal, "ola@halden.example")


@pytest.fixture(scope="module")
def server():
    with imap_server() as running:
        yield running


@pytest.fixture
def imap(server, settings, monkeypatch):
    """The server with an empty folder, which this Portolan may reach, and for whose answers it does not wait long."""
    monkeypatch.setattr("feedback.selectors.imap.READ_SECONDS", 2)
    monkeypatch.setattr("feedback.selectors.imap.CONNECT_SECONDS", 2)
    settings.FEEDBACK_PRIVATE_HOSTS = ["127.0.0.1"]
    server.new_folder()
    return server


@pytest.fixture
def add(acme, alice, imap):
    """`add(…)` adds a mailbox that reads the test's folder."""

    def create(**fields):
        where = {"host": "127.0.0.1", "port": imap.port, "security": "none", "user": USER, "folder": imap.folder}
        return create_mailbox(
            actor=alice, organization=acme, **{"name": "Support", "password": PASSWORD, **where, **fields}
        )

    return create


@pytest.fixture
def mailbox(add):
    return add()


@pytest.fixture
def page(client, acme):
    """`page(person)` is a browser in which that person is signed in."""

    def sign_in(person):
        client.force_login(person)
        return client

    return sign_in
