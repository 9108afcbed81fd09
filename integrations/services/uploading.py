"""Taking files in: what they are, how they are read, what their columns probably mean."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction

from accounts.models import Organization, User
from core.access import require
from core.errors import Conflict, FieldErrors
from events.services import record
from integrations.algorithms.files import (
    DELIMITERS,
    ENCODINGS,
    detect_delimiter,
    detect_encoding,
    foreign,
    is_workbook,
)
from integrations.algorithms.guessing import guess_kind, guess_mapping, kinds_named
from integrations.algorithms.mapping import Mapping, header_digest
from integrations.algorithms.ours import our_mapping
from integrations.algorithms.profiling import Column
from integrations.algorithms.records import NoTable
from integrations.algorithms.workbooks import Workbook
from integrations.models import ImportFile, ImportRun, RunStatus, SavedMapping
from integrations.models.run import OPEN
from integrations.selectors.locking import locked_run
from integrations.selectors.reading import table_of

MOST_FILES = 20
MOST_ROWS = 200_000
LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it arrives; its bytes are read only if its size is allowed."""

    name: str
    size_bytes: int
    read: Callable[[], bytes]


@transaction.atomic
def upload_files(*, actor: User, organization: Organization, files: Sequence[Upload], reason: str = "") -> ImportRun:
    """Begin an import: take in files, guess what they are, and write nothing else.

    Files that are no tables are refused one by one, with a sentence each; the others are taken.

    Args:
        reason: why budgets that are approved change, where a row does not say it.
    Raises:
        NotAllowed: the actor's role may not import.
        FieldErrors: no file can be taken, or the reason is too long; the sentences say why.
    """
    require(actor, "import.run", organization)
    run = ImportRun(organization=organization, started_by=actor, title="Import", reason=taken_reason(reason))
    run.save()
    taken = _take(run, files)
    if not taken:
        raise FieldErrors({"files": " ".join(run.refusals) or "Choose one or more files: CSV or XLSX."})
    _retitle(run)
    record("import.uploaded", actor=actor, subject=run, changes={"files": [None, [file.name for file in taken]]})
    return run


@transaction.atomic
def add_files(*, actor: User, run: ImportRun, files: Sequence[Upload]) -> ImportRun:
    """Take further files into an import that has not begun.

    Raises:
        FieldErrors: no file can be taken; the sentences say why.
    """
    require(actor, "import.run", run.organization_id)
    run = locked_run(run, allowed=OPEN)
    run.refusals = []
    taken = _take(run, files)
    if not taken:
        raise FieldErrors({"files": " ".join(run.refusals) or "Choose one or more files: CSV or XLSX."})
    _reopen(run)
    record("import.uploaded", actor=actor, subject=run, changes={"files": [None, [file.name for file in taken]]})
    return run


@transaction.atomic
def remove_file(*, actor: User, file: ImportFile) -> ImportRun:
    """Take a file out of an import that has not begun.

    Raises:
        Conflict: it is the only one, or the import has begun.
    """
    require(actor, "import.run", file.organization_id)
    run = locked_run(file.run, allowed=OPEN)
    if run.files.count() == 1:
        raise Conflict(f"“{file}” is the only file of this import. Discard the import instead.")
    name = file.name
    file.delete()
    _reopen(run)
    record("import.file_removed", actor=actor, subject=run, changes={"files": [[name], None]})
    return run


@transaction.atomic
def reread_file(
    *, actor: User, file: ImportFile, encoding: str, delimiter: str, expected_version: int | None = None
) -> ImportFile:
    """Read a file in another encoding, or with another delimiter. Cells that were corrected are read anew.

    Raises:
        FieldErrors: the encoding or delimiter is none that is known, or makes no table of the file.
    """
    require(actor, "import.run", file.organization_id)
    run = locked_run(file.run, allowed=OPEN, expected_version=expected_version)
    if encoding not in ENCODINGS or delimiter not in DELIMITERS:
        raise FieldErrors({"encoding": "Choose an encoding and a delimiter from the lists."})
    file = ImportFile.objects.select_for_update().get(pk=file.pk)
    before = [file.encoding, file.delimiter]
    file.encoding, file.delimiter, file.is_encoding_certain = encoding, delimiter, True
    try:
        _examine(file, bytes(file.content or b""))
    except NoTable as problem:
        raise FieldErrors({"encoding": f"Read so, “{file.name}” {problem}"}) from problem
    _guess(file, _has_activities(run))
    file.rows.all().delete()
    file.is_read = False
    file.save()
    _reopen(run)
    record("import.file_reread", actor=actor, subject=run, changes={file.name: [before, [encoding, delimiter]]})
    return file


