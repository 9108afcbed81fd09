"""Pages of user stories: drafted from what is chosen in the inbox, edited beside the quotes, accepted or discarded."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from core.access import can, require
from core.htmx import wants_fragment
from core.pages import MemberRequest, form_page, go_on, id_in, ordered, page_of, posted, seen_version
from feedback import services
from feedback.filters import StoryPageFilter
from feedback.forms import AcceptForm, StoryForm
from feedback.models import FeedbackItem, StoryStatus, UserStory
from feedback.selectors.stories import voices_behind
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
    rows = UserStory.objects.visible_to(request.user).select_related("product", "project", "activity")
    return get_object_or_404(rows, pk=pk)


def page_of_story(row: Any) -> str:
    return reverse("feedback:story-detail", args=[row.pk])


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
    ids = [pk for pk in map(id_in, request.POST.getlist("id")) if pk is not None][: MOST_ITEMS + 1]
    rows = FeedbackItem.objects.visible_to(request.user).select_related("account", "product").defer("search")
    items = list(rows.filter(pk__in=ids).order_by("said_at", "pk"))
    story = services.draft_story(actor=request.user, organization=request.organization, items=items)
    undo = reverse("feedback:story-archive", args=[story.pk])
    return go_on(request, page_of_story(story), "Drafted from their own words. Check it against them.", undo)


@require_http_methods(["GET", "POST"])
def story_detail(request: MemberRequest, pk: int) -> HttpResponse:
    """A story beside the quotes that it rests on; a draft is edited here."""
    story = found_story(request, pk)
    if request.method == "POST":
        require(request.user, "feedback.triage", request.organization)
    is_open = story.status == StoryStatus.DRAFT and can(request.user, "feedback.triage", request.organization)
    accept = AcceptForm(user=request.user, organization=request.organization) if is_open else None
    return form_page(
        request,
        form=StoryForm(posted(request), instance=story, user=request.user, organization=request.organization),
        template="feedback/story_detail.html",
        save=lambda form: services.update_story(
            actor=request.user, story=found_story(request, pk), expected_version=form.expected_version, **form.values()
        ),
        done=page_of_story,
        message="Saved the story.",
        context={
            "story": story, "voices": voices_behind(story), "accept": accept, "is_open": is_open,
            "nav": "feedback:inbox",
        },
    )  # fmt: skip


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
    undo = reverse("feedback:story-reopen", args=[pk])
    return go_on(request, reverse("feedback:story-list"), f"Discarded “{story!s:.80}”.", undo)


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
