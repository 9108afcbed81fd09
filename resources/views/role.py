"""Pages of roles and of what a day of them costs."""

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from core.access import can, require
from core.exports import FORMATS, export
from core.htmx import wants_fragment
from core.pages import MemberRequest, form_page, go_on, ordered, page_of, posted, seen_version
from events.models import Event
from events.selectors import history_of
from resources import selectors, services
from resources.algorithms.months import first_of
from resources.filters import RolePageFilter
from resources.forms import RateForm, RoleForm
from resources.models import Person, ResourceRole, RoleRate
from resources.views import editing
from resources.views.team import PEOPLE_SORTS

KIND = editing.Kind(
    noun="role",
    plural="Roles",
    model=ResourceRole,
    form=RoleForm,
    service="resource_role",
    holds="No live people may have it, and nothing may be planned for it from this month on. It can be restored.",
)
SORTS = {"name": "name", "people": "people_count", "placeholders": "placeholder_count"}


@require_GET
@vary_on_headers("HX-Request")
def role_list(request: MemberRequest) -> HttpResponseBase:
    """The organization's roles, with what a day costs for those who see amounts; `format` gets a file."""
    rows = ResourceRole.objects.visible_to(request.user)
    chosen = RolePageFilter(request.GET, rows.with_people(), request=request)
    roles, sort = ordered(request, chosen.qs, SORTS, "name")
    today = timezone.localdate()
    now = selectors.load_now(request.organization.pk, first_of(today), "role_id")
    if (file_format := request.GET.get("format", "")) in FORMATS:
        cells = selectors.role_cells(roles, now)
        return export(cells, header=selectors.ROLE_HEADER, name="roles", file_format=file_format)
    sees = can(request.user, "finance.read", request.organization)
    rates = selectors.rates_now(request.organization.pk, today) if sees else {}
    page = page_of(request, roles)
    context = {
        "filter": chosen,
        "page": page,
        "lines": [(role, now.get(role.pk), rates.get(role.pk)) for role in page],
        "month": first_of(today),
        "sort": sort,
        "is_empty": not page.paginator.count and not rows.exists(),
        "tab": "roles",
        "fragment": wants_fragment(request),
    }
    return render(request, f"resources/{'_role_table' if context['fragment'] else 'role_list'}.html", context)


@require_GET
def rate_export(request: MemberRequest) -> HttpResponseBase:
    """The rates of all live roles as a file, for those who see amounts."""
    require(request.user, "finance.read", request.organization)
    rows = RoleRate.objects.visible_to(request.user).filter(role__archived_at=None)
    file_format = request.GET.get("format", "csv")
    return export(selectors.rate_cells(rows), header=selectors.RATE_HEADER, name="role-rates", file_format=file_format)


@require_GET
@vary_on_headers("HX-Request")
def role_detail(request: MemberRequest, pk: int) -> HttpResponse:
    """A role: its people, its capacity by month, and its dated rates for those who see amounts."""
    role = get_object_or_404(ResourceRole.objects.visible_to(request.user).with_people(), pk=pk)
    people = Person.objects.visible_to(request.user).live().filter(role=role).select_related("team")
    rows, sort = ordered(request, people, {**PEOPLE_SORTS, "team": "team__name"}, "name")
    context = {"row": role, "page": page_of(request, rows), "sort": sort, "column": "role", "kind": KIND}
    if wants_fragment(request):
        return render(request, "resources/_member_table.html", context)
    today = timezone.localdate()
    sees = can(request.user, "finance.read", request.organization)
    rates = list(role.rates.order_by("-from_date")) if sees else []
    context |= {
        "loads": selectors.loads(request.organization.pk, selectors.shown_months(today), "role_id").get(pk, []),
        "rates": rates,
        "rate_now": next((rate for rate in rates if rate.from_date <= today), None),
        "lines": history_of(role),
        "nav": "resources:team-list",
    }
    return render(request, "resources/role_detail.html", context)


@require_http_methods(["GET", "POST"])
def role_create(request: MemberRequest) -> HttpResponse:
    """Add a role."""
    return editing.create_page(request, KIND)


@require_http_methods(["GET", "POST"])
def role_edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Change a role."""
    return editing.edit_page(request, KIND, pk)


@require_POST
def role_archive(request: MemberRequest, pk: int) -> HttpResponse:
    """Put a role out of sight."""
    return editing.archive(request, KIND, pk)


@require_POST
def role_restore(request: MemberRequest, pk: int) -> HttpResponse:
    """Bring an archived role back."""
    return editing.restore(request, KIND, pk)


def _rate_page(request: MemberRequest, role: ResourceRole, form: RateForm, save: Any, message: str) -> HttpResponse:
    """A form about a rate of a role, for those who see and may change amounts."""
    url = reverse("resources:role-detail", args=[role.pk])
    return form_page(
        request,
        form=form,
        template="resources/part_form.html",
        save=save,
        done=lambda _: url,
        message=message,
        context={
            "title": f"Rate of {role}",
            "crumbs": [(KIND.plural, KIND.list_url), (role.name, url)],
            "submit": "Save rate",
            "cancel_url": url,
            "nav": "resources:team-list",
        },
    )


@require_http_methods(["GET", "POST"])
def rate_create(request: MemberRequest, pk: int) -> HttpResponse:
    """Say what a day of a role costs from a day on."""
    role = KIND.found(request, pk)
    require(request.user, editing.EDIT, request.organization)
    require(request.user, "finance.read", request.organization)
    form = RateForm(posted(request), user=request.user, organization=request.organization)
    return _rate_page(
        request,
        role,
        form,
        lambda form: services.create_role_rate(actor=request.user, role=role, **form.values()),
        "Added a rate of {row}.",
    )


@require_http_methods(["GET", "POST"])
def rate_edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Change a rate."""
    rate = get_object_or_404(RoleRate.objects.visible_to(request.user).select_related("role"), pk=pk)
    require(request.user, editing.EDIT, request.organization)
    require(request.user, "finance.read", request.organization)
    form = RateForm(posted(request), instance=rate, user=request.user, organization=request.organization)
    return _rate_page(
        request,
        rate.role,
        form,
        lambda form: services.update_role_rate(
            actor=request.user, rate=rate, expected_version=form.expected_version, **form.values()
        ),
        "Saved the rate of {row}.",
    )


@require_POST
def rate_remove(request: MemberRequest, pk: int) -> HttpResponse:
    """Take a rate away; the one before it holds on."""
    rate = get_object_or_404(RoleRate.objects.visible_to(request.user), pk=pk)
    event = services.remove_role_rate(actor=request.user, rate=rate, expected_version=seen_version(request))
    url = reverse("resources:role-detail", args=[rate.role_id])
    undo = reverse("resources:rate-return", args=[event.pk])
    return go_on(request, url, f"Removed the rate of {rate}.", undo)


@require_POST
def rate_return(request: MemberRequest, pk: int) -> HttpResponse:
    """Bring back a rate that the person took away."""
    event = get_object_or_404(Event, organization=request.organization, pk=pk)
    rate = services.return_role_rate(actor=request.user, organization=request.organization, event_id=event.pk)
    return go_on(request, reverse("resources:role-detail", args=[rate.role_id]), f"The rate of {rate} is back.")
