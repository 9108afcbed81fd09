"""Public pages of ideas: the list, one idea, asking for something, the changelog."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.errors import DomainError
from core.pages import add_errors, page_of, posted, words_in
from feedback import services
from feedback.forms.portal import SubmitForm, TakePartForm
from feedback.models import IdeaStatus, Portal, PortalAct, PortalIdea
from feedback.selectors.idea import public_ideas, public_releases, releases_with_ideas
from feedback.selectors.visitor import takes_part
from feedback.views.portal_visit import (
    go,
    limit,
    limit_mail,
    origin_of,
    own_page,
    page,
    public,
    visitor_of,
    with_pause,
)

IDEAS, RELEASES = 20, 10
#: What a page says was done, by the word in its address.
SAID = {
    "vote": "Your vote counts.",
    "unvote": "Your vote is taken back.",
    "follow": "You are told when its status changes.",
    "unfollow": "You follow it no more.",
    "submit": "Your address is confirmed. You are told what becomes of your idea.",
}


@require_safe
@public
def portal_ideas(request: HttpRequest, portal: Portal) -> HttpResponse:
    """What people ask for, and what becomes of it."""
    words = words_in(request)
    status = request.GET.get("status", "")
    by_votes = portal.shows_votes and request.GET.get("sort") != "new"
    rows = public_ideas(portal, words=words, status=status, by_votes=by_votes)
    context = {
        "page": page_of(request, rows, size=IDEAS),
        "words": words,
        "status": status if status in IdeaStatus.values else "",
        "by_votes": by_votes,
        "statuses": IdeaStatus.choices,
        "is_narrowed": bool(words or status),
    }
    return page(request, portal, "ideas.html", context)


def found_idea(portal: Portal, pk: int) -> PortalIdea:
    """The idea of an address, which everybody may read."""
    found: PortalIdea = get_object_or_404(public_ideas(portal).select_related("release"), pk=pk)
    return found


@require_safe
@public
def portal_idea(request: HttpRequest, portal: Portal, pk: int) -> HttpResponse:
    """One idea; of one that was merged, the idea that it was merged into."""
    merged = PortalIdea.objects.live().filter(portal=portal, pk=pk, published_at__isnull=False).first()
    if merged is not None and merged.merged_into_id is not None:
        return go(portal, "portal-idea", merged.merged_into_id)
    return idea_page(request, portal, found_idea(portal, pk))


def idea_page(
    request: HttpRequest, portal: Portal, idea: PortalIdea, form: Any = None, act: str = "", status: int = 200
) -> HttpResponse:
    """An idea with what its reader may do; `form` is one that was refused."""
    visitor = visitor_of(request, portal)
    has_voted, follows = takes_part(visitor, idea) if visitor else (False, False)
    release = idea.release if idea.release and idea.release.is_published and not idea.release.is_archived else None
    context = {
        "idea": idea,
        "release": release,
        "visitor": visitor,
        "has_voted": has_voted,
        "follows": follows,
        "form": form or TakePartForm(portal=portal, visitor=visitor, now=timezone.now(), auto_id="take_part_%s"),
        "act": act,
        "said": SAID.get(request.GET.get("said", ""), ""),
    }
    return own_page(request, portal, "idea.html", context, status=status)


@csrf_exempt  # The form's own token says for whom it was made: no cookie is set for who only reads.
@require_POST
@public
def portal_take_part(request: HttpRequest, portal: Portal, pk: int) -> HttpResponse:
    """Vote for an idea or follow it, or take that back; who is not known is mailed a link."""
    idea, visitor = found_idea(portal, pk), visitor_of(request, portal)
    act = request.POST.get("act", "")
    if act.removeprefix("un") not in (PortalAct.VOTE, PortalAct.FOLLOW):
        raise Http404
    form = TakePartForm(request.POST, portal=portal, visitor=visitor, now=timezone.now(), auto_id="take_part_%s")
    status, refusal = 422, None
    try:
        limit("act", request, portal)
        if form.is_valid():
            return _take_part(request, portal, idea, act, form.cleaned_data.get("email", ""))
    except DomainError as error:
        form.renew()
        form.add_error(None, str(error))
        status, refusal = error.status_code, error
    return with_pause(idea_page(request, portal, idea, form, act, status), refusal)


def _take_part(request: HttpRequest, portal: Portal, idea: PortalIdea, act: str, email: str) -> HttpResponse:
    visitor = visitor_of(request, portal)
    if visitor is None:
        limit_mail(request, portal, email)
        services.ask_to_confirm(
            actor=None, portal=portal, idea=idea, act=act.removeprefix("un"), email=email, origin=origin_of(request)
        )
        return go(portal, "portal-sent", said="mail")
    acts: dict[str, Callable[..., Any]] = {
        "vote": services.vote_for,
        "unvote": services.take_vote_back,
        "follow": services.follow,
        "unfollow": services.unfollow,
    }
    acts[act](actor=None, visitor=visitor, idea=idea)
    return go(portal, "portal-idea", idea.pk, said=act)


@csrf_exempt  # As above.
@require_http_methods(["GET", "HEAD", "POST"])
@public
def portal_submit(request: HttpRequest, portal: Portal) -> HttpResponse:
    """Ask for something. What is refused is shown again as it was typed."""
    if not portal.accepts_ideas:
        raise Http404
    visitor = visitor_of(request, portal)
    form = SubmitForm(posted(request), portal=portal, visitor=visitor, now=timezone.now())
    status, refusal = 422 if request.method == "POST" else 200, None
    try:
        if request.method == "POST" and form.is_valid():
            return _submitted(request, portal, visitor, form.values())
    except (ValidationError, DomainError) as error:
        form.renew()
        add_errors(form, error)
        status, refusal = getattr(error, "status_code", 422), error
    context = {"form": form, "visitor": visitor}
    return with_pause(own_page(request, portal, "submit.html", context, status=status), refusal)


def _submitted(request: HttpRequest, portal: Portal, visitor: Any, values: dict[str, Any]) -> HttpResponse:
    limit("submit", request, portal)
    if email := values.get("email"):
        limit_mail(request, portal, email)
    idea = services.submit_idea(actor=None, portal=portal, visitor=visitor, origin=origin_of(request), **values)
    if email:
        return go(portal, "portal-sent", said="submit-mail" if idea.is_published else "wait-mail")
    return go(portal, "portal-idea", idea.pk) if idea.is_published else go(portal, "portal-sent", said="wait")


@require_safe
@public
def portal_sent(request: HttpRequest, portal: Portal) -> HttpResponse:
    """What happens next: look into the mail, or wait until a person has read it."""
    return page(request, portal, "sent.html", {"said": request.GET.get("said", "")})


@require_safe
@public
def portal_changelog(request: HttpRequest, portal: Portal) -> HttpResponse:
    """What was released, the newest first."""
    found = page_of(request, public_releases(portal), size=RELEASES)
    return page(request, portal, "changelog.html", {"page": found, "releases": releases_with_ideas(portal, found)})
