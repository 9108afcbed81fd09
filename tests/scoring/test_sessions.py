"""Many voices: blind, revealed, in rounds, adopted as medians and taken back."""

import datetime
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
import structlog
from django.db import close_old_connections, connections
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, User
from core.access import Role
from core.errors import Conflict, FieldErrors, NotAllowed
from core.tenancy import organization_scope
from events.models import Event
from events.selectors import recent_events
from projects.models import Project
from scoring.models import Score, ScoringSession, SessionRater, Vote
from scoring.selectors import adoptions_of, asked_of, candidates, own_votes, results_of, sheet_of, voices_of
from scoring.selectors.session import open_votes
from scoring.services import (
    Ballot,
    CellErrors,
    Thing,
    add_session_items,
    add_session_raters,
    adopt_session,
    archive_scoring_session,
    close_scoring_session,
    create_scoring_session,
    end_overdue_session,
    finish_session_round,
    leave_session,
    next_round_scoring_session,
    remove_session_item,
    remove_session_rater,
    reopen_scoring_session,
    restore_scoring_session,
    return_session_rater,
    reveal_scoring_session,
    set_votes,
    undo_adoption,
    update_scoring_session,
)
from scoring.tasks import end_overdue_sessions

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 11, 29)


def test_a_session_goes_from_blind_to_adopted_and_back(session, vote, alice, petra, bob, acme, rice, ideas, give):
    sso, ocr, _ = ideas
    give(rice, sso, reach=100, impact=1, confidence="0.5", effort=2)
    vote(bob, sso, reach=400, impact=2, confidence="0.8", effort=4)
    vote(petra, sso, reach=200, impact="0.5", confidence="0.6", effort=4, comment="Two teams.")
    vote(petra, ocr, reach=10)
    finish_session_round(actor=bob, session=session)
    revealed = reveal_scoring_session(actor=alice, session=session)

    results = results_of(revealed)
    first = results.items[0]
    assert (str(first.item), first.split_count) == ("Single sign-on", 1)
    impact = next(spread for spread in first.spreads if spread.criterion.key == "impact")
    assert (impact.median, impact.is_split) == (Decimal("0.5"), True), "of two levels the lower"
    assert [voice.name for voice in impact.comments] == ["Petra"]
    assert next(spread.median for spread in first.spreads if spread.criterion.key == "reach") == 300
    assert results.items[1].few, "one rater is few"

    close_scoring_session(actor=alice, session=revealed)
    found = adoptions_of(ScoringSession.objects.get(pk=session.pk), alice, DAY)
    with structlog.contextvars.bound_contextvars(request_id="adopt"):
        assert adopt_session(actor=alice, session=session, seen=found.seen) == 5
    reach = Score.objects.get(project=sso, criterion__key="reach")
    assert (reach.value, reach.comment) == (300, "Median of 2 in session “First half”, round 1.")
    assert Score.objects.get(project=ocr, criterion__key="reach").comment.startswith("The one vote in session")
    with pytest.raises(Conflict, match="has changed since you looked"):
        adopt_session(actor=alice, session=session, seen=found.seen)

    undo_adoption(actor=alice, session=session, request_id="adopt")
    assert Score.objects.get(project=sso, criterion__key="reach").value == 100
    assert not Score.objects.filter(project=ocr).exists()
    assert ScoringSession.objects.get(pk=session.pk).adopted_at is None


def test_one_item_is_adopted_and_ranks_move(session, vote, alice, bob, rice, ideas, give):
    sso, ocr, _ = ideas
    for item, reach in ((sso, 100), (ocr, 200)):
        give(rice, item, reach=reach, impact=1, confidence=1, effort=1)
        vote(bob, item, reach=300)
    reveal_scoring_session(actor=alice, session=session)
    found = adoptions_of(ScoringSession.objects.get(pk=session.pk), alice, DAY)
    ranks = {str(line.result.item): (line.rank_before, line.rank_after) for line in found.lines if line.rank_after}
    assert ranks == {"Single sign-on": (2, 1), "Invoice OCR": (1, 1)}

    adopt_session(actor=alice, session=session, item_ids=[session.items.get(project=sso).pk])
    values = dict(Score.objects.filter(criterion__key="reach").values_list("project__code", "value"))
    assert values == {"SSO": 300, "OCR": 200}


