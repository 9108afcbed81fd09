"""Scoring models over REST: from a template or one's own, with versions, and formulas checked before they are saved."""

import pytest

from scoring.algorithms.templates import TEMPLATES
from scoring.models import ScoringModel
from scoring.services import create_scoring_model, update_scoring_model
from tests.api.conftest import errors_of

pytestmark = pytest.mark.django_db
MODELS = "/api/v1/scoring-models/"
CRITERIA = [{"key": "value", "name": "Value"}, {"key": "effort", "name": "Effort", "is_lower_better": True}]


@pytest.fixture
def rice(acme, alice):
    return create_scoring_model(actor=alice, organization=acme, template="rice")


def test_templates_and_facts_are_listed_and_a_template_makes_a_model(api):
    templates = api.get("/api/v1/scoring-templates/").json()["results"]
    facts = api.get("/api/v1/scoring-facts/").json()["results"]
    made = api.send("post", MODELS, {"template": "wsjf"})

    assert [row["key"] for row in templates] == list(TEMPLATES)
    assert templates[0]["words"] == "reach × impact × confidence ÷ effort"
    assert {"npv", "duration_weeks"} <= {row["key"] for row in facts}
    assert made.status_code == 201
    assert (made.json()["name"], made.json()["number"], made.json()["template"]) == ("WSJF", 1, "wsjf")
    criteria = api.get(f"/api/v1/criteria/?model={made.json()['id']}").json()["results"]
    assert [row["key"] for row in criteria] == ["business_value", "time_criticality", "risk_reduction", "job_size"]


def test_a_model_of_ones_own_is_made_changed_and_counted_back(api):
    made = api.send("post", MODELS, {"name": "Own", "formula": "value / effort", "criteria": CRITERIA}).json()
    path = f"{MODELS}{made['id']}/"
    rows = api.get(f"/api/v1/criteria/?model={made['id']}").json()["results"]
    again = [{"id": rows[1]["id"], **CRITERIA[1]}, {"key": "urgency", "name": "Urgency"}]
    changed = api.send(
        "patch", path, {"formula": "urgency / effort", "criteria": again, "note": "Value says nothing."}
    ).json()

    versions = api.get(f"{path}versions/").json()["results"]
    back = api.send("post", f"{path}restore-version/", {"number": 1, "note": "It did."})

    assert (changed["number"], [row["note"] for row in versions]) == (2, ["Created.", "Value says nothing."])
    assert [row["key"] for row in versions[1]["definition"]["criteria"]] == ["effort", "urgency"]
    assert (back.status_code, back.json()["number"], back.json()["formula"]) == (200, 3, "value / effort")
    live = api.get(f"/api/v1/criteria/?model={made['id']}").json()["results"]
    assert {row["key"]: row["id"] for row in live}["value"] == rows[0]["id"]  # the same, with its scores
    assert "number" in errors_of(api.send("post", f"{path}restore-version/", {"number": 9}))
    assert api.send("post", f"{path}restore-version/", {"number": 3}).status_code == 409


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({}, "name"),
        ({"template": "none"}, "template"),
        ({"name": "Own", "formula": "value / effort +", "criteria": CRITERIA}, "formula"),
        ({"name": "Own", "criteria": [{"key": "if", "name": "If"}]}, "criteria.0.key"),
        ({"name": "Own", "criteria": "all"}, "criteria"),
        ({"name": "Own", "formel": "1"}, "formel"),
    ],
)
def test_what_means_nothing_is_refused_at_its_place(api, body, place):
    response = api.send("post", MODELS, body)

    assert response.status_code == 400
    assert any(place in name for name in errors_of(response)), response.json()
    assert not ScoringModel.objects.exists()


@pytest.mark.parametrize(
    ("levels", "said"),
    [
        ("high", "Send a list of levels"),
        ([1], "Level 1"),
        ([{"value": "NaN", "name": "x"}], "Level 1, value: A valid number is required."),
        ([{"value": 1, "name": "x", "color": "red"}], "Level 1, color: There is no such field."),
        ([{"value": 1, "name": "One"}], "at least two levels"),
        ([{"value": 1, "name": "One"}, {"value": 99, "name": "Off"}], "Each level is between"),
        ([{"value": n, "name": str(n)} for n in range(21)], "at most 20 levels"),
    ],
)
def test_levels_that_are_none_are_refused_in_words(api, rice, levels, said):
    reach = rice.criteria.get(key="reach")
    narrowed = api.send("patch", f"/api/v1/criteria/{reach.pk}/", {"highest": "10"})
    assert narrowed.json()["highest"] == "10.0000"

    response = api.send("patch", f"/api/v1/criteria/{reach.pk}/", {"levels": levels})

    assert response.status_code == 400
    assert said in str(errors_of(response)["levels"])


def test_a_formula_is_checked_with_its_unit_or_at_its_character_and_nothing_is_saved(api, rice):
    def checked(formula):
        return api.send("post", f"{MODELS}{rice.pk}/check/", {"formula": formula}).json()

    good = checked("reach * confidence / max(effort, 1)")
    assert (good["is_valid"], good["unit"]) == (True, "people / person-months")
    assert good["words"] == "reach × confidence ÷ max(effort, 1)"
    assert good["names"] == ["reach", "confidence", "effort"]
    [mistake] = checked("reach * impakt")["errors"]
    assert (mistake["position"], mistake["pointing"].splitlines()[1]) == (8, "        ^")
    assert checked("reach + effort")["notes"][0]["sentence"] == "It adds people and person-months."
    assert checked("npv / duration_weeks")["unit"] == "money / weeks"
    assert checked("1" * 2_001)["is_valid"] is False
    rice.refresh_from_db()
    assert rice.number == 1


def test_roles_strangers_and_hidden_amounts(api_for, rice, acme, other, bob, vera, charlie, alice):
    paid = create_scoring_model(actor=alice, organization=acme, template="cd3")
    update_scoring_model(actor=alice, model=rice, note="", formula="reach * impact * confidence / max(effort, 1)")
    bob.memberships.update(sees_amounts=False)
    reader, poor, stranger = api_for(vera, acme), api_for(bob, acme), api_for(charlie, other)

    assert reader.send("patch", f"{MODELS}{rice.pk}/", {"name": "Mine"}).status_code == 403
    assert reader.send("post", f"{MODELS}{rice.pk}/restore-version/", {"number": 1}).status_code == 403
    assert len(reader.get(f"{MODELS}{paid.pk}/versions/").json()["results"]) == 1
    for path in (f"{MODELS}{paid.pk}/", f"{MODELS}{paid.pk}/versions/"):
        assert poor.get(path).status_code == 404
    assert stranger.get(f"{MODELS}{rice.pk}/versions/").status_code == 404
    assert stranger.send("post", f"{MODELS}{rice.pk}/check/", {"formula": "1"}).status_code == 404
    assert "npv" not in {row["key"] for row in poor.get("/api/v1/scoring-facts/").json()["results"]}
    unseen = poor.send("post", f"{MODELS}{rice.pk}/check/", {"formula": "npv"}).json()
    assert unseen["is_valid"] is False
