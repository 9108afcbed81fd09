"""The page that says which products a project serves."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from core.access import require
from core.pages import MemberRequest, form_page, posted
from portfolio import services
from portfolio.forms import SharesForm
from portfolio.models import Product
from projects.models import Project


@require_http_methods(["GET", "POST"])
def project_shares(request: MemberRequest, pk: int) -> HttpResponse:
    """Set the products that a project serves, in percent; one button adds a row, the other saves."""
    project = get_object_or_404(Project.objects.visible_to(request.user).with_parents(), pk=pk)
    require(request.user, "project.edit", request.organization)
    shares = project.product_shares.select_related("product__line").order_by("-share_ratio", "pk")
    products = Product.objects.visible_to(request.user).live().select_related("line").order_by("line__code", "name")
    form: Any = SharesForm(
        posted(request),
        instance=project,
        shares={share.product: share.share_ratio for share in shares},
        products=list(products),
        user=request.user,
        organization=request.organization,
    )
    context = {"project": project, "nav": "projects:project-list"}
    if "add_row" in request.POST:
        return render(request, "portfolio/share_form.html", {**context, "form": form, "is_adding": True})
    return form_page(
        request,
        form=form,
        template="portfolio/share_form.html",
        save=lambda form: save_shares(request, project, form),
        done=lambda project: reverse("projects:project-detail", args=[project.pk]),
        message="Saved the products of “{row}”.",
        context=context,
    )


def save_shares(request: MemberRequest, project: Project, form: SharesForm) -> Project:
    services.set_product_shares(
        actor=request.user, project=project, shares=form.shares(), expected_version=form.expected_version
    )
    return project
