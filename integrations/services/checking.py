"""The dry run: every row is read and planned; nothing of the organization is written."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core.access import require
from core.jobs import JobStopped
from events.services import record, start_job
from integrations.algorithms.mapping import Mapping
from integrations.algorithms.outline import circles, parents_first
from integrations.algorithms.rows import Reading, RowReader
from integrations.algorithms.sayings import MADE_KEY
from integrations.models import ImportFile, ImportRow, ImportRun, RowPlan, RunStatus
from integrations.models.run import OPEN
from integrations.selectors import (
    Directory,
    Findings,
    Incoming,
    IncomingRow,
    Plan,
    activity_states,
    count_rows,
    files_in_order,
    planner_of,
)
from integrations.selectors.locking import locked_run
from integrations.selectors.reading import table_of
from integrations.services.storage import CHECKED, RowStore
from portfolio.models import Portfolio

#: So many rows are checked while the person waits (about two seconds); more become a job.
ROWS_WHILE_WAITING = 5_000
CHUNK = 500
Report = Callable[..., None]


@transaction.atomic
def request_check(
    *, actor: User, run: ImportRun, expected_version: int | None = None, result_path: str = ""
) -> ImportRun:
    """Check an import: at once where that is a matter of seconds, else as a job.

    Raises:
        NotAllowed: the actor's role may not import.
        Conflict: it is being checked already, or has begun.
        StaleEdit: somebody changed it after version `expected_version`.
    """
    require(actor, "import.run", run.organization_id)
    run = locked_run(run, allowed=OPEN, expected_version=expected_version)
    if run.row_count <= ROWS_WHILE_WAITING:
        return check_run(actor=actor, run=run)
    run.status = RunStatus.CHECKING
    run.job = start_job(
        actor=actor,
        organization=run.organization,
        kind="integrations.check",
        title=f"Check {run.title}",
        payload={"run": run.pk},
        result_path=result_path,
    )
    run.version += 1
    run.save(update_fields=["status", "job", "version", "updated_at"])
    record("import.check_requested", actor=actor, subject=run)
    return run


def check_run(*, actor: User, run: ImportRun, report: Report | None = None) -> ImportRun:
    """Read every row of an import and plan what it would do; ends in a run that waits for its person.

    Raises:
        JobStopped: somebody asked it to stop; the import is as it was before the check.
    """
    require(actor, "import.run", run.organization_id)
    try:
        findings = _Check(actor, run, report or _silent).carry_out()
    except JobStopped as stopped:
        _give_up(actor, run)
        raise JobStopped("The check was stopped. Nothing has been written.") from stopped
    with transaction.atomic():
        run = locked_run(run, allowed={*OPEN, RunStatus.CHECKING})
        run.status, run.checked_at, run.findings = RunStatus.CHECKED, timezone.now(), findings.as_json()
        run.row_count = run.rows.count()
        run.totals = count_rows(run)
        run.version += 1
        run.save()
        record("import.checked", actor=actor, subject=run, changes={"rows": [None, run.row_count]})
    return run


@transaction.atomic
def _give_up(actor: User, run: ImportRun) -> None:
    run = locked_run(run, allowed={*OPEN, RunStatus.CHECKING})
    run.status = RunStatus.DRAFT
    run.version += 1
    run.save(update_fields=["status", "version", "updated_at"])
    record("import.check_stopped", actor=actor, subject=run)


def _silent(done: int, total: int | None = None, message: str = "") -> None:
    """Nobody watches."""


@dataclass(slots=True)
class _Entry:
    """A row between its two readings: what it is called and what holds it."""

    id: int
    number: int
    incoming: IncomingRow
    first: str  # the earlier row with the same key, if there is one
    parent: str


class _Check:
    """One walk over all files of an import, in the order in which they would be written."""

    def __init__(self, actor: User, run: ImportRun, report: Report) -> None:
        self.actor, self.run, self.report = actor, run, report
        self.incoming, self.findings = Incoming(), Findings()
        self.directory = Directory(actor, run.organization, self.incoming)
        self.seen: dict[tuple[str, str, str], str] = {}
        self.store = RowStore(CHECKED)
        self.place = self.done = 0

    def carry_out(self) -> Findings:
        files = files_in_order(self.run)
        for file in files:
            if not file.is_read:
                self._read(file)
        self.states = activity_states(self.run)
        for file in files:
            self._check(file)
        return self.findings

    def _read(self, file: ImportFile) -> None:
        """Keep the rows of a file, cell by cell, as they stand in it."""
        content = bytes(ImportFile.objects.only("content").get(pk=file.pk).content or b"")
        records = table_of(file, content).records(file.header)
        with transaction.atomic():
            file.rows.all().delete()
            while batch := list(islice(records, 2000)):
                ImportRow.objects.bulk_create(
                    ImportRow(
                        organization_id=file.organization_id,
                        run=self.run,
                        file=file,
                        kind=file.kind,
                        number=record.number,
                        cells=record.cells,
                        faults=[fault.as_json() for fault in record.faults],
                    )
                    for record in batch
                )
                self.report(self.done, self.run.row_count, f"Reading {file.name}")
            file.is_read = True
            file.save(update_fields=["is_read", "updated_at"])

    def _check(self, file: ImportFile) -> None:
        reader = RowReader(file.kind, file.header, Mapping.from_json(file.mapping))
        planner = planner_of(
            user=self.actor,
            organization=self.run.organization,
            kind=file.kind,
            file_name=file.name,
            reader=reader,
            directory=self.directory,
            reason=self.run.reason,
            states=self.states,
        )
        entries = {entry.number: entry for entry in self._index(file, reader)}
        parent_of = self._parents(file, entries)
        in_circle = self._circles(file, entries, parent_of)
        order = [entries[number] for number in parents_first(list(entries), parent_of)]
        for start in range(0, len(order), CHUNK):
            chunk = order[start : start + CHUNK]
            rows = ImportRow.objects.in_bulk([entry.id for entry in chunk])
            readings = [(entry.number, reader.read(rows[entry.id].cells, rows[entry.id].faults)) for entry in chunk]
            passed_over = {entry.number for entry in chunk if entry.first or rows[entry.id].is_left_out}
            plans = planner.plan(readings, passed_over=passed_over)
            for entry, plan in zip(chunk, plans, strict=True):
                self._refuse(entry, plan, in_circle)
                parent = entries.get(parent_of.get(entry.number, 0))
                if parent is not None and parent.incoming.fails:
                    plan.refuse("parent_fails", f"What holds it ({parent.incoming}) is not imported itself.", "parent")
                plan.settle()
                entry.incoming.fails = plan.has_errors or rows[entry.id].is_left_out
            self._keep(file, [rows[entry.id] for entry in chunk], plans)
            self.done += len(chunk)
            self.report(self.done, self.run.row_count, f"Checking {file.name}")

    def _index(self, file: ImportFile, reader: RowReader) -> Iterator[_Entry]:
        """Name each row, so that others can point at it, and tell the second of two with the same key."""
        rows = file.rows.order_by("number").values_list("pk", "number", "cells", "faults", "is_left_out")
        for turn, (pk, number, cells, faults, is_left_out) in enumerate(rows.iterator(chunk_size=2000)):
            if turn % 2000 == 0:
                self.report(self.done, self.run.row_count, f"Reading {file.name}")
            reading = reader.read(cells, faults)
            code = str(reading.values.get("code", ""))
            incoming = IncomingRow(file.name, number, reading.name or reading.key or f"Row {number}", fails=is_left_out)
            first = "" if is_left_out else self._first(file.kind, reading, code, incoming)
            if not first:
                self.incoming.add(file.kind, incoming, key=reading.key, code=code, name=reading.name)
            yield _Entry(pk, number, incoming, first, reading.references.get("parent", ""))

    def _first(self, kind: str, reading: Reading, code: str, incoming: IncomingRow) -> str:
        """The earlier row that this one repeats; empty for the first of its kind."""
        parents = "\x1f".join(sorted(text for name, text in reading.references.items() if name != "parent"))
        names = [("key", reading.key), ("code", code)]
        if not reading.key and not code and reading.name:
            names.append(("name", f"{reading.name.casefold()}\x1f{parents}"))
        first = ""
        for what, text in names:
            if text:
                earlier = self.seen.setdefault((kind, what, text), f"{what}\x1f{incoming}")
                first = first or ("" if earlier == f"{what}\x1f{incoming}" else earlier)
        return first

    def _parents(self, file: ImportFile, entries: dict[int, _Entry]) -> dict[int, int]:
        """Number of a row -> number of the row of the same file that holds it."""
        by_incoming = {id(entry.incoming): entry.number for entry in entries.values()}
        found = {}
        for entry in entries.values():
            rows = self.incoming.find(file.kind, entry.parent) if entry.parent else []
            if len(rows) == 1 and id(rows[0]) in by_incoming:
                found[entry.number] = by_incoming[id(rows[0])]
        return found

    def _circles(self, file: ImportFile, entries: dict[int, _Entry], parent_of: dict[int, int]) -> dict[int, str]:
        """Number of a row -> the circle it lies in, in words; for portfolios together with those already here."""
        holder: dict[Any, Any] = dict(parent_of)
        names: dict[Any, str] = {number: entry.incoming.label for number, entry in entries.items()}
        if file.kind == "portfolio" and any(entry.parent for entry in entries.values()):
            self._add_portfolios_here(entries, holder, names)
        paths: dict[int, str] = {}
        for circle in circles(holder):
            path = " → ".join(names[step] for step in reversed(circle))
            paths |= {step: path for step in circle if isinstance(step, int)}
        return paths

    def _add_portfolios_here(self, entries: dict[int, _Entry], holder: dict[Any, Any], names: dict[Any, str]) -> None:
        here = {row.pk: row for row in Portfolio.objects.visible_to(self.actor).live()}
        keys = {row.external_key: row.pk for row in here.values() if row.external_key}
        numbers: dict[int, int] = {}
        for (kind, key), incoming in self.incoming.by_key.items():
            if kind == "portfolio" and key in keys and incoming.number in entries:
                numbers[keys[key]] = incoming.number
        for row in here.values():
            node = numbers.get(row.pk, f"here-{row.pk}")
            names.setdefault(node, row.name)
            if row.parent_id and row.pk not in numbers:
                holder[node] = numbers.get(row.parent_id, f"here-{row.parent_id}")
        for entry in entries.values():
            if entry.parent and entry.number not in holder:
                found = self.directory.find("portfolio", entry.parent).row
                if found is not None:
                    holder[entry.number] = numbers.get(found.pk, f"here-{found.pk}")

    def _refuse(self, entry: _Entry, plan: Plan, in_circle: dict[int, str]) -> None:
        if entry.first:
            what, _, where = entry.first.partition("\x1f")
            same = f"The {what} “{plan.key}”" if what == "key" else f"The {what} of this row"
            sentence = f"{same} stands in {where} already: it names one row."
            if plan.key.startswith(MADE_KEY):
                sentence = f"The same text by the same author on the same day stands in {where} already."
            plan.refuse("duplicate", sentence)
        if entry.number in in_circle:
            plan.refuse("circle", f"Rows cannot hold each other in a circle: {in_circle[entry.number]}.", "parent")

    def _keep(self, file: ImportFile, rows: Sequence[ImportRow], plans: Sequence[Plan]) -> None:
        changed = []
        for row, plan in zip(rows, plans, strict=True):
            before = [getattr(row, column) for column in CHECKED]
            self.place += 1
            row.kind, row.place, row.key, row.label = file.kind, self.place, plan.key[:200], plan.label[:300]
            row.plan = RowPlan.SKIP if row.is_left_out else plan.action
            row.is_parked = plan.is_parked and not row.is_left_out
            row.messages = [] if row.is_left_out else [message.as_json() for message in plan.messages]
            row.changes = plan.changes
            row.object_id = plan.row.pk if plan.row is not None else None
            if before != [getattr(row, column) for column in CHECKED]:
                changed.append(row)
            if not row.is_left_out:
                self.findings.add(file, row.pk, plan.messages, is_parked=row.is_parked)
        self.store.save(changed)
