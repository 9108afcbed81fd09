"""Taking an import back: what it created is archived, what it changed is as before, what others changed stays."""

from collections.abc import Mapping
from typing import Any

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from core.access import require
from core.errors import DomainError
from core.jobs import JobStopped
from events.services import record, start_job
from integrations.algorithms.rows import NOTE, Message
from integrations.models import ImportRow, ImportRun, RowStatus, RunStatus
from integrations.models.row import WRITTEN
from integrations.selectors import TABLES, count_rows
from integrations.selectors.hands import changed_by
from integrations.selectors.items import built_on
from integrations.selectors.locking import locked_run
from integrations.services.importing import BATCH, Report
from integrations.services.storage import CARRIED_OUT, RowStore
from integrations.services.writing import Writer
from projects.models import Activity, Risk


@transaction.atomic
def begin_undo(
    *,
    actor: User,
    run: ImportRun,
    expected_version: int | None = None,
    result_path: str = "",
    in_background: bool = True,
) -> ImportRun:
    """Start to take an import back.

    Raises:
        NotAllowed: the actor's role may not import.
        Conflict: it has written nothing, or is under way.
        StaleEdit: somebody changed it after version `expected_version`.
    """
    require(actor, "import.run", run.organization_id)
    lost = {RunStatus.UNDOING, RunStatus.IMPORTING} if run.is_lost else set()
    run = locked_run(run, allowed={RunStatus.DONE, RunStatus.STOPPED, *lost}, expected_version=expected_version)
    run.status = RunStatus.UNDOING
    if in_background:
        run.job = start_job(
            actor=actor,
            organization=run.organization,
            kind="integrations.undo",
            title=f"Undo the import of {run.title}",
            payload={"run": run.pk, "actor": actor.pk},
            result_path=result_path,
        )
    run.version += 1
    run.save(update_fields=["status", "job", "version", "updated_at"])
    record("import.undo_begun", actor=actor, subject=run)
    return run


def carry_out_undo(*, actor: User, run: ImportRun, report: Report) -> dict[str, Any]:
    """Take back what an import wrote, last things first; run again after a crash, it goes on where it was.

    Returns:
        What was done, for the job's row.
    Raises:
        JobStopped: somebody asked it to stop; what was taken back stays so.
    """
    require(actor, "import.run", run.organization_id)
    batches = _Undo(actor, run)
    total, done = run.rows.filter(status__in=[*WRITTEN, RowStatus.UNDONE, RowStatus.KEPT]).count(), 0
    with structlog.contextvars.bound_contextvars(source="import", request_id=run.trace):
        try:
            while count := batches.take_back_next():
                done += count
                report(done, total, "Undoing")
        except JobStopped as stopped:
            _end(actor, run, RunStatus.STOPPED)
            raise JobStopped(f"Stopped after {done:,} of {total:,} rows were undone; the others are kept.") from stopped
        run = _end(actor, run, RunStatus.UNDONE)
    kept = run.count("kept")
    words = f"; {kept:,} were kept, because somebody changed them or they hold something new" if kept else ""
    return {"message": f"{run.count('undone'):,} rows were undone{words}.", "totals": run.totals}


@transaction.atomic
def _end(actor: User, run: ImportRun, status: RunStatus) -> ImportRun:
    run = locked_run(run, allowed={RunStatus.UNDOING, status})
    run.status, run.totals = status, count_rows(run)
    run.undone_at = timezone.now() if status == RunStatus.UNDONE else None
    run.version += 1
    run.save()
    changes = {"status": [RunStatus.UNDOING.value, status.value], "totals": [None, run.totals]}
    record(
        f"import.{'undone' if status == RunStatus.UNDONE else 'undo_stopped'}",
        actor=actor,
        subject=run,
        changes=changes,
    )
    return run


