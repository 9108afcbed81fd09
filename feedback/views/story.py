"""Pages of user stories: drafted from what is chosen in the inbox, edited beside the quotes, accepted or discarded."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRefresh, trigger_client_event

from core.access import can, require
from core.errors import DomainError, NotAllowed
from core.htmx import wants_fragment
from core.pages import (
    MemberRequest,
    add_errors,
    form_page,
    go_on,
    ids_asked,
    ordered,
    page_of,
    posted,
    seen_version,
)
from feedback import services
from feedback.filters import StoryPageFilter
from feedback.forms import AcceptForm, StoryForm
from feedback.models import FeedbackItem, UserStory
from feedback.selectors.stories import is_being_written, voices_behind
from feedback.services.stories import MOST_ITEMS

SORTS: dict[str, str | tuple[str, ...]] = {
    "story": "goal",
    "status": "status",
    "product": "product__name",
    "project": "project__name",
    "drafted": "pk",
}


def found_story(request: MemberRequest, pk: int) -> UserStory:
    """The story of an address."""
    rows = UserStory.objects.visible_to(request.user).select_related("product", "project", "activity", "job")
    return get_object_or_404(rows, pk=pk)


def page_of_story(row: Any) -> str:
    return reverse("feedback:story-detail", args=[row.pk])


def shown(request: MemberRequest, story: UserStory) -> dict[str, Any]:
    """A story with what it rests on, as its page and the pane beside the inbox show it."""
    return {
        "story": story,
        "voices": voices_behind(story),
        "is_open": story.is_open and can(request.user, "feedback.triage", request.organization),
        "is_being_written": is_being_written(story),
        "nav": "feedback:inbox",
    }


def pane(request: MemberRequest, pk: int, form: StoryForm | None = None, *, told: str = "") -> HttpResponse:
    """A story as the third pane of the inbox."""
    story = found_story(request, pk)
    status = 422 if form else 200
    if form is None:
        # Ids of its own: the item and the filters beside it have fields of the same names.
        form = StoryForm(instance=story, user=request.user, organization=request.organization, auto_id="story_%s")
    context = {**shown(request, story), "form": form, "is_pane": True, "told": told}
    return render(request, "feedback/_story.html", context, status=status)


@require_GET
@vary_on_headers("HX-Request")
def story_list(request: MemberRequest) -> HttpResponse:
    """User stories, the newest first."""
    rows = UserStory.objects.visible_to(request.user).select_related("product", "project")
    chosen = StoryPageFilter(request.GET, rows, request=request)
    stories, sort = ordered(request, chosen.qs, SORTS, "-drafted")
    page = page_of(request, stories)
    context = {
        "filter": chosen,
        "page": page,
        "sort": sort,
        "is_empty": not page.paginator.count and not request.GET,
        "nav": "feedback:inbox",
    }
    name = "feedback/_story_table.html" if wants_fragment(request) else "feedback/story_list.html"
    return render(request, name, context)


@require_POST
def story_draft(request: MemberRequest) -> HttpResponse:
    """Draft a story from the items that are named."""
    ids = ids_asked(request, MOST_ITEMS + 1)
    rows = FeedbackItem.objects.visible_to(request.user).select_related("account", "product").defer("search")
    items = list(rows.filter(pk__in=ids).order_by("said_at", "pk"))
    story = services.draft_story(actor=request.user, organization=request.organization, items=items)
    if wants_fragment(request):
        return pane(request, story.pk)
    undo = reverse("feedback:story-archive", args=[story.pk])
    return go_on(request, page_of_story(story), "Drafted from their own words. Check it against them.", undo)


@require_http_methods(["GET", "POST"])
@vary_on_headers("HX-Request")
def story_detail(request: MemberRequest, pk: int) -> HttpResponse:
    """A story beside the quotes that it rests on; a draft is edited here. htmx gets the pane of the inbox."""
    if request.method == "GET" and wants_fragment(request):
        return HttpResponseClientRefresh() if "whole" in request.GET else pane(request, pk)
    story = found_story(request, pk)
    if request.method == "POST":
        require(request.user, "feedback.triage", request.organization)
    context = shown(request, story)
    if context["is_open"]:
        context["accept"] = AcceptForm(user=request.user, organization=request.organization)
    return form_page(
        request,
        form=StoryForm(posted(request), instance=story, user=request.user, organization=request.organization),
        template="feedback/story_detail.html",
        save=lambda form: services.save_story(
            actor=request.user, story=story, expected_version=form.expected_version, **form.values()
        ),
        done=page_of_story,
        message="Saved the story.",
        context=context,
    )


@require_POST
def story_save(request: MemberRequest, pk: int) -> HttpResponse:
    """Keep a draft as a story, from the pane beside the inbox; refused, it stays open with what was typed."""
    story = found_story(request, pk)
    require(request.user, "feedback.triage", request.organization)
    form = StoryForm(
        request.POST, instance=story, user=request.user, organization=request.organization, auto_id="story_%s"
    )
    if form.is_valid():
        try:
            services.save_story(
                actor=request.user, story=story, expected_version=form.expected_version, **form.values()
            )
        except NotAllowed:
            raise
        except DomainError as error:
            add_errors(form, error)
        else:
            if wants_fragment(request):
                return pane(request, pk, told="Saved the story.")
            return go_on(request, page_of_story(story), "Saved the story.")
    return pane(request, pk, form)


@require_POST
def story_redraft(request: MemberRequest, pk: int) -> HttpResponse:
    """Draft a story anew from the items that it rests on."""
    story = services.redraft_story(
        actor=request.user, story=found_story(request, pk), expected_version=seen_version(request)
    )
    if wants_fragment(request):
        return pane(request, story.pk)
    text = "The model writes it again." if is_being_written(story) else "Drafted again from their own words."
    return go_on(request, page_of_story(story), text)


@require_POST
def story_accept(request: MemberRequest, pk: int) -> HttpResponse:
    """Make a story work."""
    form = AcceptForm(request.POST, user=request.user, organization=request.organization)
    story = found_story(request, pk)
    if not form.is_valid():
        return go_on(request, page_of_story(story), "Not accepted: choose first what it becomes.")
    story = services.accept_story(actor=request.user, story=story, **form.values())
    return go_on(
        request, page_of_story(story), f"Accepted: it is {'an activity' if story.activity else 'proposed'} now."
    )


@require_POST
def story_discard(request: MemberRequest, pk: int) -> HttpResponse:
    """Say of a draft that it comes to nothing."""
    story = services.discard_story(
        actor=request.user, story=found_story(request, pk), expected_version=seen_version(request)
    )
    undo, text = reverse("feedback:story-reopen", args=[pk]), f"Discarded “{story!s:.80}”."
    if request.htmx.target == "story":
        response = render(request, "core/_toast.html", {"text": text, "undo_url": undo, "oob": True})
        return trigger_client_event(response, "portolan:story-left", after="swap")
    return go_on(request, reverse("feedback:story-list"), text, undo)


@require_POST
def story_reopen(request: MemberRequest, pk: int) -> HttpResponse:
    """Make a discarded story a draft again."""
    story = services.reopen_story(actor=request.user, story=found_story(request, pk))
    return go_on(request, page_of_story(story), "It is a draft again.")


@require_POST
def story_archive(request: MemberRequest, pk: int) -> HttpResponse:
    """Put a story out of sight."""
    story = found_story(request, pk)
    services.archive_story(actor=request.user, story=story, expected_version=seen_version(request))
    undo = reverse("feedback:story-restore", args=[pk])
    return go_on(request, reverse("feedback:story-list"), f"Archived “{story!s:.80}”.", undo)


@require_POST
def story_restore(request: MemberRequest, pk: int) -> HttpResponse:
    """Bring an archived story back."""
    story = found_story(request, pk)
    services.restore_story(actor=request.user, story=story, expected_version=seen_version(request))
    return go_on(request, page_of_story(story), f"Restored “{story!s:.80}”.")
