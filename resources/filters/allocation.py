"""What the lists of allocations and of people's utilization can be narrowed to; all of it stands in the address."""

import datetime
from typing import Any

import django_filters as filters
from django import forms

from core.filters import SearchBox
from resources.algorithms.months import plus_months
from resources.models import Allocation, AllocationKind, Person, ResourceRole, Team
from resources.selectors import SHOWN

MONTHS = ("%Y-%m", "%Y-%m-%d")
LENGTHS = ((3, "3 months"), (6, "6 months"), (9, "9 months"), (12, "12 months"), (18, "18 months"), (24, "24 months"))
DEFAULT_LENGTH = 9
#: So many months before and after the present one can be the first.
BACK, AHEAD = 24, 36


class MonthInput(forms.DateInput):
    """The browser's own month picker."""

    input_type = "month"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m")


class SomePeople(forms.SelectMultiple):
    """One person, as people choose; or several, as links name them: `person=1&person=2`, from then on `person=1,2`."""

    allow_multiple_selected = False

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        texts = data.getlist(name) if hasattr(data, "getlist") else [str(data.get(name) or "")]
        return [pk for text in texts for pk in text.split(",") if pk]

    def optgroups(self, name: str, value: Any, attrs: Any = None) -> Any:
        chosen = [str(pk) for pk in value or () if pk]
        several = len(chosen) > 1
        first = [self.create_option(name, "", "Anybody", not chosen, 0)]
        if several:
            first.append(self.create_option(name, ",".join(chosen), f"{len(chosen)} people", True, 1))
        rest = super().optgroups(name, [] if several else chosen, attrs)
        return [(None, first, 0), *rest]


class Flag(forms.CheckboxInput):
    """A checkbox that the address writes as `of_people=true`."""

    def __init__(self) -> None:
        super().__init__(attrs={"value": "true"})


def visible(model: Any) -> Any:
    """The rows of a table that the person may see, by name."""

    def rows(request: Any) -> Any:
        return (
            model.objects.none() if request is None else model.objects.visible_to(request.user).order_by("name", "pk")
        )

    return rows


PROJECTS: Any = Allocation._meta.get_field("project").related_model
PROGRAMS: Any = PROJECTS._meta.get_field("program").related_model


class AllocationFilter(filters.FilterSet):
    project = filters.ModelChoiceFilter(queryset=visible(PROJECTS), label="Project", empty_label="Any")
    program = filters.ModelChoiceFilter(
        queryset=visible(PROGRAMS), field_name="project__program", label="Program", empty_label="Any"
    )
    person = filters.ModelMultipleChoiceFilter(queryset=visible(Person), label="Person", widget=SomePeople)
    role = filters.ModelChoiceFilter(queryset=visible(ResourceRole), label="Role", empty_label="Any")
    team = filters.ModelChoiceFilter(queryset=visible(Team), label="Team", empty_label="Any")
    kind = filters.ChoiceFilter(choices=AllocationKind.choices, label="Kind", empty_label="Both")
    from_month = filters.DateFilter(
        field_name="month", lookup_expr="gte", label="From", input_formats=MONTHS, widget=MonthInput
    )
    until_month = filters.DateFilter(
        field_name="month", lookup_expr="lte", label="Until", input_formats=MONTHS, widget=MonthInput
    )

    of_people = filters.BooleanFilter(method="keep_people", label="Of named people", widget=Flag)

    class Meta:
        model = Allocation
        fields: tuple[str, ...] = ()

    def keep_people(self, rows: Any, name: str, wanted: bool) -> Any:
        """Of people who are here: no placeholders, no roles or teams. Unticked: of everybody."""
        return rows.filter(person__is_placeholder=False, person__archived_at=None) if wanted else rows


class UtilizationForm(forms.Form):
    """Whose utilization, from which month on, and what of it."""

    q = forms.CharField(label="Find people", widget=SearchBox, max_length=200, required=False)
    team = forms.ModelChoiceField(Team.objects.none(), label="Team", empty_label="Any", required=False)
    role = forms.ModelChoiceField(ResourceRole.objects.none(), label="Role", empty_label="Any", required=False)
    start = forms.ChoiceField(label="From", required=False)
    months = forms.TypedChoiceField(
        label="Show",
        choices=LENGTHS,
        coerce=int,
        required=False,
        empty_value=DEFAULT_LENGTH,  # type: ignore[arg-type]
    )
    kind = forms.ChoiceField(label="Kind", choices=AllocationKind.choices, required=False)
    show = forms.ChoiceField(
        label="People",
        choices=(("", "Everybody"), *((key, words) for key, (words, _) in SHOWN.items())),
        required=False,
    )

    def __init__(self, data: Any, *, user: Any, month: datetime.date) -> None:
        self.month = month
        given = {name: data[name] for name in data if name in self.base_fields}
        super().__init__({"months": str(DEFAULT_LENGTH), "start": f"{month:%Y-%m}", "kind": "plan"} | given)
        self.fields["q"].widget.attrs["placeholder"] = "Find people"
        self.fields["team"].queryset = Team.objects.visible_to(user).live().order_by("name", "pk")  # type: ignore[attr-defined]
        self.fields["role"].queryset = ResourceRole.objects.visible_to(user).live().order_by("name", "pk")  # type: ignore[attr-defined]
        starts = [plus_months(month, number) for number in range(-BACK, AHEAD + 1)]
        self.fields["start"].choices = [(f"{one:%Y-%m}", f"{one:%b %Y}") for one in starts]  # type: ignore[attr-defined]

    @property
    def asked(self) -> dict[str, Any]:
        """What the address asks for; what it says wrongly is left out."""
        self.is_valid()
        return self.cleaned_data

    @property
    def first_month(self) -> datetime.date:
        start = self.asked.get("start")
        return datetime.datetime.strptime(start, "%Y-%m").date() if start else self.month  # noqa: DTZ007 - a month
