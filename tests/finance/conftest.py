"""Entries, benefits and business cases of Acme's project, program and product."""

import datetime
from decimal import Decimal

import pytest

from finance.models import Benefit, FinancialEntry


def month(text: str) -> datetime.date:
    """The first day of a month such as 2026-05."""
    return datetime.date.fromisoformat(f"{text}-01")


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
