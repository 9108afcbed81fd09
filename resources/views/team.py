"""Pages of teams."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from core.exports import FORMATS, export
from core.htmx import wants_fragment
from core.pages import MemberRequest, ordered, page_of
from events.selectors import history_of
from resources import selectors
from resources.algorithms.months import first_of
from resources.filters import TeamPageFilter
from resources.forms import TeamForm
from resources.models import Person, Team
from resources.views import editing

KIND = editing.Kind(
    noun="team",
    plural="Teams",
    model=Team,
    form=TeamForm,
    service="team",
    holds="No live people may be in it, and nothing may be planned for it from this month on. It can be restored.",
)
SORTS = {"name": "name", "lead": "lead__name", "people": "people_count", "placeholders": "placeholder_count"}
PEOPLE_SORTS = {"name": "name", "role": "role__name", "fte": "fte", "start": "start_date", "finish": "finish_date"}


@require_GET
@vary_on_headers("HX-Request")
def team_list(request: MemberRequest) -> HttpResponseBase:
    """The organization's teams, with what there is of them this month; `format` gets a file."""
    rows = Team.objects.visible_to(request.user)
    chosen = TeamPageFilter(request.GET, rows.with_people().select_related("lead"), request=request)
    teams, sort = ordered(request, chosen.qs, SORTS, "name")
    month = first_of(timezone.localdate())
    now = selectors.load_now(request.organization.pk, month, "team_id")
    if (file_format := request.GET.get("format", "")) in FORMATS:
        cells = selectors.team_cells(teams, now)
        return export(cells, header=selectors.TEAM_HEADER, name="teams", file_format=file_format)
    page = page_of(request, teams)
    context = {
        "filter": chosen,
        "page": page,
        "lines": [(team, now.get(team.pk)) for team in page],
        "month": month,
        "sort": sort,
        "is_empty": not page.paginator.count and not rows.exists(),
        "tab": "teams",
        "fragment": wants_fragment(request),
    }
    return render(request, f"resources/{'_team_table' if context['fragment'] else 'team_list'}.html", context)


@require_GET
@vary_on_headers("HX-Request")
def team_detail(request: MemberRequest, pk: int) -> HttpResponse:
    """A team: its people, and its capacity by month against what is planned and what happened."""
    team = get_object_or_404(Team.objects.visible_to(request.user).with_people().select_related("lead"), pk=pk)
    people = Person.objects.visible_to(request.user).live().filter(team=team).select_related("role")
    rows, sort = ordered(request, people, PEOPLE_SORTS, "name")
    context = {"row": team, "page": page_of(request, rows), "sort": sort, "column": "team", "kind": KIND}
    if wants_fragment(request):
        return render(request, "resources/_member_table.html", context)
    months = selectors.shown_months(timezone.localdate())
    found = selectors.loads(request.organization.pk, months, "team_id").get(pk, [])
    context |= {"loads": found, "lines": history_of(team), "nav": "resources:team-list"}
    return render(request, "resources/team_detail.html", context)


@require_http_methods(["GET", "POST"])
def team_create(request: MemberRequest) -> HttpResponse:
    """Add a team."""
    return editing.create_page(request, KIND)


@require_http_methods(["GET", "POST"])
def team_edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Change a team."""
    return editing.edit_page(request, KIND, pk)


@require_POST
def team_archive(request: MemberRequest, pk: int) -> HttpResponse:
    """Put a team out of sight."""
    return editing.archive(request, KIND, pk)


@require_POST
def team_restore(request: MemberRequest, pk: int) -> HttpResponse:
    """Bring an archived team back."""
    return editing.restore(request, KIND, pk)
