"""The page on which an organization sets up the model that writes drafts."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from core.access import require
from core.htmx import wants_fragment
from core.pages import MemberRequest, form_page, go_on, posted
from events.models import Job
from feedback import services
from feedback.forms import EndpointForm
from feedback.models import BREAK_TIME, BREAKS_AFTER, DraftingEndpoint
from feedback.selectors.drafting import host_left_for, month_of_drafting
from feedback.services.drafting import TRY_KIND


def to_page(row: Any = None) -> str:
    return reverse("feedback:drafting")


def _use(request: MemberRequest, endpoint: DraftingEndpoint | None) -> dict[str, Any]:
    """What the month has used, and the trial that runs."""
    jobs = Job.objects.filter(organization=request.organization, kind=TRY_KIND)
    return {
        "endpoint": endpoint,
        "month": month_of_drafting(endpoint, timezone.now()) if endpoint else None,
        "host": host_left_for(endpoint.base_url) if endpoint else "",
        "job": jobs.order_by("-pk").first(),
        "breaks_after": BREAKS_AFTER,
        "break_minutes": round(BREAK_TIME.total_seconds() / 60),
        "nav": "accounts:settings",
    }


@require_http_methods(["GET", "POST"])
@vary_on_headers("HX-Request")
def drafting(request: MemberRequest) -> HttpResponse:
    """Set up the model, and see what it has cost this month; htmx gets the month alone."""
    require(request.user, "feedback.manage", request.organization)
    endpoint = DraftingEndpoint.objects.visible_to(request.user).first()
    context = _use(request, endpoint)
    if request.method == "GET" and wants_fragment(request):
        return render(request, "feedback/_drafting_month.html", context)
    initial = None if endpoint else {"currency": request.organization.currency}
    return form_page(
        request,
        form=EndpointForm(
            posted(request), instance=endpoint, initial=initial, user=request.user, organization=request.organization
        ),
        template="feedback/drafting.html",
        save=lambda form: services.set_endpoint(
            actor=request.user, organization=request.organization, expected_version=form.expected_version,
            **form.values(),
        ),
        done=to_page,
        message="Saved how drafts are written.",
        context=context,
    )  # fmt: skip


@require_POST
def drafting_try(request: MemberRequest) -> HttpResponse:
    """Send the model a harmless sample."""
    require(request.user, "feedback.manage", request.organization)
    endpoint = DraftingEndpoint.objects.visible_to(request.user).first() or DraftingEndpoint(
        organization=request.organization
    )
    services.try_endpoint(actor=request.user, endpoint=endpoint, result_path=to_page())
    return go_on(request, to_page(), "A sample is on its way to the model.")
