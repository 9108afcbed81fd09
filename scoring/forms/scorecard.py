"""How a ranking is frozen, and how its firmness is asked for."""

from typing import Any

from core.forms import RatioField, TenantForm
from scoring.models import Scorecard, ScoringModel, SessionStatus, StabilityRun
from scoring.services.stability import FEWEST_SAMPLES, MOST_SAMPLES


class ScorecardForm(TenantForm):
    """What a frozen ranking is called, and what was decided by it."""

    class Meta:
        model = Scorecard
        fields = ("name", "decided_date", "reason")
        labels = {"decided_date": "Decided on"}  # noqa: RUF012
        help_texts = {  # noqa: RUF012
            "name": "Such as “Half-year plan 2027”.",
            "reason": "What was decided by this ranking, and why. It can not be changed afterwards.",
        }


class StabilityForm(TenantForm):
    """What is drawn anew, how often and by how much."""

    spread_ratio = RatioField(label="Spread, ± %")

    class Meta:
        model = StabilityRun
        fields = ("top_count", "spread_ratio", "samples", "session", "seed")
        labels = {"top_count": "How many fit", "session": "Raters' spread"}  # noqa: RUF012

    def __init__(self, *args: Any, scoring_model: ScoringModel, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        what = "weights vary" if scoring_model.kind == "weighted" else "values vary; this model has no weights"
        self.fields["top_count"].help_text = "The line: items ranked better fit."
        self.fields["spread_ratio"].help_text = f"By how much {what}."
        self.fields["samples"].help_text = f"{FEWEST_SAMPLES} to {MOST_SAMPLES:,}. More take longer."
        self.fields["seed"].help_text = "The same seed draws the same."
        session: Any = self.fields["session"]
        session.empty_label, session.help_text = "Without raters", "A session whose votes are drawn too."
        rows = session.queryset.filter(model=scoring_model)
        session.queryset = rows.exclude(status=SessionStatus.BLIND, round_number=1).order_by("-pk")
