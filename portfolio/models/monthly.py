"""Stored monthly totals of money and of people's time, kept by the follower that keeps the other totals."""

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Q

from core.querysets import TenantQuerySet
from finance.models import EntryClass, EntryKind
from portfolio.models.rollup import NODES

#: The nodes that have demand: a product's work is its projects'.
DEMANDING = ("project", "program", "portfolio")


def of_one(nodes: tuple[str, ...], node: str) -> Q:
    """The condition that a row is of a node of this kind; of the organization with an empty one."""
    return Q(**{f"{node}__isnull": False}) if node else Q(**dict.fromkeys(nodes))


def of_at_most_one(nodes: tuple[str, ...]) -> Q:
    """The condition that a row is of one node, or of the organization."""
    kinds = [Q(**{f"{other}__isnull": other != node for other in nodes}) for node in ("", *nodes)]
    return Q.create(list(kinds), connector=Q.OR)


def once(nodes: tuple[str, ...], prefix: str, cell: tuple[str, ...], **rules: Any) -> list[models.UniqueConstraint]:
    """A node has a cell once. The constraints' indexes are also what its rows are found by, so each begins with it."""
    return [
        models.UniqueConstraint(
            fields=[node or "organization", *cell],
            condition=of_one(nodes, node),
            name=f"{prefix}_once_of_{node or 'organization'}",
            **rules,
        )
        for node in (*nodes, "")
    ]


def to_node(model: str) -> Any:
    """A nullable foreign key to a node; the constraint that names it first is its index."""
    return models.ForeignKey(model, models.CASCADE, related_name="+", null=True, db_index=False)


class MoneyMonth(models.Model):
    """The money of one kind and class of one node in one month, in the organization's currency, unrounded.

    A project has what it adds to its parents: nothing before approval, after cancelling and while it is archived. A
    program's, portfolio's and the organization's `amount` is what lies below, each project once, with the forecasts and
    actuals of programs themselves. A product has its projects' by their shares, and its own entries; the organization
    holds those too. `given_amount` is the node's own budget: what it was given, to hold against what its children's add
    up to. A month without money has no row.
    """

    organization = models.ForeignKey("accounts.Organization", models.PROTECT, related_name="+", db_index=False)
    project = to_node("projects.Project")
    program = to_node("programs.Program")
    portfolio = to_node("portfolio.Portfolio")
    product = to_node("portfolio.Product")
    kind = models.CharField(max_length=10, choices=EntryKind)
    entry_class = models.CharField("class", max_length=10, choices=EntryClass)
    month = models.DateField()
    amount = models.DecimalField(max_digits=32, decimal_places=10, default=Decimal(0))
    given_amount = models.DecimalField(max_digits=32, decimal_places=10, default=Decimal(0))

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=of_at_most_one(NODES), name="money_month_of_at_most_one_node"),
            *once(NODES, "money_month", ("month", "kind", "entry_class")),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.get_entry_class_display()}, {self.month:%Y-%m}"


class DemandMonth(models.Model):
    """The time of one role in one team that one node asks for in one month, in FTE.

    `planned_fte` is what approved projects plan, until the month in which they were done; `open_fte` is the part of it
    that nobody in person does yet: demand of a role or a team, and placeholders. `proposed_fte` is what proposals would
    add. A month without demand has no row.
    """

    organization = models.ForeignKey("accounts.Organization", models.PROTECT, related_name="+", db_index=False)
    project = to_node("projects.Project")
    program = to_node("programs.Program")
    portfolio = to_node("portfolio.Portfolio")
    role = models.ForeignKey("resources.ResourceRole", models.CASCADE, related_name="+", null=True, db_index=False)
    team = models.ForeignKey("resources.Team", models.CASCADE, related_name="+", null=True, db_index=False)
    month = models.DateField()
    planned_fte = models.DecimalField(max_digits=14, decimal_places=3, default=Decimal(0))
    open_fte = models.DecimalField(max_digits=14, decimal_places=3, default=Decimal(0))
    actual_fte = models.DecimalField(max_digits=14, decimal_places=3, default=Decimal(0))
    proposed_fte = models.DecimalField(max_digits=14, decimal_places=3, default=Decimal(0))

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=of_at_most_one(DEMANDING), name="demand_month_of_at_most_one_node"),
            *once(DEMANDING, "demand_month", ("month", "role", "team"), nulls_distinct=False),
        ]

    def __str__(self) -> str:
        return f"{self.role or self.team}, {self.month:%Y-%m}"
