"""Reads for imports: what rows point at, what they would become, what the check found, how an import stands."""

from integrations.selectors.directory import Directory, Incoming, IncomingRow
from integrations.selectors.findings import Findings, describe_finding
from integrations.selectors.planning import Plan, Planner
from integrations.selectors.runs import activity_states, count_rows, kind_summaries, result_groups
from integrations.selectors.tables import TABLES, Table, object_url

__all__ = [
    "TABLES",
    "Directory",
    "Findings",
    "Incoming",
    "IncomingRow",
    "Plan",
    "Planner",
    "Table",
    "activity_states",
    "count_rows",
    "describe_finding",
    "kind_summaries",
    "object_url",
    "result_groups",
]
