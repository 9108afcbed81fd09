"""A frozen scorecard keeps what was decided by, and nothing that changes later changes it."""

import datetime
import json
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Organization
from core.errors import Conflict, FieldErrors, NotAllowed
from core.tenancy import organization_scope
from events.models import Event
from portfolio.models import Portfolio
from projects.models import Project
from projects.services import archive_project, update_project
from scoring.algorithms.frozen import rerun
from scoring.filters.board import Selection as BoardSelection
from scoring.models import (
    Criterion,
    Scorecard,
    ScoringModel,
    ScoringSession,
    SessionItem,
    SessionRater,
    StabilityRun,
    Vote,
    WeightSet,
)
from scoring.selectors import Selection, compared, digest_of, selected, sheet_of
from scoring.services import (
    archive_scoring_model,
    carry_out_stability,
    create_scoring_model,
    freeze_scorecard,
    run_stability,
    update_criterion,
    update_scoring_model,
)

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 11, 29)
EVERYTHING = Selection()


@pytest.fixture
def scored(weighted, ideas, give):
    """A weighted model with two scored ideas, one that lacks a value, and one item without any."""
    sso, ocr, pay = ideas
    give(weighted, sso, customer_value=8, strategic_fit=6, effort=3, risk=2)
    give(weighted, ocr, customer_value=5, strategic_fit=5, effort=5, risk=5)
    give(weighted, pay, customer_value=9, strategic_fit=9, effort=9)
    return weighted


@pytest.fixture
def freeze(alice):
    def freeze(model, actor=alice, **more):
        given = {"kind": "project", "selection": EVERYTHING, "name": "Q1", "decided_date": DAY, "day": DAY, **more}
        return freeze_scorecard(actor=actor, model=model, **given)

    freeze.actor = alice
    return freeze


def kept(card):
    return json.dumps(Scorecard.objects.get(pk=card.pk).document, sort_keys=True)


def test_a_scorecard_keeps_model_weights_values_who_gave_them_and_ranks(scored, ideas, project, freeze, alice):
    update_scoring_model(actor=alice, model=scored, top_count=1)
    card = freeze(scored, reason="Capacity for one.")

    document = card.document
    assert card.item_count == 4
    assert [(row["name"], row["rank"]) for row in document["ranking"]] == [
        ("Single sign-on", 1), ("Invoice OCR", 2), ("Apollo", None), ("Usage-based billing", None),
    ]  # fmt: skip
    items = {item["name"]: item for item in document["items"]}
    sso = items["Single sign-on"]
    assert (sso["code"], sso["parents"]["program"], sso["status"]) == ("SSO", "EU launch", "Proposed")
    assert (sso["is_above_line"], items["Invoice OCR"]["is_above_line"]) == (True, False)
    value = sso["values"][0]
    assert (value["key"], value["value"], value["scored_by"]["name"]) == ("customer_value", 8, "Alice")
    assert value["scored_at"]
    assert items["Usage-based billing"]["missing"] == ["risk"]
    assert [one["weight"] for one in document["definition"]["criteria"]] == [35, 30, 20, 15]
    assert document["organization"]["currency"] == "USD"
    assert document["software"]
    assert document["decided_by"]["name"] == "Alice"
    assert document["reason"] == "Capacity for one."
    assert rerun(document).is_same
    event = Event.objects.get(kind="scorecard.frozen")
    assert event.changes["item_count"] == [None, 4]
    assert "document" not in event.changes


def test_nothing_that_changes_later_changes_it(scored, ideas, freeze, give, alice, acme, program):
    card = freeze(scored)
    before = kept(card)
    sso, ocr, pay = ideas

    give(scored, sso, customer_value=1)
    give(scored, ocr, risk=None)
    update_project(actor=alice, project=sso, name="Passkeys")
    archive_project(actor=alice, project=ocr)
    fit = Criterion.objects.get(model=scored, key="strategic_fit")
    update_criterion(actor=alice, criterion=fit, weight=Decimal(90), name="Fit", highest=Decimal(20))
    program.__class__.objects.filter(pk=program.pk).update(name="Renamed")
    Organization.objects.filter(pk=acme.pk).update(name="Renamed", currency="EUR")
    alice.__class__.objects.filter(pk=alice.pk).update(name="Renamed")
    scored.refresh_from_db()
    archive_scoring_model(actor=alice, model=update_scoring_model(actor=alice, model=scored, name="Other", top_count=2))

    assert kept(card) == before
    assert rerun(Scorecard.objects.get(pk=card.pk).document).is_same


