"""Pages of portfolios, besides the dashboard that each has."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from core.access import require
from core.amounts import are_hidden
from core.exports import FORMATS, export
from core.htmx import wants_fragment
from core.pages import MemberRequest, form_page, go_on, page_of, posted, seen_version
from portfolio import services
from portfolio.filters import PortfolioPageFilter
from portfolio.forms import PortfolioForm
from portfolio.models import Portfolio
from portfolio.selectors.tree import HEADER, Branch, narrowed, nested, portfolio_cells, tree_totals
from programs.selectors import rollup_of


def by_rollup(column: str) -> Callable[[Portfolio], Any]:
    """Orders portfolios by a column of their totals."""
    return lambda portfolio: getattr(rollup_of(portfolio), column, None)


SORTS: dict[str, Callable[[Portfolio], Any]] = {
    "name": lambda portfolio: portfolio.name.casefold(),
    "manager": lambda portfolio: portfolio.manager and portfolio.manager.name.casefold(),
    "programs": by_rollup("program_count"),
    "projects": by_rollup("project_count"),
    "progress": by_rollup("progress_ratio"),
    "late": by_rollup("late_count"),
    "finish": by_rollup("finish_date"),
    "slip": by_rollup("slip_days"),
    "budget": by_rollup("budget_amount"),
    "actual": by_rollup("actual_amount"),
}
OF_AMOUNTS = {"budget", "actual"}


def chosen_branches(request: MemberRequest, chosen: PortfolioPageFilter) -> tuple[list[Branch], str]:
    """Portfolios as the address asks for them: nested, or flat where it narrows them; and the order it asks for."""
    asked = request.GET.get("sort", "name")
    known = SORTS.keys() - (OF_AMOUNTS if are_hidden() else set())
    sort = asked if asked.removeprefix("-") in known else "name"
    rows = Portfolio.objects.visible_to(request.user).with_parents().select_related("rollup")
    is_archive = bool(chosen.form.cleaned_data.get("archived"))
    rows = rows.exclude(archived_at=None) if is_archive else rows.live()
    branches = nested(list(rows), SORTS[sort.removeprefix("-")], sort.startswith("-"))
    is_narrowed = any(value for name, value in chosen.form.cleaned_data.items() if name != "archived")
    return narrowed(branches, set(chosen.qs.values_list("pk", flat=True))) if is_narrowed else branches, sort


@require_GET
@vary_on_headers("HX-Request")
def portfolio_list(request: MemberRequest) -> HttpResponseBase:
    """The organization's portfolios as they nest; htmx gets the table alone, `format` gets a file."""
    chosen = PortfolioPageFilter(request.GET, Portfolio.objects.visible_to(request.user), request=request)
    chosen.form.is_valid()
    branches, sort = chosen_branches(request, chosen)
    if (file_format := request.GET.get("format", "")) in FORMATS:
        return export(portfolio_cells(branches), header=HEADER, name="portfolios", file_format=file_format)
    context = {
        "filter": chosen,
        "page": page_of(request, branches),
        "sort": sort,
        "totals": tree_totals(branches),
        "is_empty": not branches and not Portfolio.objects.visible_to(request.user).exists(),
        "fragment": wants_fragment(request),
    }
    name = "portfolio/_portfolio_table.html" if context["fragment"] else "portfolio/portfolio_list.html"
    return render(request, name, context)


@require_http_methods(["GET", "POST"])
def portfolio_create(request: MemberRequest) -> HttpResponse:
    """Open a portfolio; `parent` in the address chooses what it lies in."""
    require(request.user, "portfolio.edit", request.organization)
    form = PortfolioForm(
        posted(request),
        initial={"parent": request.GET.get("parent")},
        user=request.user,
        organization=request.organization,
    )
    return form_page(
        request,
        form=form,
        template="portfolio/portfolio_form.html",
        save=lambda form: services.create_portfolio(
            actor=request.user, organization=request.organization, **form.values()
        ),
        done=lambda portfolio: reverse("portfolio:portfolio-detail", args=[portfolio.pk]),
        message="Opened portfolio “{row}”.",
    )


@require_http_methods(["GET", "POST"])
def portfolio_edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Change a portfolio, or move it into another."""
    portfolio = get_object_or_404(Portfolio.objects.visible_to(request.user), pk=pk)
    require(request.user, "portfolio.edit", request.organization)
    form = PortfolioForm(posted(request), instance=portfolio, user=request.user, organization=request.organization)
    return form_page(
        request,
        form=form,
        template="portfolio/portfolio_form.html",
        save=lambda form: services.update_portfolio(
            actor=request.user, portfolio=portfolio, expected_version=form.expected_version, **form.values()
        ),
        done=lambda portfolio: reverse("portfolio:portfolio-detail", args=[portfolio.pk]),
        message="Saved portfolio “{row}”.",
        context={"portfolio": portfolio},
    )


@require_POST
def portfolio_archive(request: MemberRequest, pk: int) -> HttpResponse:
    """Put a portfolio out of sight; refused while it holds anything, which is named."""
    portfolio = get_object_or_404(Portfolio.objects.visible_to(request.user), pk=pk)
    services.archive_portfolio(actor=request.user, portfolio=portfolio, expected_version=seen_version(request))
    undo = reverse("portfolio:portfolio-restore", args=[pk])
    return go_on(request, reverse("portfolio:portfolio-list"), f"Archived portfolio “{portfolio}”.", undo)


@require_POST
def portfolio_restore(request: MemberRequest, pk: int) -> HttpResponse:
    """Bring an archived portfolio back."""
    portfolio = get_object_or_404(Portfolio.objects.visible_to(request.user), pk=pk)
    services.restore_portfolio(actor=request.user, portfolio=portfolio, expected_version=seen_version(request))
    return go_on(request, reverse("portfolio:portfolio-list"), f"Restored portfolio “{portfolio}”.")
