"""The inbox: a list, and the item that is read."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from core.htmx import wants_fragment
from core.pages import COUNT_LIMIT, MemberRequest, page_of
from events.selectors import kept
from feedback.filters import InboxFilter
from feedback.forms import LabelForm
from feedback.models import FeedbackItem
from feedback.selectors.inbox import View, counts_of, newest_first, rows_of, shown_item, views_of

#: What words find is counted so far: whoever gets more asks for other words.
MOST_FOUND = 500


def listed(request: MemberRequest) -> dict[str, Any]:
    """The items that the address asks for, and the views with their counts."""
    rows = FeedbackItem.objects.visible_to(request.user)
    chosen = InboxFilter(request.GET, rows, request=request)
    views = views_of(rows, request.user)
    counts = kept(request.organization.pk, ("inbox", request.user.pk), lambda: counts_of(views))
    limit = MOST_FOUND if request.GET.get("q") else COUNT_LIMIT
    query = "&".join(f"{name}={value}" for name, value in sorted(request.GET.items()) if name not in ("page", "rows"))
    return {
        "filter": chosen,
        "page": page_of(request, newest_first(rows_of(chosen.qs)), count=counts.get(query), limit=limit),
        "views": [View(label, key, counts[key], key == query) for key, (label, _) in views.items()],
        "is_empty": not counts["status=any"] and not request.GET,
        "fragment": wants_fragment(request),
        "nav": "feedback:inbox",
    }


def detail(request: MemberRequest, pk: int) -> dict[str, Any]:
    """An item as the right half of the inbox shows it."""
    shown = shown_item(request.user, pk, whole="whole" in request.GET)
    # Ids of its own: the filters beside it have fields of the same names.
    form = LabelForm(instance=shown.item, user=request.user, organization=request.organization, auto_id="label_%s")
    return {"shown": shown, "item": shown.item, "label_form": form, "nav": "feedback:inbox"}


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
