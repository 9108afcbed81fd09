"""The inbox: a list, and the item that is read."""

from typing import Any

from django.core.paginator import Page
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from accounts.models import SavedPage, SavedView
from accounts.selectors import same_query, saved_views
from core.htmx import wants_fragment
from core.pages import COUNT_LIMIT, MemberRequest, id_in, page_of
from events.selectors import kept
from feedback.filters import InboxFilter
from feedback.forms import LabelForm
from feedback.models import FeedbackItem
from feedback.selectors.inbox import View, counts_of, newest_first, rows_found, rows_of, shown_item, views_of
from feedback.selectors.replies import replies_of
from feedback.selectors.search import MOST_FOUND
from feedback.selectors.themes import untriaged_in, worth_counting


def listed(request: MemberRequest) -> dict[str, Any]:
    """The items that the address asks for, and the views with their counts."""
    rows = FeedbackItem.objects.visible_to(request.user)
    saved = saved_views(request.user, SavedPage.INBOX)
    views = views_of(rows, request.user)
    asked = ("inbox", request.user.pk, *[(view.pk, view.query) for view in saved])
    counts = kept(request.organization.pk, asked, lambda: counts_of(views) | counts_of_saved(request, rows, saved))
    query = same_query(request.GET)
    tabs = [View(label, key, counts[key], key == query) for key, (label, _) in views.items()]
    tabs += [tab_of(view, counts[f"view {view.pk}"], query) for view in saved]
    return {
        "filter": (chosen := InboxFilter(request.GET, rows, request=request)),
        "page": page_of_items(request, chosen, counted(query, counts)),
        "views": tabs,
        "query": query,
        "may_save": bool(query) and not any(tab.is_current for tab in tabs),
        "is_empty": not counts["status=any"] and not request.GET,
        "fragment": wants_fragment(request),
        "nav": "feedback:inbox",
    }


def tab_of(view: SavedView, counted: tuple[int, int], query: str) -> View:
    """A saved view among the others; `counted` is how many items it shows, and where counting stops."""
    count, limit = counted
    return View(view.name, view.query, count, view.query == query, limit, view)


def counts_of_saved(request: MemberRequest, rows: Any, saved: list[SavedView]) -> dict[str, Any]:
    """How many items each saved view shows, and where counting stops."""
    chosen = {f"view {view.pk}": InboxFilter(QueryDict(view.query), rows, request=request) for view in saved}
    plain = counts_of({key: ("", each.qs) for key, each in chosen.items() if each.found is None})
    found = {key: (len(each.found_ids()), MOST_FOUND) for key, each in chosen.items() if each.found is not None}
    return {key: (count, COUNT_LIMIT) for key, count in plain.items()} | found


def page_of_items(request: MemberRequest, chosen: InboxFilter, count: int | None) -> Page[Any]:
    """What was said, the newest first; or what was found, the best first."""
    if chosen.found is None:
        return page_of(request, newest_first(rows_of(chosen.qs)), count=count)
    page = page_of(request, chosen.found_ids(), limit=MOST_FOUND)
    page.object_list = rows_found(chosen.qs, list(page.object_list), chosen.found, request.GET["q"])
    return page


def counted(query: str, counts: dict[str, Any]) -> int | None:
    """How many items the present filters leave, where that is known already."""
    theme = query.removeprefix("theme=")
    if theme != query and (of_theme := id_in(theme)):
        return worth_counting(untriaged_in(of_theme))
    return counts.get(query)


def detail(request: MemberRequest, pk: int) -> dict[str, Any]:
    """An item as the right half of the inbox shows it."""
    shown = shown_item(request.user, pk, whole="whole" in request.GET)
    # Ids of its own: the filters beside it have fields of the same names.
    form = LabelForm(instance=shown.item, user=request.user, organization=request.organization, auto_id="label_%s")
    replies = replies_of(request.user, shown.item)
    return {"shown": shown, "item": shown.item, "label_form": form, "replies": replies, "nav": "feedback:inbox"}


@require_GET
@vary_on_headers("HX-Request")
def inbox(request: MemberRequest) -> HttpResponse:
    """What customers said, the newest first; htmx gets the list alone."""
    context = listed(request)
    if context["fragment"]:
        return render(request, "feedback/_inbox_list.html", context)
    if first := next(iter(context["page"]), None):
        context |= detail(request, first.pk)
        context["is_first"] = True
    return render(request, "feedback/inbox.html", context)


@require_GET
@vary_on_headers("HX-Request")
def item_detail(request: MemberRequest, pk: int) -> HttpResponse:
    """One item beside the list it stands in; htmx gets the item alone."""
    context = detail(request, pk)
    if wants_fragment(request):
        return render(request, "feedback/_item.html", context)
    return render(request, "feedback/inbox.html", {**listed(request), **context})
