"""Pages of scoring sessions: with and without script, blind to who is curious, alive for who has them open."""

import datetime

import pytest
import structlog
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from projects.models import Project
from scoring.models import Score, ScoringSession, SessionItem, SessionRater, Vote
from scoring.services import archive_scoring_session, finish_session_round, reveal_scoring_session

pytestmark = pytest.mark.django_db


def address(name, *args):
    return reverse(f"scoring:{name}", args=args)


def page(client, person, name, *args, query="", status=200, **headers):
    client.force_login(person)
    response = client.get(address(name, *args) + query, headers=headers)
    assert response.status_code == status, response.status_code
    return response.getvalue().decode()


def post(client, person, name, *args, data=None, status=302, **headers):
    client.force_login(person)
    response = client.post(address(name, *args), data or {}, headers=headers)
    assert response.status_code == status, response.content[:3000]
    return response


@pytest.fixture
def fields(session, ideas):
    """The name of a field of the voting form: `fields(project, "reach")`."""

    def name(project, key, what="value"):
        return f"{what}-{session.items.get(project=project).pk}-{session.model.criteria.get(key=key).pk}"

    return name


def test_an_open_page_that_has_fallen_behind_is_given_its_body_alone(client, session, bob):
    part = page(client, bob, "session-detail", session.pk, **{"HX-Request": "true"})

    assert part.strip().startswith('<div id="session-body"')
    assert "blind-text" in part or "vote-bar" in part


def test_the_whole_way_without_script(client, alice, bob, petra, rice, ideas, acme):
    sso = ideas[0]
    form = page(client, alice, "session-create", query=f"?model={rice.pk}&kind=project&item={sso.pk}")
    assert f'value="{sso.pk}" id="id_items_0" checked' in form
    data = {"name": "Autumn", "model": rice.pk, "facilitator": alice.pk, "items": [sso.pk], "raters": [bob.pk]}
    post(client, alice, "session-create", data=data)
    session = ScoringSession.objects.get()
    post(client, alice, "session-raters", session.pk, data={"raters": [petra.pk]})
    post(client, alice, "session-items", session.pk, data={"items": [ideas[1].pk]})
    assert "Autumn" in page(client, bob, "session-list", query="?mine=1")
    assert "Autumn" not in page(client, alice, "session-list", query="?archived=1")

    item = session.items.get(project=sso)
    reach, confidence = (rice.criteria.get(key=key).pk for key in ("reach", "confidence"))
    typed = {"item": item.pk, f"value-{item.pk}-{reach}": "1,850", f"value-{item.pk}-{confidence}": "80"}
    typed[f"comment-{item.pk}-{reach}"] = "Counted."
    sent = post(client, bob, "session-vote", session.pk, data=typed)
    assert sent["Location"].endswith(f"?item={session.items.get(project=ideas[1]).pk}#voting")
    kept = {vote.criterion_id: vote.value for vote in Vote.objects.all()}
    assert (kept[reach], float(kept[confidence])) == (1850, 0.8)
    refused = post(
        client, petra, "session-vote", session.pk, data={**typed, f"value-{item.pk}-{reach}": "many"}, status=422
    )
    assert "Reach: give a number." in refused.content.decode()
    assert 'value="many"' in refused.content.decode()
    post(client, bob, "session-finish", session.pk, data={"finished": "1"})
    post(client, alice, "session-reveal", session.pk)
    shown = page(client, petra, "session-detail", session.pk)
    assert "1,850" in shown
    assert "“Counted.”" in shown
    diff = page(client, alice, "session-adopt", session.pk)
    assert "fewer than two votes on" in diff
    seen = diff.split('name="seen" value="')[1].split('"')[0]
    with structlog.contextvars.bound_contextvars(request_id="x"):
        post(client, alice, "session-adopt", session.pk, data={"item": [item.pk], "seen": seen})
    assert Score.objects.filter(project=sso).count() == 2
    assert "session “Autumn”, round 1" in Score.objects.first().comment
    post(client, alice, "session-next-round", session.pk)
    post(client, alice, "session-reveal", session.pk)
    post(client, alice, "session-close", session.pk)
    post(client, alice, "session-archive", session.pk)
    post(client, alice, "session-restore", session.pk)


