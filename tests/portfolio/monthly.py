"""What tests of monthly totals share: entries and allocations, and sums of all facts to hold the totals against."""

import datetime
from collections import defaultdict
from decimal import Decimal

from finance.models import FinancialEntry
from portfolio.models import DemandMonth, MoneyMonth
from portfolio.models.monthly import DEMANDING
from portfolio.models.rollup import NODES
from resources.models import Allocation

JANUARY, FEBRUARY, MARCH = (datetime.date(2026, number, 1) for number in (1, 2, 3))


def entry(subject, amount, kind="actual", entry_class="opex", month=JANUARY, **values):
    """An entry about a portfolio, program, project or product, in the organization's currency."""
    return FinancialEntry.objects.create(
        organization=subject.organization, **{subject._meta.model_name: subject}, kind=kind, entry_class=entry_class,
        month=month, amount=Decimal(amount), currency="USD", reporting_amount=Decimal(amount), **values,
    )  # fmt: skip


def allocation(project, fte, month=JANUARY, kind="plan", **who):
    """FTE of somebody for a project."""
    return Allocation.objects.create(
        organization=project.organization, project=project, kind=kind, month=month, fte=Decimal(fte), **who
    )


def money_of(**node):
    """kind, class, month -> amount, of one node or of the organization."""
    rows = MoneyMonth.objects.filter(**(node or dict.fromkeys(NODES)))
    return {(row.kind, row.entry_class, row.month): row.amount for row in rows if row.amount}


def given_to(**node):
    """class, month -> what the node was given."""
    rows = MoneyMonth.objects.filter(**(node or dict.fromkeys(NODES)))
    return {(row.entry_class, row.month): row.given_amount for row in rows if row.given_amount}


def demand_of(**node):
    """role, team, month -> planned, open, actual and proposed FTE, of one node or of the organization."""
    rows = DemandMonth.objects.filter(**(node or dict.fromkeys(DEMANDING)))
    return {
        (row.role_id, row.team_id, row.month): (row.planned_fte, row.open_fte, row.actual_fte, row.proposed_fte)
        for row in rows
    }


def stored_months():
    """All monthly totals of the organization in scope, by node and cell."""
    found = {}
    for model in (MoneyMonth, DemandMonth):
        for row in model.objects.values():
            del row["id"]
            measures = {name: value for name, value in row.items() if name.endswith(("amount", "_fte"))}
            key = tuple(sorted((name, str(value)) for name, value in row.items() if name not in measures))
            found[model.__name__, key] = measures
    return found


def summed(rows):
    """kind, class, month -> the sum of entries."""
    sums = defaultdict(Decimal)
    for row in rows:
        sums[row.kind, row.entry_class, row.month] += row.reporting_amount
    return {cell: amount for cell, amount in sums.items() if amount}
