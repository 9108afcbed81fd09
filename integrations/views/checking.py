"""The third step: what would happen, and answers to what stands in the way."""

from typing import Any

from django.contrib.auth import get_user_model
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from core.errors import Conflict
from core.forms import visible_choices
from core.htmx import wants_fragment
from core.pages import MemberRequest, go_to
from integrations import services
from integrations.algorithms.catalog import KINDS, choice_label
from integrations.algorithms.mapping import FROM_DESCRIPTION, Mapping
from integrations.models import ImportFile, ImportRow, ImportRun, RunStatus
from integrations.selectors import TABLES, files_in_order, kind_summaries
from integrations.services.answering import MADE_FROM_NAMES
from integrations.views.answers import take_answer
from integrations.views.found import found_row, found_run, next_step
from integrations.views.summary import summary_table

MOST_SUGGESTIONS = 300
LONGEST_LINE = 1000


def shown_finding(run: ImportRun, finding: dict[str, Any], files: dict[int, ImportFile], rows: dict[int, Any]) -> Any:
    """A finding as the page shows it: its examples, and the answers that are offered."""
    kind = KINDS[finding["kind"]]
    target = kind.by_target.get(finding["target"])
    examples = [rows[pk] for pk in finding["examples"] if pk in rows]
    header = files[finding["file"]].header if finding["file"] in files else []
    place = header.index(finding["column"]) if finding["column"] in header else None
    shown = [
        {
            "row": row,
            "cell": cell_at(row, place),
            "said": next((said["text"] for said in row.messages if said["code"] == finding["code"]), ""),
        }
        for row in examples
    ]
    return finding | {
        "target_field": target,
        "rows": shown,
        "choices": [(choice, choice_label(choice)) for choice in target.choices] if target else [],
        "is_refused": finding["level"] == "error",
        "more": finding["count"] - len(examples),
        "can_make": bool(target and target.to in MADE_FROM_NAMES and finding["code"] == "unknown_reference"),
        "made": KINDS[target.to].plural.lower() if target and target.to else "",
        "has_description": files[finding["file"]].fills("description") if finding["file"] in files else False,
    }


def cell_at(row: ImportRow, place: int | None) -> str:
    """What stands in a cell, for a field to correct it in; too much for one line is typed anew."""
    text = row.cells[place] if place is not None and place < len(row.cells) else ""
    return text if len(text) <= LONGEST_LINE else ""


def check_context(request: MemberRequest, run: ImportRun) -> dict[str, Any]:
    """Everything that the page of a check shows."""
    files = files_in_order(run)
    wanted = [pk for finding in run.findings for pk in finding["examples"]]
    rows = ImportRow.objects.visible_to(request.user).in_bulk(wanted)
    findings = [shown_finding(run, finding, {file.pk: file for file in files}, rows) for finding in run.findings]
    summaries = kind_summaries(run.totals)
    written = sum(line.new + line.restored + line.changed for line in summaries)
    return {
        "run": run,
        "files": files,
        "summary": summary_table(run, summaries),
        "refused": [finding for finding in findings if finding["is_refused"]],
        "notes": [finding for finding in findings if not finding["is_refused"]],
        "written": written,
        "refused_count": sum(line.refused for line in summaries),
        "sheets": [file for file in files if file.sheet],
        "not_imported": [(file, left) for file in files if (left := columns_left(file))],
        "suggestions": suggestions(request, findings),
        "from_description": FROM_DESCRIPTION,
        "step": 3,
        "fragment": wants_fragment(request),
    }


def columns_left(file: ImportFile) -> list[str]:
    """The columns of a file that fill nothing."""
    return Mapping.from_json(file.mapping).not_imported(file.header)


def suggestions(request: MemberRequest, findings: list[Any]) -> dict[str, list[tuple[str, str]]]:
    """What may be named instead of what was not found: kind -> (key or code, name) of rows here; members by address."""
    found: dict[str, list[tuple[str, str]]] = {}
    for finding in findings:
        target = finding["target_field"]
        kind = target.to or target.type if target else ""
        if kind == "person" and kind not in found:
            people = visible_choices(get_user_model().objects.all(), request.user, request.organization)
            found[kind] = list(people.values_list("email", "name")[:MOST_SUGGESTIONS])
        elif kind in TABLES and kind not in found:
            live = TABLES[kind].model.objects.visible_to(request.user).live().order_by("name", "pk")
            column = "code" if TABLES[kind].has_code else "external_key"
            rows = live.values_list(column, "name")[:MOST_SUGGESTIONS]
            found[kind] = [(key or name, name) for key, name in rows]
    return found


@require_GET
@vary_on_headers("HX-Request")
def import_check(request: MemberRequest, pk: int) -> HttpResponse:
    """What each row would do, and what needs an answer; nothing has been written."""
    run = found_run(request, pk)
    if run.status not in {RunStatus.CHECKED, RunStatus.CHECKING} or run.is_check_lost:
        return go_to(request, next_step(run))
    context = check_context(request, run)
    template = "integrations/_check.html" if context["fragment"] else "integrations/import_check.html"
    return render(request, template, context)


@require_POST
def import_answer(request: MemberRequest, pk: int) -> HttpResponse:
    """Take one answer for all rows of a finding, and check again."""
    run = found_run(request, pk)
    finding = next((found for found in run.findings if found["id"] == request.POST.get("finding")), None)
    if finding is None:
        raise Conflict("This was answered already. Look at what the check says now.")
    run = take_answer(request, run, finding)
    run = services.request_check(actor=request.user, run=run, result_path=next_step(run))
    return redirect(reverse("integrations:import-check", args=[run.pk]))


@require_POST
def import_cell(request: MemberRequest, pk: int) -> HttpResponse:
    """Correct one cell, and check again."""
    row = found_row(request, pk)
    column, text = request.POST.get("column", ""), request.POST.get("text", "")
    run = services.correct_cell(actor=request.user, row=row, column=column, text=text)
    run = services.request_check(actor=request.user, run=run, result_path=next_step(run))
    return redirect(reverse("integrations:import-check", args=[run.pk]))
