"""Pages of scoring models: the list, templates, the editor with its live example, versions."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.tenancy import organization_scope
from scoring.algorithms.templates import TEMPLATES
from scoring.models import Criterion, ModelVersion, ScoringModel
from scoring.selectors import live_criteria
from scoring.services import archive_scoring_model, create_scoring_model, update_scoring_model

pytestmark = pytest.mark.django_db


def url(name, *args):
    return reverse(f"scoring:model-{name}", args=args)


def typed(model=None, rows=(), **other):
    """What the form is sent with: its criteria as they are, with changes by key, and rows added."""
    body = {"name": "Own", "kind": "formula", "formula": "", "description": "", "rows": "0"}
    if model is not None:
        columns = ("name", "kind", "formula", "description")
        body |= {name: getattr(model, name) for name in columns} | {"version": model.version, "seen": model.number}
    listed = list(rows)
    body["rows"] = str(len(listed))
    for number, row in enumerate(listed):
        body |= {f"criteria.{number}.{column}": value for column, value in row.items()}
    return body | other


def rows_of(form):
    """The criteria of a form as they stand in it."""
    columns = ("id", "name", "key", "meaning", "direction", "unit", "lowest", "highest", "levels", "weight")
    return [
        {column: "" if (value := row[column].value()) is None else value for column in columns} for row in form.rows
    ]


def edited(client, model, changes=None, **other):
    """The form of a model as its page shows it, with changes in the rows of some keys."""
    rows = rows_of(client.get(url("edit", model.pk)).context["form"])
    for row in rows:
        row |= (changes or {}).get(row["key"], {})
    return typed(model, rows, **other)


def test_an_organization_without_models_is_offered_one_and_each_template_takes_one_click(client, alice, acme):
    client.force_login(alice)
    assert "No scoring models yet" in client.get(url("list")).content.decode()
    gallery = client.get(url("create")).content.decode()

    for key, template in TEMPLATES.items():
        assert template.purpose.replace("'", "&#x27;") in gallery
        assert client.post(url("start"), {"template": key}).status_code == 302
    client.post(url("start"), {"template": "rice"})

    names = set(ScoringModel.objects.values_list("name", flat=True))
    assert names == {template.name for template in TEMPLATES.values()} | {"RICE 2"}
    for model in ScoringModel.objects.all():
        assert client.get(url("detail", model.pk)).status_code == 200
        assert client.get(url("edit", model.pk)).context["trial"].problems == {}
    assert client.post(url("start"), {"template": "none"}).status_code == 400


def test_every_member_reads_what_a_model_means_and_only_leaders_are_offered_changes(client, vera, petra, rice):
    client.force_login(vera)

    text = client.get(url("detail", rice.pk)).content.decode()

    for words in ("reach × impact × confidence ÷ effort", "Massive", "It decides whether they come", "Sean McBride"):
        assert words in text
    assert "people / person-months" in text
    for name, *args in (("list",), ("detail", rice.pk), ("versions", rice.pk), ("version", rice.pk, 1)):
        page = client.get(url(name, *args))
        assert page.status_code == 200
        assert not [word for word in ("/edit/", "New model", "Count like this") if word in page.content.decode()]
    client.force_login(petra)
    refused = [client.get(url("create")), client.get(url("create-own")), client.get(url("edit", rice.pk))]
    posts = (("start",), ("check",), ("check-one", rice.pk), ("edit", rice.pk), ("archive", rice.pk))
    refused += [client.post(url(name, *args)) for name, *args in (*posts, ("version-restore", rice.pk, 1))]
    assert [answer.status_code for answer in refused] == [403] * 9


def test_a_stranger_finds_no_model_and_acts_are_posts(client, charlie, alice, rice):
    client.force_login(charlie)
    assert client.get(url("detail", rice.pk)).status_code == 404
    assert client.get(f"/o/other/scoring-models/{rice.pk}/versions/1/").status_code == 404
    client.force_login(alice)
    assert client.get(url("version", rice.pk, 9)).status_code == 404
    for name in ("archive", "restore", "check-one"):
        assert client.get(url(name, rice.pk)).status_code == 405


def test_amounts_are_no_facts_for_members_who_see_none(client, bob, alice, acme, rice):
    paid = create_scoring_model(actor=alice, organization=acme, template="cd3")
    bob.memberships.update(sees_amounts=False)
    client.force_login(bob)

    text = client.get(url("list")).content.decode()

    assert "RICE" in text
    assert "Cost of delay" not in text
    assert client.get(url("detail", paid.pk)).status_code == 404


def test_the_list_narrows_keeps_archived_apart_and_costs_the_same_for_50(client, alice, acme, rice, ideas, give):
    give(rice, ideas[0], reach=100)
    client.force_login(alice)

    def found(**query):
        return [row.name for row in client.get(url("list"), query).context["page"]]

    assert [line.scored_count for line in client.get(url("list")).context["lines"]] == [1]
    client.post(url("archive", rice.pk))
    assert (found(), found(archived=1)) == ([], ["RICE"])
    client.post(url("restore", rice.pk))
    assert (found(kind="formula"), found(kind="classes"), found(q="ric")) == (["RICE"], [], ["RICE"])
    fragment = client.get(url("list"), {"q": "zzz"}, headers={"HX-Request": "true"}).content.decode()
    assert "No models match" in fragment

    def statements():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url("list")).status_code == 200
        return len(captured)

    one = statements()
    ScoringModel.objects.bulk_create([ScoringModel(organization=acme, name=f"M{n}") for n in range(49)])
    assert statements() == one <= 12


def test_a_model_of_ones_own_is_written_in_rows_and_empty_ones_are_none(client, alice, acme):
    client.force_login(alice)
    levels = "3 | High | Many would notice\n1\tLow\tA few"
    rows = [
        {"name": "Value", "levels": levels.partition("\n")[0] + "\n1 | Low | A few"},
        {},
        {"name": "Sure of it", "unit": "%", "lowest": "10", "highest": "90"},
        {"name": "Effort", "key": "effort", "direction": "lower", "highest": "1,200.5", "weight": "2"},
    ]

    answer = client.post(url("create-own"), typed(rows=rows, formula="value * sure_of_it / effort", top_count="4"))

    model = ScoringModel.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, url("detail", model.pk))
    value, sure, effort = live_criteria(model)
    assert [level["name"] for level in value.levels] == ["Low", "High"]
    assert (value.lowest, value.highest) == (1, 3)
    assert (sure.key, sure.lowest, sure.highest) == ("sure_of_it", Decimal("0.1"), Decimal("0.9"))
    assert (effort.is_lower_better, effort.highest) == (True, Decimal("1200.5"))
    form = client.get(url("edit", model.pk)).context["form"]
    assert rows_of(form)[1]["highest"] == "90"
    assert client.post(url("edit", model.pk), edited(client, model)).status_code == 302
    model.refresh_from_db()
    assert model.number == 1  # what the form shows is what there is


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_is_kept(client, alice, acme):
    client.force_login(alice)
    rows = [
        {},
        {"name": "If", "key": "if"},
        {"name": "Size", "lowest": "much", "levels": "1 | only"},
        {"name": "", "key": "x", "lowest": "5", "highest": "1"},
    ]

    answer = client.post(url("create-own"), typed(rows=rows, formula="x +"))
    assert answer.status_code == 422
    said = {name: found[0] for name, found in answer.context["form"].errors.items()}
    assert said.keys() == {"criteria.1.lowest"}
    rows[2]["lowest"] = ""
    answer = client.post(url("create-own"), typed(rows=rows, formula="x +"))

    said = {name: found[0] for name, found in answer.context["form"].errors.items()}
    places = {"criteria.0.key", "criteria.1.levels", "criteria.2.name", "criteria.2.highest", "formula"}
    assert said.keys() == places
    assert said["formula"].startswith("At character 4:")
    assert rows_of(answer.context["form"])[1]["levels"] == "1 | only"
    assert not ScoringModel.objects.exists()


def test_rows_are_added_moved_and_removed_without_saving_anything(client, alice, rice):
    client.force_login(alice)
    body = edited(client, rice)

    def names(act, **headers):
        answer = client.post(url("edit", rice.pk), body | {"act": act}, headers=headers)
        assert answer.status_code == 200
        return [row["name"] for row in rows_of(answer.context["form"])], answer

    assert names("up.1")[0][:2] == ["Impact", "Reach"]
    assert names("down.0")[0][:2] == ["Impact", "Reach"]
    assert names("remove.0")[0][0] == "Impact"
    assert len(names("add")[0]) == 6
    assert names("up.0")[0] == names("nonsense.99")[0]
    fragment = names("down.1", **{"HX-Request": "true"})[1].content.decode()
    assert "<html" not in fragment
    assert 'id="criteria"' in fragment
    assert live_criteria(rice)[0].name == "Reach"


def test_the_example_follows_what_is_typed(client, alice, rice, ideas, give):
    for idea, reach in zip(ideas, (1000, 2000, 500), strict=True):
        give(rice, idea, reach=reach, impact=2, confidence="0.8", effort=10)
    client.force_login(alice)
    body = edited(client, rice)

    def tried(**other):
        answer = client.post(url("check-one", rice.pk), body | other)
        assert answer.status_code == 200
        return answer.context["trial"], answer.content.decode()

    trial, text = tried()
    assert [(one.name, one.result) for one in trial.examples] == [
        ("Invoice OCR", "320"), ("Single sign-on", "160"), ("Usage-based billing", "80"),
    ]  # fmt: skip
    assert "2,000 × 2 × 80 % ÷ 10" in text
    wrong, text = tried(formula="reach * impakt")
    assert "Is “impact” meant?" in text
    assert wrong.pointing.splitlines()[1] == "        ^"
    unfit, text = tried(formula="reach + effort + 0 * impact * confidence")
    assert "It adds people and person-months." in text
    broken, text = tried(formula="reach * impact * confidence / (effort - 10)")
    assert "no score: the formula divides by zero" in text
    own, text = tried(**{"criteria.0.example": "50"})
    assert own.examples[0].is_typed
    turned, text = tried(formula="0 - reach * impact * confidence / effort")
    assert (turned.effects.moved, turned.effects.moves[0].by) == (2, -2)
    assert "Invoice OCR (1 → 3)" in text
    shorter, text = tried(**{"criteria.0.highest": "900"})
    assert shorter.effects.losses == ("2 scores of “Reach” will be off the scale and count as missing.",)


def test_with_nothing_scored_the_example_takes_the_middle_of_the_scales_and_facts_of_a_project(client, alice, project):
    client.force_login(alice)
    body = typed(rows=[{"name": "Value"}], formula="value / duration_weeks")

    answer = client.post(url("check"), body)

    [example] = answer.context["trial"].examples
    assert example.is_typed
    assert example.name == "Example numbers, facts of Apollo"
    assert example.filled.startswith("5 ÷ 11.5")
    assert client.post(url("check"), {}).status_code == 200


def test_a_change_makes_a_version_with_its_reason_told_in_words_and_can_be_undone(client, alice, weighted):
    client.force_login(alice)
    body = edited(client, weighted, {"risk": {"weight": "45", "name": "Risks"}}, note="Risk bites.")

    saved = client.post(url("edit", weighted.pk), body, follow=True)

    weighted.refresh_from_db()
    assert weighted.number == 2
    text = client.get(url("versions", weighted.pk)).content.decode()
    for words in ("Risk bites.", "“Risk” is called “Risks”.", "Risks 15 % → 34.6 %"):
        assert words in text
    undo = url("version-restore", weighted.pk, 1)
    assert undo in saved.content.decode()
    assert "Count like this again" in client.get(url("version", weighted.pk, 1)).content.decode()

    client.post(undo)

    weighted.refresh_from_db()
    assert weighted.number == 3
    assert ModelVersion.objects.get(model=weighted, number=3).note == "As in version 1."
    assert client.post(undo).status_code == 409


def test_the_pages_of_a_model_cost_the_same_for_many_versions_and_criteria(client, alice, acme, weighted):
    client.force_login(alice)
    places = [url(name, weighted.pk) for name in ("detail", "versions", "edit")]

    def statements():
        counts = []
        for place in places:
            with CaptureQueriesContext(connection) as captured:
                assert client.get(place).status_code == 200
            counts.append(len(captured))
        return counts

    statements()
    few = statements()
    Criterion.objects.bulk_create(
        [Criterion(organization=acme, model=weighted, key=f"k{n}", name=f"K{n}", position=n) for n in range(20)]
    )
    plain = ModelVersion.objects.get(model=weighted).definition
    ModelVersion.objects.bulk_create(
        [
            ModelVersion(organization=acme, model=weighted, number=n, definition=plain, author=alice)
            for n in range(2, 26)
        ]
    )

    assert statements() == few
    assert max(few) <= 14


def test_somebody_elses_change_is_shown_beside_ones_own_and_nothing_is_lost(client, alice, rice):
    client.force_login(alice)
    body = edited(client, rice, name="Mine")
    update_scoring_model(actor=alice, model=rice, formula="reach * impact * confidence / max(effort, 1)", name="Theirs")

    answer = client.post(url("edit", rice.pk), body)

    assert answer.status_code == 409
    text = answer.content.decode()
    assert "Theirs" in text
    assert "Meanwhile it counts otherwise" in text
    assert answer.context["form"]["name"].value() == "Mine"
    again = body | {"version": answer.context["form"]["version"].value()}
    assert client.post(url("edit", rice.pk), again).status_code == 302


def test_a_copy_begins_with_the_criteria_of_its_model(client, alice, rice):
    client.force_login(alice)

    form = client.get(url("create-own"), {"copy": rice.pk}).context["form"]
    answer = client.post(url("create-own"), typed(rice, rows_of(form), name=form["name"].value()))

    assert answer.status_code == 302
    copied = ScoringModel.objects.get(name="RICE, copy")
    assert [row.key for row in live_criteria(copied)] == ["reach", "impact", "confidence", "effort"]
    assert Criterion.objects.filter(model=rice).count() == 4


def test_an_archived_model_says_so_and_its_name_may_be_taken_meanwhile(client, alice, acme, rice):
    client.force_login(alice)
    archive_scoring_model(actor=alice, model=rice)
    assert "This model is archived" in client.get(url("detail", rice.pk)).content.decode()
    with organization_scope(acme, alice):
        create_scoring_model(actor=alice, organization=acme, template="rice")

    answer = client.post(url("restore", rice.pk), follow=True)

    assert "Another scoring model has this name here." in answer.content.decode()
