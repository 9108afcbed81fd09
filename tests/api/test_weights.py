"""Sets of weights over REST: own comparisons in bulk, the group's result, applied; and coverage of drivers."""

from decimal import Decimal

import pytest

from scoring.models import Comparison
from scoring.selectors import live_criteria
from scoring.services import ScoreCell, create_scoring_model, create_weight_set, set_scores, update_scoring_model
from tests.api.conftest import errors_of

#: Saaty, "The Analytic Hierarchy Process" (1980), judges ratios of 1, 3, 6 and 9 as the steps do here; a matrix of four
#: whose rows are multiples of each other has its weights as its first column, and largest eigenvalue 4.
STEPS = ((0, 1, 1), (0, 2, 3), (0, 3, 3), (1, 2, 1), (1, 3, 1), (2, 3, 0))
CIRCLE = ((0, 1, 3), (1, 2, 3), (0, 2, -3), (0, 3, 0), (1, 3, 0), (2, 3, 0))


def sent(weight_set, *steps):
    rows = live_criteria(weight_set.model)
    return {"comparisons": [{"first": rows[i].pk, "second": rows[j].pk, "step": step} for i, j, step in steps]}


def url_of(weight_set, word="comparisons"):
    return f"/api/v1/weight-sets/{weight_set.pk}/{word}/"


def ratios(result):
    return [one["weight_ratio"] for one in result["weights"]]


def test_own_comparisons_are_set_in_bulk_and_answered_with_weights_and_consistency(api, weight_set):
    answer = api.send("put", url_of(weight_set), sent(weight_set, *STEPS))

    assert answer.status_code == 200
    own = answer.json()["own"]
    assert ratios(own) == pytest.approx([9 / 14, 3 / 14, 1 / 14, 1 / 14])
    assert own["largest_eigenvalue"] == pytest.approx(4)
    assert (own["consistency_ratio"], own["is_accepted"]) == (pytest.approx(0, abs=1e-9), True)
    read = api.get(url_of(weight_set))
    assert read.json() == answer.json()
    assert api.get(url_of(weight_set), HTTP_IF_NONE_MATCH=read.headers["ETag"]).status_code == 304

    withdrawn = api.send("patch", url_of(weight_set), sent(weight_set, (1, 0, None)))
    assert withdrawn.json()["own"]["comparisons_made"] == 5
    assert len(withdrawn.json()["own"]["missing"]) == 1
    assert api.send("put", url_of(weight_set), {"comparisons": []}).json()["raters"] == []
    assert not Comparison.objects.exists()


def test_a_published_inconsistency_is_answered_with_its_ratio_and_the_worst_triple(api, acme, alice):
    # Three criteria, each extremely more important than the next in a circle: by Saaty's definition the largest
    # eigenvalue of [[1, 9, 1/9], [1/9, 1, 9], [9, 1/9, 1]] is 1 + 9 + 1/9, as every row adds up to it.
    rows = [{"key": key, "name": key.title(), "lowest": 0, "highest": 10} for key in ("alpha", "beta", "gamma")]
    model = create_scoring_model(actor=alice, organization=acme, name="Three", kind="weighted", criteria=rows)
    weight_set = create_weight_set(actor=alice, model=model, name="Circle")

    own = api.send("put", url_of(weight_set), sent(weight_set, (0, 1, 3), (1, 2, 3), (0, 2, -3))).json()["own"]

    assert own["largest_eigenvalue"] == pytest.approx(1 + 9 + 1 / 9)
    assert own["consistency_index"] == pytest.approx((10 + 1 / 9 - 3) / 2)
    assert own["consistency_ratio"] == pytest.approx((10 + 1 / 9 - 3) / 2 / 0.58)
    assert ratios(own) == pytest.approx([1 / 3] * 3)
    assert own["worst"]["sentence"].startswith("You said “Alpha” is extremely more important than “Beta”")
    assert len(own["worst"]["pairs"]) == 3


def test_the_group_is_the_geometric_mean_and_each_caller_sees_their_own(api, api_for, acme, bob, weight_set):
    api.send("patch", url_of(weight_set), sent(weight_set, (0, 1, 3), (0, 2, 1), (0, 3, 1)))
    other = api_for(bob, acme).send("patch", url_of(weight_set), sent(weight_set, (0, 1, 0), (0, 2, 1), (0, 3, 1)))

    assert ratios(other.json()["group"]) == pytest.approx([1 / 2, 1 / 6, 1 / 6, 1 / 6])  # sqrt(9 * 1) = 3
    assert [each["step"] for each in other.json()["comparisons"]] == [0, 1, 1]
    assert [one["name"] for one in other.json()["raters"]] == ["Alice", "Bob"]


