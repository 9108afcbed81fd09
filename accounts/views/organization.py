"""The organization's own settings."""

from copy import copy

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.dates import MONTHS
from django.views.decorators.http import require_http_methods

from accounts import services
from accounts.forms import OrganizationForm
from core.access import can, require
from core.pages import MemberRequest, form_page, posted


@require_http_methods(["GET", "POST"])
def settings(request: MemberRequest) -> HttpResponse:
    """Name and fiscal year; an owner can change them, others read them."""
    organization = request.organization
    if request.method == "GET" and not can(request.user, "organization.manage", organization):
        month = MONTHS[organization.fiscal_year_start_month]
        return render(request, "accounts/settings.html", {"fiscal_month": month})
    require(request.user, "organization.manage", organization)
    return form_page(
        request,
        form=OrganizationForm(
            posted(request), instance=copy(organization), user=request.user, organization=organization
        ),
        template="accounts/settings.html",
        save=lambda form: services.update_organization(
            actor=request.user, organization=organization, expected_version=form.expected_version, **form.values()
        ),
        done=lambda row: reverse("accounts:settings"),
        message="Saved the settings of {row}.",
    )
