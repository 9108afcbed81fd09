"""Sets of weights: compared in pairs by one person or several, typed, applied and undone."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from core.errors import Conflict, FieldErrors, NotAllowed, StaleEdit
from events.models import Event
from scoring.models import Comparison, ModelVersion
from scoring.selectors import live_criteria, weight_read
from scoring.services import (
    Answer,
    apply_weight_set,
    archive_criterion,
    archive_weight_set,
    compare_criteria,
    create_criterion,
    create_weight_set,
    restore_criterion,
    restore_weight_set,
    restore_weights,
    undo_comparisons,
    update_weight_set,
    withdraw_comparisons,
)

pytestmark = pytest.mark.django_db

KEYS = ("growth", "retention", "efficiency", "compliance")
#: 9 = 3 * 3 exactly: growth over retention over efficiency; compliance is as important as efficiency.
CONSISTENT = (
    ("growth", "retention", 1), ("growth", "efficiency", 3), ("growth", "compliance", 3),
    ("retention", "efficiency", 1), ("retention", "compliance", 1), ("efficiency", "compliance", 0),
)  # fmt: skip
#: Each is extremely more important than the next, round in a circle.
CIRCLE = (
    ("growth", "retention", 3), ("retention", "efficiency", 3), ("growth", "efficiency", -3),
    ("growth", "compliance", 0), ("retention", "compliance", 0), ("efficiency", "compliance", 0),
)  # fmt: skip


@pytest.fixture
def pairs(drivers, alice):
    return create_weight_set(actor=alice, model=drivers, name="Board")


def shares(read):
    return [None if share is None else pytest.approx(share, abs=1e-6) for _, share in read.weights]


def test_consistent_comparisons_give_their_weights_and_become_the_models_with_a_version_that_names_the_set(
    pairs, drivers, alice, compare
):
    compare(pairs, alice, *CONSISTENT)

    read = weight_read(pairs)
    assert shares(read) == [9 / 14, 3 / 14, 1 / 14, 1 / 14]
    assert read.decisive.consistency == pytest.approx(1)
    assert read.decisive.worst() is None

    applied = apply_weight_set(actor=alice, weight_set=pairs)

    assert applied.applied_number == 2
    version = ModelVersion.objects.get(model=drivers, number=2)
    assert version.note == "Weights of “Board”."
    assert [one.weight for one in live_criteria(drivers)] == [
        Decimal("64.2857"), Decimal("21.4286"), Decimal("7.1429"), Decimal("7.1429"),
    ]  # fmt: skip
    assert weight_read(applied).is_in_use

    restored = restore_weights(actor=alice, model=drivers, number=1)
    assert restored.number == 3
    assert [one.weight for one in live_criteria(drivers)] == [1, 1, 1, 1]
    assert not weight_read(applied).is_in_use


def test_a_groups_weights_are_the_geometric_mean_of_what_each_said(pairs, alice, bob, compare):
    compare(pairs, alice, ("growth", "retention", 3), ("growth", "efficiency", 1), ("growth", "compliance", 1))
    compare(pairs, bob, ("growth", "retention", 0), ("growth", "efficiency", 1), ("growth", "compliance", 1))

    read = weight_read(pairs)

    # sqrt(9 * 1) = 3; with the others 3 as well, growth is three times each of the rest: 3/6, 1/6, 1/6, 1/6.
    assert read.group.matrix[0, 1] == pytest.approx(3)
    assert shares(read) == [1 / 2, 1 / 6, 1 / 6, 1 / 6]
    assert read.of(alice).weights[1][1] == pytest.approx((1 / 9) / (1 + 1 / 9 + 2 / 3))
    assert [voice.rater for voice in read.voices] == [alice, bob]
    assert [voice.made for voice in read.voices] == [3, 3]
    assert read.is_provisional
    assert read.spread == []  # nobody has finished


def test_those_who_have_finished_show_how_far_their_weights_lie_apart(pairs, alice, bob, compare):
    compare(pairs, alice, *CONSISTENT)
    compare(pairs, bob, *[(first, second, 0) for first, second, _ in CONSISTENT])

    spread = weight_read(pairs).spread

    assert spread[0].criterion.key == "growth"
    assert (spread[0].lowest, spread[0].highest) == pytest.approx((1 / 4, 9 / 14))


def test_a_contradiction_is_taken_named_in_words_and_applied_only_with_a_reason(pairs, drivers, alice, compare):
    compare(pairs, alice, *CIRCLE)

    worst = weight_read(pairs).of(alice).worst()
    assert worst.sentence == (
        "You said “Grow in new markets” is extremely more important than “Keep customers”, and “Keep customers” is "
        "extremely more important than “Work at lower cost”, but “Work at lower cost” is extremely more important than "
        "“Grow in new markets”."
    )
    assert worst.hint == (
        "By the first two, “Grow in new markets” should be about 81 times as important as “Work at lower cost”."
    )
    assert [(pair.first.key, pair.second.key) for pair in worst.pairs] == [
        ("growth", "retention"), ("growth", "efficiency"), ("retention", "efficiency"),
    ]  # fmt: skip

    with pytest.raises(FieldErrors) as refused:
        apply_weight_set(actor=alice, weight_set=pairs)
    assert "agree to 0%, less than the 80%" in refused.value.errors["reason"]
    assert drivers.versions.count() == 1

    apply_weight_set(actor=alice, weight_set=pairs, reason="The board stands by it.")
    note = ModelVersion.objects.filter(model=drivers).order_by("number").last().note
    assert note == "Weights of “Board”. The board stands by it."


def test_missing_comparisons_are_named_and_their_weights_provisional(pairs, alice, compare):
    assert weight_read(pairs).obstacle.startswith("6 of 6 comparisons are missing (“Grow in new markets” and “Keep")
    compare(pairs, alice, *CONSISTENT[:-1])

    read = weight_read(pairs)
    assert read.is_provisional
    assert shares(read) == [9 / 14, 3 / 14, 1 / 14, 1 / 14]  # Harker fills what follows from the others
    with pytest.raises(Conflict, match="1 of 6 comparison is missing .“Work at lower cost” and “Meet obligations”."):
        apply_weight_set(actor=alice, weight_set=pairs)


def test_answers_come_in_either_order_are_changed_withdrawn_and_undone(pairs, alice, compare):
    compare(pairs, alice, ("retention", "growth", -2))
    assert weight_read(pairs).of(alice).pairs[0].words == (
        "“Grow in new markets” is much more important than “Keep customers”"
    )
    event = Event.objects.get(kind="weight_set.compared")
    assert event.changes["Grow in new markets : Keep customers"] == [None, "much more important"]

    assert compare(pairs, alice, ("growth", "retention", 2)) == 0  # said already
    compare(pairs, alice, ("growth", "retention", -1), ("growth", "efficiency", 1))
    assert withdraw_comparisons(actor=alice, weight_set=pairs) == 2
    assert not Comparison.objects.exists()
    with pytest.raises(Conflict, match="nothing to take back"):
        undo_comparisons(actor=alice, weight_set=pairs, request_id="none such")


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ([("growth", "growth", 1)], "compared with itself"),
        ([("growth", "retention", 4)], "one of seven steps"),
        ([("growth", "retention", 1), ("retention", "growth", 1)], "come twice"),
    ],
)
def test_an_answer_that_is_none_is_refused_at_its_place(pairs, alice, compare, answers, words):
    with pytest.raises(FieldErrors, match=words) as refused:
        compare(pairs, alice, *answers)

    assert set(refused.value.errors) == {f"comparisons.{len(answers) - 1}"}
    assert not Comparison.objects.exists()


def test_criteria_that_go_and_come_after_comparisons_are_told(pairs, drivers, alice, compare):
    compare(pairs, alice, *CONSISTENT)
    compliance = live_criteria(drivers)[3]
    archive_criterion(actor=alice, criterion=compliance)

    without = weight_read(pairs)
    assert without.set_aside == ["Meet obligations"]
    assert without.is_complete
    assert shares(without) == [9 / 13, 3 / 13, 1 / 13]

    create_criterion(actor=alice, model=drivers, key="talent", name="Win talent", lowest=0, highest=8)
    drivers.refresh_from_db()
    added = weight_read(pairs)
    assert [str(one) for one in added.added] == ["Win talent"]
    assert len(added.group.missing) == 3
    with pytest.raises(Conflict, match="“Win talent”"):
        apply_weight_set(actor=alice, weight_set=pairs)

    compliance.refresh_from_db()
    restore_criterion(actor=alice, criterion=compliance)
    assert weight_read(pairs).set_aside == []  # what was said of it counts again


def test_typed_weights_begin_with_the_models_and_are_applied_as_typed(drivers, alice):
    typed = create_weight_set(actor=alice, model=drivers, name="Finance", method="typed")
    assert typed.weights == dict.fromkeys(KEYS, "1")

    typed = update_weight_set(
        actor=alice, weight_set=typed, weights={"growth": 40, "retention": 30, "efficiency": 20, "compliance": 10}
    )
    assert shares(weight_read(typed)) == [0.4, 0.3, 0.2, 0.1]
    apply_weight_set(actor=alice, weight_set=typed)
    assert [one.weight for one in live_criteria(drivers)] == [40, 30, 20, 10]

    create_criterion(actor=alice, model=drivers, key="talent", name="Win talent", lowest=0, highest=8)
    with pytest.raises(Conflict, match="no weight for “Win talent”"):
        apply_weight_set(actor=alice, weight_set=typed)


@pytest.mark.parametrize(
    ("weights", "place"),
    [
        ({"growth": 0}, "weights"), ({}, "weights"), ({"growth": -1}, "weights.growth"),
        ({"growth": "NaN"}, "weights.growth"), ({"nothing": 1}, "weights.nothing"),
    ],
)  # fmt: skip
def test_weights_that_are_none_are_refused_at_their_place(drivers, alice, weights, place):
    with pytest.raises(FieldErrors) as refused:
        create_weight_set(actor=alice, model=drivers, name="Finance", method="typed", weights=weights)

    assert set(refused.value.errors) == {place}


def test_only_weighted_models_have_sets_and_names_are_not_taken_twice(rice, weighted, pairs, drivers, alice):
    with pytest.raises(FieldErrors, match="no weights to set"):
        create_weight_set(actor=alice, model=rice, name="Board")
    with pytest.raises(ValidationError, match="has this name"):
        create_weight_set(actor=alice, model=drivers, name="Board")
    assert create_weight_set(actor=alice, model=weighted, name="Board").pk


def test_leaders_keep_sets_workers_compare_and_viewers_neither(pairs, alice, bob, vera, compare):
    compare(pairs, bob, *CONSISTENT)
    for actor in (bob, vera):
        with pytest.raises(NotAllowed):
            apply_weight_set(actor=actor, weight_set=pairs)
        with pytest.raises(NotAllowed):
            update_weight_set(actor=actor, weight_set=pairs, name="Mine")
    with pytest.raises(NotAllowed, match="compare criteria"):
        compare(pairs, vera, *CONSISTENT)


def test_an_archived_set_is_closed_until_it_comes_back_and_a_stale_one_is_refused(pairs, alice, compare):
    archived = archive_weight_set(actor=alice, weight_set=pairs)
    with pytest.raises(Conflict, match="“Board” is archived"):
        compare(archived, alice, ("growth", "retention", 1))
    with pytest.raises(Conflict, match="“Board” is archived"):
        apply_weight_set(actor=alice, weight_set=archived)
    restored = restore_weight_set(actor=alice, weight_set=archived)
    assert compare(restored, alice, *CONSISTENT) == 6
    with pytest.raises(StaleEdit):
        apply_weight_set(actor=alice, weight_set=restored, expected_version=1)


def test_a_typed_set_is_not_compared_and_one_in_pairs_not_typed(pairs, drivers, alice, compare):
    typed = create_weight_set(actor=alice, model=drivers, name="Finance", method="typed")

    with pytest.raises(Conflict, match="typed, not compared"):
        compare(typed, alice, ("growth", "retention", 1))
    with pytest.raises(FieldErrors, match="follow from its comparisons"):
        update_weight_set(actor=alice, weight_set=pairs, weights={"growth": 1})


def test_whole_answers_withdraw_the_others(pairs, drivers, alice, compare):
    compare(pairs, alice, *CONSISTENT)
    first, second = live_criteria(drivers)[:2]

    compare_criteria(actor=alice, weight_set=pairs, answers=[Answer(first.pk, second.pk, 2)], whole=True)

    assert Comparison.objects.get().step == 2
