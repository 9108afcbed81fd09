"""What an address names, for those who may import."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse

from core.access import require
from core.pages import MemberRequest
from integrations.models import ImportFile, ImportRow, ImportRun


def found_run(request: MemberRequest, pk: int) -> ImportRun:
    """The import of an address; viewers and contributors are refused."""
    rows = ImportRun.objects.visible_to(request.user).select_related("job", "started_by", "organization")
    run = get_object_or_404(rows, pk=pk)
    require(request.user, "import.run", request.organization)
    return run


def found_file(request: MemberRequest, pk: int) -> ImportFile:
    """The file of an address, with its import, without its bytes."""
    rows = ImportFile.objects.visible_to(request.user).select_related("run__job", "run__organization")
    file = get_object_or_404(rows.defer("content"), pk=pk)
    require(request.user, "import.run", request.organization)
    return file


def found_row(request: MemberRequest, pk: int) -> ImportRow:
    """The row of an address, with its file and import."""
    rows = ImportRow.objects.visible_to(request.user).select_related("file__run", "run").defer("file__content")
    row = get_object_or_404(rows, pk=pk)
    require(request.user, "import.run", request.organization)
    return row


def next_step(run: ImportRun) -> str:
    """Where a person goes on with an import."""
    if run.is_check_lost:
        return reverse("integrations:import-map", args=[run.pk])
    pages = {"draft": "import-map", "checking": "import-check", "checked": "import-check"}
    return reverse(f"integrations:{pages.get(run.status, 'import-detail')}", args=[run.pk])


def result_path(run: ImportRun) -> str:
    """The page that shows what came of an import."""
    return reverse("integrations:import-detail", args=[run.pk])


def rows_of(request: MemberRequest, run: ImportRun) -> Any:
    """The rows of an import with their files, without cells and bytes."""
    rows = ImportRow.objects.visible_to(request.user).filter(run=run)
    return rows.select_related("file").defer("file__content", "cells", "faults")


def uploads(files: list[Any]) -> list[Any]:
    """Uploaded files as the service takes them: name, size, and how to read them."""
    return [(file.name or "file", file.size or 0, file.read) for file in files]