@transaction.atomic
def choose_sheet(*, actor: User, file: ImportFile, sheet: str, expected_version: int | None = None) -> ImportFile:
    """Read another sheet of a workbook. Cells that were corrected are read anew.

    Raises:
        FieldErrors: there is no such sheet, or it holds no table.
    """
    require(actor, "import.run", file.organization_id)
    run = locked_run(file.run, allowed=OPEN, expected_version=expected_version)
    file = ImportFile.objects.select_for_update().get(pk=file.pk)
    if sheet not in file.sheets:
        raise FieldErrors({"sheet": f"Choose one of the sheets of “{file.name}”."})
    before, file.sheet = file.sheet, sheet
    try:
        _examine(file, bytes(file.content or b""))
    except NoTable as problem:
        raise FieldErrors({"sheet": f"The sheet “{sheet}” of “{file.name}” {problem}"}) from problem
    _guess(file, _has_activities(run))
    file.rows.all().delete()
    file.is_read = False
    file.save()
    _reopen(run)
    record("import.file_reread", actor=actor, subject=run, changes={file.name: [before, sheet]})
    return file


@transaction.atomic
def change_kind(*, actor: User, file: ImportFile, kind: str, expected_version: int | None = None) -> ImportFile:
    """Say that a file holds rows of another kind, and guess its columns anew."""
    require(actor, "import.run", file.organization_id)
    run = locked_run(file.run, allowed=OPEN, expected_version=expected_version)
    file = ImportFile.objects.defer("content").select_for_update().get(pk=file.pk)
    before, file.kind, file.is_remembered = file.kind, kind, False
    columns = [Column.from_json(column) for column in file.columns]
    file.mapping = guess_mapping(kind, columns, has_activities=_has_activities(run)).as_json()
    file.save(update_fields=["kind", "mapping", "is_remembered", "updated_at"])
    _reopen(run)
    record("import.file_kind_changed", actor=actor, subject=run, changes={file.name: [before, kind]})
    return file


@transaction.atomic
def discard_run(*, actor: User, run: ImportRun) -> None:
    """Throw away an import that has written nothing, with its files.

    Raises:
        Conflict: it has begun.
    """
    require(actor, "import.run", run.organization_id)
    run = locked_run(run, allowed=OPEN)
    record("import.discarded", actor=actor, subject=run)
    run.delete()


def taken_reason(text: str) -> str:
    """A reason as it is kept.

    Raises:
        FieldErrors: it is too long.
    """
    reason = " ".join(text.replace("\x00", "").split())
    if len(reason) > LONGEST_REASON:
        raise FieldErrors({"reason": f"A reason has at most {LONGEST_REASON} characters."})
    return reason


def _reopen(run: ImportRun) -> None:
    """What was checked no longer holds."""
    run.status, run.findings, run.totals = RunStatus.DRAFT, [], {}
    _retitle(run)


