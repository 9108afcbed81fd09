"""What the pages of teams, roles, skills and people share: forms, archive, restore."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from core.access import require
from core.pages import MemberRequest, form_page, go_on, posted, seen_version
from resources import services

EDIT = "resource.edit"


@dataclass(frozen=True)
class Kind:
    """A kind of rows that has pages.

    Args:
        noun: in sentences and addresses; `service` is the noun of its services, and `argument` what they call a row.
        holds: what archiving asks for and keeps.
    """

    noun: str
    plural: str
    model: Any
    form: Any
    service: str
    holds: str
    has_page: bool = True

    @property
    def argument(self) -> str:
        return self.service.rpartition("_")[2]

    @property
    def list_url(self) -> str:
        return reverse(f"resources:{self.noun}-list")

    def page_of(self, row: Any) -> str:
        """The page that shows a row."""
        return reverse(f"resources:{self.noun}-detail", args=[row.pk]) if self.has_page else self.list_url

    def call(self, verb: str) -> Callable[..., Any]:
        service: Callable[..., Any] = getattr(services, f"{verb}_{self.service}")
        return service

    def found(self, request: MemberRequest, pk: int) -> Any:
        return get_object_or_404(self.model.objects.visible_to(request.user), pk=pk)


@dataclass(frozen=True)
class Shown:
    """A row as it stood when its form was opened: the form writes into the row itself."""

    pk: int
    name: str
    version: int
    is_archived: bool

    def __str__(self) -> str:
        return self.name


def create_page(request: MemberRequest, kind: Kind, initial: dict[str, Any] | None = None) -> HttpResponse:
    """Add a row of a kind."""
    require(request.user, EDIT, request.organization)
    form = kind.form(posted(request), initial=initial, user=request.user, organization=request.organization)
    return form_page(
        request,
        form=form,
        template="resources/staff_form.html",
        save=lambda form: kind.call("create")(actor=request.user, organization=request.organization, **form.values()),
        done=kind.page_of,
        message=f"Added {kind.noun} “{{row}}”.",
        context={"kind": kind, "nav": "resources:team-list"},
    )


def edit_page(request: MemberRequest, kind: Kind, pk: int) -> HttpResponse:
    """Change a row of a kind."""
    row = kind.found(request, pk)
    require(request.user, EDIT, request.organization)
    shown = Shown(pk, row.name, row.version, row.is_archived)
    form = kind.form(posted(request), instance=row, user=request.user, organization=request.organization)
    return form_page(
        request,
        form=form,
        template="resources/staff_form.html",
        save=lambda form: kind.call("update")(
            actor=request.user, **{kind.argument: row}, expected_version=form.expected_version, **form.values()
        ),
        done=kind.page_of,
        message=f"Saved {kind.noun} “{{row}}”.",
        context={
            "kind": kind,
            "row": shown,
            "page_url": kind.page_of(row),
            "archive_url": reverse(f"resources:{kind.noun}-archive", args=[pk]),
            "nav": "resources:team-list",
        },
    )


def archive(request: MemberRequest, kind: Kind, pk: int) -> HttpResponse:
    """Put a row out of sight; refused while something depends on it."""
    row = kind.found(request, pk)
    kind.call("archive")(actor=request.user, **{kind.argument: row}, expected_version=seen_version(request))
    undo = reverse(f"resources:{kind.noun}-restore", args=[pk])
    return go_on(request, kind.list_url, f"Archived {kind.noun} “{row}”.", undo)


def restore(request: MemberRequest, kind: Kind, pk: int) -> HttpResponse:
    """Bring an archived row back."""
    row = kind.found(request, pk)
    kind.call("restore")(actor=request.user, **{kind.argument: row}, expected_version=seen_version(request))
    return go_on(request, kind.page_of(row), f"Restored {kind.noun} “{row}”.")
