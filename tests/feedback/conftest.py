"""Accounts, and what they said."""

from decimal import Decimal

import pytest

from feedback.models import FeedbackItem
from feedback.services import Incoming, create_account, create_item, receive_items


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
