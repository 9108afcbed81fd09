"""Pages of scoring sessions: the list, a session, and what an open page of it keeps asking for."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from core.access import require
from core.errors import Conflict
from core.exports import FORMATS, export
from core.htmx import wants_fragment
from core.pages import MemberRequest, form_page, go_on, id_in, ordered, page_of, posted, seen_version
from events.selectors import history_of
from scoring import services
from scoring.filters.sessions import SessionPageFilter
from scoring.forms.sessions import NewSessionForm, SessionForm
from scoring.models import ITEM_KINDS, SessionStatus
from scoring.selectors import listed_sessions, results_of
from scoring.selectors.session_results import RESULT_HEADER, result_cells
from scoring.services.session_things import MOST_ITEMS
from scoring.views.sessions_common import KIND_LINKS, NAV, found_live, found_session, of_live, page_url
from scoring.views.sessions_voting import voting

SORTS = {
    "name": "name",
    "model": "model__name",
    "items": "item_count",
    "finished": "finished_count",
    "closes": "closes_date",
    "new": "pk",
}


@require_GET
@vary_on_headers("HX-Request")
def session_list(request: MemberRequest) -> HttpResponse:
    """Sessions: which run, who is finished, when they close."""
    rows = listed_sessions(request.user)
    chosen = SessionPageFilter(request.GET, rows, request=request)
    sessions, sort = ordered(request, chosen.qs, SORTS, "-new")
    page = page_of(request, sessions)
    context = {
        "filter": chosen,
        "page": page,
        "sort": sort,
        "today": timezone.localdate(),
        "is_empty": not page.paginator.count and not rows.exists(),
        "tab": "sessions",
        "nav": NAV,
    }
    return render(request, f"scoring/{'_session_table' if wants_fragment(request) else 'session_list'}.html", context)


@require_http_methods(["GET", "POST"])
def session_create(request: MemberRequest) -> HttpResponse:
    """Ask several people for their scores; a board hands over its model and items in the address."""
    require(request.user, "session.facilitate", request.organization)
    kind = request.GET.get("kind", "")
    kind = kind if kind in ITEM_KINDS else "project"
    chosen = items_asked(request)
    initial = {
        "facilitator": request.user.pk,
        "model": id_in(request.GET.get("model")),
        "items": list(map(str, chosen)),
    }
    who = {"user": request.user, "organization": request.organization}
    form = NewSessionForm(posted(request), **who, kind=kind, chosen=chosen, initial=initial)
    return form_page(
        request,
        form=form,
        template="scoring/session_create.html",
        save=lambda form: services.create_scoring_session(
            actor=request.user, organization=request.organization, **form.values()
        ),
        done=page_url,
        message="Opened session “{row}”. Its raters find it on their first page.",
        context={"kind": kind, "kinds": KIND_LINKS, "tab": "sessions", "nav": NAV},
    )


def items_asked(request: MemberRequest) -> list[int]:
    """The items that the address names."""
    return [pk for pk in map(id_in, request.GET.getlist("item")) if pk is not None][:MOST_ITEMS]


@require_GET
@vary_on_headers("HX-Request")
def session_detail(request: MemberRequest, pk: int) -> HttpResponseBase:
    """A session: the own votes while it is blind, everybody's once revealed; htmx gets these alone, `format` a file."""
    live = found_live(request, pk)
    session, me = live.session, live.of(request.user)
    template = "scoring/_session_body.html" if wants_fragment(request) else "scoring/session_detail.html"
    context = {**of_live(request, live), "lines": history_of(session, 10), "tab": "sessions", "nav": NAV}
    if session.status == SessionStatus.BLIND:
        if "format" in request.GET:
            raise Conflict("The votes of this session are blind. There is a file once they are revealed.")
        if me is not None:
            services.mark_seen(actor=request.user, session_id=pk)
        return render(request, template, {**context, **voting(request, session, me)})
    results = results_of(session, id_in(request.GET.get("round")))
    if (file_format := request.GET.get("format", "")) in FORMATS:
        cells = result_cells(results)
        return export(cells, header=RESULT_HEADER, name=f"session-{pk}", file_format=file_format)
    context |= {"results": results, "rounds": range(1, session.round_number + 1)}
    return render(request, template, context)


@require_GET
def session_live(request: MemberRequest, pk: int) -> HttpResponse:
    """What an open page of a session asks for every few seconds; 204 while nothing has changed.

    Polling and not server-sent events: the server is WSGI, where each open stream would hold a thread for as long as
    somebody looks. It costs one statement of its own, and a second one every ten seconds that says who is there.
    """
    live = found_live(request, pk)
    me = live.of(request.user)
    if me is not None and not me.was_seen_lately:
        services.mark_seen(actor=request.user, session_id=pk)
    if request.GET.get("seen") == live.tag:
        return HttpResponse(status=204)
    return render(request, "scoring/_session_live.html", of_live(request, live))


@require_http_methods(["GET", "POST"])
def session_edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Change a session's name, closing day or facilitator."""
    session = found_session(request, pk)
    require(request.user, "session.facilitate", request.organization)
    return form_page(
        request,
        form=SessionForm(posted(request), instance=session, user=request.user, organization=request.organization),
        template="scoring/session_form.html",
        save=lambda form: services.update_scoring_session(
            actor=request.user, session=session, expected_version=form.expected_version, **form.values()
        ),
        done=page_url,
        message="Saved session “{row}”.",
        context={"shown": session, "tab": "sessions", "nav": NAV},
    )


@require_POST
def session_archive(request: MemberRequest, pk: int) -> HttpResponse:
    """Put a session out of sight."""
    session = found_session(request, pk)
    services.archive_scoring_session(actor=request.user, session=session, expected_version=seen_version(request))
    undo = reverse("scoring:session-restore", args=[pk])
    return go_on(request, reverse("scoring:session-list"), f"Archived session “{session}”.", undo)


@require_POST
def session_restore(request: MemberRequest, pk: int) -> HttpResponse:
    """Bring an archived session back."""
    session = found_session(request, pk)
    services.restore_scoring_session(actor=request.user, session=session, expected_version=seen_version(request))
    return go_on(request, page_url(session), f"Restored session “{session}”.")
