"""How an import stands: its rows by outcome, and what its activities say about its projects."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet

from integrations.algorithms.catalog import KINDS
from integrations.algorithms.mapping import FROM_ACTIVITIES, Mapping
from integrations.algorithms.rows import RowReader
from integrations.models import ImportFile, ImportRow, ImportRun, RunStatus

#: What of a row of activities tells how its project stands.
TELLING = {"project", "status", "progress_ratio"}


@dataclass(frozen=True, slots=True)
class KindSummary:
    """The rows of one kind in an import, by what becomes or became of them."""

    kind: str
    label: str
    rows: int
    new: int
    restored: int
    changed: int
    unchanged: int
    parked: int
    refused: int
    left_out: int
    pending: int
    undone: int
    kept: int


def files_in_order(run: ImportRun) -> list[ImportFile]:
    """The files of an import, parents before what they hold; without their bytes."""
    files = list(run.files.defer("content"))
    places = list(KINDS)
    return sorted(files, key=lambda file: (places.index(file.kind), file.position))


def count_rows(run: ImportRun) -> dict[str, dict[str, int]]:
    """Rows of an import by kind and outcome: the plan while nothing is written, then what each row became."""
    is_planned = run.status in {RunStatus.DRAFT, RunStatus.CHECKING, RunStatus.CHECKED}
    by = "plan" if is_planned else "status"
    rows = ImportRow.objects.filter(organization_id=run.organization_id, run=run)
    totals: dict[str, dict[str, int]] = {}
    for kind, outcome, is_parked, count in (
        rows.order_by().values_list("kind", by, "is_parked").annotate(count=Count("pk"))
    ):
        counts = totals.setdefault(kind, {"rows": 0, "parked": 0})
        counts["rows"] += count
        counts["parked"] += count if is_parked else 0
        counts[outcome] = counts.get(outcome, 0) + count
    return totals


def kind_summaries(totals: dict[str, dict[str, int]]) -> list[KindSummary]:
    """Totals of an import, a line for each kind, in the order of the import."""
    return [_summary(kind, totals[kind]) for kind in KINDS if kind in totals]


def _summary(kind: str, counts: dict[str, int]) -> KindSummary:
    def total(*outcomes: str) -> int:
        return sum(counts.get(outcome, 0) for outcome in outcomes)

    return KindSummary(
        kind=kind,
        label=KINDS[kind].plural,
        rows=counts["rows"],
        new=total("create", "created"),
        restored=total("restore", "restored"),
        changed=total("update", "updated"),
        unchanged=total("unchanged"),
        parked=counts["parked"],
        refused=total("error", "failed"),
        left_out=total("skip", "skipped"),
        pending=total("pending"),
        undone=total("undone"),
        kept=total("kept"),
    )


def in_words(summaries: Sequence[KindSummary], attribute: str = "new") -> str:
    """“11 portfolios, 81 programs and 202 projects”, of one column of the summaries; empty where there are none."""
    parts = []
    for summary in summaries:
        if count := getattr(summary, attribute):
            kind = KINDS[summary.kind]
            parts.append(f"{count:,} {(kind.label if count == 1 else kind.plural).lower()}")
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def rows_with(run: ImportRun, finding: dict[str, Any]) -> QuerySet[ImportRow]:
    """The rows that one finding of a check is about."""
    said = [{"code": finding["code"], "target": finding["target"], "level": finding["level"]}]
    rows = ImportRow.objects.filter(organization_id=run.organization_id, run=run, file_id=finding["file"])
    return rows.filter(messages__contains=said).order_by("number")


def activity_states(run: ImportRun) -> dict[str, str]:
    """How each project stands by its activities in the same import: done, active or approved.

    Keys are the words by which the activities name their project. Empty unless a file of projects asks for it.
    """
    files = files_in_order(run)
    asks = any(file.mapping.get("defaults", {}).get("status") == FROM_ACTIVITIES for file in files)
    statuses: dict[str, set[str]] = {}
    for file in files if asks else ():
        if file.kind == "activity":
            mapping = Mapping.from_json(file.mapping)
            telling = {name: source for name, source in mapping.columns.items() if source.to in TELLING}
            reader = RowReader("activity", file.header, Mapping(telling, mapping.defaults))
            for cells in file.rows.order_by("number").values_list("cells", flat=True).iterator(chunk_size=2000):
                reading = reader.read(cells)
                if project := reading.references.get("project"):
                    statuses.setdefault(project, set()).add(_status(reading.values))
    return {project: _state(found) for project, found in statuses.items()}


def _status(values: dict[str, Any]) -> str:
    progress = values.get("progress_ratio")
    follows = "" if progress is None else "done" if progress >= 1 else "in_progress" if progress > 0 else "not_started"
    return str(values.get("status") or follows)


def _state(statuses: set[str]) -> str:
    if statuses <= {"done", "cancelled"}:
        return "done" if "done" in statuses else "cancelled"
    return "active" if statuses & {"done", "in_progress"} else "approved"
