"""One change to many dependencies: chosen in the list, shown with what it moves, made and taken back in one step."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from core.access import require
from core.errors import Conflict
from core.pages import MemberRequest, form_page, ids_asked, posted
from projects import services
from projects.forms import BulkForm, BulkLagForm, BulkOwnerForm, BulkPolicyForm, BulkTypeForm, lag_values
from projects.models import Dependency
from projects.selectors.editing import plan_dependencies
from projects.views.bulk import MOST
from projects.views.dependency import refuse_unknown
from projects.views.effects import effects_page, undo_of_all

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Act:
    """What can be done to several dependencies at once.

    Args:
        values: what each of them is given, by the valid form; None removes them.
    """

    question: str
    verb: str
    done: str
    form: type[BulkForm]
    values: Callable[[Values], Values] | None

    def values_of(self, form: BulkForm) -> Values | None:
        return self.values(form.cleaned_data) if self.values else None


ACTS = {
    "owner": Act(
        "Who sees to {count}?",
        "Set owner",
        "Set the owner of {count}.",
        BulkOwnerForm,
        lambda said: {"owner": said["owner"]},
    ),
    "type": Act(
        "How are the ends of {count} tied?",
        "Set type and move dates",
        "Set the type of {count}, and moved what has to move.",
        BulkTypeForm,
        lambda said: {"link_type": said["link_type"]},
    ),
    "lag": Act(
        "How much lies between the ends of {count}?",
        "Set lag and move dates",
        "Set the lag of {count}, and moved what has to move.",
        BulkLagForm,
        lambda said: lag_values(said["lag"]),
    ),
    "policy": Act(
        "What happens when {count} slip?",
        "Set what happens and move dates",
        "Set what happens when {count} slip, and moved what has to move.",
        BulkPolicyForm,
        lambda said: {"slip_policy": said["slip_policy"]},
    ),
    "archive": Act(
        "Remove {count}?",
        "Remove",
        "Removed {count}, and moved what has to move. They are kept, archived.",
        BulkForm,
        None,
    ),
}


def chosen_dependencies(request: MemberRequest) -> list[Dependency]:
    """The live dependencies that the address names, by `id`.

    Raises:
        Conflict: it names none.
    """
    rows: Any = Dependency.objects.visible_to(request.user).live().with_ends().filter(pk__in=ids_asked(request, MOST))
    if found := list(rows.order_by("pk")):
        return found
    raise Conflict("No dependency is chosen. Tick some in the list.")


@require_http_methods(["GET", "POST"])
def dependency_bulk(request: MemberRequest, act: str) -> HttpResponse:
    """Set one value of several dependencies, or remove them, after showing what that moves; all of them or none."""
    chosen = refuse_unknown(ACTS, act)
    require(request.user, "dependency.edit", request.organization)
    rows = chosen_dependencies(request)
    count = f"{len(rows)} dependenc{'y' if len(rows) == 1 else 'ies'}"
    preview = f"{reverse('projects:dependency-bulk-preview', args=[act])}?{request.GET.urlencode()}"
    return form_page(
        request,
        form=chosen.form(posted(request), user=request.user, organization=request.organization),
        template="projects/dependency_bulk.html",
        save=lambda form: _save(request, rows, chosen.values_of(form)),
        done=lambda saved: reverse("projects:dependency-list"),
        message=chosen.done.format(count=count),
        undo=undo_of_all,
        context={"rows": rows, "act": chosen, "question": chosen.question.format(count=count), "preview_url": preview},
    )


def _save(request: MemberRequest, rows: list[Dependency], values: Values | None) -> list[Dependency]:
    seen = {"actor": request.user, "dependencies": rows, "expected_plan": request.POST.get("expected_plan", "")}
    return services.archive_dependencies(**seen) if values is None else services.update_dependencies(**seen, **values)


@require_POST
def dependency_bulk_preview(request: MemberRequest, act: str) -> HttpResponse:
    """What the change to all of the chosen dependencies together would move: a part of its page. Nothing is saved."""
    chosen = refuse_unknown(ACTS, act)
    require(request.user, "dependency.edit", request.organization)
    rows = chosen_dependencies(request)
    form = chosen.form(request.POST, user=request.user, organization=request.organization)
    if not form.is_valid():
        return render(request, "projects/_effects.html", {"form": form})
    return effects_page(request, lambda: plan_dependencies(rows, chosen.values_of(form)))
