"""Pages of members about one idea of a portal: worded, published, moved along, merged, and who stands behind it."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from core.access import require
from core.pages import MemberRequest, form_page, go_on, id_in, page_of, posted, seen_version
from feedback import services
from feedback.forms.portal import IdeaForm, IdeaMergeForm, IdeaStatusForm
from feedback.models import Portal, PortalIdea, PortalVisitor
from feedback.selectors.accounts import accounts_by_domain
from feedback.selectors.idea import idea_voices, voters_of
from feedback.views.item import found_item
from feedback.views.portal import NAV, found_portal, public_address

#: Word of the address -> the service, what is said, and the word that takes it back.
ACTS: dict[str, tuple[Callable[..., PortalIdea], str, str]] = {
    "publish": (services.publish_portal_idea, "Published “{idea}”.", "withdraw"),
    "withdraw": (services.withdraw_portal_idea, "“{idea}” is off the portal.", "publish"),
    "unmerge": (services.unmerge_portal_idea, "“{idea}” stands for itself again.", ""),
    "archive": (services.archive_portal_idea, "Archived “{idea}”.", "restore"),
    "restore": (services.restore_portal_idea, "Restored “{idea}”.", ""),
}


def found_idea(request: MemberRequest, pk: int) -> PortalIdea:
    """The idea of an address, with its votes."""
    rows = PortalIdea.objects.visible_to(request.user).with_votes()
    return get_object_or_404(
        rows.select_related("portal__product", "item", "project", "release", "merged_into").defer("item__search"), pk=pk
    )


def page_of_idea(row: Any) -> str:
    return reverse("feedback:idea-detail", args=[row.pk])


@require_http_methods(["GET", "POST"])
def idea_create(request: MemberRequest, pk: int) -> HttpResponse:
    """Write an idea of one's own for a portal."""
    portal = found_portal(request, pk)
    require(request.user, "feedback.triage", request.organization)
    return form_page(
        request,
        form=IdeaForm(posted(request), portal=portal, user=request.user, organization=request.organization),
        template="feedback/portal_idea_form.html",
        save=lambda form: services.create_portal_idea(actor=request.user, portal=portal, **form.values()),
        done=page_of_idea,
        message="Wrote “{row}”. It is public once it is published.",
        context={"portal": portal, **NAV},
    )


@require_http_methods(["GET", "POST"])
def item_idea(request: MemberRequest, pk: int) -> HttpResponse:
    """Show what a customer said on a portal, in words that everybody may read."""
    item = found_item(request, pk)
    require(request.user, "feedback.triage", request.organization)
    if (known := PortalIdea.objects.visible_to(request.user).filter(item=item).first()) is not None:
        return go_on(request, page_of_idea(known), "It stands on a portal already.")
    portal = Portal.objects.visible_to(request.user).filter(product=item.product_id).first()
    initial = {"title": item.title[:200], "text": item.text[:5_000], "portal": portal and portal.pk}
    return form_page(
        request,
        form=IdeaForm(posted(request), initial=initial, user=request.user, organization=request.organization),
        template="feedback/portal_idea_form.html",
        save=lambda form: services.create_portal_idea(actor=request.user, item=item, **form.values()),
        done=page_of_idea,
        message="Wrote “{row}”. It is public once it is published.",
        context={"item": item, "nav": "feedback:inbox"},
    )


@require_http_methods(["GET", "POST"])
def idea_detail(request: MemberRequest, pk: int) -> HttpResponse:
    """An idea, its words, what becomes of it, and who stands behind it."""
    idea = found_idea(request, pk)
    if request.method == "POST":
        require(request.user, "feedback.triage", request.organization)
    return form_page(
        request,
        form=IdeaForm(
            posted(request), instance=idea, portal=idea.portal, user=request.user, organization=request.organization
        ),
        template="feedback/portal_idea.html",
        save=lambda form: services.update_portal_idea(
            actor=request.user, idea=idea, expected_version=form.expected_version, **form.values()
        ),
        done=page_of_idea,
        message="Saved “{row}”.",
        context=context_of(request, idea),
    )


def mergeable(request: MemberRequest, idea: PortalIdea) -> Any:
    """Ideas that one may be merged into: others of its portal, read by everybody if it is."""
    rows = PortalIdea.objects.visible_to(request.user).filter(portal=idea.portal_id).exclude(pk=idea.pk)
    return rows.published() if idea.is_published else rows.live().filter(merged_into=None)


