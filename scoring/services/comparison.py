"""Comparing criteria in pairs: each rater's own answers, one or many at once, withdrawn and undone.

Every call writes one event, which tells pair by pair what was said before and after, and carries the comparisons
themselves, from which `undo_comparisons` restores them.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from django.db import IntegrityError, transaction

from accounts.models import User
from core.access import require
from core.errors import Conflict, FieldErrors
from events.models import Event
from events.services import record
from scoring.algorithms.pairwise import Step
from scoring.models import Comparison, Criterion, WeightMethod, WeightSet
from scoring.selectors.sheet import live_criteria
from scoring.selectors.weights import STEP_WORDS

#: What an event carries to be taken back by, never shown.
COMPARISONS = "comparison_cells"


class Answer(NamedTuple):
    """How much more important somebody finds the first criterion than the second; no step withdraws what was said."""

    first_id: int
    second_id: int
    step: int | None


@transaction.atomic
def compare_criteria(
    *, actor: User, weight_set: WeightSet, answers: Sequence[Answer], whole: bool = False, note: str = ""
) -> int:
    """Say, as oneself, how much more important criteria are than others; what contradicts itself is taken as it is.

    Args:
        answers: in any order of the two.
        whole: these are all that the actor says: other comparisons of live criteria are withdrawn.
    Returns:
        How many comparisons are others than before.
    Raises:
        NotAllowed: the actor's role may not compare criteria.
        FieldErrors: an answer is none; a sentence at its place, and nothing is saved.
        Conflict: the set is typed or archived.
    """
    return _compared(actor, weight_set, answers, whole=whole, note=note)


@transaction.atomic
def withdraw_comparisons(*, actor: User, weight_set: WeightSet) -> int:
    """Take back all that the actor said of a set's criteria, to begin again.

    Returns:
        How many comparisons there were.
    Raises:
        NotAllowed: the actor's role may not compare criteria.
        Conflict: the set is typed or archived.
    """
    return _compared(actor, weight_set, (), whole=True, note="Withdrawn.")


@transaction.atomic
def undo_comparisons(*, actor: User, weight_set: WeightSet, request_id: str) -> int:
    """Put back what the actor said before one request.

    Returns:
        How many comparisons are as they were.
    Raises:
        Conflict: there is no such change, or one of its comparisons was changed again since; nothing is taken back.
    """
    require(actor, "score.vote", weight_set.organization_id)
    events = Event.objects.filter(
        organization=weight_set.organization_id, request_id=request_id, actor=actor, kind="weight_set.compared",
        subject_id=str(weight_set.pk), changes__has_key=COMPARISONS,
    ).order_by("pk")  # fmt: skip
    found = [cell for event in events for cell in event.changes[COMPARISONS][1]] if request_id else []
    if not found:
        raise Conflict("There is nothing to take back. Nothing was changed.")
    rows = Comparison.objects.select_for_update().filter(weight_set=weight_set, rater=actor)
    kept = {(row.first_id, row.second_id): row.step for row in rows.order_by("pk")}
    wanted: dict[tuple[int, int], int | None] = {}
    expected: dict[tuple[int, int], int | None] = {}
    for first, second, before, after in found:
        wanted.setdefault((first, second), before)
        expected[first, second] = after
    if any(kept.get(key) != step for key, step in expected.items()):
        raise Conflict("Not undone: you have compared the two again since. Nothing was changed.")
    answers = [Answer(*key, step) for key, step in wanted.items()]
    return _compared(actor, weight_set, answers, note="Undone.")


def _compared(
    actor: User, weight_set: WeightSet, answers: Sequence[Answer], *, whole: bool = False, note: str = ""
) -> int:
    require(actor, "score.vote", weight_set.organization_id)
    _refuse_closed(weight_set)
    live = {row.pk: row for row in live_criteria(weight_set.model)}
    wanted = _wanted(answers, live)
    rows = Comparison.objects.select_for_update().filter(weight_set=weight_set, rater=actor)
    kept = {(row.first_id, row.second_id): row for row in rows.order_by("pk")}
    if whole:
        wanted |= {key: None for key in kept if key not in wanted and live.keys() >= set(key)}
    return _save(actor, weight_set, wanted, kept, live, note)


def _wanted(answers: Sequence[Answer], live: Mapping[int, Criterion]) -> dict[tuple[int, int], int | None]:
    """Pairs as the table keeps them, the older criterion first -> step."""
    wanted: dict[tuple[int, int], int | None] = {}
    errors = {}
    for place, (first, second, step) in enumerate(answers):
        key = (first, second) if first < second else (second, first)
        if first not in live or second not in live:
            errors[f"comparisons.{place}"] = "One of the two is no criterion of this model, or archived."
        elif first == second:
            errors[f"comparisons.{place}"] = f"“{live[first]}” is compared with itself."
        elif key in wanted:
            errors[f"comparisons.{place}"] = f"“{live[first]}” and “{live[second]}” come twice."
        elif step is not None and not -3 <= step <= 3:
            errors[f"comparisons.{place}"] = "A comparison is one of seven steps, from -3 to 3."
        wanted[key] = step if step is None or first < second else -step
    if errors:
        raise FieldErrors(errors)
    return wanted


def _save(
    actor: User,
    weight_set: WeightSet,
    wanted: Mapping[tuple[int, int], int | None],
    kept: Mapping[tuple[int, int], Comparison],
    live: Mapping[int, Criterion],
    note: str,
) -> int:
    """Write what differs, and one event that tells it."""
    cells: list[tuple[int, int, int | None, int | None]] = []
    made, changed, gone = [], [], []
    for (first, second), step in wanted.items():
        row = kept.get((first, second))
        before = row.step if row else None
        if before == step:
            continue
        cells.append((first, second, before, step))
        if row is None and step is not None:
            made.append(
                Comparison(
                    organization_id=weight_set.organization_id, weight_set=weight_set, rater=actor,
                    first_id=first, second_id=second, step=step,
                )
            )  # fmt: skip
        elif row is not None and step is None:
            gone.append(row.pk)
        elif row is not None and step is not None:
            row.step, row.version = step, row.version + 1
            changed.append(row)
    if not cells:
        return 0
    try:
        with transaction.atomic():
            Comparison.objects.bulk_create(made)
            for row in changed if len(changed) == 1 else ():
                row.save(update_fields=["step", "version", "updated_at"])
            if len(changed) > 1:
                Comparison.objects.bulk_update(changed, ["step", "version"])
            if gone:
                Comparison.objects.filter(pk__in=gone).delete()
    except IntegrityError as error:
        raise Conflict("You compared the same two elsewhere at this moment. Nothing was saved; try again.") from error
    told = {f"{live[one]} : {live[other]}": [_words(before), _words(after)] for one, other, before, after in cells}
    changes = {**told, COMPARISONS: [None, [list(cell) for cell in cells]]}
    record("weight_set.compared", actor=actor, subject=weight_set, changes=changes, note=note)
    return len(cells)


def _words(step: int | None) -> str | None:
    return None if step is None else f"{STEP_WORDS[Step(step)]} important"


def _refuse_closed(weight_set: WeightSet) -> None:
    if weight_set.closed_by is not None:
        raise Conflict(f"“{weight_set.closed_by}” is archived. Restore it first.")
    if weight_set.method != WeightMethod.PAIRWISE:
        raise Conflict(f"The weights of “{weight_set}” are typed, not compared in pairs.")
