"""The portfolio, program, project or product that a page of money is about: its head, and its addresses."""

from dataclasses import dataclass
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse

from core.access import require
from core.pages import MemberRequest
from finance.models import FinancialEntry
from programs.views.program import found_program
from programs.views.program import head as program_head
from projects.views.project import found_project
from projects.views.project import head as project_head

#: Portfolios and products belong to an app above: reached through the columns that point at them.
PORTFOLIO: Any = FinancialEntry._meta.get_field("portfolio").related_model
PRODUCT: Any = FinancialEntry._meta.get_field("product").related_model
#: What the pages of a subject extend.
BASES_OF = {
    "portfolio": "portfolio/portfolio_base.html",
    "program": "programs/program_base.html",
    "project": "projects/project_base.html",
    "product": "finance/product_base.html",
}


@dataclass(frozen=True)
class Subject:
    """A portfolio, program, project or product, and the pages of money that it has."""

    kind: str
    row: Any

    def url(self, page: str) -> str:
        """The address of one of its pages: budget, business-case, earned-value, benefits."""
        app = "portfolio" if (self.kind, page) == ("portfolio", "budget") else "finance"
        return reverse(f"{app}:{self.kind}-{page}", args=[self.row.pk])

    def head(self, request: MemberRequest, tab: str) -> dict[str, Any]:
        """What the head of its page shows, and what it extends."""
        if self.kind == "project":
            shown = project_head(self.row, tab)
        elif self.kind == "program":
            shown = program_head(request, self.row, tab)
        elif self.kind == "product":
            shown = {"product": self.row, "tab": tab, "nav": "portfolio:product-list"}
        else:
            above = places_above(self.row)
            shown = {"portfolio": self.row, "above": above, "tab": tab, "nav": "portfolio:portfolio-list"}
        return {**shown, "subject": self, "base": BASES_OF[self.kind]}


def places_above(portfolio: Any) -> list[Any]:
    """The portfolios that one lies in, the topmost first."""
    return [*places_above(portfolio.parent), portfolio.parent] if portfolio.parent else []


def found_subject(request: MemberRequest, kind: str, pk: int) -> Subject:
    """The subject of an address: 404 for strangers, 403 for members to whom amounts are hidden."""
    if kind == "project":
        row: Any = found_project(request, pk)
    elif kind == "program":
        row = found_program(request, pk)
    elif kind == "product":
        row = get_object_or_404(PRODUCT.objects.visible_to(request.user).select_related("line"), pk=pk)
    else:
        row = get_object_or_404(PORTFOLIO.objects.visible_to(request.user).with_parents(), pk=pk)
    require(request.user, "finance.read", request.organization)
    return Subject(kind, row)


def subject_of(row: Any) -> Subject:
    """The subject of an entry, budget, business case or benefit."""
    return Subject(row.subject_kind, row.subject)
