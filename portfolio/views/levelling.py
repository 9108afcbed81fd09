"""Levelling of all projects of a portfolio."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from core.pages import MemberRequest
from portfolio.models import Portfolio
from projects.models import LevellingProposal
from projects.views.levelling import levelling_page


@require_http_methods(["GET", "POST"])
@vary_on_headers("HX-Request")
def portfolio_levelling(request: MemberRequest, pk: int) -> HttpResponse:
    """Which projects of a portfolio, and of those below it, might start later; a form asks for a proposal."""
    portfolio = get_object_or_404(Portfolio.objects.visible_to(request.user), pk=pk)
    return levelling_page(
        request,
        rows=LevellingProposal.objects.visible_to(request.user).filter(portfolio=portfolio),
        here=reverse("portfolio:portfolio-levelling", args=[pk]),
        template="portfolio/portfolio_levelling.html",
        context={"portfolio": portfolio, "nav": "portfolio:portfolio-list"},
        portfolio=portfolio,
    )
