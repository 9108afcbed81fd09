"""What a Microsoft Project file would become, as a page and the API show it."""

import io
from collections.abc import Callable
from typing import Any

from integrations.algorithms.mspdi import read_mspdi
from integrations.algorithms.mspdi_exchange import Losses, exchange_of
from integrations.algorithms.mspdi_outlook import Outlook, outlook_of
from projects.algorithms.exchange import ExchangedPlan

MOST_LISTED = 50
MOST_OUTLINE = 40


class Told(io.BytesIO):
    """A file that tells how much of it has been read, at most a hundred times."""

    def __init__(self, content: bytes, tell: Callable[[str], None]) -> None:
        super().__init__(content)
        self._tell, self._size, self._told = tell, len(content), -1

    def read(self, size: int | None = -1, /) -> bytes:
        percent = self.tell() * 100 // max(self._size, 1)
        if percent > self._told:
            self._told = percent
            self._tell(f"Reading the file: {percent} %")
        return super().read(size)


def read_plan(
    content: bytes, name: str, tell: Callable[[str], None] | None = None
) -> tuple[ExchangedPlan, dict[str, Any]]:
    """A file's plan and the report of what it would become.

    Args:
        tell: hears in words how far the reading is; what it raises ends it.
    Raises:
        NotMspdi: it cannot be imported; the sentence says why and what to do.
    """
    stem = name.rsplit(".", 1)[0] or name
    file = read_mspdi(Told(content, tell) if tell else io.BytesIO(content))
    if tell:
        tell("Comparing the dates of the file with ours")
    plan, losses, tasks = exchange_of(file, name=stem)
    outlook = outlook_of(plan, file, tasks)
    losses.add("pauses in tasks", "An activity runs without a break.", count=outlook.split_count)
    return plan, report_of(plan, losses, outlook)


def report_of(plan: ExchangedPlan, losses: Losses, outlook: Outlook) -> dict[str, Any]:
    """The report of a plan: counts, a look at the outline, what is lost, and which dates differ with why."""
    kinds = [one.kind for one in plan.activities]
    keys = [one.external_key for one in plan.activities]
    return {
        "name": plan.name,
        "start": plan.start_at and plan.start_at.isoformat(),
        "finish": plan.finish_at and plan.finish_at.isoformat(),
        "status_date": plan.status_date and plan.status_date.isoformat(),
        "currency": plan.currency,
        "activity_count": len(kinds),
        "task_count": kinds.count("task"),
        "milestone_count": kinds.count("milestone"),
        "summary_count": kinds.count("summary"),
        "manual_count": sum(one.is_manual for one in plan.activities),
        "link_count": len(plan.links),
        "estimate_count": sum(one.likely_minutes is not None for one in plan.activities),
        "cost_count": sum(one.planned_cost_amount is not None for one in plan.activities),
        "doubled_keys": len(keys) - len(set(keys)),
        "calendars": [
            {"name": one.name, "exceptions": len(one.exceptions), "weeks": len(one.effective_weeks)}
            for one in plan.calendars
        ],
        "baselines": [{"number": one.number, "rows": len(one.rows)} for one in plan.baselines],
        "outline": [
            {
                "level": one.level,
                "name": one.name,
                "kind": one.kind,
                "start": one.start_at and one.start_at.isoformat(),
                "finish": one.finish_at and one.finish_at.isoformat(),
            }
            for one in plan.activities[:MOST_OUTLINE]
        ],
        "losses": [
            {"what": one.what, "why": one.why, "count": one.count, "names": one.names} for one in losses.found.values()
        ],
        "dates_counted": outlook.counted,
        "dates_same": outlook.same,
        "dates_other": [
            {
                "number": one.number,
                "name": one.name,
                "start": one.start.isoformat(),
                "finish": one.finish.isoformat(),
                "our_start": one.our_start.isoformat(),
                "our_finish": one.our_finish.isoformat(),
                "cause": one.cause,
            }
            for one in outlook.others[:MOST_LISTED]
        ],
    }