def test_nobody_reads_another_ones_vote_while_the_round_is_blind(session, vote, alice, bob, petra, acme, ideas, rice):
    vote(bob, ideas[0], reach=4242, comment="Whisper.")
    sheet = sheet_of(rice, candidates("project", alice).order_by("pk"), "project", DAY)

    for person in (alice, petra):
        assert not Vote.objects.visible_to(person).exists()
        assert not own_votes(session, person)
    assert Vote.objects.visible_to(bob).count() == len(own_votes(session, bob)) == 1
    assert open_votes(session, 1) == []
    assert not any(spread.voices for item in results_of(session).items for spread in item.spreads)
    assert voices_of(rice, sheet) is None
    told = [f"{event.changes} {event.note}" for event in Event.objects.all()]
    assert not [text for text in told if "4242" in text or "Whisper" in text]
    assert not any(line.kind.endswith("voted") for line in recent_events(acme.pk))
    for act in (adopt_session, close_scoring_session, next_round_scoring_session):
        with pytest.raises(Conflict):
            act(actor=alice, session=session)

    reveal_scoring_session(actor=alice, session=session)
    assert Vote.objects.visible_to(petra).count() == 1
    voices = voices_of(rice, sheet)
    assert (voices.raters, float(voices.values[0, sheet.numbers[ideas[0].pk], 0])) == (["Bob"], 4242)

    next_round_scoring_session(actor=alice, session=session)
    assert not Vote.objects.visible_to(petra).exists(), "and the round before is blind with it"
    assert voices_of(rice, sheet) is None


def test_another_round_begins_with_the_own_votes_and_keeps_the_former(session, vote, alice, bob, petra, ideas):
    vote(bob, ideas[0], reach=10, comment="Guess.")
    vote(petra, ideas[0], reach=50)
    finish_session_round(actor=bob, session=session)
    leave_session(actor=petra, session=session)
    reveal_scoring_session(actor=alice, session=session)
    session = next_round_scoring_session(actor=alice, session=session)

    assert list(asked_of(bob)) == [session]
    assert not asked_of(petra).exists()
    (begun,) = own_votes(session, bob).values()
    assert (begun.value, begun.comment, begun.former) == (10, "Guess.", 10)
    vote(bob, ideas[0], reach=30)
    assert sorted(Vote.objects.filter(rater__user=bob).values_list("round_number", "value")) == [(1, 10), (2, 30)]
    session = reveal_scoring_session(actor=alice, session=session)
    assert results_of(session).items[0].spreads[0].median == 40
    assert results_of(session, 1).items[0].spreads[0].median == 30


def test_votes_are_refused_in_words(session, vote, alice, bob, vera, olivia, petra, ideas, rice):
    def refused(error, words, actor=bob, **values):
        with pytest.raises(error, match=words):
            vote(actor, ideas[0], **(values or {"reach": 1}))

    refused(NotAllowed, "may not score in sessions", actor=vera)
    refused(NotAllowed, "no rater of “First half”. Alice", actor=olivia)
    refused(CellErrors, "choose one of", impact="1.5")
    refused(CellErrors, "a comment goes with a vote", reach=None, comment="Why?")
    finish_session_round(actor=bob, session=session)
    refused(Conflict, "You said that you are finished")
    finish_session_round(actor=bob, session=session, is_finished=False)
    leave_session(actor=bob, session=session)
    refused(Conflict, "You have left")
    return_session_rater(actor=bob, session=session, rater=session.raters.get(user=bob))
    assert vote(bob, ideas[0], reach=1) == 1
    assert vote(bob, ideas[0], reach=1) == 0, "the same again is no change"
    assert vote(bob, ideas[0], reach=None) == 1
    assert not Vote.objects.exists()
    reveal_scoring_session(actor=alice, session=session)
    refused(Conflict, "revealed and stay as they are. Nothing was saved; Alice can start another round")
    with pytest.raises(Conflict, match="revealed"):
        finish_session_round(actor=bob, session=session)
    close_scoring_session(actor=alice, session=session)
    refused(Conflict, "closed and takes no votes")
    with pytest.raises(Conflict, match="is closed"):
        add_session_raters(actor=alice, session=session, users=[olivia])
    reopen_scoring_session(actor=alice, session=session)
    archive_scoring_session(actor=alice, session=session)
    refused(Conflict, "is archived and takes no votes")
    restore_scoring_session(actor=alice, session=session)


