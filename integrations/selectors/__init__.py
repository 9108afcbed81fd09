"""Reads for imports: what rows point at, what they would become, what the check found, how an import stands."""

from integrations.selectors.directory import Directory, Incoming, IncomingRow
from integrations.selectors.entries import planner_of
from integrations.selectors.findings import Findings
from integrations.selectors.plan import Plan
from integrations.selectors.planning import Planner
from integrations.selectors.runs import (
    KindSummary,
    activity_states,
    count_rows,
    files_in_order,
    in_words,
    kind_summaries,
    rows_with,
)
from integrations.selectors.tables import TABLES, object_url

__all__ = [
    "TABLES",
    "Directory",
    "Findings",
    "Incoming",
    "IncomingRow",
    "KindSummary",
    "Plan",
    "Planner",
    "activity_states",
    "count_rows",
    "files_in_order",
    "in_words",
    "kind_summaries",
    "object_url",
    "rows_with",
    "planner_of",
]
