"""What is done to items one by one: added, corrected, labeled, linked, merged, put out of sight."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.access import require
from core.middleware import request_id
from core.pages import MemberRequest, form_page, go_on, posted, seen_version, words_in
from feedback import services
from feedback.forms import AuthorForm, ItemForm, LabelForm, LinkForm, MergeForm
from feedback.models import LABELS, FeedbackItem, FeedbackLink
from feedback.selectors.nearest import Near, nearest, newest
from feedback.selectors.search import ids_with


def found_item(request: MemberRequest, pk: int) -> FeedbackItem:
    """The item of an address."""
    return get_object_or_404(FeedbackItem.objects.visible_to(request.user).defer("search"), pk=pk)


def page_of_item(row: Any) -> str:
    return reverse("feedback:item-detail", args=[row.pk])


@require_http_methods(["GET", "POST"])
def item_create(request: MemberRequest) -> HttpResponse:
    """Write down what a customer said."""
    require(request.user, "feedback.add", request.organization)
    return form_page(
        request,
        form=ItemForm(posted(request), user=request.user, organization=request.organization),
        template="feedback/item_form.html",
        save=lambda form: services.create_item(actor=request.user, organization=request.organization, **form.values()),
        done=page_of_item,
        message="Added feedback “{row!s:.80}”.",
        context={"nav": "feedback:inbox"},
    )


@require_http_methods(["GET", "POST"])
def item_edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Correct who said it, and where."""
    item = found_item(request, pk)
    require(request.user, "feedback.triage", request.organization)
    return form_page(
        request,
        form=AuthorForm(posted(request), instance=item, user=request.user, organization=request.organization),
        template="feedback/item_form.html",
        save=lambda form: services.update_item(
            actor=request.user, item=item, expected_version=form.expected_version, **form.values()
        ),
        done=page_of_item,
        message="Saved feedback “{row!s:.80}”.",
        context={"item": item, "nav": "feedback:inbox"},
    )


@require_POST
def item_labels(request: MemberRequest, pk: int) -> HttpResponse:
    """Say what labels are; those that are left as they are stay the analyser's."""
    item = found_item(request, pk)
    require(request.user, "feedback.triage", request.organization)
    form = LabelForm(request.POST, instance=item, user=request.user, organization=request.organization)
    if not form.is_valid():
        return go_on(request, page_of_item(item), "Not saved: choose among the labels that are offered.")
    values = form.changed()
    if not values:
        return go_on(request, page_of_item(item), "Nothing was changed.")
    services.correct_labels(actor=request.user, item=item, values=values)
    said = ", ".join("type" if name == "kind" else name for name in values)
    return go_on(request, page_of_item(item), f"Corrected {said}. It stays so, whatever is analyzed later.")


@require_POST
def item_release(request: MemberRequest, pk: int, label: str) -> HttpResponse:
    """Let the analyser say again what a label is."""
    item = found_item(request, pk)
    if label == "theme":
        services.release_theme(actor=request.user, item=item)
        return go_on(request, page_of_item(item), "The next search for themes says which one it is of.")
    if label in LABELS:
        services.release_labels(actor=request.user, item=item, labels=[label])
    return go_on(request, page_of_item(item), "As the analyser found it.")


@require_http_methods(["GET", "POST"])
def item_link(request: MemberRequest, pk: int) -> HttpResponse:
    """Say which project or product an item speaks for."""
    item = found_item(request, pk)
    require(request.user, "feedback.triage", request.organization)
    return form_page(
        request,
        form=LinkForm(posted(request), user=request.user, organization=request.organization),
        template="feedback/link_form.html",
        save=lambda form: services.create_link(actor=request.user, item=item, **form.values()),
        done=lambda link: page_of_item(item),
        message="Linked: {row!s:.160}.",
        undo=lambda link: reverse("feedback:link-remove", args=[link.pk]),
        context={"item": item, "nav": "feedback:inbox"},
    )


@require_POST
def link_remove(request: MemberRequest, pk: int) -> HttpResponse:
    """Take a link away."""
    link = get_object_or_404(FeedbackLink.objects.visible_to(request.user).select_related("item"), pk=pk)
    services.remove_link(actor=request.user, link=link)
    return go_on(request, page_of_item(link.item), f"No longer linked: {link!s:.160}.")


@require_GET
def item_nearest(request: MemberRequest, pk: int) -> HttpResponse:
    """The items most like one, as the foot of its page asks for them."""
    item = found_item(request, pk)
    return render(request, "feedback/_nearest.html", {"item": item, "nearest": nearest(request.user, item)})


@require_http_methods(["GET", "POST"])
def item_merge(request: MemberRequest, pk: int) -> HttpResponse:
    """Say that an item repeats another: one of those most like it, or one that is found by words."""
    item = found_item(request, pk)
    require(request.user, "feedback.triage", request.organization)
    candidates = FeedbackItem.objects.visible_to(request.user).live().filter(duplicate_of=None).exclude(pk=pk)
    words = words_in(request)
    return form_page(
        request,
        form=MergeForm(posted(request), candidates=candidates),
        template="feedback/merge_form.html",
        save=lambda form: services.merge_duplicate(actor=request.user, item=item, into=form.cleaned_data["into"]),
        done=lambda row: page_of_item(row.duplicate_of),
        message="Merged: “{row!s:.80}” counts with this item now.",
        undo=lambda row: undo_address(),
        context={
            "item": item, "offered": offered(request, item, candidates, words), "words": words, "nav": "feedback:inbox",
        },
    )  # fmt: skip


def offered(request: MemberRequest, item: FeedbackItem, candidates: Any, words: str) -> list[Near]:
    """Items to merge into: those most like it, or with the words that were asked for the newest that have them."""
    if not words:
        return nearest(request.user, item, most=12)
    return [Near(row, 0.0) for row in newest(candidates.filter(pk__in=ids_with(words, {"is_first": "1"}, 50)), 50)]


def undo_address() -> str:
    """Where the triage of the present request is taken back; nowhere without a request id."""
    trace = request_id()
    return reverse("feedback:triage-undo", args=[trace]) if trace else ""


@require_POST
def item_retry(request: MemberRequest, pk: int) -> HttpResponse:
    """Analyze an item anew."""
    item = found_item(request, pk)
    services.retry_analysis(actor=request.user, item=item)
    return go_on(request, page_of_item(item), "It is analyzed again; look in a moment.")


@require_POST
def item_archive(request: MemberRequest, pk: int) -> HttpResponse:
    """Put an item out of sight."""
    item = found_item(request, pk)
    services.archive_item(actor=request.user, item=item, expected_version=seen_version(request))
    return go_on(
        request, reverse("feedback:inbox"), f"Archived “{item!s:.80}”.", reverse("feedback:item-restore", args=[pk])
    )


@require_POST
def item_restore(request: MemberRequest, pk: int) -> HttpResponse:
    """Bring an archived item back."""
    item = found_item(request, pk)
    services.restore_item(actor=request.user, item=item, expected_version=seen_version(request))
    return go_on(request, page_of_item(item), f"Restored “{item!s:.80}”.")
