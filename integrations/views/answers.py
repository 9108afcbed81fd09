"""What a person may answer to a finding, for all of its rows at once."""

from collections.abc import Callable
from typing import Any

from core.errors import Conflict
from core.pages import MemberRequest
from integrations import services
from integrations.models import ImportFile, ImportRun
from integrations.selectors import rows_with

Answer = Callable[[MemberRequest, ImportRun, dict[str, Any]], ImportRun]


def file_of(run: ImportRun, finding: dict[str, Any]) -> ImportFile:
    """The file that a finding is about, as long as it is part of the import."""
    file = run.files.select_related("run").defer("content").filter(pk=finding["file"]).first()
    if file is None:
        raise Conflict("This file is not part of the import any more.")
    return file


def take_words(request: MemberRequest, run: ImportRun, finding: dict[str, Any]) -> ImportRun:
    """What texts of the file mean; those that were left blank stay open."""
    pairs = dict(zip(request.POST.getlist("text"), request.POST.getlist("instead"), strict=False))
    answers = {text: "" if instead == "@nothing" else instead for text, instead in pairs.items() if instead.strip()}
    if not answers:
        raise Conflict("Say what at least one of them stands for.")
    file = file_of(run, finding)
    return services.answer_value(actor=request.user, file=file, target=finding["target"], answers=answers)


def take_default(request: MemberRequest, run: ImportRun, finding: dict[str, Any]) -> ImportRun:
    """What all rows get that say nothing."""
    text = request.POST.get("text", "")[:200]
    return services.answer_default(actor=request.user, file=file_of(run, finding), target=finding["target"], text=text)


def take_order(request: MemberRequest, run: ImportRun, finding: dict[str, Any]) -> ImportRun:
    """Day or month first."""
    order = request.POST.get("text", "")
    return services.answer_order(actor=request.user, file=file_of(run, finding), column=finding["column"], order=order)


def take_out(request: MemberRequest, run: ImportRun, finding: dict[str, Any]) -> ImportRun:
    """None of these rows is imported."""
    rows = list(rows_with(run, finding).values_list("pk", flat=True))
    return services.leave_out(actor=request.user, run=run, rows=rows)


def take_rows(request: MemberRequest, run: ImportRun, finding: dict[str, Any]) -> ImportRun:
    """All of these rows are imported as they are."""
    rows = list(rows_with(run, finding).values_list("pk", flat=True))
    return services.take_as_they_are(actor=request.user, run=run, rows=rows)


def make_missing(request: MemberRequest, run: ImportRun, finding: dict[str, Any]) -> ImportRun:
    """What these rows name and nobody knows is created with them."""
    names = {
        message["value"]
        for messages in rows_with(run, finding).values_list("messages", flat=True)
        for message in messages
        if message["code"] == finding["code"] and message["target"] == finding["target"]
    }
    file = file_of(run, finding)
    return services.make_from_names(actor=request.user, file=file, target=finding["target"], names=names)


def take_reason(request: MemberRequest, run: ImportRun, finding: dict[str, Any]) -> ImportRun:
    """Why budgets that are approved change, for all rows."""
    return services.give_reason(actor=request.user, run=run, reason=request.POST.get("text", ""))


ANSWERS: dict[str, Answer] = {
    "words": take_words,
    "default": take_default,
    "order": take_order,
    "leave-out": take_out,
    "as-they-are": take_rows,
    "make": make_missing,
    "reason": take_reason,
}


def take_answer(request: MemberRequest, run: ImportRun, finding: dict[str, Any]) -> ImportRun:
    """Take the answer that the pressed button stands for."""
    answer = ANSWERS.get(request.POST.get("act", ""))
    if answer is None:
        raise Conflict("Choose one of the answers that are offered.")
    return answer(request, run, finding)
