"""What feedback says as a whole: over time, by theme and product, before and after a release."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from core.exports import FORMATS, export
from core.htmx import wants_fragment
from core.pages import MemberRequest
from feedback.charts import change_lines, path_lines, product_lines, products_chart, river_chart, themes_chart
from feedback.forms.insights import InsightForm
from feedback.models import FeedbackItem
from feedback.selectors import insights_cells as cells
from feedback.selectors.compare import BeforeAfter, Products, before_after, products_of
from feedback.selectors.insights import River, Themes, river_of, themes_of
from feedback.selectors.path import path_of
from feedback.views.item import found_item

#: Fields of the second form: before and after what.
CHOOSING = ("release", "project", "date", "days")


@dataclass
class Reading:
    """What the page shows, read when it is asked for."""

    request: MemberRequest

    @cached_property
    def form(self) -> InsightForm:
        return InsightForm(self.request.GET, user=self.request.user)

    @cached_property
    def chooser(self) -> InsightForm:
        return InsightForm(self.request.GET, user=self.request.user, shown=CHOOSING, auto_id="chosen_%s")

    @cached_property
    def asked(self) -> Any:
        return self.form.asked()

    @cached_property
    def river(self) -> River:
        return river_of(self.asked)

    @cached_property
    def themes(self) -> Themes:
        return themes_of(self.asked)

    @cached_property
    def products(self) -> Products:
        return products_of(self.asked)

    @cached_property
    def compared(self) -> BeforeAfter | None:
        moment = self.form.moment(self.asked)
        return before_after(self.asked, moment, self.form.window) if moment else None


#: The word of the address -> the head and the rows of a file.
FILES: dict[str, tuple[tuple[str, ...], Callable[[Reading], Any]]] = {
    "river": (cells.RIVER_HEADER, lambda reading: cells.river_cells(reading.river)),
    "themes": (cells.THEME_HEADER, lambda reading: cells.theme_cells(reading.themes)),
    "products": (cells.PRODUCT_HEADER, lambda reading: cells.product_cells(reading.products)),
    "release": (
        cells.RELEASE_HEADER,
        lambda reading: cells.release_cells(reading.compared) if reading.compared else (),
    ),
}


@require_GET
@vary_on_headers("HX-Request")
def insights(request: MemberRequest) -> HttpResponseBase:
    """The page; htmx gets what is below the filters, `table` and `format` get a file."""
    reading = Reading(request)
    name, file_format = request.GET.get("table", "river"), request.GET.get("format", "")
    if file_format in FORMATS and name in FILES:
        header, rows = FILES[name]
        return export(rows(reading), header=header, name=f"feedback-{name}", file_format=file_format)
    template = "feedback/_insights.html" if wants_fragment(request) else "feedback/insights.html"
    return render(request, template, page_of_insights(reading))


def page_of_insights(reading: Reading) -> dict[str, Any]:
    """What the page's templates read."""
    asked, request = reading.asked, reading.request
    shown = {"filter": {"form": reading.form}, "asked": asked, "nav": "feedback:insights", "chooser": reading.chooser}
    if not reading.river.whole.count and not request.GET:
        shown["is_empty"] = not FeedbackItem.objects.visible_to(request.user).live().exists()
    if not reading.river.whole.count:
        return shown
    return shown | {
        "river": reading.river,
        "river_figure": river_chart(reading.river),
        "themes": reading.themes,
        "themes_figure": themes_chart(reading.themes, request.organization.currency),
        "products": reading.products,
        "product_lines": product_lines(reading.products),
        "products_figure": products_chart(reading.products),
        "compared": reading.compared,
        "change_lines": change_lines(reading.compared) if reading.compared else [],
    }


@require_GET
def item_path(request: MemberRequest, pk: int) -> HttpResponse:
    """Where an item leads, as its page asks for it: theme, work, money, release, and what changed."""
    found = path_of(request.user, found_item(request, pk))
    context = {"path": found, "lines": path_lines(found), "item": found.item}
    return render(request, "feedback/_path.html", context)
