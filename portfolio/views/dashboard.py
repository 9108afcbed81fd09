"""The overview of the organization and the dashboard of each portfolio, which follow the facts while they are open."""

import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET

from core.pages import MemberRequest, asked
from events.selectors import EventLine, kept, recent_events
from portfolio.charts.dashboard import dashboard_charts
from portfolio.metrics import Figures, Query, node_query
from portfolio.selectors.dashboard import (
    Dashboard,
    Head,
    organization_dashboard,
    organization_head,
    portfolio_dashboard,
    portfolio_head,
)
from portfolio.selectors.freshness import Freshness
from portfolio.selectors.overview import product_lines, reviews_due
from portfolio.views.part_rows import part_rows
from projects.selectors import late_dependencies_of
from scoring.selectors import asked_of

LOOKED = "portolan_looked"
#: A visit ends when nothing was looked at for so long; what happened since the last one is news.
A_VISIT = datetime.timedelta(minutes=30)
MOST_NEWS = 10
LATELY = 6
#: So many sessions that wait for the person are named.
MOST_SESSIONS = 3


@require_GET
def home(request: MemberRequest) -> HttpResponse:
    """The organization as a whole, what is late, what is mine, and what happened since the person last looked."""
    now = timezone.now()
    today = timezone.localdate(now)
    board = organization_dashboard(request.user, request.organization, now)
    if board.is_empty:
        return render(request, "portfolio/home_empty.html", {"board": board})
    lines, lately, waiting = kept(request.organization.pk, asked(request), lambda: below_the_tiles(request))
    before, looked = visits(request, now)
    context = {
        "board": board,
        **table_of_parts(board, request.organization),
        "lines": lines,
        "reviews": reviews_due(lines, today),
        "late_dependencies": waiting,
        "sessions": list(asked_of(request.user).select_related("facilitator")[:MOST_SESSIONS]),
        "today": today,
        **news(lately, before),
        **followed(board.freshness, reverse("portfolio:home-tiles")),
    }
    response = render(request, "portfolio/home.html", context)
    path = reverse("portfolio:home")
    response.set_cookie(LOOKED, looked, max_age=90 * 86_400, path=path, httponly=True, samesite="Lax")
    return response


def below_the_tiles(request: MemberRequest) -> Any:
    """Product lines, what happened lately, and what is late while this person, or others, wait for it."""
    news_of_all = recent_events(request.organization.pk, limit=MOST_NEWS)
    return product_lines(request.user), news_of_all, late_dependencies_of(request.user)


@require_GET
def home_tiles(request: MemberRequest) -> HttpResponse:
    """The overview's tiles for a page that is open; nothing (204) while they are as that page has them."""
    return tiles(request, organization_head(request.organization), reverse("portfolio:home-tiles"))


@require_GET
def portfolio_detail(request: MemberRequest, pk: int) -> HttpResponse:
    """The dashboard of a portfolio."""
    now = timezone.now()
    head = portfolio_head(request.user, pk)
    board = portfolio_dashboard(request.user, head, now)
    today = timezone.localdate(now)
    rows_url = f"{reverse('projects:project-list')}?portfolio={pk}"
    context = {
        "portfolio": head.node,
        "above": head.above,
        "board": board,
        **table_of_parts(board, request.organization),
        "rows_url": rows_url,
        "charts": dashboard_charts(board.parts, board.rollup, rows_url, today) if board.rollup else [],
        "nav": "portfolio:portfolio-list",
        **followed(board.freshness, reverse("portfolio:portfolio-tiles", args=[pk])),
    }
    return render(request, "portfolio/portfolio_detail.html", context)


@require_GET
def portfolio_tiles(request: MemberRequest, pk: int) -> HttpResponse:
    """A dashboard's tiles for a page that is open; nothing (204) while they are as that page has them."""
    address = reverse("portfolio:portfolio-tiles", args=[pk])
    return tiles(request, portfolio_head(request.user, pk), address, node_query("portfolio", pk))


def tiles(request: MemberRequest, head: Head, address: str, node: Query = ()) -> HttpResponse:
    """The fragment, with the news that the totals have moved; or that nothing has."""
    fresh = head.freshness(timezone.now())
    figures = Figures(head.rollup, node) if head.rollup else {}
    context = {"figures": figures, "rollup": head.rollup, **followed(fresh, address)}
    is_known = request.GET.get("as_of") == fresh.token
    response = HttpResponse(status=204) if is_known else render(request, "portfolio/_tiles.html", context)
    if not is_known:
        response["HX-Trigger"] = "portolan:rolled-up"
    response["Portolan-As-Of"] = fresh.as_of.isoformat()
    response["Cache-Control"] = "no-store"
    return response


def table_of_parts(board: Dashboard, organization: Any) -> dict[str, Any]:
    """The rows of what the whole is made of, and of the rest."""
    rest = [board.rest] if board.rest else []
    return {"part_rows": part_rows(board.busy, organization), "rest_row": part_rows(rest, organization)}


def followed(fresh: Freshness, tiles_url: str) -> dict[str, Any]:
    """What a page needs that follows its figures: how current they are, and where to ask for newer ones."""
    return {"freshness": fresh, "as_of": fresh.as_of, "is_late": fresh.is_old, "tiles_url": tiles_url}


def visits(request: MemberRequest, now: datetime.datetime) -> tuple[datetime.datetime | None, str]:
    """When the person's visit before this one ended, and the cookie that remembers both."""
    parts = [parse(part) for part in request.COOKIES.get(LOOKED, "").split("|")]
    before, last = (parts[0], parts[1]) if len(parts) == 2 else (None, None)
    if last is None or last > now or now - last > A_VISIT:
        before = last if last is None or last <= now else None
    return before, f"{before.isoformat() if before else ''}|{now.isoformat()}"


def parse(text: str) -> datetime.datetime | None:
    """An instant of a cookie; nonsense is none."""
    try:
        instant = parse_datetime(text)
    except ValueError:
        return None
    return instant if instant and instant.tzinfo else None


def news(lines: list[EventLine], before: datetime.datetime | None) -> dict[str, Any]:
    """What happened since the person last looked; or, if nothing has, what happened lately."""
    new = [line for line in lines if before and line.occurred_at > before]
    return {"news": new or lines[:LATELY], "looked_at": before if new else None}