def context_of(request: MemberRequest, idea: PortalIdea, status_form: Any = None) -> dict[str, Any]:
    """What the page of an idea shows beside the form of its words."""
    told = {"status": idea.status, "note": idea.status_note, "tells": True, "version": idea.version}
    return {
        "idea": idea,
        "voices": idea_voices(idea),
        "status_form": status_form or IdeaStatusForm(initial=told, auto_id="status_%s"),
        "has_others": mergeable(request, idea).exists(),
        "merged": list(PortalIdea.objects.filter(merged_into=idea).order_by("pk")[:50]),
        "telling": idea.tellings.order_by("-pk").first(),
        "public_url": f"{public_address(request, idea.portal)}ideas/{idea.pk}/",
        **NAV,
    }


@require_POST
def idea_status(request: MemberRequest, pk: int) -> HttpResponse:
    """Say what becomes of an idea."""
    idea = found_idea(request, pk)
    require(request.user, "feedback.triage", request.organization)
    form = IdeaStatusForm(request.POST, auto_id="status_%s")
    words = IdeaForm(instance=idea, portal=idea.portal, user=request.user, organization=request.organization)
    return form_page(
        request,
        form=form,
        template="feedback/portal_idea.html",
        save=lambda form: services.move_portal_idea(
            actor=request.user, idea=idea, expected_version=form.cleaned_data.pop("version"), **form.cleaned_data
        ),
        done=page_of_idea,
        message="“{row}” is as you said. Whoever is to be told gets a mail within minutes.",
        context={**context_of(request, idea, form), "words": words},
    )


@require_http_methods(["GET", "POST"])
def idea_merge(request: MemberRequest, pk: int) -> HttpResponse:
    """Say that an idea asks for the same as another."""
    idea = found_idea(request, pk)
    require(request.user, "feedback.triage", request.organization)
    candidates = mergeable(request, idea).order_by("title", "pk")
    form = IdeaMergeForm(posted(request), candidates=candidates, initial={"version": idea.version})
    return form_page(
        request,
        form=form,
        template="feedback/portal_idea_merge.html",
        save=lambda form: services.merge_portal_idea(
            actor=request.user, idea=idea, into=form.cleaned_data["into"], expected_version=form.cleaned_data["version"]
        ),
        done=lambda row: page_of_idea(row.merged_into),
        message="Merged: the votes of “{row}” count with this idea now, each person once.",
        undo=lambda row: reverse("feedback:idea-act", args=[row.pk, "unmerge"]),
        context={"idea": idea, **NAV},
    )


@require_POST
def idea_act(request: MemberRequest, pk: int, act: str) -> HttpResponse:
    """Publish an idea, or take it off the portal; archive it, or bring it back."""
    idea = found_idea(request, pk)
    if act not in ACTS:
        raise Http404
    service, text, back = ACTS[act]
    service(actor=request.user, idea=idea, expected_version=seen_version(request))
    undo = reverse("feedback:idea-act", args=[pk, back]) if back else ""
    return go_on(request, page_of_idea(idea), text.format(idea=idea), undo)


@require_GET
def idea_voters(request: MemberRequest, pk: int) -> HttpResponse:
    """Who voted for an idea, and of which account they are by their address."""
    idea = found_idea(request, pk)
    require(request.user, "feedback.triage", request.organization)
    page = page_of(request, voters_of(idea))
    accounts = accounts_by_domain(idea.organization_id, {row.domain for row in page})
    rows = [(row, accounts.get(row.domain)) for row in page]
    return render(request, "feedback/portal_idea_voters.html", {"idea": idea, "page": page, "rows": rows, **NAV})


@require_POST
def visitor_act(request: MemberRequest, pk: int, act: str) -> HttpResponse:
    """Block an address on the organization's portals, or let it take part again."""
    visitor = get_object_or_404(PortalVisitor.objects.visible_to(request.user), pk=pk)
    if act not in ("block", "unblock"):
        raise Http404
    service = services.block_visitor if act == "block" else services.unblock_visitor
    service(actor=request.user, visitor=visitor)
    idea = PortalIdea.objects.visible_to(request.user).filter(pk=id_in(request.POST.get("idea")) or 0).first()
    url = reverse("feedback:idea-voters", args=[idea.pk]) if idea else reverse("feedback:portal-list")
    text = f"{visitor} is blocked: nothing from there counts." if act == "block" else f"{visitor} takes part again."
    undo = reverse("feedback:visitor-act", args=[pk, "unblock" if act == "block" else "block"])
    return go_on(request, url, text, undo)
