"""Who gave which score, on the board: told once it is revealed, and settled by one score with a reason."""

import datetime
import re
from decimal import Decimal

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.tenancy import organization_url
from scoring.models import Score
from scoring.selectors import candidates, sheet_of, voices_of
from scoring.services import (
    Ballot,
    Thing,
    create_scoring_session,
    next_round_scoring_session,
    reveal_scoring_session,
    set_votes,
)

pytestmark = pytest.mark.django_db
HTMX = {"headers": {"HX-Request": "true"}}


def at(name, model, item, key, query=""):
    criterion = model.criteria.live().get(key=key)
    address = organization_url("acme", f"scoring:{name}", model.pk, "project", item.pk, criterion.pk)
    return f"{address}?{query}"


@pytest.fixture
def split(session, vote, alice, bob, petra, rice, ideas, give):
    """Bob and Petra are split on the impact of the first idea; its score is another."""
    give(rice, ideas[0], reach=100, impact=1, confidence="0.5", effort=2)
    vote(bob, ideas[0], impact=3, reach=200, comment="All of them need it.")
    vote(petra, ideas[0], impact="0.25")
    return reveal_scoring_session(actor=alice, session=session)


def test_it_is_told_who_gave_what_with_the_median_the_score_and_a_way_to_the_session(client, alice, rice, ideas, split):
    client.force_login(alice)

    part = client.get(at("score-raters", rice, ideas[0], "impact"), **HTMX).content.decode()

    assert re.findall(r"<span>(\w+)</span>.*?<b>([^<]+)</b>", part) == [
        ("Petra", "Minimal (0.25)"),
        ("Bob", "Massive (3)"),
    ]
    assert "split Minimal (0.25) to Massive (3)" in part
    assert "<q>All of them need it.</q>" in part
    assert "Median Minimal (0.25). The score is 1." in part
    assert f'href="/o/acme/scoring-sessions/{split.pk}/"' in part
    assert "<html" not in part
    assert "<html" in client.get(at("score-raters", rice, ideas[0], "impact")).content.decode()


def test_who_has_not_voted_on_it_is_named_and_what_nobody_voted_on_says_so(client, alice, rice, ideas, split):
    client.force_login(alice)

    reach = client.get(at("score-raters", rice, ideas[0], "reach"), **HTMX).content.decode()
    other = client.get(at("score-raters", rice, ideas[1], "reach"), **HTMX).content.decode()

    assert re.search(r"<span>Petra</span><i>no vote</i>", reach)
    assert "Nobody has voted on this in a session that is revealed." in other


def test_a_round_that_is_blind_tells_nothing_of_the_rounds_before(client, alice, rice, ideas, split):
    next_round_scoring_session(actor=alice, session=split)
    client.force_login(alice)

    part = client.get(at("score-raters", rice, ideas[0], "impact"), **HTMX).content.decode()

    assert "Nobody has voted on this in a session that is revealed." in part


def test_a_board_hears_each_item_in_the_latest_revealed_session_that_it_was_in(alice, bob, rice, ideas, split, acme):
    later = create_scoring_session(
        actor=alice, organization=acme, model=rice, name="Later", raters=[bob], items=[Thing("project", ideas[1].pk)]
    )
    reach = rice.criteria.get(key="reach")
    set_votes(actor=bob, session=later, votes=[Ballot(later.items.get().pk, reach.pk, Decimal(77))])
    reveal_scoring_session(actor=alice, session=later)
    sheet = sheet_of(rice, candidates("project", alice).order_by("pk"), "project", datetime.date(2026, 11, 29))

    voices = voices_of(rice, sheet)

    places = [sheet.numbers[idea.pk] for idea in ideas]
    assert voices.raters == ["Bob", "Petra"]
    assert [float(value) for value in voices.values[0, places[:2], 0]] == [200, 77]
    assert np.isnan(voices.values[:, places[2]]).all()
    next_round_scoring_session(actor=alice, session=later)
    assert np.isnan(voices_of(rice, sheet).values[:, places[1]]).all(), "blind again, so it is passed over"


def test_the_score_that_is_agreed_on_needs_a_reason_and_ranks_the_list_anew(client, alice, rice, ideas, split):
    client.force_login(alice)
    address = at("score-cell", rice, ideas[0], "impact", f"model={rice.pk}")

    refused = client.post(address, {"value": "2", "seen": 1, "reconcile": "True", "comment": " "}, **HTMX)
    saved = client.post(address, {"value": "2", "seen": 1, "reconcile": "True", "comment": "Agreed on it."}, **HTMX)

    assert (refused.status_code, refused["HX-Retarget"]) == (422, "#score-error")
    assert "Say why this is the score: raters gave others." in refused.content.decode()
    assert saved.status_code == 200
    assert "Saved Impact of “Single sign-on”." in saved.content.decode()
    score = Score.objects.get(project=ideas[0], criterion__key="impact")
    assert (score.value, score.comment) == (2, "Agreed on it.")


def test_who_may_not_score_reads_and_sets_nothing_and_strangers_find_nothing(client, vera, charlie, rice, ideas, split):
    address = at("score-raters", rice, ideas[0], "impact")
    client.force_login(vera)
    part = client.get(address, **HTMX).content.decode()
    assert "Massive (3)" in part
    assert "<form" not in part
    assert client.post(address).status_code == 405
    client.force_login(charlie)
    assert client.get(address).status_code == 404


def test_it_takes_as_many_statements_for_three_items_as_for_one(client, alice, petra, rice, ideas, session, vote):
    client.force_login(alice)

    def count():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(at("score-raters", rice, ideas[0], "impact"), **HTMX).status_code == 200
        return len(captured)

    vote(petra, ideas[0], impact=1)
    reveal_scoring_session(actor=alice, session=session)
    count()
    first = count()
    next_round_scoring_session(actor=alice, session=session)
    for idea in ideas:
        vote(petra, idea, impact=2, reach=10, confidence="0.5", effort=1)
    session.refresh_from_db()
    reveal_scoring_session(actor=alice, session=session)

    assert count() == first
