"""Saved views of lists: kept, renamed, moved, removed."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts import services
from accounts.forms import SavedViewForm
from accounts.models import SavedPage, SavedView
from accounts.selectors import LISTS, list_address
from core.pages import MemberRequest, form_page, go_on, posted


def found_view(request: MemberRequest, pk: int) -> SavedView:
    """The view of an address: one's own, or one that is shared."""
    return get_object_or_404(SavedView.objects.visible_to(request.user), pk=pk)


@require_http_methods(["GET", "POST"])
def saved_view_create(request: MemberRequest) -> HttpResponse:
    """Keep the filters of a list under a name."""
    asked = request.GET.get("page", "")
    page = asked if asked in SavedPage.values else SavedPage.INBOX
    row = SavedView(organization=request.organization, page=page, query=request.GET.get("query", "")[:1_000])
    return form_page(
        request,
        form=SavedViewForm(posted(request), instance=row, user=request.user, organization=request.organization),
        template="accounts/view_form.html",
        save=lambda form: services.create_saved_view(
            actor=request.user, organization=request.organization, **form.values()
        ),
        done=list_address,
        message="Saved the view “{row}”.",
        undo=lambda row: reverse("accounts:saved-view-remove", args=[row.pk]),
        context={"back": list_address(row)},
    )


@require_http_methods(["GET", "POST"])
def saved_view_edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Rename a view."""
    row = found_view(request, pk)
    view_version = row.version
    return form_page(
        request,
        form=SavedViewForm(posted(request), instance=row, user=request.user, organization=request.organization),
        template="accounts/view_form.html",
        save=lambda form: services.update_saved_view(
            actor=request.user, view=row, expected_version=form.expected_version, **form.values()
        ),
        done=list_address,
        message="Renamed the view “{row}”.",
        undo=lambda row: (
            reverse("accounts:saved-view-undo", args=[row.pk, row.version]) if row.version > view_version else ""
        ),
        context={"view": row, "back": list_address(row)},
    )


@require_POST
def saved_view_undo(request: MemberRequest, pk: int, version: int) -> HttpResponse:
    """Give a view the name that it had before the change that made it that version."""
    row = services.undo_saved_view(actor=request.user, view=found_view(request, pk), version=version)
    return go_on(request, list_address(row), f"The view is called “{row}” again.")


@require_POST
def saved_view_move(request: MemberRequest, pk: int, where: str) -> HttpResponse:
    """Put a view before or behind the one beside it."""
    row = found_view(request, pk)
    steps, back = (-1, "right") if where == "left" else (1, "left")
    moved = services.move_saved_view(actor=request.user, view=row, steps=steps)
    undo = reverse("accounts:saved-view-move", args=[pk, back]) if moved.position != row.position else ""
    return go_on(request, list_address(row), f"Moved the view “{row}”.", undo)


@require_POST
def saved_view_remove(request: MemberRequest, pk: int) -> HttpResponse:
    """Remove a view; what it showed stays."""
    row = found_view(request, pk)
    services.archive_saved_view(actor=request.user, view=row)
    undo = reverse("accounts:saved-view-restore", args=[pk])
    return go_on(
        request, reverse(LISTS[SavedPage(row.page)][1]), f"Removed the view “{row}”. The rows it showed stay.", undo
    )


@require_POST
def saved_view_restore(request: MemberRequest, pk: int) -> HttpResponse:
    """Bring a removed view back."""
    row = found_view(request, pk)
    services.restore_saved_view(actor=request.user, view=row)
    return go_on(request, list_address(row), f"The view “{row}” is back.")