def test_an_item_archived_while_the_session_runs_keeps_its_votes_and_takes_no_more(session, vote, alice, bob, ideas):
    sso, ocr, pay = ideas
    vote(bob, sso, reach=10)
    vote(bob, ocr, reach=20)
    Project.objects.filter(pk=sso.pk).update(archived_at="2026-11-29T10:00Z")

    with pytest.raises(CellErrors, match="“Single sign-on” is archived, so it takes no votes"):
        vote(bob, sso, reach=11)
    reveal_scoring_session(actor=alice, session=session)
    assert adopt_session(actor=alice, session=session) == 1
    assert not Score.objects.filter(project=sso).exists()
    with pytest.raises(Conflict, match="votes are kept"):
        remove_session_item(actor=alice, session=session, item=session.items.get(project=sso))
    remove_session_item(actor=alice, session=session, item=session.items.get(project=pay))
    assert session.items.count() == 2


def test_only_who_leads_the_session_moves_it_on(session, alice, petra, bob, olivia, vera, acme, rice, ideas):
    with pytest.raises(NotAllowed, match="Alice leads this session"):
        reveal_scoring_session(actor=petra, session=session)
    with pytest.raises(NotAllowed, match="Your role may not lead"):
        reveal_scoring_session(actor=bob, session=session)
    with pytest.raises(NotAllowed):
        create_scoring_session(actor=bob, organization=acme, model=rice, name="Mine")
    with pytest.raises(FieldErrors, match="The role of Bob may not lead"):
        update_scoring_session(actor=petra, session=session, facilitator=bob)
    with pytest.raises(FieldErrors, match="Vera may not vote here"):
        add_session_raters(actor=petra, session=session, users=[vera])
    taken = update_scoring_session(actor=petra, session=session, facilitator=petra)
    assert reveal_scoring_session(actor=petra, session=taken).status == "revealed"
    with pytest.raises(Conflict, match="revealed already"):
        reveal_scoring_session(actor=petra, session=taken)


def test_people_and_items_come_and_go_while_it_runs(session, alice, bob, petra, olivia, acme, product, program):
    assert add_session_raters(actor=alice, session=session, users=[olivia, bob]) == 1
    assert add_session_items(actor=alice, session=session, items=[Thing("product", product.pk)]) == 1
    with pytest.raises(FieldErrors, match="There is no such program"):
        add_session_items(actor=alice, session=session, items=[Thing("program", 1)])
    with pytest.raises(FieldErrors, match="at most 100 items; these would be 104"):
        add_session_items(actor=alice, session=session, items=[Thing("project", n) for n in range(100)])
    rater = session.raters.get(user=bob)
    remove_session_rater(actor=alice, session=session, rater=rater)
    assert not asked_of(bob).exists()
    return_session_rater(actor=petra, session=session, rater=rater)
    assert asked_of(bob).exists()
    Membership.objects.filter(user=olivia).update(role=Role.PROGRAM_MANAGER, sees_amounts=False)
    rice = session.model
    rice.uses_amounts = True
    rice.save()
    other = create_scoring_session(actor=alice, organization=acme, model=rice, name="Money")
    with pytest.raises(FieldErrors, match="Olivia sees no amounts"):
        add_session_raters(actor=alice, session=other, users=[olivia])


