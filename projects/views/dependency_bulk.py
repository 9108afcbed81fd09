"""One change to many dependencies: chosen in the list, made in one step."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from core.access import require
from core.errors import Conflict
from core.pages import MemberRequest, form_page, ids_asked, posted
from projects import services
from projects.forms import BulkForm, BulkLagForm, BulkOwnerForm, BulkPolicyForm, BulkTypeForm, lag_values
from projects.models import Dependency
from projects.views.bulk import MOST, Act
from projects.views.dependency import refuse_unknown

ACTS = {
    "owner": Act(
        "dependency.edit",
        "Who sees to {count}?",
        "Set owner",
        "Set the owner of {count}.",
        BulkOwnerForm,
        lambda actor, rows, form: services.update_dependencies(
            actor=actor, dependencies=rows, owner=form.cleaned_data["owner"]
        ),
    ),
    "type": Act(
        "dependency.edit",
        "How are the ends of {count} tied?",
        "Set type and move dates",
        "Set the type of {count}, and moved what has to move.",
        BulkTypeForm,
        lambda actor, rows, form: services.update_dependencies(
            actor=actor, dependencies=rows, link_type=form.cleaned_data["link_type"]
        ),
    ),
    "lag": Act(
        "dependency.edit",
        "How much lies between the ends of {count}?",
        "Set lag and move dates",
        "Set the lag of {count}, and moved what has to move.",
        BulkLagForm,
        lambda actor, rows, form: services.update_dependencies(
            actor=actor, dependencies=rows, **lag_values(form.cleaned_data["lag"])
        ),
    ),
    "policy": Act(
        "dependency.edit",
        "What happens when {count} slip?",
        "Set what happens",
        "Set what happens when {count} slip.",
        BulkPolicyForm,
        lambda actor, rows, form: services.update_dependencies(
            actor=actor, dependencies=rows, slip_policy=form.cleaned_data["slip_policy"]
        ),
    ),
    "archive": Act(
        "dependency.edit",
        "Remove {count}?",
        "Remove",
        "Removed {count}. They are kept, archived.",
        BulkForm,
        lambda actor, rows, form: services.archive_dependencies(actor=actor, dependencies=rows),
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
    """Set one value of several dependencies, or remove them; all of them or none."""
    chosen = refuse_unknown(ACTS, act)
    require(request.user, chosen.action, request.organization)
    rows = chosen_dependencies(request)
    count = f"{len(rows)} dependenc{'y' if len(rows) == 1 else 'ies'}"
    return form_page(
        request,
        form=chosen.form(posted(request), user=request.user, organization=request.organization),
        template="projects/dependency_bulk.html",
        save=lambda form: chosen.change(request.user, rows, form),
        done=lambda saved: reverse("projects:dependency-list"),
        message=chosen.done.format(count=count),
        context={"rows": rows, "act": chosen, "question": chosen.question.format(count=count)},
    )
