"""Rankings, their reasons, scores by the thousand, scorecards and stability runs over REST."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership
from core.tenancy import organization_scope
from events.services import claim_job, run_job
from projects.models import Project
from scoring.models import Criterion, Score, Scorecard, StabilityRun
from scoring.services import create_scoring_model
from tests.api.conftest import errors_of
from tests.scoring.conftest import give, ideas, rice, weighted  # noqa: F401

SCORES, CARDS, RUNS = "/api/v1/scores/", "/api/v1/scorecards/", "/api/v1/stability-runs/"
RANKINGS = "/api/v1/rankings/"


@pytest.fixture
def api(alice, acme, api_for):
    return api_for(alice, acme)


@pytest.fixture
def scored(weighted, ideas, give):  # noqa: F811
    sso, ocr, pay = ideas
    give(weighted, sso, customer_value=8, strategic_fit=6, effort=3, risk=2)
    give(weighted, ocr, customer_value=5, strategic_fit=9, effort=3, risk=3)
    give(weighted, pay, customer_value=9, strategic_fit=9, effort=9)
    return weighted


def key(model, word):
    return Criterion.objects.get(model=model, key=word).pk


def test_a_ranking_comes_in_pages_best_first_with_what_is_missing(api, scored):
    page = api.get(f"{RANKINGS}?model={scored.pk}&page_size=2").json()
    rest = api.get(page["next"]).json()

    assert (page["count"], page["previous"], rest["next"]) == (3, None, None)
    assert [(row["name"], row["rank"]) for row in page["results"]] == [("Single sign-on", 1), ("Invoice OCR", 2)]
    (last,) = rest["results"]
    assert (last["rank"], last["score"], last["missing"]) == (None, None, ["risk"])
    assert {value["key"]: value["value"] for value in last["values"]}["risk"] is None
    assert api.get(rest["previous"]).json()["results"] == page["results"]
    assert len(api.get(f"{RANKINGS}?model={scored.pk}&q=sign").json()["results"]) == 1


def test_an_explanation_fills_the_items_numbers_in(api, scored, rice, ideas, give):  # noqa: F811
    found = api.get(f"{RANKINGS}explanation/?model={scored.pk}&item={ideas[0].pk}").json()

    assert found["score"] == pytest.approx(sum(one["points"] for one in found["contributions"]))
    assert found["in_words"].startswith("35 % customer value + 30 %")
    assert (found["rank"], found["ranked_count"]) == (1, 2)
    give(rice, ideas[0], reach=1850, impact=2, confidence="0.8", effort=14)
    found = api.get(f"{RANKINGS}explanation/?model={rice.pk}&item={ideas[0].pk}").json()
    assert found["filled_in"] == "1,850 × 2 × 80 % ÷ 14"
    assert found["contributions"][0]["points"] is None


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("", "model"), ("model=x", "model"), ("model={}&kind=team", "kind"), ("model={}&colour=red", "colour"),
        ("model={}&cursor=x", "cursor"), ("model={}&page_size=0", "page_size"),
        ("model={}&kind=program&stage=x", "stage"),
        ("model={}&program=x", "program"), ("model=99999999999999999999", "model"),
    ],
)  # fmt: skip
def test_a_ranking_that_makes_no_sense_is_refused_at_its_word(api, scored, query, field):
    response = api.get(f"{RANKINGS}?{query.format(scored.pk)}")

    assert response.status_code == 400
    assert field in errors_of(response)


def test_a_ranking_of_many_takes_as_few_statements(api, scored, acme, program):
    def count():
        with CaptureQueriesContext(connection) as captured:
            assert api.get(f"{RANKINGS}?model={scored.pk}").status_code == 200
        return len(captured)

    count()
    few = count()
    Project.objects.bulk_create(
        Project(organization=acme, program=program, code=f"P{n}", name=f"P{n}", currency="USD") for n in range(60)
    )
    assert few == count() <= 6


def test_scores_are_set_one_by_one_at_the_version_that_was_read(api, rice, ideas):  # noqa: F811
    body = {"criterion": key(rice, "reach"), "project": ideas[0].pk, "value": "100", "comment": "Counted."}
    made = api.send("post", SCORES, body)
    assert made.status_code == 201
    row = made.json()
    assert (row["value"], row["key"], row["scored_by_name"]) == ("100.0000", "reach", "Alice")
    again = api.send("post", SCORES, {**body, "value": "120"})
    assert (again.status_code, again.json()["id"], again.json()["version"]) == (200, row["id"], 2)

    url = f"{SCORES}{row['id']}/"
    stale = api.send("patch", url, {"value": "7"}, If_Match=made.headers["ETag"])
    assert stale.status_code == 412
    changed = api.send("patch", url, {"value": "130"}, If_Match=again.headers["ETag"])
    assert (changed.json()["value"], changed.json()["comment"]) == ("130.0000", "Counted.")
    assert "between 0" in str(errors_of(api.send("patch", url, {"value": "-1"}))["value"])
    assert "stays where it is" in str(errors_of(api.send("patch", url, {"project": ideas[1].pk})))
    assert api.send("delete", url).status_code == 204
    assert not Score.objects.exists()
    wrong = api.send("post", SCORES, {"criterion": key(rice, "reach"), "value": "1"})
    assert "exactly one" in str(errors_of(wrong))


def test_a_thousand_scores_are_set_by_keys_and_ids_or_none_is(api, rice, ideas):  # noqa: F811
    sso, ocr, _ = ideas
    Project.objects.filter(pk=ocr.pk).update(external_key="JIRA-7")
    rows = [
        {"model": rice.pk, "key": "reach", "project": sso.pk, "value": "10"},
        {
            "criterion": key(rice, "effort"),
            "kind": "project",
            "external_key": "JIRA-7",
            "value": "3",
            "comment": "Guess.",
        },
    ]
    done = api.send("post", f"{SCORES}bulk/", {"scores": rows, "note": "From the workshop."})
    assert [row["result"] for row in done.json()["results"]] == ["created", "created"]
    emptied = api.send("post", f"{SCORES}bulk/", {"scores": [{**rows[0], "value": None}, rows[1]]}).json()["results"]
    assert [(row["result"], row["id"] is None) for row in emptied] == [("removed", True), ("unchanged", False)]
    assert [row["value"] for row in api.get(f"{SCORES}?model={rice.pk}&kind=project").json()["results"]] == ["3.0000"]

    wrong = [rows[0], {**rows[0], "key": "reech"}, {**rows[1], "external_key": "JIRA-8"}]
    errors = errors_of(api.send("post", f"{SCORES}bulk/", {"scores": wrong}))["scores"]
    assert (errors[0], list(errors[1]), list(errors[2])) == ({}, ["key"], ["external_key"])
    off = errors_of(api.send("post", f"{SCORES}bulk/", {"scores": [rows[0], {**rows[1], "value": "-5"}]}))["scores"]
    assert (off[0], list(off[1])) == ({}, ["value"])
    unclear = {"criterion": 1, "model": 2, "project": 1, "kind": "project", "value": "1"}
    assert api.send("post", f"{SCORES}bulk/", {"scores": [unclear]}).status_code == 400
    assert Score.objects.count() == 1


def test_a_scorecard_is_frozen_read_compared_counted_again_and_never_changed(api, scored, ideas, give):  # noqa: F811
    body = {"model": scored.pk, "name": "Plan", "decided_date": "2026-01-31", "filters": {"stage": "proposed"}}
    made = api.send("post", CARDS, body)
    assert made.status_code == 201
    url = f"{CARDS}{made.json()['id']}/"
    assert made.json()["document"]["ranking"][0]["name"] == "Single sign-on"
    assert "document" not in api.get(f"{CARDS}?model={scored.pk}").json()["results"][0]
    give(scored, ideas[1], customer_value=10)

    against = api.get(f"{url}comparison/").json()
    row = next(row for row in against["items"] if row["item"] == ideas[1].pk)
    assert (row["rank_then"], row["rank_now"], row["changes"][0]["who"]) == (2, 1, "Alice")
    assert api.get(f"{url}rerun/").json() == {"items": 3, "is_same": True, "differences": []}
    for method in ("patch", "put", "delete"):
        refused = api.send(method, url, {"name": "Forged"})
        assert refused.status_code == 405
        assert "never changed or removed" in refused.json()["detail"]
    assert "today or before" in str(errors_of(api.send("post", CARDS, {**body, "decided_date": "2126-01-01"})))
    assert "filters" in errors_of(api.send("post", CARDS, {**body, "item_kind": "program"}))
    assert "items" in errors_of(api.send("post", CARDS, {**body, "items": [1]}))


def test_a_stability_run_is_accepted_followed_and_read(api, acme, scored):
    asked = api.send("post", RUNS, {"model": scored.pk, "top_count": 1, "samples": 200, "seed": 2})
    assert asked.status_code == 202
    row = asked.json()
    assert (row["job_status"], row["result"], row["spread_ratio"]) == ("queued", None, "0.2000")
    run_job(claim_job(acme.pk))
    done = api.get(f"{RUNS}{row['id']}/").json()
    assert done["job_status"] == "done"
    assert [item["verdict"] for item in done["result"]["items"]] == ["border", "border", ""]
    assert "result" not in api.get(f"{RUNS}?model={scored.pk}").json()["results"][0]
    assert "samples" in errors_of(api.send("post", RUNS, {"model": scored.pk, "top_count": 1, "samples": 5}))


def test_who_may_read_and_who_may_write(vera, charlie, other, acme, api, api_for, scored, ideas):  # noqa: F811
    card = api.send("post", CARDS, {"model": scored.pk, "name": "Plan", "decided_date": "2026-01-31"}).json()
    body = {"criterion": key(scored, "risk"), "project": ideas[0].pk, "value": "5"}
    viewer = api_for(vera, acme)
    reads = [SCORES, f"{CARDS}{card['id']}/", f"{CARDS}{card['id']}/rerun/", f"{RANKINGS}?model={scored.pk}"]
    assert {viewer.get(url).status_code for url in reads} == {200}
    assert viewer.send("post", SCORES, body).status_code == 403
    assert viewer.send("post", f"{SCORES}bulk/", {"scores": [body]}).status_code == 403
    assert (
        viewer.send("post", CARDS, {"model": scored.pk, "name": "P", "decided_date": "2026-01-31"}).status_code == 403
    )
    assert viewer.send("post", RUNS, {"model": scored.pk, "top_count": 1}).status_code == 403
    with organization_scope(other):
        stranger = api_for(charlie, other)
    assert {stranger.get(url).status_code for url in reads[1:]} == {404}
    assert stranger.get(SCORES).json()["results"] == []


def test_what_counts_with_amounts_is_not_there_for_who_sees_none(api, api_for, petra, acme, alice, project, give):  # noqa: F811
    model = create_scoring_model(actor=alice, organization=acme, template="cd3")
    give(model, project, cost_of_delay=5000, duration=3)
    card = api.send("post", CARDS, {"model": model.pk, "name": "Plan", "decided_date": "2026-01-31"}).json()
    run = api.send("post", RUNS, {"model": model.pk, "top_count": 1}).json()
    Membership.objects.filter(user=petra).update(sees_amounts=False)
    blind = api_for(petra, acme)

    for url in (f"{CARDS}{card['id']}/", f"{RUNS}{run['id']}/", f"{RANKINGS}?model={model.pk}",
                f"{RANKINGS}explanation/?model={model.pk}&item={project.pk}"):  # fmt: skip
        assert blind.get(url).status_code == 404
    assert blind.get(SCORES).json()["results"] == []
    body = {"criterion": key(model, "duration"), "project": project.pk, "value": "5"}
    assert blind.send("post", SCORES, body).status_code == 400


@pytest.mark.parametrize("path", [SCORES, CARDS, RUNS])
def test_a_list_of_50_takes_as_few_statements_as_a_list_of_one(api, scored, acme, alice, path):
    version = scored.versions.get()
    common = {"organization": acme, "model": scored, "model_version": version}

    def statements():
        with CaptureQueriesContext(connection) as captured:
            count = len(api.get(path).json()["results"])
        return count, len(captured)

    def more(count):
        day = datetime.date(2026, 1, 1)
        for n in range(count):
            if path == CARDS:
                Scorecard.objects.create(**common, name=f"C{n}", decided_by=alice, decided_date=day, document={})
            elif path == RUNS:
                StabilityRun.objects.create(**common, top_count=1, spread_ratio=0, seed=1, requested_by=alice)

    if path == SCORES:
        items = Project.objects.bulk_create(
            Project(organization=acme, program_id=Project.objects.first().program_id, code=f"S{n}", name=f"S{n}",
                    currency="USD") for n in range(49)
        )  # fmt: skip
        statements()
        few = statements()[1]
        Score.objects.bulk_create(
            Score(organization=acme, criterion_id=key(scored, "risk"), project=item, value=1) for item in items
        )
        many = statements()[1]
    else:
        more(1)
        statements()
        few = statements()[1]
        more(49)
        count, many = statements()
        assert count == 50
    assert few == many <= 4
