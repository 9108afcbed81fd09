"""Writing an import, in batches: each batch is one transaction with the marks that its rows are done."""

from collections.abc import Callable, Mapping
from itertools import groupby
from typing import Any

import structlog
from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError, OperationalError, connection, transaction
from django.utils import timezone

from accounts.models import User
from core.access import require
from core.errors import Conflict, DomainError
from core.jobs import JobStopped
from events.models import Job
from events.services import record, start_job
from integrations.algorithms.mapping import Mapping as ColumnMapping
from integrations.algorithms.rows import ERROR, Message, RowReader
from integrations.models import ImportFile, ImportRow, ImportRun, RowPlan, RowStatus, RunStatus, SavedMapping
from integrations.selectors import (
    Directory,
    Incoming,
    IncomingRow,
    Plan,
    activity_states,
    count_rows,
    files_in_order,
    in_words,
    kind_summaries,
    planner_of,
)
from integrations.selectors.locking import locked_run
from integrations.services.feedback import Mask
from integrations.services.storage import CARRIED_OUT, RowStore
from integrations.services.writing import HOLDERS, Writer

BATCH = 200
#: Locks that two imports of the same rows hold crosswise: one of them is thrown back.
MET_ANOTHER = {"40001", "40P01"}
MOST_TRIES = 3
VERBS = (("new", "created"), ("restored", "brought back"), ("changed", "changed"), ("unchanged", "unchanged"))
Report = Callable[..., None]
Pair = tuple[ImportRow, Plan]


@transaction.atomic
def begin_import(
    *,
    actor: User,
    run: ImportRun,
    expected_version: int | None = None,
    result_path: str = "",
    in_background: bool = True,
) -> ImportRun:
    """Start to write what was checked, or the rest of what was stopped; from here on files and answers are fixed.

    Raises:
        NotAllowed: the actor's role may not import.
        Conflict: the import was not checked, or runs already, or has nothing to write.
        StaleEdit: somebody changed it after version `expected_version`.
    """
    require(actor, "import.run", run.organization_id)
    lost = {RunStatus.IMPORTING} if run.is_lost else set()
    run = locked_run(run, allowed={RunStatus.CHECKED, RunStatus.STOPPED, *lost}, expected_version=expected_version)
    if not run.rows.filter(status=RowStatus.PENDING).exists():
        raise Conflict("Every row of this import is done: there is nothing left to write.")
    if run.status == RunStatus.CHECKED:
        _remember_mappings(run)
        Mask(run.organization).take_samples(run)
        run.files.update(content=None)
    run.status = RunStatus.IMPORTING
    if in_background:
        run.job = _job(actor, run, "integrations.import", f"Import {run.title}", result_path)
    run.version += 1
    run.save(update_fields=["status", "job", "version", "updated_at"])
    record("import.begun", actor=actor, subject=run, changes={"rows": [None, run.row_count]})
    return run


def carry_out_import(*, actor: User, run: ImportRun, report: Report) -> dict[str, Any]:
    """Write the rows that are still to be written; run again after a crash, it goes on where the last batch ended.

    Returns:
        What was done, for the job's row.
    Raises:
        JobStopped: somebody asked it to stop; what was written stays, and the sentence says what that is.
    """
    require(actor, "import.run", run.organization_id)
    if ImportRun.objects.filter(pk=run.pk, status=RunStatus.DONE).exists():
        return {"message": _sentence(run), "totals": run.totals}
    batches = _Import(actor, run)
    total, done = run.rows.count(), run.rows.exclude(status=RowStatus.PENDING).count()
    with structlog.contextvars.bound_contextvars(source="import", request_id=run.trace):
        try:
            report(done, total, "Importing")
            while count := batches.write_next():
                done += count
                report(done, total, f"Importing {batches.at}")
        except JobStopped as stopped:
            run = _end(actor, run, RunStatus.STOPPED)
            raise JobStopped(f"Stopped after {done:,} of {total:,} rows. {_sentence(run)} They are kept.") from stopped
        run = _end(actor, run, RunStatus.DONE)
    return {"message": _sentence(run), "totals": run.totals}


def _job(actor: User, run: ImportRun, kind: str, title: str, result_path: str) -> Job:
    payload = {"run": run.pk, "actor": actor.pk}
    return start_job(
        actor=actor, organization=run.organization, kind=kind, title=title, payload=payload, result_path=result_path
    )


def _remember_mappings(run: ImportRun) -> None:
    """Read the next file with these columns as this one was read."""
    for file in run.files.filter(content__isnull=False).defer("content"):
        SavedMapping.objects.update_or_create(
            organization_id=run.organization_id,
            header_digest=file.header_digest,
            kind=file.kind,
            defaults={"mapping": file.mapping},
        )


