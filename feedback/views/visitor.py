"""Public pages of a visitor: confirming an address, what one voted for, no more mail."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from feedback import services
from feedback.models import Portal, PortalAct, PortalVisitor
from feedback.selectors.visitor import link_of, mine
from feedback.views.portal_visit import even_closed, forget, go, limit, own_page, public, remember, visitor_of


@sensitive_variables("token")
@csrf_exempt  # Whoever holds the token may use it; no cookie gives it any weight.
@require_http_methods(["GET", "HEAD", "POST"])
@public
def portal_confirm(request: HttpRequest, portal: Portal, token: str) -> HttpResponse:
    """Ask the holder of a mailed link to press a button; programs that look through mail only ever open it."""
    limit("confirm", request, portal)
    if request.method != "POST":
        row = link_of(portal, token, timezone.now())
        return own_page(request, portal, "confirm.html", {"link": row, "idea": row.idea.merged_into or row.idea})
    row = services.confirm_link(actor=None, portal=portal, token=token, now=timezone.now())
    idea = row.idea.merged_into or row.idea
    if idea.is_shown:
        response = go(portal, "portal-idea", idea.pk, said=row.act)
    else:
        response = go(portal, "portal-sent", said="confirmed" if row.act == PortalAct.SUBMIT else "hidden")
    remember(response, portal, row.visitor)
    return response


@csrf_exempt  # It forgets this browser, and nothing else.
@require_http_methods(["GET", "HEAD", "POST"])
@public
def portal_mine(request: HttpRequest, portal: Portal) -> HttpResponse:
    """What a visitor voted for and follows, and a way to be forgotten by this browser."""
    if request.method == "POST":
        response = go(portal, "portal-ideas")
        forget(response, portal)
        return response
    visitor = visitor_of(request, portal)
    context = {"visitor": visitor, "mine": mine(portal, visitor) if visitor else None}
    return own_page(request, portal, "mine.html", context)


@csrf_exempt  # Mail programs send it in one click (RFC 8058), with the key and without a cookie.
@require_http_methods(["GET", "HEAD", "POST"])
@even_closed
def portal_stop(request: HttpRequest, portal: Portal, key: str) -> HttpResponse:
    """Tell a visitor nothing any more, or again; opening the address alone changes nothing."""
    visitors = PortalVisitor.objects.filter(organization=portal.organization)
    visitor = get_object_or_404(visitors, unsubscribe_key=key)
    if request.method == "POST":
        act = services.subscribe_visitor if "again" in request.POST else services.unsubscribe_visitor
        visitor = act(actor=None, visitor=visitor)
    return own_page(request, portal, "stop.html", {"visitor": visitor})
