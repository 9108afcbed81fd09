"""Pages of themes: the list, one theme, and the search for themes."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from core.access import require
from core.amounts import are_hidden
from core.exports import FORMATS, export
from core.htmx import wants_fragment
from core.pages import MemberRequest, form_page, go_on, page_of, posted, seen_version
from events.selectors import history_of
from feedback import services
from feedback.charts import theme_chart
from feedback.filters import ThemePageFilter
from feedback.forms import ThemeForm
from feedback.models import Regrouping, Theme
from feedback.selectors.theme import items_of, theme_page
from feedback.selectors.themes import (
    THEME_HEADER,
    ThemeLine,
    facts_of_one,
    last_clustering,
    theme_cells,
    theme_lines,
    worth_counting,
)
from feedback.selectors.theming import clustering_job, count_analyzed
from feedback.services.theming import LEAST_ITEMS

NAV = "feedback:theme-list"
#: The URL's word -> what a line is ordered by; nothing comes last.
SORTS: dict[str, Callable[[ThemeLine], Any]] = {
    "items": lambda line: line.facts.item_count,
    "name": lambda line: line.theme.name.lower(),
    "growth": lambda line: line.facts.growth,
    "sentiment": lambda line: line.facts.mean,
    "accounts": lambda line: line.facts.account_count,
    "arr": lambda line: line.facts.arr,
    "last": lambda line: line.facts.last_said_at,
}


def found_theme(request: MemberRequest, pk: int) -> Theme:
    """The theme of an address."""
    return get_object_or_404(Theme.objects.visible_to(request.user).select_related("merged_into"), pk=pk)


def page_of_theme(theme: Any) -> str:
    return reverse("feedback:theme-detail", args=[theme.pk])


def undo_of(act: Regrouping) -> str:
    return reverse("feedback:theme-undo", args=[act.pk])


def in_order(request: MemberRequest, lines: list[ThemeLine]) -> tuple[list[ThemeLine], str]:
    """Lines as the address asks for them. Amounts that are hidden order nothing, since the order would tell of them."""
    allowed = {word: key for word, key in SORTS.items() if word != "arr" or not are_hidden()}
    asked = request.GET.get("sort", "-items")
    sort = asked if asked.removeprefix("-") in allowed else "-items"
    key = allowed[sort.removeprefix("-")]
    told = sorted((line for line in lines if key(line) is not None), key=lambda line: line.theme.pk)
    told.sort(key=key, reverse=sort.startswith("-"))
    return [*told, *(line for line in lines if key(line) is None)], sort


@require_GET
@vary_on_headers("HX-Request")
def theme_list(request: MemberRequest) -> HttpResponseBase:
    """The themes of what customers say, with what stands behind each; `format` gets a file."""
    chosen = ThemePageFilter(request.GET, Theme.objects.visible_to(request.user).live(), request=request)
    product_id = chosen.product_id
    lines, sort = in_order(request, theme_lines(request.organization.pk, chosen.qs, product_id))
    if (file_format := request.GET.get("format", "")) in FORMATS:
        return export(theme_cells(lines), header=THEME_HEADER, name="themes", file_format=file_format)
    context: dict[str, Any] = {
        "filter": chosen,
        "page": page_of(request, lines),
        "sort": sort,
        "is_empty": not lines and not request.GET,
        "fragment": wants_fragment(request),
        "nav": NAV,
    }
    if context["fragment"]:
        return render(request, "feedback/_theme_table.html", context)
    return render(request, "feedback/theme_list.html", context | about_search(request, is_empty=context["is_empty"]))


def about_search(request: MemberRequest, *, is_empty: bool) -> dict[str, Any]:
    """When themes were looked for last, and the job that does so now."""
    return {
        "job": clustering_job(request.organization.pk),
        "last": last_clustering(request.organization.pk),
        "analyzed": count_analyzed(request.organization.pk, 10_000) if is_empty else 0,
        "least": LEAST_ITEMS,
    }


@require_GET
@vary_on_headers("HX-Request")
def theme_detail(request: MemberRequest, pk: int) -> HttpResponse:
    """A theme: what stands behind it, its quotes, accounts and work, and its items; htmx gets the items alone."""
    theme = found_theme(request, pk)
    facts = facts_of_one(theme)
    page = page_of(request, items_of(theme), count=worth_counting(facts.item_count))
    context = {"theme": theme, "page": page, "facts": facts, "nav": NAV}
    if wants_fragment(request):
        return render(request, "feedback/_theme_items.html", context)
    context |= {"shown": theme_page(theme), "figure": theme_chart(facts), "lines": history_of(theme)}
    acts = Regrouping.objects.visible_to(request.user).filter(theme=theme, undone_at=None, is_kept=True)
    context["acts"] = list(acts.select_related("actor").order_by("-pk")[:5])
    return render(request, "feedback/theme_detail.html", context)


@require_http_methods(["GET", "POST"])
def theme_edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Name a theme, and pin it."""
    theme = found_theme(request, pk)
    require(request.user, "feedback.triage", request.organization)
    return form_page(
        request,
        form=ThemeForm(posted(request), instance=theme, user=request.user, organization=request.organization),
        template="feedback/theme_form.html",
        save=lambda form: services.update_theme(
            actor=request.user, theme=theme, expected_version=form.expected_version, **form.values()
        ),
        done=page_of_theme,
        message="Saved theme “{row!s:.80}”.",
        undo=lambda row: reverse("feedback:theme-revert", args=[pk]) if row.version != theme.version else "",
        context={"theme": theme, "nav": NAV},
    )


@require_POST
def theme_pin(request: MemberRequest, pk: int) -> HttpResponse:
    """Keep a theme as it is, or let clustering change it again."""
    theme = found_theme(request, pk)
    fresh = services.update_theme(
        actor=request.user, theme=theme, expected_version=seen_version(request), is_pinned=not theme.is_pinned
    )
    said = "Pinned: no clustering ends or renames it." if fresh.is_pinned else "No longer pinned."
    return go_on(request, page_of_theme(theme), said, reverse("feedback:theme-revert", args=[pk]))


@require_POST
def theme_revert(request: MemberRequest, pk: int) -> HttpResponse:
    """Take back a name or a pin."""
    theme = services.revert_theme(actor=request.user, theme=found_theme(request, pk))
    return go_on(request, page_of_theme(theme), f"As before: “{theme!s:.80}”.")


@require_POST
def theme_find(request: MemberRequest) -> HttpResponse:
    """Have themes found anew by a worker."""
    here = reverse(NAV)
    services.start_clustering(actor=request.user, organization=request.organization, result_path=here)
    return go_on(request, here, "Themes are being found. You may leave this page.")
