"""Pages of skills."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from core.htmx import wants_fragment
from core.pages import MemberRequest, ordered, page_of
from resources.filters import SkillPageFilter
from resources.forms import SkillForm
from resources.models import Skill
from resources.views import editing

KIND = editing.Kind(
    noun="skill",
    plural="Skills",
    model=Skill,
    form=SkillForm,
    service="skill",
    holds="No live people may have it. It can be restored.",
    has_page=False,
)
SORTS = {"name": "name", "people": "people_count", "experts": "expert_count"}


@require_GET
@vary_on_headers("HX-Request")
def skill_list(request: MemberRequest) -> HttpResponse:
    """The organization's skills, and how many people have each."""
    rows = Skill.objects.visible_to(request.user)
    chosen = SkillPageFilter(request.GET, rows.with_people(), request=request)
    skills, sort = ordered(request, chosen.qs, SORTS, "name")
    page = page_of(request, skills)
    context = {
        "filter": chosen,
        "page": page,
        "sort": sort,
        "is_empty": not page.paginator.count and not rows.exists(),
        "tab": "skills",
        "fragment": wants_fragment(request),
    }
    return render(request, f"resources/{'_skill_table' if context['fragment'] else 'skill_list'}.html", context)


@require_http_methods(["GET", "POST"])
def skill_create(request: MemberRequest) -> HttpResponse:
    """Add a skill."""
    return editing.create_page(request, KIND)


@require_http_methods(["GET", "POST"])
def skill_edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Change a skill."""
    return editing.edit_page(request, KIND, pk)


@require_POST
def skill_archive(request: MemberRequest, pk: int) -> HttpResponse:
    """Put a skill out of sight."""
    return editing.archive(request, KIND, pk)


@require_POST
def skill_restore(request: MemberRequest, pk: int) -> HttpResponse:
    """Bring an archived skill back."""
    return editing.restore(request, KIND, pk)
