"""The page on which a decision is recorded: to invest in, maintain or sunset a product or a line."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from core.access import require
from core.pages import MemberRequest, form_page, posted
from portfolio import services
from portfolio.forms import StanceForm
from portfolio.models import Product, ProductLine
from portfolio.selectors.decisions import decisions_of, evidence_now


@require_http_methods(["GET", "POST"])
def product_stance(request: MemberRequest, pk: int) -> HttpResponse:
    """Record what is decided about a product."""
    product = get_object_or_404(Product.objects.visible_to(request.user).with_parents(), pk=pk)
    url = reverse("portfolio:product-detail", args=[pk])
    return stance_page(request, product, [product], url, product=product)


@require_http_methods(["GET", "POST"])
def line_stance(request: MemberRequest, pk: int) -> HttpResponse:
    """Record what is decided about a product line."""
    line = get_object_or_404(ProductLine.objects.visible_to(request.user), pk=pk)
    products = list(line.products.visible_to(request.user).live().order_by("name", "pk"))
    return stance_page(request, line, products, reverse("portfolio:line-detail", args=[pk]), line=line)


def stance_page(request: MemberRequest, subject: Any, products: list[Product], url: str, **about: Any) -> HttpResponse:
    """The form of a decision, beside the figures it will keep as its evidence."""
    require(request.user, "stance.decide", request.organization)
    today = timezone.localdate()
    decisions = decisions_of(subject, today)
    present = decisions[0] if decisions else None
    context = {"subject": subject, "subject_url": url, "present": present, "evidence": evidence_now(products)}
    return form_page(
        request,
        form=StanceForm(
            posted(request),
            initial={"decided_date": today, "owner": request.user},
            user=request.user,
            organization=request.organization,
        ),
        template="portfolio/stance_form.html",
        save=lambda form: services.decide_stance(actor=request.user, **about, **form.values()),
        done=lambda decision: url,
        message="Recorded: {row}.",
        context={**context, "nav": "portfolio:product-list"},
    )
