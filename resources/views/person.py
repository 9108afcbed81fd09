"""Pages of people and placeholders, with when they are away."""

from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from core.access import require
from core.exports import FORMATS, export
from core.htmx import wants_fragment
from core.pages import MemberRequest, form_page, go_on, id_in, ordered, page_of, posted, seen_version
from events.models import Event
from events.selectors import history_of
from resources import selectors, services
from resources.algorithms.calendar_rows import FIRST_YEAR, LAST_YEAR
from resources.filters import PersonPageFilter
from resources.forms import AbsenceForm, FillForm, PersonForm
from resources.models import Absence, Person
from resources.views import editing

KIND = editing.Kind(
    noun="person",
    plural="People",
    model=Person,
    form=PersonForm,
    service="person",
    holds="Nothing may be planned for them from this month on. Who leaves gets a last day instead, and stays counted "
    "until then. It can be restored.",
)
SORTS = {
    "name": "name",
    "role": "role__name",
    "team": "team__name",
    "fte": "fte",
    "start": "start_date",
    "finish": "finish_date",
}


@require_GET
@vary_on_headers("HX-Request")
def person_list(request: MemberRequest) -> HttpResponseBase:
    """People and placeholders; htmx gets the table alone, `format` gets a file."""
    rows = Person.objects.visible_to(request.user)
    chosen = PersonPageFilter(request.GET, rows.with_names().with_levels(), request=request)
    people, sort = ordered(request, chosen.qs, SORTS, "name")
    if (file_format := request.GET.get("format", "")) in FORMATS:
        cells = selectors.person_cells(people)
        return export(cells, header=selectors.PERSON_HEADER, name="people", file_format=file_format)
    page = page_of(request, people)
    context = {
        "filter": chosen,
        "page": page,
        "sort": sort,
        "is_empty": not page.paginator.count and not rows.exists(),
        "tab": "people",
        "nav": "resources:team-list",
        "fragment": wants_fragment(request),
    }
    return render(request, f"resources/{'_person_table' if context['fragment'] else 'person_list'}.html", context)


@require_GET
@vary_on_headers("HX-Request")
def person_detail(request: MemberRequest, pk: int) -> HttpResponse:
    """A person: a year of their calendar with absences, what they can do, what they are planned for."""
    person = get_object_or_404(Person.objects.visible_to(request.user).with_names().with_levels(), pk=pk)
    today = timezone.localdate()
    asked = id_in(request.GET.get("year"))
    number = asked if asked and FIRST_YEAR <= asked <= LAST_YEAR else today.year
    context: dict[str, Any] = {"year": selectors.person_year(person, number), "calendar": person}
    if wants_fragment(request):
        return render(request, "resources/_year.html", context)
    context |= {
        "row": person,
        "absences": person.absences.order_by("-first_date", "-pk")[:100],
        "lines": history_of(person),
        "today": today,
        "nav": "resources:team-list",
    }
    return render(request, "resources/person_detail.html", context)


@require_http_methods(["GET", "POST"])
def person_create(request: MemberRequest) -> HttpResponse:
    """Add a person or a placeholder; `team` and `role` in the address choose one."""
    initial = {name: request.GET.get(name) for name in ("team", "role", "is_placeholder") if name in request.GET}
    return editing.create_page(request, KIND, initial)


