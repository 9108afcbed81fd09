"""What a person may say about a program and its measures."""

from typing import Any

from django import forms

from core.forms import TenantForm
from programs.models import Measure, MeasureResult, Program
from projects.forms import RowForm


class ProgramForm(RowForm):
    nothing = {"portfolio": "Choose a portfolio", "manager": "Nobody yet", "reported_health": "Not reported"}

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


class MoveForm(RowForm):
    """Where a program goes, with all its projects."""

    nothing = {"portfolio": "Choose a portfolio"}

    class Meta:
        model = Program
        fields = ("portfolio",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        portfolio: Any = self.fields["portfolio"]
        portfolio.required, portfolio.label = True, "To portfolio"


class ManagerCell(RowForm):
    nothing = {"manager": "Nobody yet"}

    class Meta:
        model = Program
        fields = ("manager",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["manager"].widget.attrs["aria-label"] = f"Manager of {self.instance}"


class HealthCell(RowForm):
    """Health, and the reason once it is asked for."""

    nothing = {"reported_health": "Not reported"}

    class Meta:
        model = Program
        fields = ("reported_health", "health_note")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reported_health"].widget.attrs["aria-label"] = f"Health of {self.instance}"
        why = {"aria-label": f"Why {self.instance} is not on track", "placeholder": "Why, in one line"}
        self.fields["health_note"].widget.attrs.update(why)


class MeasureForm(RowForm):
    nothing = {"result": "Not reported"}

    class Meta:
        model = Measure
        fields = ("name", "category", "result", "external_key")
        widgets = {"name": forms.Textarea(attrs={"rows": 3})}


class ResultCell(RowForm):
    nothing = {"result": "Not reported"}

    class Meta:
        model = Measure
        fields = ("result",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["result"].widget.attrs["aria-label"] = f"Result of {self.instance}"


#: What may be edited in the list, by the word in the address.
PROGRAM_CELLS: dict[str, type[TenantForm]] = {"manager": ManagerCell, "health": HealthCell}
RESULT_WORDS = {**dict(MeasureResult.choices), "unreported": "Not reported"}
