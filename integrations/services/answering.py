"""What a person says to the questions of an import, before it begins: columns, words, names, single cells."""

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction

from accounts.models import User
from core.access import require
from core.errors import Conflict, FieldErrors
from events.services import record
from feedback.algorithms.personal import masked
from feedback.selectors.handling import masks_personal_data
from integrations.algorithms.catalog import KINDS
from integrations.algorithms.mapping import Mapping as ColumnMapping
from integrations.algorithms.mapping import header_digest
from integrations.algorithms.profiling import profile
from integrations.algorithms.records import LONGEST_CELL
from integrations.models import ImportFile, ImportRow, ImportRun, RunStatus
from integrations.models.run import OPEN
from integrations.selectors.items import holds_words
from integrations.selectors.locking import locked_run
from integrations.services.uploading import taken_reason

#: Kinds of which rows can be made from nothing but the names by which a file points at them.
MADE_FROM_NAMES = ("portfolio", "program", "customer_account")


@transaction.atomic
def match_columns(
    *, actor: User, run: ImportRun, mappings: Mapping[int, ColumnMapping], expected_version: int | None = None
) -> ImportRun:
    """Say what the columns of files fill, and what new rows get where a file says nothing.

    Args:
        mappings: id of a file -> its mapping; files that are not named stay as they are.
    Raises:
        NotAllowed: the actor's role may not import.
        FieldErrors: two columns fill the same field; the sentence names them.
        StaleEdit: somebody changed the import after version `expected_version`.
    """
    require(actor, "import.run", run.organization_id)
    run = locked_run(run, allowed=OPEN, expected_version=expected_version)
    for file in run.files.defer("content").filter(pk__in=mappings):
        mapping = mappings[file.pk]
        _refuse_doubles(file, mapping)
        if mapping.as_json() != file.mapping:
            file.mapping = mapping.as_json()
            file.save(update_fields=["mapping", "updated_at"])
    return _answered(run, actor, "import.columns_matched", {"files": [None, len(mappings)]})


@transaction.atomic
def answer_value(*, actor: User, file: ImportFile, target: str, answers: Mapping[str, str]) -> ImportRun:
    """Say what texts of a file mean, in all rows: a choice, another key or name; empty leaves the field open."""
    run, file = _open_file(actor, file)
    mapping = ColumnMapping.from_json(file.mapping)
    for text, instead in answers.items():
        mapping = mapping.with_value(target, text, instead.strip())
    return _save_mapping(run, actor, file, mapping, {target: [list(answers), list(answers.values())]})


@transaction.atomic
def answer_default(*, actor: User, file: ImportFile, target: str, text: str) -> ImportRun:
    """Say what new rows get in a field where the file says nothing."""
    run, file = _open_file(actor, file)
    if target not in KINDS[file.kind].by_target:
        raise Conflict("There is no such field in rows of this kind.")
    mapping = ColumnMapping.from_json(file.mapping).with_default(target, text.strip())
    return _save_mapping(run, actor, file, mapping, {target: [None, text]})


@transaction.atomic
def answer_order(*, actor: User, file: ImportFile, column: str, order: str) -> ImportRun:
    """Say whether the dates of a column have the day or the month first."""
    run, file = _open_file(actor, file)
    mapping = dict(file.mapping)
    if column not in mapping["columns"] or order not in {"dmy", "mdy"}:
        raise Conflict("Say of a column of dates whether the day or the month comes first.")
    mapping["columns"][column]["order"] = order
    return _save_mapping(run, actor, file, ColumnMapping.from_json(mapping), {column: [None, order]})


@transaction.atomic
def correct_cell(*, actor: User, row: ImportRow, column: str, text: str) -> ImportRun:
    """Write another text into one cell of the import; the file itself stays as it is.

    Raises:
        FieldErrors: the text is too long.
        Conflict: the file has no such column, or the import has begun.
    """
    run, file = _open_file(actor, row.file)
    if column not in file.header:
        raise Conflict("The file has no such column.")
    if len(text) > LONGEST_CELL:
        raise FieldErrors({"text": f"A cell may hold {LONGEST_CELL:,} characters."})
    row = ImportRow.objects.select_for_update(of=("self",)).get(pk=row.pk)
    place = file.header.index(column)
    before, row.cells[place] = row.cells[place], text
    row.faults = [fault for fault in row.faults if fault["column"] != place]
    row.save(update_fields=["cells", "faults"])
    if holds_words(file, column) and masks_personal_data(run.organization):
        before, text = masked(before).text, masked(text).text
    changes = {f"{file.name}, row {row.number}, {column}": [before[:200], text[:200]]}
    return _answered(run, actor, "import.cell_corrected", changes)


