"""A cell of the board: opened, changed, re-ranked, taken back."""

from typing import Any, cast

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from core.access import require
from core.errors import Conflict, DomainError
from core.htmx import wants_fragment
from core.pages import MemberRequest, form_page, posted
from scoring.forms.score import ScoreForm
from scoring.models import ITEM_KINDS, Criterion, Score
from scoring.selectors.board import Board
from scoring.selectors.sheet import Cell, item_model
from scoring.services import Outcome, ScoreCell, Seen, set_scores
from scoring.views.board_asked import asked_board, board_url, query_of, table_context
from scoring.views.undo import undo_url


@require_http_methods(["GET", "POST"])
def score_cell(request: MemberRequest, model: int, kind: str, item: int, criterion: int) -> HttpResponse:
    """A form of one score; from the board itself, the value is saved and the list comes back re-ranked."""
    if kind not in ITEM_KINDS:
        raise Http404
    if request.method == "POST" and wants_fragment(request):
        return saved_in_place(request, model, kind, item, criterion)
    of_model = Criterion.objects.visible_to(request.user).live().filter(model__archived_at=None, model=model)
    row = get_object_or_404(of_model.select_related("model"), pk=criterion)
    subject = get_object_or_404(item_model(kind).objects.visible_to(request.user), pk=item)
    require(request.user, "score.edit", request.organization)
    score = Score.objects.filter(**{kind: subject}, criterion=row).first()
    form = ScoreForm(posted(request), criterion=row, currency=request.organization.currency, score=score)
    return form_page(
        request,
        form=form,
        template="scoring/score_form.html",
        save=lambda form: save_form(request, form, kind, subject, score),
        done=lambda _: back_url(request, model, kind, item),
        message=f"Saved {row} of “{subject!s:.80}”.".replace("{", "{{").replace("}", "}}"),
        undo=lambda _: undo_url(request, model),
        context=form_context(request, model, kind, subject, row),
    )


def form_context(request: MemberRequest, model: int, kind: str, subject: Any, criterion: Criterion) -> dict[str, Any]:
    """What stands around the form of a score."""
    return {
        "criterion": criterion,
        "subject": subject,
        "kind": kind,
        "back_url": back_url(request, model, kind, subject.pk),
        "board_url": board_url(request, model),
        "nav": "scoring:board",
    }


def save_form(request: MemberRequest, form: ScoreForm, kind: str, subject: Any, score: Score | None) -> Any:
    """Save what the form says; after somebody else's change the next try is over what there is now."""
    seen = form.cleaned_data["seen"]
    cell = ScoreCell(
        kind,
        subject.pk,
        form.criterion.pk,
        form.cleaned_data["value"],
        form.cleaned_data["comment"],
        None if seen is None else Seen(seen),
    )
    try:
        set_scores(actor=request.user, organization=request.organization, cells=[cell])
    except Conflict as conflict:
        form.data = {**cast(Any, form.data).dict(), "seen": str(score.version if score else 0)}
        raise Conflict(f"{conflict} Save again to keep yours.") from conflict
    return subject


def saved_in_place(request: MemberRequest, model: int, kind: str, item: int, criterion_id: int) -> HttpResponse:
    """Save a cell and rank anew, having read the list once; a refusal goes to the open cell, which keeps its text."""
    require(request.user, "score.edit", request.organization)
    board = asked_board(request, model)
    criteria = {row.pk: row for row in board.sheet.criteria}
    if kind != board.sheet.kind or item not in board.sheet.numbers or criterion_id not in criteria:
        raise Http404
    criterion = criteria[criterion_id]
    form = ScoreForm(request.POST, criterion=criterion, currency=board.currency)
    if not form.is_valid():
        return refused(request, " ".join(str(text) for texts in form.errors.values() for text in texts), 422)
    cell = cell_of(request, form, board, item)
    try:
        [outcome] = set_scores(
            actor=request.user,
            organization=request.organization,
            cells=[cell],
            items={item: board.sheet.items[board.sheet.numbers[item]]},
            criteria=criteria,
        )
    except Conflict as conflict:
        kept = board.sheet.cells[board.sheet.numbers[item]].get(criterion_id)
        return refused(request, f"{conflict} Enter saves yours over it.", 409, kept.version if kept else 0)
    except DomainError as error:
        return refused(request, str(error), error.status_code)
    return ranked_again(request, board, item, criterion, outcome)


def cell_of(request: MemberRequest, form: ScoreForm, board: Board, item: int) -> ScoreCell:
    """What was typed; a form without a comment leaves the one there is."""
    comment = form.cleaned_data["comment"] if "comment" in request.POST else None
    seen = form.cleaned_data["seen"]
    value = form.cleaned_data["value"]
    return ScoreCell(board.sheet.kind, item, form.criterion.pk, value, comment, None if seen is None else Seen(seen))


def ranked_again(
    request: MemberRequest, board: Board, item: int, criterion: Criterion, outcome: Outcome
) -> HttpResponse:
    """The table after a change, with what it did to the rank of the item."""
    score = outcome.score
    now = None if score is None else Cell(score.pk, float(score.value), score.version, score.comment)
    after = board.with_cells(item, {criterion.pk: now})
    name = after.sheet.items[after.sheet.numbers[item]]
    context = table_context(request, after) | {
        "fragment": True,
        "edited": (item, criterion.pk),
        "told": f"Saved {criterion} of “{name!s:.80}”." if outcome.what != "unchanged" else "",
        "detail": told_rank(after.before.get(item, 0), after.rank_of(item)),
        "undo_url": undo_url(request, board.model.pk),
    }
    return render(request, "scoring/_board_table.html", context)


def told_rank(before: int, now: int) -> str:
    """What became of a rank, in words."""
    if before == now:
        return f"It stays at rank {now}." if now else "It has no rank yet."
    if not before or not now:
        return f"It is ranked {now} now." if now else "It has no rank any more."
    return f"Its rank moves {before} → {now}."


def refused(request: MemberRequest, sentence: str, status: int, version: int | None = None) -> HttpResponse:
    """Why a cell was not saved, put into the open cell, with the version of what there is now."""
    context = {"sentence": sentence, "version": version}
    response = render(request, "scoring/_cell_error.html", context, status=status)
    response["HX-Retarget"] = "#score-error"
    response["HX-Reswap"] = "outerHTML"
    return response


def back_url(request: MemberRequest, model: int, kind: str, item: int) -> str:
    """Where a form of a score was opened: the explanation of the score, the classes, or the board."""
    if request.GET.get("back") == "explain":
        return f"{reverse('scoring:explain', args=[model, kind, item])}?{query_of(request)}"
    if request.GET.get("back") == "classes":
        return f"{reverse('scoring:classes')}?{query_of(request)}"
    return board_url(request, model)
