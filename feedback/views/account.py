"""Pages of customer accounts."""

from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from core.access import require
from core.htmx import wants_fragment
from core.pages import MemberRequest, form_page, go_on, ordered, page_of, posted, seen_version
from feedback import services
from feedback.filters import AccountPageFilter
from feedback.forms import AccountForm, PolicyForm
from feedback.models import CustomerAccount, FeedbackPolicy

SORTS: dict[str, str | tuple[str, ...]] = {
    "name": "name",
    "segment": ("segment", "name"),
    "arr": "arr_reporting_amount",
    "renews": "renews_date",
    "items": "item_count",
}


def found_account(request: MemberRequest, pk: int) -> CustomerAccount:
    """The account of an address."""
    return get_object_or_404(CustomerAccount.objects.visible_to(request.user), pk=pk)


def to_list(row: Any = None) -> str:
    return reverse("feedback:account-list")


@require_GET
@vary_on_headers("HX-Request")
def account_list(request: MemberRequest) -> HttpResponse:
    """Customer accounts, with what they pay and how much they said."""
    rows = CustomerAccount.objects.visible_to(request.user).select_related("owner")
    rows = rows.annotate(item_count=Count("items", filter=Q(items__archived_at=None)))
    chosen = AccountPageFilter(request.GET, rows, request=request)
    accounts, sort = ordered(request, chosen.qs, SORTS, "name")
    page = page_of(request, accounts)
    context = {
        "filter": chosen,
        "page": page,
        "sort": sort,
        "is_empty": not page.paginator.count and not request.GET,
    }
    name = "feedback/_account_table.html" if wants_fragment(request) else "feedback/account_list.html"
    return render(request, name, context)


@require_http_methods(["GET", "POST"])
def account_create(request: MemberRequest) -> HttpResponse:
    """Add a customer account."""
    require(request.user, "account.edit", request.organization)
    return form_page(
        request,
        form=AccountForm(posted(request), user=request.user, organization=request.organization),
        template="feedback/account_form.html",
        save=lambda form: services.create_account(
            actor=request.user, organization=request.organization, **form.values()
        ),
        done=to_list,
        message="Added account “{row!s:.80}”.",
    )


@require_http_methods(["GET", "POST"])
def account_edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Change a customer account."""
    account = found_account(request, pk)
    require(request.user, "account.edit", request.organization)
    return form_page(
        request,
        form=AccountForm(posted(request), instance=account, user=request.user, organization=request.organization),
        template="feedback/account_form.html",
        save=lambda form: services.update_account(
            actor=request.user, account=account, expected_version=form.expected_version, **form.values()
        ),
        done=to_list,
        message="Saved account “{row!s:.80}”.",
        context={"account": account},
    )


@require_POST
def account_archive(request: MemberRequest, pk: int) -> HttpResponse:
    """Put an account out of sight."""
    account = found_account(request, pk)
    services.archive_account(actor=request.user, account=account, expected_version=seen_version(request))
    undo = reverse("feedback:account-restore", args=[pk])
    return go_on(request, to_list(), f"Archived account “{account!s:.80}”.", undo)


@require_POST
def account_restore(request: MemberRequest, pk: int) -> HttpResponse:
    """Bring an archived account back."""
    account = found_account(request, pk)
    services.restore_account(actor=request.user, account=account, expected_version=seen_version(request))
    return go_on(request, to_list(), f"Restored account “{account!s:.80}”.")


@require_http_methods(["GET", "POST"])
def policy(request: MemberRequest) -> HttpResponse:
    """Say how feedback is handled."""
    require(request.user, "feedback.manage", request.organization)
    row = FeedbackPolicy.objects.visible_to(request.user).first()
    return form_page(
        request,
        form=PolicyForm(posted(request), instance=row, user=request.user, organization=request.organization),
        template="feedback/policy_form.html",
        save=lambda form: services.set_policy(actor=request.user, organization=request.organization, **form.values()),
        done=lambda row: reverse("feedback:policy"),
        message="Saved how feedback is handled.",
        context={"masks": row is not None and row.masks_personal_data, "nav": "accounts:settings"},
    )


@require_POST
def mask_stored(request: MemberRequest) -> HttpResponse:
    """Start to mask what is stored already."""
    job = services.start_masking(actor=request.user, organization=request.organization)
    url = reverse("events:job-detail", args=[job.pk])
    return go_on(request, url, "What is stored is being masked. You may go on with other work meanwhile.")
