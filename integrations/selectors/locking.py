"""An import under a lock, in a state in which the wanted act makes sense."""

from collections.abc import Collection

from core.errors import Conflict
from events.services import stale_edit
from integrations.models import ImportRun, RunStatus

TOO_LATE = {
    RunStatus.CHECKING: "These files are being checked. Wait until that is done.",
    RunStatus.IMPORTING: "This import has begun: its files and answers can no longer change.",
    RunStatus.STOPPED: "This import was stopped on its way. Import the rest, or undo it.",
    RunStatus.DONE: "This import is done. Undo it, or start a new one.",
    RunStatus.UNDOING: "This import is being undone.",
    RunStatus.UNDONE: "This import was undone. Start a new one.",
    RunStatus.DRAFT: "Check the files first.",
    RunStatus.CHECKED: "Nothing has been imported yet.",
}


def locked_run(run: ImportRun, *, allowed: Collection[str], expected_version: int | None = None) -> ImportRun:
    """The row as it stands now, locked until the transaction ends.

    Raises:
        Conflict: it is in none of the allowed states; the sentence says what to do.
        StaleEdit: somebody changed it after version `expected_version`.
    """
    fresh = ImportRun.objects.select_for_update(of=("self",)).select_related("job").get(pk=run.pk)
    if fresh.is_check_lost and RunStatus.CHECKING not in allowed:
        fresh.status = RunStatus.DRAFT  # the check was stopped or broke, and has written nothing
    if fresh.status not in allowed:
        raise Conflict(TOO_LATE[RunStatus(fresh.status)])
    if expected_version is not None and expected_version != fresh.version:
        raise stale_edit(fresh, expected_version)
    return fresh