@transaction.atomic
def _end(actor: User, run: ImportRun, status: RunStatus) -> ImportRun:
    run = locked_run(run, allowed={RunStatus.IMPORTING, status})
    run.status, run.imported_at = status, timezone.now()
    run.totals = count_rows(run)
    run.version += 1
    run.save()
    changes = {"status": [RunStatus.IMPORTING.value, status.value], "totals": [None, run.totals]}
    record(f"import.{status.value}", actor=actor, subject=run, changes=changes, note=_sentence(run)[:300])
    return run


def _sentence(run: ImportRun) -> str:
    """What an import did, in words."""
    summaries = kind_summaries(run.totals)
    parts = [f"{words} {verb}" for attribute, verb in VERBS if (words := in_words(summaries, attribute))]
    parked, refused = sum(line.parked for line in summaries), sum(line.refused for line in summaries)
    parts += [f"{parked:,} parked"] * bool(parked) + [f"{refused:,} not imported"] * bool(refused)
    return f"{'; '.join(parts) or 'Nothing was written'}."


def _in_words(refusal: Exception) -> str:
    """Why a row was not written."""
    if isinstance(refusal, IntegrityError | DataError):
        return "The database did not take it, beside what is here by now. Check it again in a new import."
    return " ".join(refusal.messages) if isinstance(refusal, ValidationError) else str(refusal)