def test_apply_refuses_what_is_missing_asks_for_a_reason_and_tells_the_version(api, weight_set):
    missing = api.send("post", url_of(weight_set, "apply"), {})
    assert (missing.status_code, "6 of 6 comparisons are missing" in missing.json()["detail"]) == (409, True)
    api.send(
        "put", url_of(weight_set), sent(weight_set, (0, 1, 3), (1, 2, 3), (0, 2, -3), (0, 3, 0), (1, 3, 0), (2, 3, 0))
    )
    asked = api.send("post", url_of(weight_set, "apply"), {})
    assert (asked.status_code, set(errors_of(asked))) == (400, {"reason"})
    api.send("put", url_of(weight_set), sent(weight_set, *STEPS))

    applied = api.send("post", url_of(weight_set, "apply"), {})

    assert (applied.status_code, applied.json()["applied_number"]) == (200, 2)
    weights = [float(one.weight) for one in live_criteria(weight_set.model)]
    assert weights == pytest.approx([64.2857, 21.4286, 7.1429, 7.1429])


def test_wrong_answers_are_refused_at_their_place_and_nothing_is_saved(api, weight_set, acme, alice):
    body = sent(weight_set, (0, 1, 1), (0, 1, 2))
    assert set(errors_of(api.send("patch", url_of(weight_set), body))) == {"comparisons.1"}
    body["comparisons"][1]["step"] = 7
    assert api.send("patch", url_of(weight_set), body).status_code == 400
    assert (
        api.send("patch", url_of(weight_set), {"comparisons": [{"first": 1, "second": 2, "step": 0}]}).status_code
        == 400
    )
    typed = create_weight_set(actor=alice, model=weight_set.model, name="Typed", method="typed")
    assert api.get(url_of(typed)).status_code == 409
    assert not Comparison.objects.exists()


def test_coverage_names_drivers_that_nobody_serves_and_projects_that_serve_none(api, weight_set, project, acme, alice):
    growth, retention, *_ = live_criteria(weight_set.model)
    cells = [
        ScoreCell("project", project.pk, one.pk, value)
        for one, value in ((growth, Decimal(4)), (retention, Decimal(0)))
    ]
    set_scores(actor=alice, organization=acme, cells=cells)

    found = api.get(f"/api/v1/scoring-models/{weight_set.model_id}/coverage/").json()

    assert (found["kind"], found["items_count"]) == ("project", 1)
    assert [(one["strength"], one["serving"], one["problem"]) for one in found["drivers"]] == [
        (4, [project.pk], "single"), (0, [], "unserved"), (0, [], "unserved"), (0, [], "unserved"),
    ]  # fmt: skip
    assert [gap["code"] for gap in found["gaps"]] == ["single", "unserved", "unserved", "unserved", "missing"]
    assert api.get(f"/api/v1/scoring-models/{weight_set.model_id}/coverage/?kind=people").status_code == 400


def test_roles_and_strangers(api_for, acme, other, bob, vera, charlie, weight_set):
    reader = api_for(vera, acme)
    assert reader.get(url_of(weight_set)).status_code == 200
    assert reader.send("patch", url_of(weight_set), sent(weight_set, *STEPS)).status_code == 403
    assert api_for(bob, acme).send("post", url_of(weight_set, "apply"), {}).status_code == 403
    stranger = api_for(charlie, other)
    assert stranger.get(url_of(weight_set)).status_code == 404
    assert stranger.send("put", url_of(weight_set), {"comparisons": []}).status_code == 404
    assert stranger.send("post", url_of(weight_set, "apply"), {}).status_code == 404
    assert stranger.get(f"/api/v1/scoring-models/{weight_set.model_id}/coverage/").status_code == 404


def test_former_weights_are_put_back_and_what_else_has_changed_stays(api, weight_set, api_for, vera, acme):
    model = weight_set.model
    address = f"/api/v1/scoring-models/{model.pk}/"
    before, former = {one.key: one.weight for one in live_criteria(model)}, api.get(address).headers["ETag"]
    update_scoring_model(
        actor=model.versions.get(number=1).author, model=model, top_count=7,
        criteria=[{"id": one.pk, "weight": Decimal(10 + place)} for place, one in enumerate(live_criteria(model))],
    )  # fmt: skip

    back = api.send("post", f"{address}restore-weights/", {"number": 1, "note": "They were right."})

    assert back.status_code == 200
    assert (back.json()["number"], back.json()["top_count"]) == (3, 7)
    assert {one.key: one.weight for one in live_criteria(model)} == before
    assert model.versions.get(number=3).note == "Weights as in version 1. They were right."
    assert "number" in errors_of(api.send("post", f"{address}restore-weights/", {"number": 9}))
    stale = api.send("post", f"{address}restore-weights/", {"number": 2}, **{"If-Match": former})
    assert stale.status_code == 412
    assert api_for(vera, acme).send("post", f"{address}restore-weights/", {"number": 1}).status_code == 403
