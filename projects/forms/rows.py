"""What a person may say about a project, its activities and its risks."""

import secrets
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils.html import format_html

from core.forms import RatioField, TenantForm, visible_choices
from projects.models import Activity, ActivityKind, Baseline, Health, Project, ProjectStatus, Risk
from projects.selectors.derived import DERIVED, derived_amounts

#: The healths that ask for one line of why.
WORRYING = (Health.AMBER, Health.RED)
WHY = "At risk and off track ask for one line of why."


class HealthRadios(forms.RadioSelect):
    """Health as marks to press."""

    template_name = "projects/_health_radios.html"


class AmountInput(forms.NumberInput):
    """An amount without the cents it has not."""

    def format_value(self, value: Any) -> str | None:
        text = super().format_value(value)
        return text.removesuffix(".00") if text else text


def name_nothing(form: Any, **words: str) -> None:
    """Say what an empty choice means, instead of dashes."""
    for name, word in words.items():
        field = form.fields.get(name)
        if isinstance(field, forms.ModelChoiceField):
            field.empty_label = word
        elif field is not None:
            field.choices = [("", word), *((key, label) for key, label in field.choices if key)]


class RowForm(TenantForm):
    """A form over one row: empty choices have names, long lists an order, reported health a reason."""

    nothing: dict[str, str] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name_nothing(self, **{name: word for name, word in self.nothing.items() if name in self.fields})
        field: Any
        for name, field in self.fields.items():
            if name in ("program", "portfolio", "calendar"):
                field.queryset = field.queryset.order_by("name", "pk")
            elif name.endswith("_amount"):
                field.widget = AmountInput(attrs={**field.widget.attrs, "inputmode": "decimal"})
        has_amounts = isinstance(self.instance, Project) and DERIVED.keys() & self.fields.keys()
        for name in derived_amounts(self.instance) if has_amounts else ():
            if name in self.fields:
                self.fields[name].disabled = True
                self.fields[name].help_text = format_html(
                    'The sum of its entries. <a href="{}">Change them on the Budget tab</a>.',
                    reverse("finance:project-budget", args=[self.instance.pk]),
                )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        asked = "health_note" in self.fields and cleaned.get("reported_health") in WORRYING
        if asked and not cleaned.get("health_note") and "health_note" not in self.errors:
            self.add_error("health_note", WHY)
        return cleaned


