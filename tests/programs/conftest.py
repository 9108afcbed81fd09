"""Programs in bulk, and measures."""

import pytest

from portfolio.models import Portfolio
from programs.models import Measure, Program


@pytest.fixture
def measure(acme, program):
    return Measure.objects.create(
        organization=acme, program=program, name="Customers moved to the new line", category="Adoption"
    )


@pytest.fixture
def many_programs(acme, portfolio):
    """`many_programs(50)` more programs, each with a manager-less row of its own."""

    def make(count: int) -> list[Program]:
        rows = [
            Program(organization=acme, portfolio=portfolio, code=f"M{number}", name=f"Program {number:03}")
            for number in range(count)
        ]
        return Program.objects.bulk_create(rows)

    return make


@pytest.fixture
def inner_portfolio(acme, portfolio):
    return Portfolio.objects.create(organization=acme, name="Inner portfolio", parent=portfolio)
