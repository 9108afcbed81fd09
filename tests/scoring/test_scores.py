"""Scores are kept cell by cell, ranked together, and taken back."""

import datetime
from decimal import Decimal

import pytest
import structlog

from core.errors import Conflict, NotAllowed
from events.models import Event
from scoring.models import Criterion, Score
from scoring.selectors import candidates, sheet_of
from scoring.services import CellErrors, ScoreCell, Seen, set_scores, undo_scores

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 11, 29)


def sheet(model, user):
    return sheet_of(model, candidates("project", user).order_by("name", "pk"), "project", DAY)


def criterion(model, key):
    return Criterion.objects.get(model=model, key=key)


def test_items_are_ranked_by_the_formula_and_those_without_a_score_come_last(rice, ideas, give, alice, project):
    sso, ocr, pay = ideas
    give(rice, sso, reach=1850, impact=2, confidence="0.8", effort=14)
    give(rice, ocr, reach=1500, impact=1, confidence="0.8", effort=11)
    give(rice, pay, reach=2200, impact="0.5", confidence="0.5")

    found = sheet(rice, alice)
    place = found.numbers

    assert found.ranked.scores[place[sso.pk]] == pytest.approx(211.43, abs=0.01)
    assert [found.ranked.ranks[place[item.pk]] for item in (sso, ocr, pay, project)] == [1, 2, 0, 0]
    assert found.ranked.missing[place[pay.pk]].tolist() == [False, False, False, True]


def test_one_item_more_changes_no_score_of_another(weighted, ideas, give, alice):
    sso, ocr, pay = ideas
    give(weighted, sso, customer_value=8, strategic_fit=6, effort=3, risk=2)
    give(weighted, ocr, customer_value=5, strategic_fit=5, effort=5, risk=5)
    before = sheet(weighted, alice)
    give(weighted, pay, customer_value=10, strategic_fit=10, effort=1, risk=1)
    after = sheet(weighted, alice)

    for item in (sso, ocr):
        first, second = before.ranked.scores[before.numbers[item.pk]], after.ranked.scores[after.numbers[item.pk]]
        assert first == second


def test_a_score_tells_who_gave_it_and_what_no_request_wrote_is_not_taken_back(rice, ideas, give, alice, acme):
    sso = ideas[0]
    give(rice, sso, reach=100)
    event = Event.objects.filter(kind="project.scored").latest("pk")
    assert event.actor == alice
    assert event.changes["Reach"] == [None, "100"]

    with pytest.raises(Conflict, match="nothing to take back"):
        undo_scores(actor=alice, organization=acme, request_id="")


def test_undo_restores_values_and_comments_and_refuses_what_changed_since(rice, ideas, give, alice, acme):
    sso = ideas[0]
    reach = criterion(rice, "reach")
    cell = ScoreCell("project", sso.pk, reach.pk, Decimal(100), "Counted.")
    set_scores(actor=alice, organization=acme, cells=[cell])
    with structlog.contextvars.bound_contextvars(request_id="one"):
        set_scores(
            actor=alice, organization=acme, cells=[ScoreCell("project", sso.pk, reach.pk, Decimal(900), "Guess.")]
        )
    assert undo_scores(actor=alice, organization=acme, request_id="one") == 1
    kept = Score.objects.get(project=sso, criterion=reach)
    assert (kept.value, kept.comment) == (Decimal(100), "Counted.")

    with pytest.raises(Conflict, match="changed again since"):
        undo_scores(actor=alice, organization=acme, request_id="one")


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("confidence", "1.2", "between 0 % and 100 %; this is 120 %"),
        ("impact", "1.5", "choose one of 0.25 \\(Minimal\\)"),
        ("reach", "-1", "between 0 and 1,000,000"),
        ("effort", "NaN", "give a number"),
        ("reach", "1.00001", "at most four decimals"),
    ],
)
def test_a_value_off_the_scale_is_refused_in_words_and_nothing_is_written(rice, ideas, give, key, value, sentence):
    with pytest.raises(CellErrors, match=sentence):
        give(rice, ideas[0], **{"effort": 3, key: Decimal(value)})

    assert not Score.objects.exists()


def test_a_score_that_somebody_else_changed_is_not_written_over(rice, ideas, alice, acme, give):
    sso, reach = ideas[0], criterion(rice, "reach")
    give(rice, sso, reach=5)

    with pytest.raises(Conflict, match="it is 5 now"):
        set_scores(
            actor=alice,
            organization=acme,
            cells=[ScoreCell("project", sso.pk, reach.pk, Decimal(6), seen=Seen(0))],
        )


def test_an_emptied_cell_is_missing_again(rice, ideas, give, alice):
    give(rice, ideas[0], reach=5)
    give(rice, ideas[0], reach=None)

    assert not Score.objects.exists()
    assert Event.objects.filter(kind="project.scored").latest("pk").changes["Reach"] == ["5", None]


def test_a_viewer_and_a_contributor_may_not_score(rice, ideas, give, bob, vera):
    for actor in (bob, vera):
        with pytest.raises(NotAllowed):
            give(rice, ideas[0], actor=actor, reach=5)


def test_an_item_of_another_organization_is_not_found(rice, give, acme, alice):
    reach = criterion(rice, "reach")

    with pytest.raises(CellErrors, match="no such project"):
        set_scores(actor=alice, organization=acme, cells=[ScoreCell("project", 999, reach.pk, Decimal(1))])