def test_all_medians_are_adopted_with_one_click(client, alice, bob, session, vote, ideas):
    vote(bob, ideas[0], reach=5)
    reveal_scoring_session(actor=alice, session=session)

    post(client, alice, "session-adopt", session.pk, data={"all": "1"})

    assert [score.value for score in Score.objects.all()] == [5]


def test_undo_of_adopted_medians(client, alice, bob, session, vote, ideas):
    vote(bob, ideas[0], reach=5)
    reveal_scoring_session(actor=alice, session=session)
    data = {"item": list(session.items.values_list("pk", flat=True))}
    post(client, alice, "session-adopt", session.pk, data=data)
    event = Project.objects.get(pk=ideas[0].pk) and Score.objects.get()
    assert event.value == 5
    toast = page(client, alice, "session-detail", session.pk)
    undo = toast.split("/adopt/undo/")[1].split("/")[0]
    post(client, alice, "session-undo-adopt", session.pk, undo)
    assert not Score.objects.exists()
    post(client, alice, "session-adopt", session.pk, data={"item": data["item"], "seen": "stale"}, status=409)


def test_one_vote_is_saved_at_once_and_says_so(client, bob, session, ideas, fields):
    name = fields(ideas[0], "impact")
    item = session.items.get(project=ideas[0]).pk
    htmx = {"HX-Request": "true"}
    saved = post(client, bob, "session-vote", session.pk, data={name: "2", "item": item}, status=200, **htmx)
    assert "Saved" in saved.content.decode()
    assert "1 of 12 votes" in saved.content.decode()
    wrong = post(client, bob, "session-vote", session.pk, data={name: "9", "item": item}, status=422, **htmx)
    assert "choose one of" in wrong.content.decode()
    assert Vote.objects.get().value == 2
    assert f'name="{name}" value="2" checked' in page(client, bob, "session-detail", session.pk, query=f"?item={item}")
    assert f'name="{name}"' in page(client, bob, "session-detail", session.pk, query="?view=table")


def test_items_to_add_are_looked_for_by_words_and_a_null_character_is_none(client, alice, session):
    for query in ("?q=sso", "?q=s%00so"):
        page(client, alice, "session-items", session.pk, query=query)


def test_a_curious_person_finds_no_vote_of_another_in_any_page(client, alice, petra, vera, bob, session, vote, ideas):
    vote(bob, ideas[0], reach=424242, comment="Whisper.")
    names = ["session-detail", "session-live", "session-raters", "session-items", "session-edit"]
    for person in (alice, petra, vera):
        shown = [
            page(client, person, "session-detail", session.pk, query=query) for query in ("", "?view=table", "?round=1")
        ]
        shown += [
            page(client, person, name, session.pk)
            for name in names
            if person != vera or name.endswith(("detail", "live"))
        ]
        shown.append(page(client, person, "session-list"))
        for path in ("/o/acme/", "/o/acme/settings/audit/", f"/o/acme/projects/{ideas[0].pk}/history/"):
            shown.append(client.get(path).getvalue().decode())
        refused = page(client, person, "session-detail", session.pk, query="?format=csv", status=409)
        for text in [*shown, refused]:
            assert "Whisper" not in text
            assert "424242" not in text
            assert "424,242" not in text
    assert "Reveal them first" in page(client, alice, "session-adopt", session.pk, status=409)
    page(client, petra, "session-adopt", session.pk, status=403)
    post(client, petra, "session-reveal", session.pk, status=403)

    reveal_scoring_session(actor=alice, session=session)
    assert "424242" in page(client, vera, "session-detail", session.pk, query="?format=csv")