@require_http_methods(["GET", "POST"])
def person_edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Change a person."""
    return editing.edit_page(request, KIND, pk)


@require_POST
def person_archive(request: MemberRequest, pk: int) -> HttpResponse:
    """Put a person out of sight."""
    return editing.archive(request, KIND, pk)


@require_POST
def person_restore(request: MemberRequest, pk: int) -> HttpResponse:
    """Bring an archived person back."""
    return editing.restore(request, KIND, pk)


@require_http_methods(["GET", "POST"])
def person_fill(request: MemberRequest, pk: int) -> HttpResponse:
    """Let a person take over everything that a placeholder is allocated to."""
    placeholder = KIND.found(request, pk)
    require(request.user, editing.EDIT, request.organization)
    form = FillForm(posted(request), user=request.user, placeholder=placeholder)
    return form_page(
        request,
        form=form,
        template="resources/part_form.html",
        save=lambda form: services.fill_placeholder(
            actor=request.user,
            placeholder=placeholder,
            person=form.cleaned_data["person"],
            expected_version=form.cleaned_data.get("version"),
        ),
        done=lambda _: KIND.page_of(form.cleaned_data["person"]),
        message="“{row}” is filled: all it was allocated to has moved.",
        undo=lambda row: _undo_fill_url(request, row),
        context=_part(
            placeholder,
            title=f"Fill “{placeholder}”",
            text="Everything that the placeholder is allocated to, planned and actual, goes to this person. Where both "
            "have a share in a month of a project, they are added. The placeholder is archived.",
            submit="Fill placeholder",
        ),
    )


def _part(person: Person, **words: str) -> dict[str, Any]:
    """What a form about something of a person shows beside its fields."""
    url = KIND.page_of(person)
    crumbs = [(KIND.plural, KIND.list_url), (person.name, url)]
    return {**words, "crumbs": crumbs, "cancel_url": url, "nav": "resources:team-list"}


def _undo_fill_url(request: MemberRequest, row: Person) -> str:
    events = Event.objects.filter(organization=request.organization, kind=services.FILLED)
    event = events.about(row._meta.label_lower, row.pk).order_by("-pk").first()
    return reverse("resources:person-undo-fill", args=[event.pk]) if event else ""


@require_POST
def person_undo_fill(request: MemberRequest, pk: int) -> HttpResponse:
    """Give a placeholder back what it handed over."""
    event = get_object_or_404(Event, organization=request.organization, pk=pk)
    placeholder = services.undo_fill(actor=request.user, organization=request.organization, event_id=event.pk)
    return go_on(request, KIND.page_of(placeholder), f"“{placeholder}” is open again, with all it was allocated to.")


def _absence_page(request: MemberRequest, person: Person, form: AbsenceForm, save: Any, message: str) -> HttpResponse:
    url = KIND.page_of(person)
    return form_page(
        request,
        form=form,
        template="resources/part_form.html",
        save=save,
        done=lambda _: url,
        message=message,
        context=_part(
            person,
            title=f"Absence of {person}",
            text="Shares of absences on one day add up, to the whole day at most. Days off by the calendar count "
            "nothing.",
            submit="Save absence",
        ),
    )


@require_http_methods(["GET", "POST"])
def absence_create(request: MemberRequest, pk: int) -> HttpResponse:
    """Say when a person is away."""
    person = KIND.found(request, pk)
    require(request.user, editing.EDIT, request.organization)
    form = AbsenceForm(posted(request), user=request.user, organization=request.organization)
    return _absence_page(
        request,
        person,
        form,
        lambda form: services.create_absence(actor=request.user, person=person, **form.values()),
        "Added the absence of {row}.",
    )


@require_http_methods(["GET", "POST"])
def absence_edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Change when a person is away."""
    absence = get_object_or_404(Absence.objects.visible_to(request.user).select_related("person"), pk=pk)
    require(request.user, editing.EDIT, request.organization)
    form = AbsenceForm(posted(request), instance=absence, user=request.user, organization=request.organization)
    return _absence_page(
        request,
        absence.person,
        form,
        lambda form: services.update_absence(
            actor=request.user, absence=absence, expected_version=form.expected_version, **form.values()
        ),
        "Saved the absence of {row}.",
    )


@require_POST
def absence_remove(request: MemberRequest, pk: int) -> HttpResponse:
    """Take an absence away."""
    absence = get_object_or_404(Absence.objects.visible_to(request.user), pk=pk)
    event = services.remove_absence(actor=request.user, absence=absence, expected_version=seen_version(request))
    url = reverse("resources:person-detail", args=[absence.person_id])
    undo = reverse("resources:absence-return", args=[event.pk])
    return go_on(request, url, f"Removed the absence of {absence}.", undo)


@require_POST
def absence_return(request: MemberRequest, pk: int) -> HttpResponse:
    """Bring back an absence that the person took away."""
    event = get_object_or_404(Event, organization=request.organization, pk=pk)
    absence = services.return_absence(actor=request.user, organization=request.organization, event_id=event.pk)
    url = reverse("resources:person-detail", args=[absence.person_id])
    return go_on(request, url, f"The absence of {absence} is back.")
