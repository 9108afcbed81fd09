"""Comparing criteria in pairs: one question at a time or the whole triangle, with what follows from the answers."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from core.access import can
from core.errors import Conflict
from core.htmx import wants_fragment
from core.middleware import request_id
from core.pages import MemberRequest, go_on
from scoring import services
from scoring.algorithms.pairwise import Step
from scoring.forms.weight import ComparisonForm, TriangleForm
from scoring.models import WeightSet
from scoring.selectors import Voice, present_weights, weight_read
from scoring.selectors.weights import STEP_WORDS, Pair, WeightRead
from scoring.views.drivers_weights import found_set, is_typed, page_context, typed_page

STEPS = [(number, step.value, STEP_WORDS[step]) for number, step in enumerate(Step, start=1)]


class Question(NamedTuple):
    """The pair that is asked now, and those around it."""

    pair: Pair
    before: Pair
    after: Pair


def address_of(row: WeightSet, pair: str = "") -> str:
    url = reverse("scoring:weight-set-detail", args=[row.pk])
    return f"{url}?pair={pair}" if pair else url


@require_http_methods(["GET", "POST"])
@vary_on_headers("HX-Request")
def weight_set_detail(request: MemberRequest, pk: int) -> HttpResponse:
    """A set of weights: its questions and results, or what was typed."""
    row = found_set(request, pk)
    if is_typed(row):
        return typed_page(request, row)
    if request.method == "POST":
        raise Conflict("The weights of this set follow from its comparisons. Nothing was saved.")
    return shown(request, row, request.GET.get("pair", ""), view=request.GET.get("view", ""))


def shown(request: MemberRequest, row: WeightSet, pair: str = "", *, view: str = "", **more: Any) -> HttpResponse:
    """The page, or the part of it that an answer changes."""
    read = weight_read(row)
    own = read.of(request.user)
    may = can(request.user, "score.vote", request.organization) and row.closed_by is None
    context = page_context(row.model, read, own=own, may_compare=may, steps=STEPS, view=view, **more)
    context["question"] = question(own.pairs, pair) if may else None
    context["worst"] = own.worst() if own.made else None
    context["group_worst"] = read.group.worst("The group") if len(read.voices) > 1 else None
    context["lines"] = lines(read, own)
    if view == "triangle" and may:
        context["triangle"] = triangle(own, context.pop("form", None))
    template = "scoring/_pairwise.html" if wants_fragment(request) else "scoring/weight_set_detail.html"
    return render(request, template, context)


def question(pairs: Sequence[Pair], asked: str) -> Question | None:
    """The pair that the address asks for, else the first that nothing was said of; None where all is said."""
    place = next((n for n, pair in enumerate(pairs) if pair.key == asked), None)
    if place is None:
        place = next((n for n, pair in enumerate(pairs) if pair.step is None), None)
    if place is None:
        return None
    return Question(pairs[place], pairs[place - 1], pairs[(place + 1) % len(pairs)])


def lines(read: WeightRead, own: Voice) -> list[dict[str, Any]]:
    """By criterion: one's own weight, the group's, the model's, and how far people lie apart."""
    spread = {each.criterion: each for each in read.spread}
    mine = dict(own.weights) if own.made else {}
    group = dict(read.group.weights) if len(read.voices) > 1 or not own.made else {}
    return [
        {
            "criterion": one,
            "own": mine.get(one),
            "group": group.get(one) if read.voices else None,
            "now": now,
            "spread": spread.get(one),
        }
        for one, now in present_weights(read.criteria)
    ]


def triangle(own: Voice, form: TriangleForm | None = None) -> list[tuple[Any, list[Any]]]:
    """Rows of the triangle: a criterion, and a field for each of those after it, empty places before."""
    form = form or TriangleForm(pairs=own.pairs)
    fields = {(pair.first, pair.second): form[pair.key] for pair in own.pairs}
    size = len(own.criteria)
    return [
        (one, [fields[one, own.criteria[j]] if j > i else None for j in range(1, size)])
        for i, one in enumerate(own.criteria[:-1])
    ]


@require_POST
def weight_set_compare(request: MemberRequest, pk: int) -> HttpResponse:
    """Answer one question, and go on to the next that is open."""
    row = found_set(request, pk)
    form = ComparisonForm(request.POST)
    if not form.is_valid():
        raise Conflict("This is no answer to the question. Nothing was saved; choose one of the seven steps.")
    services.compare_criteria(actor=request.user, weight_set=row, answers=[form.answer])
    asked = f"{form.answer.first_id}-{form.answer.second_id}"
    if wants_fragment(request):
        own = weight_read(row).of(request.user)
        answered = next((pair for pair in own.pairs if pair.key == asked), None)
        return shown(request, row, next_open(own.pairs, asked), last=answered, undo_url=undo_url(row))
    return go_on(request, address_of(row), "Saved your comparison.", undo_url(row))


def next_open(pairs: Sequence[Pair], asked: str) -> str:
    """The next pair after one that nothing was said of."""
    place = next((n for n, pair in enumerate(pairs) if pair.key == asked), 0)
    return next((pair.key for pair in [*pairs[place:], *pairs[:place]] if pair.step is None), "")


def undo_url(row: WeightSet) -> str:
    return reverse("scoring:weight-set-undo", args=[row.pk, request_id()])


@require_POST
def weight_set_triangle(request: MemberRequest, pk: int) -> HttpResponse:
    """Answer all questions at once; what is left open is withdrawn."""
    row = found_set(request, pk)
    form = TriangleForm(request.POST, pairs=weight_read(row).of(request.user).pairs)
    if not form.is_valid():
        raise Conflict("One of these is no step. Nothing was saved; choose from the lists.")
    count = services.compare_criteria(actor=request.user, weight_set=row, answers=form.answers)
    undo = undo_url(row) if count else ""
    if wants_fragment(request):
        return shown(request, row, view="triangle", undo_url=undo, count=count)
    text = f"Saved {count} comparison{'' if count == 1 else 's'}." if count else "Nothing has changed."
    return go_on(request, f"{address_of(row)}?view=triangle", text, undo)


@require_POST
def weight_set_withdraw(request: MemberRequest, pk: int) -> HttpResponse:
    """Take back all one's own answers, to begin again."""
    row = found_set(request, pk)
    count = services.withdraw_comparisons(actor=request.user, weight_set=row)
    text = (
        f"Withdrew your {count} comparison{'' if count == 1 else 's'}." if count else "There was nothing to withdraw."
    )
    return go_on(request, address_of(row), text, undo_url(row) if count else "")


@require_POST
def weight_set_undo(request: MemberRequest, pk: int, trace: str) -> HttpResponse:
    """Put back what one said before an answer."""
    row = found_set(request, pk)
    count = services.undo_comparisons(actor=request.user, weight_set=row, request_id=trace)
    asked, view = request.POST.get("pair", ""), request.POST.get("view", "")
    if wants_fragment(request) and request.htmx.target == "pairwise":
        return shown(request, row, asked, view=view)
    return go_on(request, address_of(row, asked), f"Put back {count} comparison{'' if count == 1 else 's'}.")
