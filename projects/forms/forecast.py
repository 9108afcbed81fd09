"""How a delivery forecast is asked for."""

from typing import Any

from django import forms

from core.forms import TenantForm
from projects.models import Forecast
from projects.selectors.uncertainty import ASSUMED_WORDS


class ForecastForm(TenantForm):
    """How a forecast is drawn."""

    assumes_spread = forms.BooleanField(
        required=False,
        label=f"Assume {ASSUMED_WORDS} where no estimate is given",
        help_text="Of the planned duration. The result says that it was assumed.",
    )

    class Meta:
        model = Forecast
        fields = ("samples", "seed", "includes_risks")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["samples"].help_text = "100 to 100,000. More take longer, and change less from run to run."

    def running(self) -> dict[str, Any]:
        """The values that a service runs a forecast with."""
        return {**self.values(), "assumes_spread": self.cleaned_data["assumes_spread"]}
