"""Scoring sessions over REST: blind as in pages, revealed, adopted and taken back."""

from decimal import Decimal

import pytest

from core.tenancy import organization_scope
from scoring.models import Score
from scoring.services import Ballot, Thing, create_scoring_model, create_scoring_session, set_votes

PATH = "/api/v1/scoring-sessions/"


@pytest.fixture
def rice(acme, alice):
    return create_scoring_model(actor=alice, organization=acme, template="rice")


@pytest.fixture
def session(acme, alice, bob, rice, project):
    return create_scoring_session(
        actor=alice,
        organization=acme,
        model=rice,
        name="First half",
        raters=[bob],
        items=[Thing("project", project.pk)],
    )


@pytest.fixture
def url(session):
    return f"{PATH}{session.pk}/"


def test_a_session_is_made_led_and_adopted(api, api_for, acme, alice, bob, petra, rice, project):
    made = api.send("post", PATH, {"name": "Spring", "model": rice.pk})
    assert made.status_code == 201, made.content
    assert (made.json()["facilitator_name"], made.json()["status"]) == ("Alice", "blind")
    url = f"{PATH}{made.json()['id']}/"
    items = api.send("post", f"{url}items/", {"items": [{"kind": "project", "item": project.pk}]}).json()["items"]
    raters = api.send("post", f"{url}raters/", {"users": [bob.pk, petra.pk]}).json()["raters"]
    assert [rater["is_finished"] for rater in raters] == [False, False]
    reach = rice.criteria.get(key="reach").pk
    votes = {"votes": [{"item": items[0]["id"], "criterion": reach, "value": "100", "comment": "Counted."}]}
    bobs, petras = api_for(bob, acme), api_for(petra, acme)
    assert bobs.send("put", f"{url}votes/", votes).json()["votes"][0]["rater_name"] == "Bob"
    votes["votes"][0]["value"] = "300"
    assert len(petras.send("put", f"{url}votes/", votes).json()["votes"]) == 1
    assert bobs.send("post", f"{url}finish/", {}).status_code == 200
    assert bobs.send("put", f"{url}votes/", votes).status_code == 409
    assert bobs.send("post", f"{url}finish/", {"is_finished": False}).status_code == 200

    assert api.send("post", f"{url}reveal/").json()["status"] == "revealed"
    assert len(petras.get(f"{url}votes/").json()["votes"]) == 2
    result = next(each for each in api.get(f"{url}results/").json()["results"] if each["criterion"] == reach)
    assert (result["median"], result["votes"], result["is_split"]) == ("200.0000", 2, False)
    adopted = api.send("post", f"{url}adopt/", {"items": [items[0]["id"]]}).json()
    assert adopted["adopted"] == 1
    assert Score.objects.get().value == 200
    assert api.send("post", f"{url}undo-adopt/", {"request_id": adopted["request_id"]}).json() == {"undone": 1}
    assert not Score.objects.exists()
    assert api.send("post", f"{url}next-round/").json()["round_number"] == 2
    assert petras.send("post", f"{url}leave/").status_code == 200
    rater = next(each["id"] for each in raters if each["name"] == "Bob")
    assert api.send("delete", f"{url}raters/{rater}/").status_code == 204
    assert api.send("post", f"{url}raters/{rater}/").json()["left_at"] is None
    assert api.send("delete", f"{url}items/{items[0]['id']}/").status_code == 409
    assert api.send("post", f"{url}close/").status_code == 409
    assert api.send("post", f"{url}reveal/").status_code == 200
    assert api.send("post", f"{url}close/").json()["status"] == "closed"
    assert api.send("post", f"{url}reopen/").json()["status"] == "revealed"


def test_nobody_reads_anothers_votes_over_the_api_before_the_reveal(api, api_for, acme, alice, bob, vera, session, url):
    reach = session.model.criteria.get(key="reach").pk
    ballot = Ballot(session.items.get().pk, reach, Decimal(424242), "Whisper.")
    set_votes(actor=bob, session=session, votes=[ballot])

    for client in (api, api_for(vera, acme)):
        answers = [
            client.get(path)
            for path in (url, PATH, *(f"{url}{name}/" for name in ("votes", "results", "items", "raters")))
        ]
        answers += [client.get("/api/v1/events/?subject_type=scoring.scoringsession"), client.get("/api/v1/events/")]
        text = " ".join(answer.content.decode() for answer in answers)
        assert "424242" not in text
        assert "Whisper" not in text
    assert api.get(f"{url}votes/").json() == {"votes": []}
    assert api.get(f"{url}results/").json() == {"results": []}
    assert api.send("post", f"{url}adopt/", {}).status_code == 409
    assert len(api_for(bob, acme).get(f"{url}votes/").json()["votes"]) == 1


def test_refusals(api, api_for, acme, bob, vera, petra, other, charlie, session, url, project):
    bobs = api_for(bob, acme)
    item, reach = session.items.get().pk, session.model.criteria.get(key="reach").pk
    good = {"item": item, "criterion": reach, "value": "1"}
    for path, body, code in (
        ("votes/", {"votes": [{**good, "value": "-1"}]}, 400),
        ("votes/", {"votes": [{**good, "item": 1}]}, 400),
        ("votes/", {"votes": [{**good, "rater": 1}]}, 400),
        ("votes/", {}, 400),
    ):
        assert bobs.send("put", f"{url}{path}", body).status_code == code, body
    assert bobs.send("post", f"{url}reveal/").status_code == 403
    assert api_for(petra, acme).send("post", f"{url}reveal/").status_code == 403
    assert bobs.send("post", PATH, {"name": "Mine", "model": session.model_id}).status_code == 403
    assert api_for(vera, acme).send("put", f"{url}votes/", {"votes": [good]}).status_code == 403
    assert api.send("put", f"{url}votes/", {"votes": [good]}).status_code == 403, "who leads is no rater"
    assert api.send("post", f"{url}raters/", {"users": [vera.pk]}).status_code == 400
    assert api.send("post", f"{url}raters/", {"users": [charlie.pk]}).status_code == 400
    assert api.send("post", f"{url}items/", {"items": [{"kind": "project", "item": 1}]}).status_code == 400
    assert api.send("patch", url, {"status": "revealed"}).status_code == 400
    stranger = api_for(charlie, other)
    with organization_scope(other):
        for path in ("", "votes/", "results/", "items/", "raters/"):
            assert stranger.get(f"{url}{path}").status_code == 404
