"""What a person may say about a program and its measures."""

from typing import Any

from django import forms

from core.forms import TenantForm
from programs.models import Measure, MeasureResult, Program
from projects.models import Health

#: The healths that ask for one line of why.
WORRYING = (Health.AMBER, Health.RED)
WHY = "Say in one line why it is at risk or off track."


class _ReportsHealth(TenantForm):
    """A form in which bad health comes with a reason."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        health = cleaned.get("reported_health")
        if health in WORRYING and not cleaned.get("health_note") and "health_note" not in self.errors:
            self.add_error("health_note", WHY)
        return cleaned


class ProgramForm(_ReportsHealth):
    class Meta:
        model = Program
        fields = (
            "name",
            "code",
            "portfolio",
            "manager",
            "reported_health",
            "health_note",
            "description",
            "external_key",
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        portfolio: Any = self.fields["portfolio"]
        portfolio.required = not self.instance.is_parked
        portfolio.queryset = portfolio.queryset.order_by("name", "pk")
        name_nothing(self, portfolio="Choose a portfolio", manager="Nobody yet", reported_health="Not reported")


class MoveForm(TenantForm):
    """Where a program goes, with all its projects."""

    class Meta:
        model = Program
        fields = ("portfolio",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        portfolio: Any = self.fields["portfolio"]
        portfolio.required, portfolio.label = True, "To portfolio"
        portfolio.queryset = portfolio.queryset.order_by("name", "pk")
        name_nothing(self, portfolio="Choose a portfolio")


class ManagerCell(TenantForm):
    class Meta:
        model = Program
        fields = ("manager",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name_nothing(self, manager="Nobody yet")
        self.fields["manager"].widget.attrs["aria-label"] = f"Manager of {self.instance}"


class HealthCell(_ReportsHealth):
    """Health, and the reason once it is asked for."""

    class Meta:
        model = Program
        fields = ("reported_health", "health_note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name_nothing(self, reported_health="Not reported")
        self.fields["reported_health"].widget.attrs["aria-label"] = f"Health of {self.instance}"
        why = {"aria-label": f"Why {self.instance} is not on track", "placeholder": "Why, in one line"}
        self.fields["health_note"].widget.attrs.update(why)


class MeasureForm(TenantForm):
    class Meta:
        model = Measure
        fields = ("name", "category", "result", "external_key")
        widgets = {"name": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name_nothing(self, result="Not reported")


class ResultCell(TenantForm):
    class Meta:
        model = Measure
        fields = ("result",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        name_nothing(self, result="Not reported")
        self.fields["result"].widget.attrs["aria-label"] = f"Result of {self.instance}"


def name_nothing(form: Any, **words: str) -> None:
    """Say what an empty choice means, instead of dashes."""
    for name, word in words.items():
        field = form.fields[name]
        if isinstance(field, forms.ModelChoiceField):
            field.empty_label = word
        else:
            field.choices = [("", word), *((key, label) for key, label in field.choices if key)]


#: What may be edited in the list, by the word in the address.
PROGRAM_CELLS: dict[str, type[TenantForm]] = {"manager": ManagerCell, "health": HealthCell}
RESULT_WORDS = {**dict(MeasureResult.choices), "unreported": "Not reported"}
