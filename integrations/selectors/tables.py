"""Which table holds the rows of each kind, and where a person finds one."""

from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse

from feedback.models import CustomerAccount, FeedbackItem
from finance.models import FinancialEntry
from portfolio.models import Portfolio, Product, ProductLine
from programs.models import Measure, Program
from projects.models import Activity, Project, Risk
from resources.models import Allocation, Capacity, Person, ResourceRole, Team


@dataclass(frozen=True, slots=True)
class Table:
    """The table behind a kind of rows."""

    model: Any
    page: str
    has_code: bool = False
    within: tuple[str, ...] = ()  # foreign keys within which a name tells rows apart


TABLES: dict[str, Table] = {
    "portfolio": Table(Portfolio, "portfolio:portfolio-detail"),
    "product_line": Table(ProductLine, "portfolio:line-detail", has_code=True),
    "program": Table(Program, "programs:program-detail", has_code=True, within=("portfolio",)),
    "product": Table(Product, "portfolio:product-detail"),
    "project": Table(Project, "projects:project-detail", has_code=True, within=("program", "portfolio")),
    "activity": Table(Activity, "projects:activity-edit", within=("project",)),
    "risk": Table(Risk, "projects:risk-edit", within=("project",)),
    "measure": Table(Measure, "programs:measure-edit", within=("program",)),
    "allocation": Table(Allocation, "projects:allocation-open"),
    "entry": Table(FinancialEntry, "finance:entry-detail"),
    "team": Table(Team, "resources:team-detail"),
    "resource_role": Table(ResourceRole, "resources:role-detail"),
    "person": Table(Person, "resources:person-detail"),
    "capacity": Table(Capacity, "resources:capacity-grid"),
    "customer_account": Table(CustomerAccount, "feedback:account-edit"),
    "feedback_item": Table(FeedbackItem, "feedback:item-detail"),
}


def object_url(kind: str, object_id: int | None) -> str:
    """The page of a row of the organization; empty where it has none."""
    if object_id is None:
        return ""
    try:
        return reverse(TABLES[kind].page, args=[object_id])
    except NoReverseMatch:
        return ""