@pytest.mark.parametrize("statement", ["UPDATE scoring_scorecard SET name = 'Forged'", "DELETE FROM scoring_scorecard"])
def test_the_table_takes_no_change(scored, freeze, statement):
    freeze(scored)

    with pytest.raises(Exception, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_comparison_says_what_moved_which_input_changed_and_by_whom(
    scored, ideas, freeze, give, alice, petra, program
):
    card = freeze(scored)
    sso, ocr, pay = ideas
    give(scored, ocr, actor=petra, customer_value=10, strategic_fit=10)
    archive_project(actor=alice, project=pay)
    new = Project.objects.create(organization=card.organization, program=program, code="N", name="New", currency="USD")
    fit = Criterion.objects.get(model=scored, key="strategic_fit")
    update_criterion(actor=alice, criterion=fit, weight=Decimal(80))
    update_project(actor=alice, project=sso, name="Passkeys")

    found = compared(Scorecard.objects.select_related("model__organization").get(pk=card.pk), alice, DAY)

    rows = {row.id: row for row in found.rows}
    assert (rows[ocr.pk].rank_then, rows[ocr.pk].rank_now, rows[ocr.pk].moved) == (2, 1, 1)
    change = rows[ocr.pk].changes[0]
    assert (change.label, change.then, change.now, change.who) == ("Customer value", "5", "10", "Petra")
    assert (rows[sso.pk].name, rows[sso.pk].name_now, rows[sso.pk].is_renamed) == ("Single sign-on", "Passkeys", True)
    assert (rows[pay.pk].state, rows[pay.pk].why) == ("gone", "Archived.")
    assert [row.id for row in found.added] == [new.pk]
    assert any("Strategic fit 30 % → 53.3 %" in sentence for sentence in found.model_changes)
    assert found.changed_inputs == 2
    assert not found.is_same


def test_nothing_changed_is_the_same(scored, freeze, alice):
    card = freeze(scored)

    assert compared(card, alice, DAY).is_same


def test_facts_with_their_units_are_kept_and_compared(acme, alice, project, ideas, freeze, give):
    model = create_scoring_model(
        actor=alice, organization=acme, name="Return", kind="formula", formula="value * 1000 / budget",
        criteria=[{"key": "value", "name": "Value"}],
    )  # fmt: skip
    give(model, project, value=5)
    card = freeze(model)
    Project.objects.filter(pk=project.pk).update(budget_amount=Decimal(2_000_000))

    apollo = next(item for item in card.document["items"] if item["name"] == "Apollo")
    assert apollo["facts"] == [{"key": "budget", "value": 1_000_000}]
    assert card.document["definition"]["facts"] == {"budget": "money"}
    assert card.uses_amounts
    found = compared(card, alice, DAY)
    row = next(row for row in found.rows if row.id == project.pk)
    assert [(one.label, one.then, one.now) for one in row.changes] == [("Budget", "1,000,000 USD", "2,000,000 USD")]
    with organization_scope(acme, alice, hides_amounts=True):
        assert not Scorecard.objects.visible_to(alice).exists()
    plain = update_scoring_model(actor=alice, model=ScoringModel.objects.get(pk=model.pk), formula="value")
    assert not plain.uses_amounts
    with organization_scope(acme, alice, hides_amounts=True):
        assert not Scorecard.objects.visible_to(alice).exists()  # it holds amounts, whatever its model counts with now


def test_votes_that_scores_were_adopted_from_are_kept_unless_their_session_is_blind_again(
    scored, ideas, freeze, alice, bob, acme
):
    fit = Criterion.objects.get(model=scored, key="strategic_fit")
    common = {"organization": acme}
    session = ScoringSession.objects.create(
        **common, model=scored, name="Round table", facilitator=alice, status="revealed"
    )
    item = SessionItem.objects.create(**common, session=session, project=ideas[0])
    for user, value in ((alice, 6), (bob, 8)):
        rater = SessionRater.objects.create(**common, session=session, user=user)
        Vote.objects.create(
            **common, session=session, rater=rater, item=item, criterion=fit, round_number=1, value=value, comment="So."
        )
    assert freeze(scored).document["sessions"] == []  # nothing was adopted yet
    session.refresh_from_db()
    asked = {"actor": alice, "model": scored, "kind": "project", "selection": Selection(), "top_count": 1, "day": DAY}
    run = run_stability(**asked, session=session)
    ScoringSession.objects.filter(pk=session.pk).update(adopted_at=timezone.now(), status="blind", round_number=2)
    Vote.objects.create(
        **common, session=session, rater=rater, item=item, criterion=fit, round_number=2, value=1, comment="Secret."
    )

    assert freeze(scored).document["sessions"] == [], "the round before is passed over with the one that is blind"
    with pytest.raises(Conflict, match="blind again"):
        carry_out_stability(actor=alice, row=StabilityRun.objects.get(pk=run.pk), day=DAY, report=lambda *_: None)
    with pytest.raises(FieldErrors, match="not revealed"):
        run_stability(**asked, session=ScoringSession.objects.get(pk=session.pk))
    ScoringSession.objects.filter(pk=session.pk).update(status="revealed")
    (found,) = freeze(scored).document["sessions"]

    assert (found["name"], found["round"], found["raters"]) == ("Round table", 1, ["Alice", "Bob"])
    assert found["votes"] == [
        {"item": ideas[0].pk, "key": "strategic_fit", "values": [6, 8], "comments": ["So.", "So."]}
    ]


def test_the_set_that_the_weights_came_from_is_named_while_they_are_the_same(scored, freeze, alice, acme):
    WeightSet.objects.create(organization=acme, model=scored, name="Board", applied_number=scored.number)

    assert freeze(scored).document["model"]["weight_set"] == "Board"
    fit = Criterion.objects.get(model=scored, key="strategic_fit")
    update_criterion(actor=alice, criterion=fit, name="Fit")
    assert freeze(ScoringModel.objects.get(pk=scored.pk)).document["model"]["weight_set"] == "Board"
    update_criterion(actor=alice, criterion=Criterion.objects.get(pk=fit.pk), weight=Decimal(90))
    assert freeze(ScoringModel.objects.get(pk=scored.pk)).document["model"]["weight_set"] == ""


def test_items_are_chosen_by_filters_or_by_name(scored, ideas, freeze, program):
    assert freeze(scored, selection=Selection({"q": "sign"})).item_count == 1
    assert freeze(scored, selection=Selection({"program": str(program.pk), "stage": "proposed"})).item_count == 3
    chosen = freeze(scored, selection=Selection({}, (ideas[0].pk, ideas[1].pk)))
    assert [item["name"] for item in chosen.document["items"]] == ["Invoice OCR", "Single sign-on"]


def test_what_was_seen_is_what_is_frozen(scored, ideas, freeze, give, alice):
    seen = digest_of(sheet_of(scored, selected("project", alice, EVERYTHING), "project", DAY))
    give(scored, ideas[0], risk=9)

    with pytest.raises(Conflict, match="Nothing was frozen"):
        freeze(scored, seen=seen)
    assert not Scorecard.objects.exists()


def test_who_may_not_freeze_and_what_cannot_be_frozen(scored, weighted, freeze, alice, bob, petra):
    for actor in (bob, petra):
        with pytest.raises(NotAllowed, match="freeze rankings"):
            freeze(scored, actor=actor)
    with pytest.raises(FieldErrors, match="no ranking"):
        freeze(scored, selection=Selection({"q": "nothing like it"}))
    with pytest.raises(FieldErrors, match="today or before"):
        freeze(scored, decided_date=DAY + datetime.timedelta(days=1))
    with pytest.raises(FieldErrors, match="one of the kinds"):
        freeze(scored, kind="team")
    assert not Scorecard.objects.exists()


def test_what_is_frozen_is_what_the_board_ranks(scored, ideas, freeze, portfolio, program, product, acme):
    ProductShare = product.project_shares.model  # noqa: N806
    ProductShare.objects.create(organization=acme, project=ideas[0], product=product, share_ratio=1)
    other = Portfolio.objects.create(organization=acme, name="Other")
    Project.objects.create(organization=acme, portfolio=other, code="OUT", name="Outside", currency="USD")
    own = ScoringModel.objects.get(pk=scored.pk)
    own.portfolio = portfolio
    own.save()

    for words in ({}, {"portfolio": str(portfolio.pk)}, {"product": str(product.pk)}, {"stage": "proposed"}):
        board = BoardSelection.asked({"kind": "project", **words}).rows(freeze.actor, own)
        assert [item["id"] for item in freeze(own, selection=Selection(words)).document["items"]] == [
            item.pk for item in board
        ]
    with pytest.raises(FieldErrors, match="no ranking"):
        freeze(own, selection=Selection({"stage": "nonsense"}))  # never more than was asked for
