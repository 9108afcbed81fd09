"""Short ways to say cells and entries, and a benefit of Acme's program."""

import datetime
from decimal import Decimal

import pytest

from finance.models import Benefit, FinancialEntry
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


@pytest.fixture
def enter(acme):
    """`enter(subject, "actual", "opex", "2026-01", 100)` makes an entry in the organization's currency."""

    def make(subject, kind, entry_class, when, amount, **more):
        amount = Decimal(str(amount))
        named = {subject._meta.model_name: subject}
        return FinancialEntry.objects.create(
            organization=acme, kind=kind, entry_class=entry_class, month=month(when), amount=amount, currency="USD",
            reporting_amount=amount, **named, **more,
        )  # fmt: skip

    return make


@pytest.fixture
def benefit(acme, program, alice):
    return Benefit.objects.create(
        organization=acme, program=program, name="Fewer calls", measure="Support calls a month", unit="count",
        owner=alice, is_lower_better=True,
    )  # fmt: skip