class ProjectForm(RowForm):
    """The plan: what it is, where it belongs, who manages it, when and for how much."""

    nothing = {"program": "None", "portfolio": "None", "manager": "Nobody yet", "calendar": "The default"}

    class Meta:
        model = Project
        fields = (
            "name",
            "code",
            "program",
            "portfolio",
            "manager",
            "method",
            "planned_start_date",
            "planned_finish_date",
            "calendar",
            "status_date",
            "budget_amount",
            "description",
            "external_key",
        )
        labels = {"portfolio": "or directly in portfolio", "calendar": "Working calendar"}
        help_texts = {"calendar": "When its work can be done."}
        widgets = {"description": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["portfolio"].help_text = ""
        if "budget_amount" in self.fields:
            self.fields["budget_amount"].min_value = 0  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        both = cleaned.get("program"), cleaned.get("portfolio")
        if all(both):
            self.add_error("portfolio", "A project sits in a program or directly in a portfolio, not in both.")
        elif not any(both) and not self.instance.is_parked and not {"program", "portfolio"} & set(self.errors):
            self.add_error("program", "A project needs a program or a portfolio.")
        return cleaned


class ReportForm(RowForm):
    """Where the project stands, as the people who do it see it."""

    nothing = {"reported_health": "As computed"}
    reported_progress_ratio = RatioField(
        required=False, label="Progress", help_text="Counts where the project has no activities."
    )

    class Meta:
        model = Project
        fields = (
            "reported_health",
            "health_note",
            "reported_progress_ratio",
            "expected_finish_date",
            "actual_start_date",
            "actual_finish_date",
            "actual_amount",
        )
        labels = {"reported_health": "Health", "health_note": "Why"}
        help_texts = {"reported_health": "", "actual_amount": "Spent to date."}
        widgets = {"reported_health": HealthRadios, "health_note": forms.TextInput(attrs={"maxlength": 500})}


class StatusForm(TenantForm):
    """The next step of the lifecycle, and why."""

    to = forms.ChoiceField(label="New status", widget=forms.RadioSelect)
    reason = forms.CharField(
        label="Reason",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Kept in the project's history.",
    )

    class Meta:
        model = Project
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["to"]
        field.choices = ProjectStatus.choices if self.is_bound else self.next_choices()

    def next_choices(self) -> list[tuple[str, str]]:
        """Where the lifecycle may go from here; of another status, the service says why it cannot be."""
        return [(status.value, str(status.label)) for status in self.instance.next_statuses]


#: What a summary has from the activities below it.
OF_PARTS = (
    "duration",
    "kind",
    "status",
    "progress_ratio",
    "planned_start_date",
    "planned_finish_date",
    "actual_start_date",
    "actual_finish_date",
    "planned_cost_amount",
    "actual_cost_amount",
)


class ActivityForm(RowForm):
    """An activity as a whole: what it is, who does it, when, for how much, and how far it is."""

    nothing = {"assignee": "Nobody yet", "parent": "None: at the top level"}
    progress_ratio = RatioField(label="Progress in percent", required=False)

    class Meta:
        model = Activity
        fields = (
            "name",
            "kind",
            "parent",
            "status",
            "assignee",
            "progress_ratio",
            "planned_start_date",
            "planned_finish_date",
            "actual_start_date",
            "actual_finish_date",
            "planned_cost_amount",
            "actual_cost_amount",
            "description",
        )
        labels = {"parent": "Below"}
        widgets = {"description": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.project = project
        self.instance.currency = project.currency
        if self.instance.pk:
            del self.fields["parent"]
        else:
            field: Any = self.fields["parent"]
            field.queryset = field.queryset.filter(project=project).in_outline()
        self._leave_to_parts()

    def _leave_to_parts(self) -> None:
        """What a summary of live activities shows comes from its parts, and is not said twice."""
        summary = self.instance.pk and self.instance.kind == ActivityKind.SUMMARY
        if summary and self.instance.children.live().exists():
            for name in OF_PARTS:
                self.fields.pop(name, None)

    def clean_progress_ratio(self) -> Any:
        ratio = self.cleaned_data["progress_ratio"]
        return self.instance.progress_ratio if ratio is None else ratio

    def values(self) -> dict[str, Any]:
        """Status and progress follow each other: what was not changed is not told."""
        values = super().values()
        for name in {"status", "progress_ratio"} - set(self.changed_data):
            values.pop(name, None)
        return values


class QuickActivityForm(RowForm):
    """One line: the name of the next activity."""

    class Meta:
        model = Activity
        fields = ("name",)

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.project = project
        self.instance.currency = project.currency


class RiskForm(RowForm):
    nothing = {"owner": "Nobody yet"}
    probability_ratio = RatioField(label="Probability in percent", help_text="How likely it is that this happens.")

    class Meta:
        model = Risk
        fields = (
            "name",
            "probability_ratio",
            "impact_amount",
            "impact_days",
            "response",
            "owner",
            "status",
            "response_plan",
            "description",
        )
        labels = {"name": "What may happen"}
        widgets = {
            "response_plan": forms.Textarea(attrs={"rows": 3}),
            "description": forms.Textarea(attrs={"rows": 3}),
        }

    def __init__(self, *args: Any, project: Project, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.project = project
        self.instance.currency = project.currency
        if not self.instance.pk:
            del self.fields["status"]


def cell_form(model: Any, names: tuple[str, ...], nothing: dict[str, str]) -> type[RowForm]:
    """A form over a cell: one field, or one and its reason."""
    ratios = {
        name: RatioField(required=not column.null, label=str(column.verbose_name).capitalize())
        for name in names
        if name.endswith("_ratio") and (column := model._meta.get_field(name))
    }
    widgets = {
        "reported_health": HealthRadios,
        "health_note": forms.TextInput(attrs={"maxlength": 500, "placeholder": "Why, in one line"}),
    }
    meta = type("Meta", (), {"model": model, "fields": names, "widgets": widgets})
    return type("CellForm", (RowForm,), {**ratios, "nothing": nothing, "Meta": meta})


#: What may be edited in place: the word in the address -> the action it takes and the form over the cell.
PROJECT_CELLS: dict[str, tuple[str, type[RowForm]]] = {
    "name": ("project.edit", cell_form(Project, ("name",), {})),
    "manager": ("project.edit", cell_form(Project, ("manager",), {"manager": "Nobody yet"})),
    "budget": ("project.edit", cell_form(Project, ("budget_amount",), {})),
    "health": (
        "project.report",
        cell_form(Project, ("reported_health", "health_note"), {"reported_health": "As computed"}),
    ),
    "finish": ("project.report", cell_form(Project, ("expected_finish_date",), {})),
    "progress": ("project.report", cell_form(Project, ("reported_progress_ratio",), {})),
    "actual": ("project.report", cell_form(Project, ("actual_amount",), {})),
}
ACTIVITY_CELLS = {
    name: cell_form(Activity, (name,), {"assignee": "Nobody yet"})
    for name in (
        "status",
        "assignee",
        "planned_start_date",
        "planned_finish_date",
        "progress_ratio",
        "planned_cost_amount",
        "actual_cost_amount",
    )
}


class BulkForm(forms.Form):
    """One value for several projects."""

    form_token = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, user: Any, organization: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["form_token"].initial = secrets.token_urlsafe(16)


class BulkManagerForm(BulkForm):
    manager: Any = forms.ModelChoiceField(queryset=None, required=False, empty_label="Nobody")

    def __init__(self, *args: Any, user: Any, organization: Any, **kwargs: Any) -> None:
        super().__init__(*args, user=user, organization=organization, **kwargs)
        field: Any = self.fields["manager"]
        field.queryset = visible_choices(get_user_model().objects.all(), user, organization)


class BulkHealthForm(BulkForm):
    reported_health = forms.ChoiceField(
        choices=[("", "As computed"), *Health.choices], required=False, label="Health", widget=HealthRadios
    )
    health_note = forms.CharField(
        label="Why", required=False, max_length=500, help_text="One line for all of them. " + WHY
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("reported_health") in WORRYING and not cleaned.get("health_note"):
            self.add_error("health_note", WHY)
        return cleaned


class BaselineForm(TenantForm):
    """What a baseline is called, and why it was taken; whether it is the one to measure against, when it is taken."""

    make_current = forms.BooleanField(
        required=False,
        initial=True,
        label="Measure variances against it",
        help_text="The current baseline steps back, and is kept.",
    )

    class Meta:
        model = Baseline
        fields = ("name", "note")
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].help_text = "As people say it: Approved at gate 2, Replanned in May."
        if self.instance.pk:
            del self.fields["make_current"]

    def taking(self) -> dict[str, Any]:
        """The values that a service takes a baseline with."""
        return {**self.values(), "make_current": self.cleaned_data["make_current"]}
