"""Pages of members about releases: what was made available, when, and which ideas it brings."""

from collections.abc import Callable
from typing import Any

from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from core.access import require
from core.htmx import wants_fragment
from core.pages import MemberRequest, form_page, go_on, id_in, ordered, page_of, posted, seen_version
from feedback import services
from feedback.filters.portal import ReleasePageFilter
from feedback.forms.portal import ReleaseForm
from feedback.models import IdeaStatus, PortalIdea, Release
from feedback.selectors.idea import told_of

NAV = {"nav": "feedback:release-list"}
SORTS: dict[str, str | tuple[str, ...]] = {
    "released": "released_date",
    "product": "product__name",
    "name": "name",
    "published": "published_at",
}
#: Word of the address -> the service, what is said, and the word that takes it back.
ACTS: dict[str, tuple[Callable[..., Release], str, str]] = {
    "withdraw": (services.withdraw_release, "“{release}” is off the changelog.", ""),
    "archive": (services.archive_release, "Archived “{release}”.", "restore"),
    "restore": (services.restore_release, "Restored “{release}”.", ""),
}


def found_release(request: MemberRequest, pk: int) -> Release:
    """The release of an address."""
    return get_object_or_404(Release.objects.visible_to(request.user).select_related("product", "project"), pk=pk)


def page_of_release(row: Any) -> str:
    return reverse("feedback:release-detail", args=[row.pk])


@require_GET
@vary_on_headers("HX-Request")
def release_list(request: MemberRequest) -> HttpResponse:
    """Releases of all products, the newest first."""
    rows = Release.objects.visible_to(request.user).select_related("product", "project")
    brought = Count("ideas", filter=Q(ideas__archived_at=None, ideas__merged_into=None))
    chosen = ReleasePageFilter(request.GET, rows.annotate(idea_count=brought), request=request)
    releases, sort = ordered(request, chosen.qs, SORTS, "-released")
    page = page_of(request, releases)
    context = {
        "filter": chosen, "page": page, "sort": sort, "is_empty": not page.paginator.count and not request.GET, **NAV,
    }  # fmt: skip
    name = "feedback/_portal_releases.html" if wants_fragment(request) else "feedback/portal_releases.html"
    return render(request, name, context)


@require_http_methods(["GET", "POST"])
def release_create(request: MemberRequest) -> HttpResponse:
    """Write down a release."""
    require(request.user, "feedback.triage", request.organization)
    initial = {"product": id_in(request.GET.get("product"))}
    return form_page(
        request,
        form=ReleaseForm(posted(request), initial=initial, user=request.user, organization=request.organization),
        template="feedback/portal_release_form.html",
        save=lambda form: services.create_release(
            actor=request.user, organization=request.organization, **form.values()
        ),
        done=page_of_release,
        message="Wrote down “{row}”. Say which ideas it brings, then publish it.",
        context=NAV,
    )


@require_http_methods(["GET", "POST"])
def release_detail(request: MemberRequest, pk: int) -> HttpResponse:
    """A release, the ideas that it brings, and how many are told when it is published."""
    release = found_release(request, pk)
    if request.method == "POST":
        require(request.user, "feedback.triage", request.organization)
    rows = PortalIdea.objects.filter(release=release, merged_into=None).live()
    ideas = rows.select_related("portal__product").order_by("title", "pk")
    to_ship = [idea for idea in ideas if idea.status != IdeaStatus.SHIPPED]
    return form_page(
        request,
        form=ReleaseForm(posted(request), instance=release, user=request.user, organization=request.organization),
        template="feedback/portal_release.html",
        save=lambda form: services.update_release(
            actor=request.user, release=release, expected_version=form.expected_version,
            **form.values(),
        ),
        done=page_of_release,
        message="Saved “{row}”.",
        context={
            "release": release, "ideas": list(ideas), "to_ship": to_ship,
            "told": told_of(to_ship), **NAV,
        },
    )  # fmt: skip


@require_POST
def release_publish(request: MemberRequest, pk: int) -> HttpResponse:
    """Show a release in the changelog; its ideas have shipped with it, unless that is left out."""
    before, ships = found_release(request, pk), "ships" in request.POST
    release = services.publish_release(
        actor=request.user, release=before, ships=ships, expected_version=seen_version(request)
    )
    if before.is_published:
        return go_on(request, page_of_release(release), f"What “{release}” brings has shipped.")
    undo = reverse("feedback:release-act", args=[pk, "withdraw"])
    text = f"Published “{release}”." + (
        " Undo takes it off the changelog; what it brings stays shipped." if ships else ""
    )
    return go_on(request, page_of_release(release), text, undo)


@require_POST
def release_act(request: MemberRequest, pk: int, act: str) -> HttpResponse:
    """Take a release off the changelog; archive it, or bring it back."""
    release = found_release(request, pk)
    if act not in ACTS:
        raise Http404
    service, text, back = ACTS[act]
    service(actor=request.user, release=release, expected_version=seen_version(request))
    undo = reverse("feedback:release-act", args=[pk, back]) if back else ""
    return go_on(request, page_of_release(release), text.format(release=release), undo)