@transaction.atomic
def give_reason(*, actor: User, run: ImportRun, reason: str) -> ImportRun:
    """Say why budgets that are approved change, for all rows that do not say it themselves.

    Raises:
        FieldErrors: there is no reason, or it is too long.
    """
    require(actor, "import.run", run.organization_id)
    run = locked_run(run, allowed=OPEN)
    before, run.reason = run.reason, taken_reason(reason)
    if not run.reason:
        raise FieldErrors({"reason": "Say why the budget changes."})
    run.save(update_fields=["reason"])
    return _answered(run, actor, "import.answered", {"reason": [before, run.reason]})


@transaction.atomic
def leave_out(*, actor: User, run: ImportRun, rows: Collection[int], is_left_out: bool = True) -> ImportRun:
    """Decide that rows are not imported, or take that back."""
    require(actor, "import.run", run.organization_id)
    run = locked_run(run, allowed=OPEN)
    count = ImportRow.objects.filter(run=run, pk__in=rows).update(is_left_out=is_left_out)
    return _answered(run, actor, "import.rows_left_out", {"rows": [None, count if is_left_out else -count]})


@transaction.atomic
def take_as_they_are(*, actor: User, run: ImportRun, rows: Collection[int]) -> ImportRun:
    """Import rows with more or fewer cells than the header: what is missing is empty, what is too many is dropped."""
    require(actor, "import.run", run.organization_id)
    run = locked_run(run, allowed=OPEN)
    count = 0
    for row in ImportRow.objects.select_related("file").filter(run=run, pk__in=rows):
        row.faults = [fault for fault in row.faults if fault["code"] != "ragged"]
        row.save(update_fields=["faults"])
        count += 1
    return _answered(run, actor, "import.rows_accepted", {"rows": [None, count]})


@transaction.atomic
def make_from_names(*, actor: User, file: ImportFile, target: str, names: Collection[str]) -> ImportRun:
    """Bring the portfolios, programs or accounts that a file points at by name, as a table of their own beside it.

    Raises:
        Conflict: rows of that kind cannot be made from a name alone.
    """
    run, file = _open_file(actor, file)
    kind = KINDS[file.kind].by_target[target].to
    wanted = sorted({" ".join(name.split()) for name in names} - {""}, key=str.casefold)
    if kind not in MADE_FROM_NAMES or not wanted:
        raise Conflict("Portfolios and programs can be made from names, as customer accounts can, and nothing else.")
    header, rows = ["name"], [[name] for name in wanted]
    made = ImportFile(
        organization=run.organization,
        run=run,
        name=f"{KINDS[kind].plural} named in {file.name}"[:200],
        position=1 + max(run.files.values_list("position", flat=True)),
        kind=kind,
        header=header,
        header_digest=header_digest(header),
        columns=[column.as_json() for column in profile(header, rows)],
        mapping=ColumnMapping.from_json({"columns": {"name": {"to": "name"}}}).as_json(),
        row_count=len(rows),
        is_read=True,
    )
    made.save()
    ImportRow.objects.bulk_create(
        ImportRow(organization_id=run.organization_id, run=run, file=made, kind=kind, number=number, cells=cells)
        for number, cells in enumerate(rows, start=2)
    )
    run.row_count += len(rows)
    return _answered(run, actor, "import.rows_named", {made.name: [None, len(rows)]})


def _open_file(actor: User, file: ImportFile) -> tuple[ImportRun, ImportFile]:
    require(actor, "import.run", file.organization_id)
    run = locked_run(file.run, allowed=OPEN)
    return run, ImportFile.objects.defer("content").select_for_update(of=("self",)).get(pk=file.pk)


def _save_mapping(
    run: ImportRun, actor: User, file: ImportFile, mapping: ColumnMapping, changes: dict[str, Any]
) -> ImportRun:
    file.mapping = mapping.as_json()
    file.save(update_fields=["mapping", "updated_at"])
    return _answered(run, actor, "import.answered", {f"{file.name}: {name}": value for name, value in changes.items()})


def _answered(run: ImportRun, actor: User, kind: str, changes: dict[str, Any]) -> ImportRun:
    """What was checked before an answer no longer holds."""
    run.status = RunStatus.DRAFT
    run.version += 1
    run.save(update_fields=["status", "version", "row_count", "updated_at"])
    record(kind, actor=actor, subject=run, changes=changes)
    return run


def _refuse_doubles(file: ImportFile, mapping: ColumnMapping) -> None:
    """One field takes one column; only a description takes several, one below the other."""
    filled: dict[str, str] = {}
    for name, source in mapping.columns.items():
        target = KINDS[file.kind].by_target.get(source.to)
        if source.to and target is None:
            raise FieldErrors({"columns": f"{KINDS[file.kind].plural} have no field “{source.to}”."})
        if target is not None and target.type != "prose" and source.to in filled:
            both = f"{file.name}: “{filled[source.to]}” and “{name}” both fill {target.label.lower()}."
            raise FieldErrors({"columns": f"{both} Choose one."})
        filled[source.to] = name
