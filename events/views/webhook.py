"""Pages of the endpoints outside that are told of events, for owners."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from core.access import require
from core.htmx import wants_fragment
from core.pages import MemberRequest, form_page, go_on, ordered, page_of, posted, seen_version
from events import services
from events.filters import DeliveryFilter
from events.forms import ReplayForm, WebhookForm
from events.models import WebhookEndpoint
from events.selectors.webhooks import endpoints_lately

MANAGE = "organization.manage"
SORTS: dict[str, str | tuple[str, ...]] = {
    "name": "name",
    "state": ("state", "name"),
    "waiting": "waiting",
    "last": "last_sent_at",
}
DELIVERY_SORTS = {"when": "pk", "state": "state", "attempts": "attempt_count", "duration": "duration_ms"}


def found_endpoint(request: MemberRequest, pk: int) -> WebhookEndpoint:
    """The endpoint of an address, for who may manage it."""
    rows = endpoints_lately(request.user, timezone.now()).select_related("organization", "created_by")
    endpoint: WebhookEndpoint = get_object_or_404(rows, pk=pk)
    require(request.user, MANAGE, request.organization)
    return endpoint


def to_endpoint(row: Any) -> str:
    return reverse("events:webhook-detail", args=[row.pk])


@require_GET
@vary_on_headers("HX-Request")
def webhook_list(request: MemberRequest) -> HttpResponse:
    """The endpoints, with how they fared lately; htmx gets the table alone."""
    require(request.user, MANAGE, request.organization)
    rows = endpoints_lately(request.user, timezone.now())
    endpoints, sort = ordered(request, rows.live(), SORTS, "name")
    context = {
        "page": page_of(request, endpoints),
        "sort": sort,
        "disabled": list(rows.live().filter(state="disabled").order_by("name", "pk")[:20]),
        "archived": list(rows.exclude(archived_at=None).order_by("-archived_at", "pk")[:20]),
    }
    name = "events/_webhook_table.html" if wants_fragment(request) else "events/webhook_list.html"
    return render(request, name, context)


@never_cache
@require_http_methods(["GET", "POST"])
def webhook_create(request: MemberRequest) -> HttpResponse:
    """Make an endpoint; its secret is in the answer and nowhere else, ever again."""
    require(request.user, MANAGE, request.organization)
    made: list[tuple[WebhookEndpoint, str]] = []

    def save(form: WebhookForm) -> WebhookEndpoint:
        made.append(
            services.create_webhook_endpoint(actor=request.user, organization=request.organization, **form.values())
        )
        return made[0][0]

    answer = form_page(
        request,
        form=WebhookForm(posted(request), user=request.user, organization=request.organization),
        template="events/webhook_form.html",
        save=save,
        done=to_endpoint,
        message="Made the webhook “{row}”.",
    )
    return secret_page(request, *made[0]) if made else answer


def secret_page(request: MemberRequest, endpoint: WebhookEndpoint, secret: str) -> HttpResponse:
    """The new secret of an endpoint, to be copied now."""
    return render(request, "events/webhook_secret.html", {"endpoint": endpoint, "secret": secret})


def detail(request: MemberRequest, pk: int) -> dict[str, Any]:
    """What the page of an endpoint shows: how it fares, and its deliveries, as filtered."""
    endpoint: Any = found_endpoint(request, pk)
    chosen = DeliveryFilter(request.GET, endpoint.deliveries.select_related("event"), request=request)
    rows, sort = ordered(request, chosen.qs, DELIVERY_SORTS, "-when")
    page = page_of(request, rows.defer("request_body", "response_body", "request_headers", "attempts"))
    return {
        "endpoint": endpoint,
        "filter": chosen,
        "page": page,
        "sort": sort,
        "replay": ReplayForm(),
        "rests": endpoint.is_resting(timezone.now()),
        "both_sign": bool(endpoint.previous_secret_until and endpoint.previous_secret_until > timezone.now()),
        "is_empty": not page.paginator.count and not request.GET,
        "keep_days": settings.WEBHOOK_KEEP_DAYS,
    }


@require_GET
@vary_on_headers("HX-Request")
def webhook_detail(request: MemberRequest, pk: int) -> HttpResponse:
    """An endpoint and what was told to it; htmx gets the table of deliveries alone."""
    name = "events/_delivery_table.html" if wants_fragment(request) else "events/webhook_detail.html"
    return render(request, name, detail(request, pk))


@require_http_methods(["GET", "POST"])
def webhook_edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Change an endpoint, or archive it."""
    shown, endpoint = (
        found_endpoint(request, pk),
        found_endpoint(request, pk),
    )  # a form changes the row that it is given
    return form_page(
        request,
        form=WebhookForm(posted(request), instance=shown, user=request.user, organization=request.organization),
        template="events/webhook_form.html",
        save=lambda form: services.update_webhook_endpoint(
            actor=request.user, endpoint=endpoint, expected_version=form.expected_version, **form.values()
        ),
        done=to_endpoint,
        message="Saved the webhook “{row}”.",
        context={"endpoint": endpoint},
    )


@require_POST
def webhook_pause(request: MemberRequest, pk: int) -> HttpResponse:
    """Send nothing for the present."""
    row = services.pause_webhook_endpoint(
        actor=request.user, endpoint=found_endpoint(request, pk), expected_version=seen_version(request)
    )
    undo = reverse("events:webhook-resume", args=[pk])
    return go_on(request, to_endpoint(row), f"Paused “{row}”. What happens meanwhile is not told to it.", undo)


@require_POST
def webhook_resume(request: MemberRequest, pk: int) -> HttpResponse:
    """Send again."""
    row = services.resume_webhook_endpoint(
        actor=request.user, endpoint=found_endpoint(request, pk), expected_version=seen_version(request)
    )
    return go_on(request, to_endpoint(row), f"“{row}” is told of events again, from now on.")


@never_cache
@require_POST
def webhook_rotate(request: MemberRequest, pk: int) -> HttpResponse:
    """Give an endpoint another secret; it is in the answer and nowhere else, ever again."""
    endpoint = found_endpoint(request, pk)
    row, secret = services.rotate_webhook_secret(
        actor=request.user, endpoint=endpoint, expected_version=seen_version(request)
    )
    return secret_page(request, row, secret)


@require_POST
def webhook_archive(request: MemberRequest, pk: int) -> HttpResponse:
    """Tell an endpoint nothing more."""
    endpoint = found_endpoint(request, pk)
    services.archive_webhook_endpoint(actor=request.user, endpoint=endpoint, expected_version=seen_version(request))
    undo = reverse("events:webhook-restore", args=[pk])
    return go_on(request, reverse("events:webhook-list"), f"Archived the webhook “{endpoint}”.", undo)


@require_POST
def webhook_restore(request: MemberRequest, pk: int) -> HttpResponse:
    """Bring an archived endpoint back, paused."""
    row = services.restore_webhook_endpoint(
        actor=request.user, endpoint=found_endpoint(request, pk), expected_version=seen_version(request)
    )
    return go_on(request, to_endpoint(row), f"Restored “{row}”. It is paused: resume it when it is ready.")
