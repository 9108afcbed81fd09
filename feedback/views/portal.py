"""Pages of members about portals: which products have one, how it works, and its ideas."""

from typing import Any

from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from core.access import require
from core.htmx import wants_fragment
from core.pages import MemberRequest, form_page, go_on, id_in, page_of, posted, seen_version
from core.tenancy import global_url
from feedback import services
from feedback.filters.portal import IdeaPageFilter
from feedback.forms.portal import PortalForm
from feedback.models import Portal, PortalIdea
from feedback.selectors.idea import portals_with_counts, shippable
from feedback.selectors.products import product_model

NAV = {"nav": "feedback:portal-list"}


def found_portal(request: MemberRequest, pk: int) -> Portal:
    """The portal of an address."""
    return get_object_or_404(Portal.objects.visible_to(request.user).select_related("product"), pk=pk)


def page_of_portal(row: Any) -> str:
    return reverse("feedback:portal-detail", args=[row.pk])


def public_address(request: MemberRequest, portal: Portal) -> str:
    """Where everybody finds a portal."""
    path = global_url("portal-ideas", request.organization.slug, portal.slug)
    return f"{request.scheme}://{request.get_host()}{path}"


@require_GET
def portal_list(request: MemberRequest) -> HttpResponse:
    """The portals by product, open or closed, and what waits in each."""
    rows = portals_with_counts(Portal.objects.visible_to(request.user))
    without = product_model().objects.visible_to(request.user).live().exclude(portals__isnull=False)
    context = {"page": page_of(request, rows), "has_more_products": without.exists(), **NAV}
    return render(request, "feedback/portal_list.html", context)


@require_http_methods(["GET", "POST"])
def portal_create(request: MemberRequest) -> HttpResponse:
    """Set up the portal of a product."""
    require(request.user, "feedback.manage", request.organization)
    initial = {"product": id_in(request.GET.get("product"))}
    return form_page(
        request,
        form=PortalForm(posted(request), initial=initial, user=request.user, organization=request.organization),
        template="feedback/portal_form.html",
        save=lambda form: services.create_portal(
            actor=request.user, organization=request.organization, **form.values()
        ),
        done=page_of_portal,
        message="Set up “{row}”. It is closed: look at it, then open it.",
        context=NAV,
    )


@require_http_methods(["GET", "POST"])
def portal_edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Change what a portal is called and how it works."""
    portal = found_portal(request, pk)
    require(request.user, "feedback.manage", request.organization)
    return form_page(
        request,
        form=PortalForm(posted(request), instance=portal, user=request.user, organization=request.organization),
        template="feedback/portal_form.html",
        save=lambda form: services.update_portal(
            actor=request.user, portal=portal, expected_version=form.expected_version, **form.values()
        ),
        done=page_of_portal,
        message="Saved “{row}”.",
        context={"portal": portal, **NAV},
    )


@require_GET
@vary_on_headers("HX-Request")
def portal_detail(request: MemberRequest, pk: int) -> HttpResponse:
    """The ideas of a portal: those that wait first, and what may have shipped."""
    portal = found_portal(request, pk)
    ideas = PortalIdea.objects.visible_to(request.user).filter(portal=portal)
    chosen = IdeaPageFilter(request.GET, ideas, request=request)
    rows = chosen.qs.with_votes().select_related("project", "merged_into", "release")
    context = {
        "portal": portal,
        "filter": chosen,
        "page": page_of(request, rows.order_by(F("published_at").desc(nulls_first=True), "-pk")),
        "waiting_count": ideas.waiting().count(),
        "to_ship": list(shippable(ideas.live()).select_related("project").order_by("pk")[:10]),
        "public_url": public_address(request, portal),
        "is_empty": not request.GET and not ideas.exists(),
        **NAV,
    }
    name = "feedback/_portal_ideas.html" if wants_fragment(request) else "feedback/portal_detail.html"
    return render(request, name, context)


@require_POST
def portal_open(request: MemberRequest, pk: int) -> HttpResponse:
    """Let everybody read a portal."""
    portal = services.open_portal(
        actor=request.user, portal=found_portal(request, pk), expected_version=seen_version(request)
    )
    text = f"“{portal}” is open: everybody can read it at {public_address(request, portal)}"
    return go_on(request, page_of_portal(portal), text, reverse("feedback:portal-close", args=[pk]))


@require_POST
def portal_close(request: MemberRequest, pk: int) -> HttpResponse:
    """Take a portal off the web."""
    portal = services.close_portal(
        actor=request.user, portal=found_portal(request, pk), expected_version=seen_version(request)
    )
    text = f"“{portal}” is closed. Its ideas and votes are kept."
    return go_on(request, page_of_portal(portal), text, reverse("feedback:portal-open", args=[pk]))