@pytest.mark.django_db(transaction=True)
def test_fifteen_raters_at_once_lose_nothing_and_count_nothing_twice(acme, alice, rice, ideas):
    people = [
        User.objects.create_user(f"r{n}@acme.example", "correct horse battery", name=f"Rater {n}") for n in range(15)
    ]
    Membership.objects.bulk_create(
        Membership(organization=acme, user=person, role=Role.CONTRIBUTOR) for person in people
    )
    session = create_scoring_session(
        actor=alice, organization=acme, model=rice, name="Live", raters=people,
        items=[Thing("project", item.pk) for item in ideas],
    )  # fmt: skip
    items = list(session.items.values_list("pk", flat=True))
    reach, effort = (rice.criteria.get(key=key).pk for key in ("reach", "effort"))

    def votes_of(number):
        close_old_connections()
        try:
            with organization_scope(acme):
                actor = User.objects.get(pk=people[number % 15].pk)
                for item in items:
                    ballots = [Ballot(item, key, Decimal(number % 15 + 1)) for key in (reach, effort)]
                    set_votes(actor=actor, session=session, votes=ballots)
                return number
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        assert len(list(pool.map(votes_of, [*range(15), *range(15)]))) == 30  # everyone twice, in two windows

    assert Vote.objects.filter(session=session).count() == 15 * 3 * 2
    reveal_scoring_session(actor=alice, session=session)
    session.refresh_from_db()
    assert results_of(session).items[0].spreads[0].median == 8
    assert len(results_of(session).items[0].spreads[0].voices) == 15
    assert SessionRater.objects.filter(session=session).count() == 15


def test_past_its_closing_day_a_session_is_revealed_then_closed_one_step_a_night(session, vote, alice, bob, ideas):
    day = datetime.date(2026, 11, 29)
    ScoringSession.objects.filter(pk=session.pk).update(closes_date=day, updated_at=at_noon(day))

    assert not end_overdue_session(actor=None, session=session, day=day), "the closing day is still a day to vote"
    next_day, later = day + datetime.timedelta(1), day + datetime.timedelta(2)
    assert not end_overdue_session(actor=None, session=session, day=next_day), "nobody has voted"
    vote(bob, ideas[0], reach=10)
    assert end_overdue_session(actor=None, session=session, day=next_day)
    ScoringSession.objects.filter(pk=session.pk).update(updated_at=at_noon(next_day))
    assert not end_overdue_session(actor=None, session=session, day=next_day), "told twice, it goes on by one step"
    session.refresh_from_db()
    assert session.status == "revealed"
    assert end_overdue_session(actor=None, session=session, day=later)
    assert not end_overdue_session(actor=None, session=session, day=later)

    session.refresh_from_db()
    assert session.status == "closed"
    told = Event.objects.filter(kind__in=["scoring_session.revealed", "scoring_session.closed"]).order_by("pk")
    assert [(event.kind, event.actor_name, event.note) for event in told] == [
        ("scoring_session.revealed", "Portolan", "Its closing day is over."),
        ("scoring_session.closed", "Portolan", "Its closing day is over."),
    ]


def test_the_night_ends_what_is_overdue_and_leaves_the_rest(session, vote, alice, bob, acme, rice, ideas, client):
    vote(bob, ideas[0], reach=10)
    running = create_scoring_session(
        actor=alice, organization=acme, model=rice, name="Running", closes_date=timezone.localdate()
    )
    archived = create_scoring_session(
        actor=alice, organization=acme, model=rice, name="Gone", closes_date=datetime.date(2020, 1, 1)
    )
    archive_scoring_session(actor=alice, session=archived)
    ScoringSession.objects.filter(pk=session.pk).update(closes_date=datetime.date(2020, 1, 1))
    client.force_login(alice)
    page = client.get(reverse("scoring:session-detail", args=[session.pk])).content.decode()
    assert "overdue" in page
    assert "the votes are revealed by themselves in the night" in page

    end_overdue_sessions(organization_id=acme.pk)
    end_overdue_sessions(organization_id=acme.pk)

    found = {row.name: row.status for row in ScoringSession.objects.all()}
    assert found == {"First half": "revealed", running.name: "blind", "Gone": "blind"}


def at_noon(day):
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(12)))
