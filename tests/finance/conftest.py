"""Short ways to say cells."""

import datetime
from decimal import Decimal

import pytest

from finance.selectors import Cell
from finance.services import set_entries, set_rate


def month(text: str) -> datetime.date:
    return datetime.date.fromisoformat(f"{text}-01")


def cell(subject, when, amount, *, kind="budget", of="opex", **more):
    """A cell of a grid: cell(project, "2026-01", "100")."""
    return Cell(subject, kind, of, month(when), None if amount is None else Decimal(amount), **more)


@pytest.fixture
def put(acme, alice):
    """Sets cells as Alice."""

    def put(*cells, actor=alice, reason=""):
        return set_entries(actor=actor, organization=acme, cells=cells, reason=reason)

    return put


@pytest.fixture
def euro(acme, alice):
    """A euro was worth 1.10 dollars from January 2026 on."""
    return set_rate(
        actor=alice, organization=acme, currency="EUR", from_date=datetime.date(2026, 1, 1), rate=Decimal("1.1")
    )
