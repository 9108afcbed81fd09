"""Projects as the rows of a list: what a row shows, and nothing that it does not."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from projects.models import ProjectStatus


@dataclass(frozen=True, slots=True)
class ListedProject:
    """A project in a row of a list, read without building it and its relations as models."""

    pk: int
    name: str
    archived_at: datetime.datetime | None
    parked_reason: str
    program_id: int | None
    program_name: str | None
    portfolio_id: int | None
    portfolio_name: str | None
    reported_health: str
    health_note: str
    computed_health: str | None
    manager_name: str | None
    manager_email: str | None
    status: str
    planned_finish_date: datetime.date | None
    expected_finish_date: datetime.date | None
    actual_finish_date: datetime.date | None
    budget_amount: Decimal | None
    actual_amount: Decimal | None
    updated_at: datetime.datetime

    @property
    def health(self) -> str:
        """What is reported, else what its rollup computed."""
        return self.reported_health or self.computed_health or "unreported"

    @property
    def why(self) -> str:
        """The reason of what is reported."""
        return self.health_note if self.reported_health else ""

    @property
    def manager(self) -> str:
        return self.manager_name or self.manager_email or ""

    @property
    def status_words(self) -> str:
        return STATUS_WORDS[self.status]

    @property
    def finish_date(self) -> datetime.date | None:
        """When it finished, or is expected to, or was planned to."""
        return self.actual_finish_date or self.expected_finish_date or self.planned_finish_date

    @property
    def slip_days(self) -> int | None:
        """Calendar days by which the finish lies behind the plan; negative is early."""
        finish = self.finish_date
        return None if finish is None or self.planned_finish_date is None else (finish - self.planned_finish_date).days

    @property
    def spent_ratio(self) -> Decimal | None:
        """Actual cost as a share of the budget; None without either."""
        if not self.budget_amount or self.actual_amount is None:
            return None
        return self.actual_amount / self.budget_amount


STATUS_WORDS = {status.value: str(status.label) for status in ProjectStatus}
#: The columns of `ListedProject`, in its order.
LISTED = (
    "pk",
    "name",
    "archived_at",
    "parked_reason",
    "program_id",
    "program__name",
    "portfolio_id",
    "portfolio__name",
    "reported_health",
    "health_note",
    "rollup__health",
    "manager__name",
    "manager__email",
    "status",
    "planned_finish_date",
    "expected_finish_date",
    "actual_finish_date",
    "budget_amount",
    "actual_amount",
    "updated_at",
)


def listed_projects(rows: Iterable[Any]) -> list[ListedProject]:
    """Rows of `values_list(*LISTED)` as projects of a list."""
    return [ListedProject(*row) for row in rows]
