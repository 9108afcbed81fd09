"""The overview of the organization and the dashboard of each portfolio, which follow the facts while they are open."""

import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from events.selectors import EventLine, recent_events
from portfolio.charts import dashboard_charts
from portfolio.metrics import METRICS
from portfolio.selectors.dashboard import (
    Dashboard,
    freshness,
    organization_dashboard,
    organization_rollup,
    portfolio_dashboard,
    portfolio_heads,
)
from portfolio.selectors.freshness import Freshness
from portfolio.selectors.overview import product_lines, reviews_due

LOOKED = "portolan_looked"
#: A look ends when nothing was looked at for so long.
A_LOOK = datetime.timedelta(minutes=30)
NEWS = 12
LATELY = 6


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The organization as a whole, what is late, what is mine, and what happened since the person last looked."""
    now = timezone.now()
    board = organization_dashboard(request.user, request.organization, now)
    if not board.parts and not (board.rollup and (board.rollup.project_count or board.rollup.program_count)):
        return render(request, "portfolio/home_empty.html", {"can_act": request.user})
    lines = product_lines(request.user)
    previous, looked = looks(request, now)
    news = recent_events(request.organization.pk, limit=NEWS)
    context = {
        "board": board,
        "lines": lines,
        "reviews": reviews_due(lines, timezone.localdate(now)),
        "today": timezone.localdate(now),
        **lately(news, previous),
        **fresh(board.freshness, reverse("portfolio:home-tiles")),
    }
    response = render(request, "portfolio/home.html", context)
    response.set_cookie(LOOKED, looked, max_age=90 * 86400, path=reverse("portfolio:home"), httponly=True, samesite="Lax")
    return response
