"""What a facilitator does in a session: raters, items, rounds, and the medians as scores."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from core.access import require
from core.errors import Conflict, FieldErrors
from core.middleware import request_id
from core.pages import MemberRequest, add_errors, go_on, id_in, posted, seen_version, words_in
from scoring import services
from scoring.forms.sessions import ItemsForm, RatersForm
from scoring.models import ITEM_KINDS, ScoringSession, SessionStatus
from scoring.selectors import adoptions_of
from scoring.views.sessions_common import KIND_LINKS, NAV, found_session, page_url


@require_http_methods(["GET", "POST"])
def session_raters(request: MemberRequest, pk: int) -> HttpResponse:
    """Who is asked for votes; further ones are added, others waited for no longer."""
    session = found_session(request, pk)
    require(request.user, "session.facilitate", request.organization)
    raters = list(session.raters.select_related("user").order_by("user__name", "pk"))
    form = RatersForm(posted(request), organization=request.organization, known=[row.user_id for row in raters])
    if request.method == "POST" and form.is_valid():
        try:
            count = services.add_session_raters(
                actor=request.user, session=session, users=list(form.cleaned_data["raters"])
            )
        except FieldErrors as error:
            add_errors(form, error)
        else:
            return go_on(request, request.path, f"Added {count} rater{'' if count == 1 else 's'}.")
    context = {"session": session, "raters": raters, "form": form, "tab": "sessions", "nav": NAV}
    return render(request, "scoring/session_raters.html", context, status=422 if form.errors else 200)


@require_POST
def session_rater_remove(request: MemberRequest, pk: int, rater: int) -> HttpResponse:
    """Wait for a rater no longer."""
    session = found_session(request, pk)
    row = get_object_or_404(session.raters, pk=rater)
    services.remove_session_rater(actor=request.user, session=session, rater=row)
    undo = reverse("scoring:session-rater-return", args=[pk, rater])
    page = reverse("scoring:session-raters", args=[pk])
    return go_on(request, page, f"{row.user} is waited for no longer. The votes are kept.", undo)


@require_POST
def session_rater_return(request: MemberRequest, pk: int, rater: int) -> HttpResponse:
    """Wait for a rater again."""
    session = found_session(request, pk)
    row = get_object_or_404(session.raters, pk=rater)
    services.return_session_rater(actor=request.user, session=session, rater=row)
    return go_on(request, reverse("scoring:session-raters", args=[pk]), f"{row.user} is back, with the votes given.")


@require_http_methods(["GET", "POST"])
def session_items(request: MemberRequest, pk: int) -> HttpResponse:
    """What is scored; further items are added while it runs."""
    session = found_session(request, pk)
    require(request.user, "session.facilitate", request.organization)
    kind = request.GET.get("kind", "")
    kind = kind if kind in ITEM_KINDS else "project"
    items = list(session.items.select_related("project", "program", "product").order_by("position", "pk"))
    known = [row.subject.pk for row in items if row.subject_kind == kind]
    words = words_in(request, 100)
    form = ItemsForm(posted(request), kind=kind, user=request.user, words=words, known=known)
    if request.method == "POST" and form.is_valid():
        try:
            count = services.add_session_items(actor=request.user, session=session, items=form.things)
        except FieldErrors as error:
            add_errors(form, error)
        else:
            return go_on(request, request.get_full_path(), f"Added {count} item{'' if count == 1 else 's'}.")
    context = {"session": session, "items": items, "form": form, "kind": kind, "kinds": KIND_LINKS, "words": words}
    context |= {"tab": "sessions", "nav": NAV}
    return render(request, "scoring/session_items.html", context, status=422 if form.errors else 200)


@require_POST
def session_item_remove(request: MemberRequest, pk: int, item: int) -> HttpResponse:
    """Take out an item that nobody has voted on."""
    session = found_session(request, pk)
    row = get_object_or_404(session.items, pk=item)
    services.remove_session_item(actor=request.user, session=session, item=row)
    return go_on(request, reverse("scoring:session-items", args=[pk]), f"Took “{row}” out.")


@require_POST
def session_reveal(request: MemberRequest, pk: int) -> HttpResponse:
    """Show every vote to everybody."""
    session = found_session(request, pk)
    services.reveal_scoring_session(actor=request.user, session=session)
    return go_on(request, page_url(session), "Revealed. Every open page of this session shows it within seconds.")


@require_POST
def session_next_round(request: MemberRequest, pk: int) -> HttpResponse:
    """Begin another round, blind again."""
    session = found_session(request, pk)
    begun = services.next_round_scoring_session(actor=request.user, session=session)
    said = f"Round {begun.round_number} has begun, blind again. Everybody begins with the own votes."
    return go_on(request, page_url(session), said)


@require_POST
def session_close(request: MemberRequest, pk: int) -> HttpResponse:
    """End a session."""
    session = found_session(request, pk)
    services.close_scoring_session(actor=request.user, session=session, expected_version=seen_version(request))
    undo = reverse("scoring:session-reopen", args=[pk])
    return go_on(request, page_url(session), "Closed. The votes stay to be read and adopted.", undo)


@require_POST
def session_reopen(request: MemberRequest, pk: int) -> HttpResponse:
    """Take the closing back."""
    session = found_session(request, pk)
    services.reopen_scoring_session(actor=request.user, session=session)
    return go_on(request, page_url(session), "Open again; another round may begin.")


@require_http_methods(["GET", "POST"])
def session_adopt(request: MemberRequest, pk: int) -> HttpResponse:
    """What becomes of the scores if the medians are adopted, and adopting them: all, or of some items."""
    session = found_session(request, pk)
    services.refuse_others(request.user, session)
    if request.method == "POST":
        return adopted(request, session)
    if session.status == SessionStatus.BLIND:
        raise Conflict("The votes of this round are blind. Reveal them first, then adopt.")
    found = adoptions_of(session, request.user, timezone.localdate())
    only = id_in(request.GET.get("item"))
    context = {"session": session, "found": found, "only": only, "tab": "sessions", "nav": NAV}
    return render(request, "scoring/session_adopt.html", context)


def adopted(request: MemberRequest, session: ScoringSession) -> HttpResponse:
    """Make the medians of the ticked items, or of all, their scores."""
    items = [pk for pk in map(id_in, request.POST.getlist("item")) if pk is not None]
    if request.POST.get("all"):
        items = list(session.items.values_list("pk", flat=True))
    if not items:
        messages.warning(request, "Nothing was adopted: tick the items whose medians become their scores.")
        return redirect(request.path)
    count = services.adopt_session(
        actor=request.user, session=session, item_ids=items, seen=request.POST.get("seen", "")[:40]
    )
    trace = request_id()
    undo = reverse("scoring:session-undo-adopt", args=[session.pk, trace]) if trace else ""
    return go_on(request, page_url(session), f"Adopted {count} score{'' if count == 1 else 's'} as medians.", undo)


@require_POST
def session_undo_adopt(request: MemberRequest, pk: int, request_id: str) -> HttpResponse:
    """Take back what one adopted in one request."""
    session = found_session(request, pk)
    count = services.undo_adoption(actor=request.user, session=session, request_id=request_id[:64])
    return go_on(request, page_url(session), f"Took back {count} score{'' if count == 1 else 's'}.")
