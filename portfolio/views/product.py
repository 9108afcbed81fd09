"""Pages of products."""

from typing import Any

from django.db.models import F
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from core.access import require
from core.exports import FORMATS, export
from core.htmx import wants_fragment
from core.pages import MemberRequest, form_page, go_on, ordered, page_of, posted, seen_version
from events.selectors import history_of
from feedback.models import Portal
from portfolio import services
from portfolio.filters import ProductPageFilter
from portfolio.forms import ProductForm
from portfolio.models import Product
from portfolio.selectors import products as selectors
from portfolio.selectors.decisions import decisions_of
from programs.selectors import rollup_of
from projects.selectors import freshness_of

SORTS = {
    "name": "name",
    "stage": "lifecycle_stage",
    "revenue": "annual_revenue_amount",
    "growth": "revenue_growth_ratio",
    "cost": "annual_cost_amount",
    "margin": "margin",
    "budget": "rollup__budget_amount",
}
LATEST = 3


def found_product(request: MemberRequest, pk: int) -> Any:
    """The product of an address, with what its page head shows."""
    rows = Product.objects.visible_to(request.user).with_parents().select_related("rollup")
    return get_object_or_404(selectors.with_effective_stance(rows), pk=pk)


@require_GET
@vary_on_headers("HX-Request")
def product_list(request: MemberRequest) -> HttpResponseBase:
    """Products in the groups of their lines; htmx gets the table alone, `format` gets a file."""
    rows = Product.objects.visible_to(request.user).with_parents().select_related("rollup")
    chosen = ProductPageFilter(request.GET, selectors.with_effective_stance(rows), request=request)
    within, sort = ordered(request, selectors.with_margin(chosen.qs), SORTS, "name")
    products = within.order_by(F("line__code").asc(nulls_last=True), "line_id", *within.query.order_by)
    if (file_format := request.GET.get("format", "")) in FORMATS:
        cells = selectors.product_cells(products)
        return export(cells, header=selectors.HEADER, name="products", file_format=file_format)
    total, sums = selectors.sums_of(chosen.qs), selectors.sums_by_line(chosen.qs)
    page = page_of(request, products, count=total.product_count)
    context = {
        "filter": chosen,
        "page": page,
        "groups": selectors.grouped(page, sums, total, request.user),
        "total": total,
        "sort": sort,
        "is_empty": not total.product_count and not Product.objects.visible_to(request.user).exists(),
        "fragment": wants_fragment(request),
    }
    name = "portfolio/_product_table.html" if context["fragment"] else "portfolio/product_list.html"
    return render(request, name, context)


def head(request: MemberRequest, pk: int, tab: str) -> dict[str, Any]:
    """What the pages of a product show on every tab."""
    product = found_product(request, pk)
    rollup = rollup_of(product)
    decisions = decisions_of(product, timezone.localdate())
    return {
        "product": product,
        "rollup": rollup,
        **freshness_of(rollup, timezone.now()),
        "tone": selectors.line_tone(product.line),
        "decisions": decisions,
        "present": decisions[0] if decisions else None,
        "services": selectors.services_of([pk], request.user),
        "tab": tab,
        "nav": "portfolio:product-list",
    }


@require_GET
def product_detail(request: MemberRequest, pk: int) -> HttpResponse:
    """A product: where it stands in its life, what it earns and costs, what serves it, what was decided."""
    context = head(request, pk, "overview")
    context |= {
        "latest": context["decisions"][:LATEST],
        "tiles": selectors.product_tiles(context["product"]),
        "portal": Portal.objects.visible_to(request.user).filter(product=pk).first(),
    }
    return render(request, "portfolio/product_detail.html", context)


@require_GET
def product_decisions(request: MemberRequest, pk: int) -> HttpResponse:
    """All that was decided about a product, with the evidence of the time."""
    context = head(request, pk, "decisions")
    return render(request, "portfolio/product_decisions.html", {**context, "latest": context["decisions"]})


@require_GET
def product_history(request: MemberRequest, pk: int) -> HttpResponse:
    """What happened to a product, newest first."""
    context = head(request, pk, "history")
    return render(request, "portfolio/product_history.html", {**context, "lines": history_of(context["product"], 100)})


@require_http_methods(["GET", "POST"])
def product_create(request: MemberRequest) -> HttpResponse:
    """Add a product; `line` in the address chooses its line."""
    require(request.user, "product.edit", request.organization)
    form = ProductForm(
        posted(request),
        initial={"line": request.GET.get("line")},
        user=request.user,
        organization=request.organization,
    )
    return form_page(
        request,
        form=form,
        template="portfolio/product_form.html",
        save=lambda form: services.create_product(
            actor=request.user, organization=request.organization, **form.values()
        ),
        done=lambda product: reverse("portfolio:product-detail", args=[product.pk]),
        message="Added product “{row}”.",
    )


@require_http_methods(["GET", "POST"])
def product_edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Change a product, or move it to another line."""
    product = get_object_or_404(Product.objects.visible_to(request.user), pk=pk)
    require(request.user, "product.edit", request.organization)
    form = ProductForm(posted(request), instance=product, user=request.user, organization=request.organization)
    return form_page(
        request,
        form=form,
        template="portfolio/product_form.html",
        save=lambda form: services.update_product(
            actor=request.user, product=product, expected_version=form.expected_version, **form.values()
        ),
        done=lambda product: reverse("portfolio:product-detail", args=[product.pk]),
        message="Saved product “{row}”.",
        context={"product": product},
    )


@require_POST
def product_archive(request: MemberRequest, pk: int) -> HttpResponse:
    """Put a product out of sight; refused while live projects serve it."""
    product = get_object_or_404(Product.objects.visible_to(request.user), pk=pk)
    services.archive_product(actor=request.user, product=product, expected_version=seen_version(request))
    undo = reverse("portfolio:product-restore", args=[pk])
    return go_on(request, reverse("portfolio:product-list"), f"Archived product “{product}”.", undo)


@require_POST
def product_restore(request: MemberRequest, pk: int) -> HttpResponse:
    """Bring an archived product back."""
    product = get_object_or_404(Product.objects.visible_to(request.user), pk=pk)
    services.restore_product(actor=request.user, product=product, expected_version=seen_version(request))
    return go_on(request, reverse("portfolio:product-detail", args=[pk]), f"Restored product “{product}”.")