class _Import:
    """The rows of an import that are still to be written, batch by batch."""

    def __init__(self, actor: User, run: ImportRun) -> None:
        self.actor, self.run = actor, run
        self.files: Mapping[int, ImportFile] = {file.pk: file for file in files_in_order(run)}
        self.states = activity_states(run)
        self.writer = Writer(actor, run.organization, f"Import “{run.title}”"[:300])
        self.store, self.mask = RowStore(CARRIED_OUT), Mask(run.organization)
        self.refused = self._refused()
        self.refusals: tuple[type[Exception], ...] = (ValidationError, DomainError)
        self.at = ""

    def _refused(self) -> Incoming:
        """The rows that are not imported, so that what points at them can say so."""
        refused = Incoming()
        rows = self.run.rows.filter(plan__in=[RowPlan.ERROR, RowPlan.SKIP]).order_by("place", "pk")
        for file_id, kind, number, key, label in rows.values_list("file_id", "kind", "number", "key", "label"):
            row = IncomingRow(self.files[file_id].name, number, label, fails=True)
            refused.add(kind, row, key=key, code="", name=label)
        return refused

    def write_next(self) -> int:
        """Write the next batch; returns how many rows, 0 at the end.

        A batch that meets another import of the same rows is planned and written anew: by then they are here. What the
        database still refuses is refused row by row, so that the others go in.
        """
        for _ in range(MOST_TRIES):
            try:
                return self._write_batch()
            except (IntegrityError, DataError):
                continue
            except OperationalError as error:
                if getattr(error.__cause__, "pgcode", "") not in MET_ANOTHER:
                    raise
        self.refusals = (ValidationError, DomainError, IntegrityError, DataError)
        try:
            return self._write_batch()
        finally:
            self.refusals = (ValidationError, DomainError)

    @transaction.atomic
    def _write_batch(self) -> int:
        """Write a batch and mark its rows, in one transaction.

        The lock on the run makes a second worker wait, and then go on with the rows after this batch. Imports of one
        organization take turns by batch, so that each finds what the others wrote.
        """
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtext('integrations.import'), %s)", [self.run.organization_id]
            )
        run = ImportRun.objects.select_for_update(of=("self",)).get(pk=self.run.pk)
        if run.status != RunStatus.IMPORTING:
            raise JobStopped
        rows = list(run.rows.filter(status=RowStatus.PENDING).order_by("place", "pk")[:BATCH])
        directory = Directory(self.actor, run.organization, self.refused)
        for file_id, group in groupby(rows, key=lambda row: row.file_id):
            self._write(self.files[file_id], list(group), directory)
        self.store.save(rows)
        return len(rows)

    def _write(self, file: ImportFile, rows: list[ImportRow], directory: Directory) -> None:
        self.at = file.name
        mapping = ColumnMapping.from_json(file.mapping)
        reader = RowReader(file.kind, file.header, mapping)
        planner = planner_of(
            user=self.actor,
            organization=self.run.organization,
            kind=file.kind,
            file_name=file.name,
            reader=reader,
            directory=directory,
            reason=self.run.reason,
            states=self.states,
        )
        wanted = [row for row in rows if row.plan not in {RowPlan.ERROR, RowPlan.SKIP}]
        for row in rows:
            if row.plan in {RowPlan.ERROR, RowPlan.SKIP}:
                row.status = RowStatus.FAILED if row.plan == RowPlan.ERROR else RowStatus.SKIPPED
        # Rows that can hold each other are planned one by one: each finds those before it written.
        size = 1 if mapping.column_of("parent") else max(len(wanted), 1)
        for start in range(0, len(wanted), size):
            chunk = wanted[start : start + size]
            plans = planner.plan([(row.number, reader.read(row.cells, row.faults)) for row in chunk])
            pairs = list(zip(chunk, plans, strict=True))
            for row, plan in self._create_together(file.kind, pairs):
                self._carry_out(file.kind, row, plan)
            if size == 1:
                directory.forget(file.kind)
        self.mask.take_rows(file, rows)

    def _create_together(self, kind: str, pairs: list[Pair]) -> list[Pair]:
        """Create what can be created together; returns the others, and those of a group in which one was refused."""
        if kind == "entry":
            return self._write_entries(pairs)
        if kind not in HOLDERS or len(pairs) == 1:
            return pairs
        groups: dict[int, list[Pair]] = {}
        for row, plan in pairs:
            if plan.action == RowPlan.CREATE:
                holder = plan.values[HOLDERS[kind]].pk if HOLDERS[kind] else 0
                groups.setdefault(holder, []).append((row, plan))
        done: set[int] = set()
        for group in groups.values():
            try:
                subjects = self.writer.create_together(kind, [plan.values for _, plan in group])
            except (ValidationError, DomainError, IntegrityError, DataError):
                continue  # one by one, each is told what is wrong with it
            for (row, plan), subject in zip(group, subjects, strict=True):
                self._note(row, plan)
                row.status, row.object_id, row.after_version = RowStatus.CREATED, subject.pk, subject.version
                done.add(row.pk)
        return [(row, plan) for row, plan in pairs if row.pk not in done]

    def _write_entries(self, pairs: list[Pair]) -> list[Pair]:
        """Create and change the entries of a subject with one call, which approves its budget anew once; returns the
        others, and those of a call in which one was refused."""
        wanted = [pair for pair in pairs if pair[1].action in {RowPlan.CREATE, RowPlan.UPDATE}]
        values = [(plan.row, plan.values) for _, plan in wanted]
        done: set[int] = set()
        for places in self.writer.entries.together(values):
            try:
                written = self.writer.entries.write([values[place] for place in places])
            except (ValidationError, DomainError, IntegrityError, DataError):
                continue  # one by one, each is told what is wrong with it
            for place, entry in zip(places, written, strict=True):
                row, plan = wanted[place]
                self._note(row, plan)
                row.status = RowStatus.CREATED if plan.action == RowPlan.CREATE else RowStatus.UPDATED
                row.changes, row.object_id, row.after_version = plan.changes, entry.pk, entry.version
                done.add(row.pk)
        return [(row, plan) for row, plan in pairs if row.pk not in done]

    def _note(self, row: ImportRow, plan: Plan) -> None:
        row.label, row.is_parked = plan.label[:300], plan.is_parked
        row.messages = [message.as_json() for message in plan.messages]

    def _carry_out(self, kind: str, row: ImportRow, plan: Plan) -> None:
        """Do what is planned for one row; a refusal of the services is kept with it, and the others go on."""
        self._note(row, plan)
        if plan.action == RowPlan.ERROR:
            row.status = RowStatus.FAILED
            return
        try:
            with transaction.atomic():
                self._act(kind, row, plan)
        except self.refusals as refusal:
            row.status, row.is_parked, row.changes = RowStatus.FAILED, False, {}
            row.messages.append(Message(ERROR, "refused", _in_words(refusal)).as_json())

    def _act(self, kind: str, row: ImportRow, plan: Plan) -> None:
        subject = plan.row
        if plan.action == RowPlan.CREATE:
            subject, row.status = self.writer.create(kind, plan.values), RowStatus.CREATED
        elif plan.action == RowPlan.RESTORE:
            subject, row.status = self.writer.restore(kind, subject), RowStatus.RESTORED
            if plan.values:
                subject, row.changes = self.writer.update(kind, subject, plan.values)
        elif plan.action == RowPlan.UPDATE:
            (subject, row.changes), row.status = self.writer.update(kind, subject, plan.values), RowStatus.UPDATED
        else:
            row.status = RowStatus.UNCHANGED
        row.object_id, row.after_version = subject.pk, subject.version
