"""Pages of product lines."""

from typing import Any

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
from portfolio import services
from portfolio.filters import ProductLinePageFilter
from portfolio.forms import ProductLineForm
from portfolio.models import Product, ProductLine
from portfolio.selectors import lines as line_selectors
from portfolio.selectors import products as selectors
from portfolio.selectors.decisions import decisions_of

SORTS = {"code": "code", "name": "name"}


@require_GET
@vary_on_headers("HX-Request")
def line_list(request: MemberRequest) -> HttpResponseBase:
    """Product lines with their stances and sums; htmx gets the table alone, `format` gets a file."""
    rows = ProductLine.objects.visible_to(request.user).with_stance()
    chosen = ProductLinePageFilter(request.GET, rows, request=request)
    lines, sort = ordered(request, chosen.qs, SORTS, "code")
    products = Product.objects.visible_to(request.user).live()
    if (file_format := request.GET.get("format", "")) in FORMATS:
        cells = line_selectors.line_cells(line_selectors.summed(lines, products))
        return export(cells, header=line_selectors.HEADER, name="product-lines", file_format=file_format)
    page = page_of(request, lines)
    context: dict[str, Any] = {
        "filter": chosen,
        "page": page,
        "groups": line_selectors.summed(page, products),
        "sort": sort,
        "is_empty": not page.paginator.count and not ProductLine.objects.visible_to(request.user).exists(),
        "fragment": wants_fragment(request),
        "nav": "portfolio:product-list",
    }
    name = "portfolio/_line_table.html" if context["fragment"] else "portfolio/line_list.html"
    return render(request, name, context)


@require_GET
def line_detail(request: MemberRequest, pk: int) -> HttpResponse:
    """A product line: its stance, its products, the projects that serve them, what was decided."""
    line = get_object_or_404(ProductLine.objects.visible_to(request.user).with_stance(), pk=pk)
    rows = Product.objects.visible_to(request.user).live().filter(line=line).with_parents().select_related("rollup")
    products = selectors.with_effective_stance(rows)
    sums = selectors.sums_of(products)
    decisions = decisions_of(line, timezone.localdate())
    context = {
        "line": line,
        "tone": selectors.line_tone(line),
        "sums": sums,
        "tiles": selectors.sum_tiles(line, sums, request.organization.currency),
        "products": products.order_by("name", "pk"),
        "rows_url": f"{reverse('projects:project-list')}?line={pk}",
        "services": selectors.services_of(products.values("pk"), request.user),
        "decisions": decisions,
        "latest": decisions,
        "present": decisions[0] if decisions else None,
        "nav": "portfolio:product-list",
    }
    return render(request, "portfolio/line_detail.html", context)


@require_http_methods(["GET", "POST"])
def line_create(request: MemberRequest) -> HttpResponse:
    """Open a product line."""
    require(request.user, "product.edit", request.organization)
    return form_page(
        request,
        form=ProductLineForm(posted(request), user=request.user, organization=request.organization),
        template="portfolio/line_form.html",
        save=lambda form: services.create_product_line(
            actor=request.user, organization=request.organization, **form.values()
        ),
        done=lambda line: reverse("portfolio:line-detail", args=[line.pk]),
        message="Opened product line “{row}”.",
    )


@require_http_methods(["GET", "POST"])
def line_edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Change a product line."""
    line = get_object_or_404(ProductLine.objects.visible_to(request.user), pk=pk)
    require(request.user, "product.edit", request.organization)
    return form_page(
        request,
        form=ProductLineForm(posted(request), instance=line, user=request.user, organization=request.organization),
        template="portfolio/line_form.html",
        save=lambda form: services.update_product_line(
            actor=request.user, line=line, expected_version=form.expected_version, **form.values()
        ),
        done=lambda line: reverse("portfolio:line-detail", args=[line.pk]),
        message="Saved product line “{row}”.",
        context={"line": line},
    )


@require_POST
def line_archive(request: MemberRequest, pk: int) -> HttpResponse:
    """Put a product line out of sight; refused while it holds products."""
    line = get_object_or_404(ProductLine.objects.visible_to(request.user), pk=pk)
    services.archive_product_line(actor=request.user, line=line, expected_version=seen_version(request))
    undo = reverse("portfolio:line-restore", args=[pk])
    return go_on(request, reverse("portfolio:line-list"), f"Archived product line “{line}”.", undo)


@require_POST
def line_restore(request: MemberRequest, pk: int) -> HttpResponse:
    """Bring an archived product line back."""
    line = get_object_or_404(ProductLine.objects.visible_to(request.user), pk=pk)
    services.restore_product_line(actor=request.user, line=line, expected_version=seen_version(request))
    return go_on(request, reverse("portfolio:line-detail", args=[pk]), f"Restored product line “{line}”.")
