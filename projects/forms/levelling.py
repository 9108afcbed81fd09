"""How levelling is asked for."""

from typing import Any

from core.forms import TenantForm
from projects.models import LevellingProposal


class LevellingForm(TenantForm):
    """What is levelled, and how far work may be put off."""

    class Meta:
        model = LevellingProposal
        fields = ("group", "most_months", "seed")

    def running(self) -> dict[str, Any]:
        """The values that a service asks with."""
        return self.values()