class _Undo:
    """The written rows of an import, last first, batch by batch."""

    def __init__(self, actor: User, run: ImportRun) -> None:
        self.actor, self.run = actor, run
        self.writer = Writer(actor, run.organization, f"Import “{run.title}” was undone"[:300])
        self.store = RowStore(CARRIED_OUT)
        self.built_on: dict[int, str] = {}

    @transaction.atomic
    def take_back_next(self) -> int:
        """Take back the next batch and mark its rows, in one transaction; returns how many rows, 0 at the end."""
        run = ImportRun.objects.select_for_update(of=("self",)).get(pk=self.run.pk)
        if run.status != RunStatus.UNDOING:
            raise JobStopped
        rows = list(run.rows.filter(status__in=WRITTEN).order_by("-place", "-pk")[:BATCH])
        by_kind: dict[str, list[ImportRow]] = {}
        for row in rows:
            by_kind.setdefault(row.kind, []).append(row)
        for kind, group in by_kind.items():  # in the order of the rows: what is held comes before what holds it
            subjects = TABLES[kind].model.objects.in_bulk([row.object_id for row in group])
            changed = self._changed_since(kind, group, subjects)
            self.built_on = built_on(list(subjects)) if kind == "feedback_item" else {}
            if kind == "entry":
                self._take_back_entries([row for row in group if row.object_id not in changed], subjects)
            for row in group:
                if row.status == RowStatus.UNDONE:
                    continue
                self._take_back(kind, row, subjects.get(row.object_id), changed.get(row.object_id or 0, ""))
        self.store.save(rows)
        return len(rows)

    def _take_back_entries(self, rows: list[ImportRow], subjects: Mapping[int, Any]) -> None:
        """Take the entries of a subject back with one call; where one is refused, its rows are left to be taken one by
        one."""
        here = [row for row in rows if row.object_id in subjects]
        wanted = [
            (
                subjects[row.object_id or 0],
                self.writer.values_before("entry", row.changes) if row.status == RowStatus.UPDATED else None,
            )
            for row in here
        ]
        for places in self.writer.entries.together((entry, {}) for entry, _ in wanted):
            try:
                with transaction.atomic():
                    left = self.writer.entries.take_back([wanted[place] for place in places])
            except (ValidationError, DomainError):
                continue
            for place in places:
                entry = wanted[place][0]
                here[place].status = RowStatus.UNDONE
                here[place].after_version = left.get(entry.pk, entry).version

    def _changed_since(self, kind: str, rows: list[ImportRow], subjects: Mapping[int, Any]) -> dict[int, str]:
        """Id of a row -> who changed it after the import, by name; the import's own later changes do not count."""
        left = {row.object_id or 0: row.after_version or 0 for row in rows}
        touched = [subject for subject in subjects.values() if subject.version != left[subject.pk]]
        if not touched:
            return {}
        if kind in {"entry", "capacity", "allocation"}:  # their events are told of what they belong to
            return {subject.pk: "somebody" for subject in touched}
        found = {subject.pk: subject for subject in touched}
        return changed_by(self.run.organization_id, found, left, trace=self.run.trace)

    def _take_back(self, kind: str, row: ImportRow, subject: Any, changed_by: str) -> None:
        if subject is None or (subject.is_archived and row.status != RowStatus.UPDATED):
            row.status = RowStatus.UNDONE  # somebody put it away already
            return
        if changed_by:
            self._keep(row, f"Kept: {changed_by} changed it after the import.")
            return
        try:
            with transaction.atomic():
                if row.status == RowStatus.UPDATED:
                    subject = self.writer.take_back(kind, subject, row.changes)
                else:
                    self._refuse_while_it_holds(kind, subject)
                    if row.status == RowStatus.RESTORED and row.changes:
                        subject = self.writer.take_back(kind, subject, row.changes)
                    subject = self.writer.archive(kind, subject)
        except (ValidationError, DomainError) as refusal:
            text = " ".join(refusal.messages) if isinstance(refusal, ValidationError) else str(refusal)
            self._keep(row, f"Kept: {text}")
        else:
            row.status, row.after_version = RowStatus.UNDONE, subject.version

    def _refuse_while_it_holds(self, kind: str, subject: Any) -> None:
        """A project takes its activities and risks along: those that the import did not bring must not go with it. What
        was said stays where somebody has built on it."""
        if kind == "project":
            work = {"activity": Activity.objects.live(), "risk": Risk.objects.live()}
            counts = {noun: rows.filter(project=subject).count() for noun, rows in work.items()}
            if any(counts.values()):
                plural = {"activity": "activities", "risk": "risks"}
                parts = [f"{count} {noun if count == 1 else plural[noun]}" for noun, count in counts.items() if count]
                raise _StillHolds(f"it holds {' and '.join(parts)} that the import leaves in place.")
        if words := self.built_on.get(subject.pk):
            raise _StillHolds(f"{words}.")

    def _keep(self, row: ImportRow, text: str) -> None:
        row.status = RowStatus.KEPT
        row.messages = [*row.messages, Message(NOTE, "kept", text).as_json()]


class _StillHolds(DomainError):
    """Something lies below a row that the import did not bring, or could not take back."""
