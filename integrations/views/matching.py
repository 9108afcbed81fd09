"""The second step: which column fills which field."""

from collections.abc import Mapping as Map
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import DomainError
from core.htmx import wants_fragment
from core.pages import MemberRequest, seen_version
from integrations import services
from integrations.algorithms.files import DELIMITERS
from integrations.algorithms.mapping import Mapping
from integrations.forms import FileForm, UploadForm, mapping_of
from integrations.models import ImportFile, ImportKind, ImportRun
from integrations.selectors import files_in_order
from integrations.views.found import found_file, found_run, next_step


def sent_mappings(request: MemberRequest, files: list[ImportFile]) -> dict[int, Mapping]:
    """The mappings of those files whose columns the form carried."""
    return {file.pk: mapping_of(file, request.POST) for file in files if f"f{file.pk}-0-to" in request.POST}


def file_forms(run: ImportRun, mappings: Map[int, Mapping]) -> list[FileForm]:
    """A form for each file, from what was sent or from what is kept."""
    files = files_in_order(run)
    has_activities = any(file.kind == "activity" for file in files)
    return [
        FileForm(file, mappings.get(file.pk) or Mapping.from_json(file.mapping), has_activities=has_activities)
        for file in files
    ]


def map_page(
    request: MemberRequest, run: ImportRun, mappings: Map[int, Mapping], error: str = "", status: int = 200
) -> HttpResponse:
    """The page, with what was sent kept in it."""
    forms = file_forms(run, mappings)
    context: dict[str, Any] = {
        "run": run, "forms": forms, "error": error, "step": 2, "upload": UploadForm(),
        "questions": sum(len(form.questions) for form in forms), "is_short": sum(len(f.rows) for f in forms) <= 14,
    }  # fmt: skip
    return render(request, "integrations/import_map.html", context, status=status)


@require_http_methods(["GET", "POST"])
def import_map(request: MemberRequest, pk: int) -> HttpResponse:
    """Show the guesses with samples; sent, they are kept and the files are checked."""
    run = found_run(request, pk)
    if not run.is_open:
        return redirect(next_step(run))
    if request.method != "POST":
        return map_page(request, run, {})
    mappings = sent_mappings(request, files_in_order(run))
    if left := [question for form in file_forms(run, mappings) for question in form.questions]:
        return map_page(request, run, mappings, f"Not checked yet: {left[0].text} What you chose is kept.", 422)
    try:
        run = services.match_columns(
            actor=request.user, run=run, mappings=mappings, expected_version=seen_version(request)
        )
        run = services.request_check(actor=request.user, run=run, result_path=next_step(run))
    except DomainError as refusal:
        run.refresh_from_db()
        return map_page(request, run, mappings, str(refusal), refusal.status_code)
    return redirect(next_step(run))


@require_POST
def import_file(request: MemberRequest, pk: int) -> HttpResponse:
    """Say what rows a file holds or how its bytes are read; columns that were matched in other files are kept.

    htmx also comes here when a column is given another field: it gets the file's part of the page, and nothing is kept.
    """
    file = found_file(request, pk)
    others = [other for other in files_in_order(file.run) if other.pk != file.pk]
    run = services.match_columns(actor=request.user, run=file.run, mappings=sent_mappings(request, others))
    sent = {name: request.POST.get(f"f{file.pk}-{name}", "") for name in ("kind", "sheet", "encoding", "delimiter")}
    delimiter = sent["delimiter"] if sent["delimiter"] in DELIMITERS else file.delimiter
    mapping = None
    if sent["sheet"] and sent["sheet"] != file.sheet:
        file = services.choose_sheet(actor=request.user, file=file, sheet=sent["sheet"])
    elif sent["encoding"] and (sent["encoding"], delimiter) != (file.encoding, file.delimiter):
        file = services.reread_file(actor=request.user, file=file, encoding=sent["encoding"], delimiter=delimiter)
    elif sent["kind"] in ImportKind.values and sent["kind"] != file.kind:
        file = services.change_kind(actor=request.user, file=file, kind=sent["kind"])
    else:
        mapping = mapping_of(file, request.POST)
        services.match_columns(actor=request.user, run=run, mappings={file.pk: mapping})
    return file_part(request, file, mapping)


def file_part(request: MemberRequest, file: ImportFile, mapping: Mapping | None) -> HttpResponse:
    """One file of the page for htmx, else the whole page."""
    if not wants_fragment(request):
        return redirect(next_step(file.run))
    run = ImportRun.objects.get(pk=file.run_id)
    form = next(form for form in file_forms(run, {file.pk: mapping} if mapping else {}) if form.file.pk == file.pk)
    return render(request, "integrations/_file.html", {"form": form, "run": run, "is_open": True, "fragment": True})