def _retitle(run: ImportRun) -> None:
    files = list(run.files.order_by("position").values_list("name", "row_count"))
    names = [name for name, _ in files]
    run.title = (", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else ""))[:300]
    run.row_count = sum(count for _, count in files)
    run.version += 1
    run.save()


def _has_activities(run: ImportRun) -> bool:
    return run.files.filter(kind="activity").exists()


def _take(run: ImportRun, uploads: Sequence[Upload]) -> list[ImportFile]:
    """Examine files and keep those that are tables; what is refused goes to the run's refusals."""
    position = run.files.order_by("-position").values_list("position", flat=True).first() or 0
    known = set(run.files.values_list("header_digest", "size_bytes", "name"))
    taken: list[ImportFile] = []
    for upload in uploads:
        name = " ".join(upload.name.replace("\x00", "").split())[:200] or "file"
        if len(known) >= MOST_FILES:
            run.refusals.append(f"“{name}” is one too many: an import takes at most {MOST_FILES} files.")
            continue
        try:
            content = _content(name, upload)
            file = ImportFile(
                organization=run.organization, run=run, name=name, size_bytes=len(content), content=content
            )
            _recognize(file, content)
            _examine(file, content)
        except NoTable as problem:
            run.refusals.append(str(problem) if str(problem).startswith("“") else f"“{name}” {problem}")
            continue
        if (file.header_digest, file.size_bytes, file.name) in known:
            run.refusals.append(f"“{name}” is in this import already.")
            continue
        known.add((file.header_digest, file.size_bytes, file.name))
        position += 1
        file.position = position
        taken.append(file)
    has_activities = _has_activities(run) or any(file.kind == "activity" for file in taken)
    for file in taken:
        _guess(file, has_activities)
        file.save()
    return taken


def _content(name: str, upload: Upload) -> bytes:
    limit = settings.IMPORT_MAX_BYTES
    if upload.size_bytes > limit:
        size, most = upload.size_bytes / 1024 / 1024, limit / 1024 / 1024
        raise NoTable(
            f"“{name}” has {size:,.1f} MB; a file may have {most:,.0f} MB."
            " Split it into several files with the same header."
        )
    content = upload.read()
    if sentence := foreign(content, name):
        raise NoTable(sentence)
    return content


def _recognize(file: ImportFile, content: bytes) -> None:
    """How a file is read: a sheet of a workbook, or text in an encoding."""
    if is_workbook(content):
        workbook = Workbook(content)
        file.sheet, file.sheets = workbook.first_filled(), workbook.sheets
        return
    found = detect_encoding(content)
    file.encoding, file.is_encoding_certain = found.codec, found.is_certain
    file.delimiter = detect_delimiter(content, found.codec)


def _examine(file: ImportFile, content: bytes) -> None:
    """Read the header, count the rows, and look at what the columns hold."""
    survey = table_of(file, content).survey(MOST_ROWS)
    header, columns, file.row_count = survey.header, survey.columns, survey.row_count
    if file.row_count > MOST_ROWS:
        raise NoTable(f"has more than {MOST_ROWS:,} rows. Split it into several files and import them one by one.")
    if not file.row_count:
        raise NoTable("has a header and no rows below it: there is nothing to import.")
    file.header, file.renamed = header.names, header.renamed
    file.header_digest = header_digest(header.names)
    file.columns = [column.as_json() for column in columns]
    file.kind = guess_kind(file.name, columns)


def _guess(file: ImportFile, has_activities: bool) -> None:
    """The mapping of the last import with these columns, that of our own exports, or a guess."""
    columns = [Column.from_json(column) for column in file.columns]
    if saved := _remembered(file):
        file.kind, file.mapping, file.is_remembered = saved.kind, _fitted(saved.mapping, file.header), True
        return
    file.is_remembered = False
    if ours := our_mapping(file.header, columns):
        file.kind, file.mapping = ours[0], ours[1].as_json()
    else:
        file.mapping = guess_mapping(file.kind, columns, has_activities=has_activities).as_json()


def _remembered(file: ImportFile) -> SavedMapping | None:
    saved = SavedMapping.objects.filter(organization_id=file.organization_id, header_digest=file.header_digest)
    by_kind = {mapping.kind: mapping for mapping in saved}
    named = kinds_named(file.name)
    if file.kind in by_kind:
        return by_kind[file.kind]
    others = [mapping for kind, mapping in by_kind.items() if not named or kind in named]
    return others[0] if len(others) == 1 else None


def _fitted(mapping: dict[str, Any], header: Sequence[str]) -> dict[str, Any]:
    """A saved mapping under the names that this file's header spells."""
    saved = Mapping.from_json(mapping)
    by_name = {name.casefold(): source for name, source in saved.columns.items()}
    columns = {name: source for name in header if (source := by_name.get(name.casefold())) is not None}
    return Mapping(columns, saved.defaults).as_json()