def test_the_poll_is_cheap_and_quiet_until_something_has_changed(client, alice, bob, petra, session, vote, ideas):
    def poll(person, tag, most):
        client.force_login(person)
        with CaptureQueriesContext(connection) as queries:
            response = client.get(address("session-live", session.pk) + f"?seen={tag}", headers={"HX-Request": "true"})
        own = [query["sql"] for query in queries if "scoring_" in query["sql"]]
        assert len(own) <= most, own
        return response

    first = poll(petra, "", 2).content.decode()
    tag = poll(petra, "", 1).content.decode().split("?seen=")[1].split('"')[0]
    assert poll(petra, tag, 1).status_code == 204
    vote(bob, ideas[0], reach=1)
    assert poll(petra, tag, 1).status_code == 204, "votes of others change nothing that one sees"
    finish_session_round(actor=bob, session=session)
    changed = poll(petra, tag, 1).content.decode()
    assert "0 of 2 finished" in first
    assert "1 of 2 finished" in changed
    seen = SessionRater.objects.get(user=petra).seen_at
    assert seen is not None
    SessionRater.objects.filter(user=petra).update(seen_at=timezone.now() - datetime.timedelta(seconds=20))
    poll(petra, "", 2)
    assert SessionRater.objects.get(user=petra).seen_at > seen
    reveal_scoring_session(actor=alice, session=session)
    assert f'data-state="revealed-1-{session.items.count()}"' in poll(petra, tag, 1).content.decode()


def test_roles_strangers_and_methods(client, alice, bob, vera, charlie, session):
    for name in ("session-create", "session-edit", "session-raters", "session-items"):
        args = () if name == "session-create" else (session.pk,)
        page(client, bob, name, *args, status=403)
    for name in ("session-reveal", "session-close", "session-next-round", "session-archive"):
        post(client, bob, name, session.pk, status=403)
        page(client, alice, name, session.pk, status=405)
    post(client, vera, "session-vote", session.pk, status=403)
    page(client, charlie, "session-detail", session.pk, status=404)
    page(client, charlie, "session-live", session.pk, status=404)
    page(client, alice, "session-live", 999, status=404)
    post(client, bob, "session-leave", session.pk)
    assert "You left" in page(client, bob, "session-detail", session.pk)
    post(client, bob, "session-return", session.pk)
    rater = session.raters.get(user=bob)
    post(client, alice, "session-rater-remove", session.pk, rater.pk)
    post(client, alice, "session-rater-return", session.pk, rater.pk)
    post(client, alice, "session-item-remove", session.pk, session.items.last().pk)
    assert session.items.count() == 2


def test_a_session_that_waits_for_me_is_on_my_first_page(client, bob, alice, session):
    def home(person):
        client.force_login(person)
        return client.get("/o/acme/").content.decode()

    assert "Alice asks for your scores" in home(bob)
    assert "asks for your scores" not in home(alice)
    finish_session_round(actor=bob, session=session)
    assert "asks for your scores" not in home(bob)
    finish_session_round(actor=bob, session=session, is_finished=False)
    archive_scoring_session(actor=alice, session=session)
    assert "asks for your scores" not in home(bob)


def test_pages_cost_the_same_for_many_items_and_sessions(client, alice, bob, session, acme, program, rice):
    def statements(person, name, *args):
        client.force_login(person)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address(name, *args)).status_code == 200
        return len(queries)

    few = statements(bob, "session-detail", session.pk), statements(alice, "session-list")
    ScoringSession.objects.bulk_create(
        ScoringSession(organization=acme, model=rice, name=f"S{n}", facilitator=alice) for n in range(49)
    )
    Project.objects.bulk_create(
        Project(organization=acme, program=program, code=f"P{n}", name=f"P{n}", currency="USD") for n in range(47)
    )
    SessionItem.objects.bulk_create(
        SessionItem(organization=acme, session=session, project=row, position=9)
        for row in Project.objects.filter(code__regex=r"^P\d")
    )
    # the first page marked the rater as seen, which the second need not
    assert statements(bob, "session-detail", session.pk) <= few[0] <= 16
    assert statements(alice, "session-list") == few[1] <= 10
    reveal_scoring_session(actor=alice, session=session)
    assert statements(bob, "session-detail", session.pk) <= 14
    assert statements(alice, "session-adopt", session.pk) <= 14
