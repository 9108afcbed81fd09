"""The voices behind a project: a page among those of the project."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from core.pages import MemberRequest, page_of
from feedback.charts import step_line
from feedback.selectors.path import since_release
from feedback.selectors.voices import backing, links_to
from projects.views.project import found_project, head


@require_GET
def project_voices(request: MemberRequest, pk: int) -> HttpResponse:
    """Who asked for a project, how much it matters to them, and what they pay."""
    project = found_project(request, pk)
    links = links_to("project", pk)
    found = backing(links)
    since = since_release(request.user, project, timezone.localdate())
    context = {
        "page": page_of(request, links, count=found.item_count),
        "backing": found,
        "since": since,
        "line": step_line(since.step, since.step.product, f"about {since.step.release.product.name}")
        if since
        else None,
    }
    return render(request, "feedback/project_voices.html", context | head(project, "voices"))
