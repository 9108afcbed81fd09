"""Pages on which people merge, split and dissolve themes and move items between them, and undo it."""

from functools import partial
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_http_methods, require_POST

from core.access import require
from core.pages import MemberRequest, form_page, go_on, id_in, ids_asked, seen_version, words_in
from feedback import services
from feedback.forms import ThemeMergeForm, ThemePickForm, ThemeSplitForm
from feedback.models import FeedbackItem, Regrouping, RegroupingKind, Theme
from feedback.selectors.theme import excerpts, merged_facts, split_offer, themes_offered
from feedback.services.themes import MOST_ITEMS, MOST_MERGED
from feedback.views.theme import NAV, found_theme, page_of_theme, undo_of
from feedback.views.triage import counted


@require_http_methods(["GET", "POST"])
def theme_merge(request: MemberRequest) -> HttpResponse:
    """Make one theme of several; before that, what would stand behind it."""
    require(request.user, "feedback.triage", request.organization)
    rows = Theme.objects.visible_to(request.user).live().defer("center")
    themes = list(rows.filter(pk__in=ids_asked(request, MOST_MERGED + 2)).order_by("pk"))
    others = rows.exclude(pk__in=[theme.pk for theme in themes]).order_by("name", "pk") if len(themes) == 1 else []
    each, items, accounts, arr = merged_facts(themes)
    pairs = sorted(zip(themes, each, strict=True), key=lambda pair: -pair[1].item_count)
    return form_page(
        request,
        form=ThemeMergeForm(request.POST if "into" in request.POST else None, themes=rows),
        template="feedback/theme_merge.html",
        save=lambda form: services.merge_themes(
            actor=request.user, organization=request.organization, themes=themes, **form.cleaned_data
        ),
        done=lambda act: page_of_theme(act.theme),
        message="Merged: {row.item_count} items came here.",
        undo=undo_of,
        context={
            "pairs": pairs, "others": others, "items": items, "accounts": accounts, "arr": arr, "nav": NAV,
        },
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def theme_split(request: MemberRequest, pk: int) -> HttpResponse:
    """Make a theme of its own of some items: of those that were ticked, or of those that are suggested."""
    theme = found_theme(request, pk)
    require(request.user, "feedback.triage", request.organization)
    is_sent = "name" in request.POST
    ids = ids_asked(request, MOST_ITEMS + 1)
    chosen = FeedbackItem.objects.visible_to(request.user).filter(pk__in=ids).defer("search")
    offer: Any = SimpleLazyObject(partial(split_offer, theme, ids))
    return form_page(
        request,
        form=ThemeSplitForm(request.POST if is_sent else None, initial={} if is_sent else {"name": offer.name}),
        template="feedback/theme_split.html",
        save=lambda form: services.split_theme(
            actor=request.user, theme=theme, items=list(chosen), name=named(form, request.POST.get("suggested", ""))
        ),
        done=lambda act: reverse("feedback:theme-detail", args=[act.made[0]]),
        message="Split: {row.item_count} items are here now.",
        undo=undo_of,
        context={"theme": theme, "offer": offer, "is_asked": bool(ids), "nav": NAV},
    )


def named(form: Any, suggested: str) -> str:
    """The name that a person gave; the suggested one is found again in what the items say."""
    name: str = form.cleaned_data["name"]
    return "" if name == suggested else name


@require_POST
def theme_dissolve(request: MemberRequest, pk: int) -> HttpResponse:
    """Archive a theme; its items wait for the next clustering."""
    act = services.dissolve_theme(
        actor=request.user, theme=found_theme(request, pk), expected_version=seen_version(request)
    )
    return go_on(
        request, reverse(NAV), f"Dissolved “{act.theme!s:.80}”: {counted(act.item_count)} of no theme.", undo_of(act)
    )


@require_http_methods(["GET", "POST"])
def theme_pick(request: MemberRequest) -> HttpResponse:
    """Say of which theme items are: the nearest ones are offered, others are found by words."""
    require(request.user, "feedback.triage", request.organization)
    rows = FeedbackItem.objects.visible_to(request.user).filter(pk__in=ids_asked(request, MOST_ITEMS + 1))
    items = excerpts(rows.select_related("theme"))
    if not items:
        return go_on(request, reverse("feedback:inbox"), "No feedback is chosen. Tick some in the list.")
    themes = Theme.objects.visible_to(request.user)
    words = words_in(request)
    context = {"items": items, "offered": themes_offered(themes, items, words), "words": words, "nav": "feedback:inbox"}
    if "theme" not in request.POST and "none" not in request.POST and "set" not in request.POST:
        return render(request, "feedback/theme_pick.html", {**context, "form": ThemePickForm(themes=themes)})
    return form_page(
        request,
        form=ThemePickForm(request.POST, themes=themes.live().defer("center")),
        template="feedback/theme_pick.html",
        save=lambda form: services.give_theme(
            actor=request.user, organization=request.organization, items=items, theme=form.chosen
        ),
        done=lambda act: _back(request, items),
        message="{row.in_words}, and will stay so whatever is found later.",
        undo=undo_of,
        context=context,
    )


def _back(request: MemberRequest, items: list[FeedbackItem]) -> str:
    """Where the person came from: the item in its list, or the theme."""
    of_theme = id_in(request.POST.get("of") or request.GET.get("of"))
    if of_theme:
        return reverse("feedback:theme-detail", args=[of_theme])
    query = QueryDict(request.POST.get("query", "")).urlencode()
    path = reverse("feedback:item-detail", args=[items[0].pk])
    return f"{path}?{query}" if query else path


@require_POST
def theme_undo(request: MemberRequest, pk: int) -> HttpResponse:
    """Take back an act that moved items; what others changed since stays."""
    act = get_object_or_404(Regrouping.objects.visible_to(request.user).select_related("theme"), pk=pk)
    moved, stay = services.undo_regrouping(actor=request.user, regrouping=act)
    text = f"{counted(moved)} back where {'it was' if moved == 1 else 'they were'} before."
    if stay:
        text += f" {counted(stay)} changed since, and stay{'s' if stay == 1 else ''}."
    return go_on(request, _place_of(act), text)


def _place_of(act: Regrouping) -> str:
    """The page that shows what became of an act: the item that was moved, the theme, or all of them."""
    if act.kind == RegroupingKind.MOVED and act.item_count == 1:
        return reverse("feedback:item-detail", args=[act.items.values_list("item", flat=True)[0]])
    return page_of_theme(act.theme) if act.theme else reverse(NAV)
