"""Who belongs to the organization, and in which role."""

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from accounts import selectors, services
from accounts.filters import MemberFilter
from accounts.forms import MemberForm, RoleForm
from accounts.models import Membership
from core.access import Role, require
from core.exports import FORMATS, export
from core.htmx import wants_fragment
from core.pages import MemberRequest, form_page, go_on, ordered, page_of, posted
from core.tenancy import global_url

SORTS = {
    "name": "user__name",
    "email": "user__email",
    "role": "role",
    "since": "created_at",
    "seen": "user__last_login",
}


@require_GET
@vary_on_headers("HX-Request")
def member_list(request: MemberRequest) -> HttpResponseBase:
    """The members; htmx gets the table alone, `format` gets a file."""
    chosen = MemberFilter(request.GET, selectors.members(request.user), request=request)
    members, sort = ordered(request, chosen.qs, SORTS, "name")
    if (file_format := request.GET.get("format", "")) in FORMATS:
        cells = selectors.member_cells(members)
        return export(cells, header=selectors.MEMBER_HEADER, name="members", file_format=file_format)
    context: dict[str, Any] = {
        "filter": chosen, "page": page_of(request, members), "sort": sort, "fragment": wants_fragment(request),
        "rights": selectors.rights(), "roles": list(Role),
    }  # fmt: skip
    name = "accounts/_member_table.html" if context["fragment"] else "accounts/member_list.html"
    return render(request, name, context)


def found_member(request: MemberRequest, pk: int) -> Membership:
    """The membership of an address, for those who may manage it."""
    membership = get_object_or_404(selectors.members(request.user), pk=pk)
    require(request.user, "member.manage", request.organization)
    return membership


@never_cache
@require_http_methods(["GET", "POST"])
def member_add(request: MemberRequest) -> HttpResponse:
    """Make somebody a member; for a person without a password the link that sets one is shown, this once."""
    require(request.user, "member.manage", request.organization)
    added: list[Membership] = []

    def save(form: MemberForm) -> Membership:
        data = form.cleaned_data
        fields = {name: data[name] for name in ("email", "name", "role", "sees_amounts")}
        added.append(services.add_person(actor=request.user, organization=request.organization, **fields))
        return added[0]

    answer = form_page(
        request,
        form=MemberForm(posted(request), user=request.user, organization=request.organization),
        template="accounts/member_add.html",
        save=save,
        done=lambda row: reverse("accounts:member-list"),
        message="Added {row}.",
    )
    return password_link_page(request, added[0]) if added and not added[0].user.has_usable_password() else answer


@never_cache
@require_POST
def member_password_link(request: MemberRequest, pk: int) -> HttpResponse:
    """Make a link with which a member sets a new password, and show it this once."""
    membership = found_member(request, pk)
    return password_link_page(request, membership)


def password_link_page(request: MemberRequest, membership: Membership) -> HttpResponse:
    """Show a set-password link to the owner who asked for it."""
    person, token = services.make_password_link(actor=request.user, membership=membership)
    link = request.build_absolute_uri(global_url("set-password", person, token))
    return render(request, "accounts/member_link.html", {"membership": membership, "link": link})


@require_http_methods(["GET", "POST"])
def member_role(request: MemberRequest, pk: int) -> HttpResponse:
    """Give a member another role, and show or hide amounts."""
    membership = found_member(request, pk)
    return form_page(
        request,
        form=RoleForm(posted(request), instance=membership, user=request.user, organization=request.organization),
        template="accounts/member_role.html",
        save=lambda form: services.change_standing(
            actor=request.user, membership=membership, **form.values(), expected_version=form.expected_version
        ),
        done=lambda row: reverse("accounts:member-list"),
        message="Saved: {row}.",
        context={"membership": membership},
    )  # fmt: skip


@require_POST
def member_remove(request: MemberRequest, pk: int) -> HttpResponse:
    """End a membership."""
    membership = found_member(request, pk)
    services.remove_member(actor=request.user, membership=membership)
    return go_on(request, reverse("accounts:member-list"), f"{membership.user} is no longer a member.")
