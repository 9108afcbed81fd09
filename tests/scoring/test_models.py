"""Scoring models are data: made from templates, changed in versions, refused in words."""

import datetime
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from core.errors import FieldErrors, NotAllowed, StaleEdit
from core.tenancy import organization_scope
from events.models import Event
from projects.models import Project, Risk
from scoring.algorithms.templates import TEMPLATES
from scoring.models import Criterion, ModelVersion, ScoringModel
from scoring.selectors import Asked, all_facts, candidates, definition_of, live_criteria, read_facts
from scoring.selectors.facts import fact_columns
from scoring.services import (
    archive_criterion,
    archive_scoring_model,
    create_criterion,
    create_scoring_model,
    restore_criterion,
    restore_scoring_model,
    update_criterion,
    update_scoring_model,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("key", TEMPLATES)
def test_each_template_makes_a_model_whose_first_version_says_what_it_says(key, acme, alice):
    model = create_scoring_model(actor=alice, organization=acme, template=key)

    version = ModelVersion.objects.get(model=model)
    assert (version.number, version.author) == (1, alice)
    assert version.parsed.criteria == TEMPLATES[key].definition.criteria
    assert definition_of(model, live_criteria(model)).criteria == TEMPLATES[key].definition.criteria
    assert Event.objects.get(kind="scoring_model.created").subject_name == TEMPLATES[key].name


def test_a_change_of_how_it_counts_makes_a_version_and_a_new_name_does_not(rice, alice):
    renamed = update_scoring_model(actor=alice, model=rice, name="RICE 2027")
    changed = update_scoring_model(
        actor=alice, model=renamed, formula="reach * impact * confidence / max(effort, 1)", note="No tiny efforts."
    )

    assert (renamed.number, changed.number) == (1, 2)
    versions = ModelVersion.objects.filter(model=rice).order_by("number")
    assert [version.note for version in versions] == ["Created.", "No tiny efforts."]
    assert versions[0].parsed.formula == "reach * impact * confidence / effort"


def test_a_formula_that_means_nothing_is_refused_at_its_character(rice, alice):
    with pytest.raises(FieldErrors) as refused:
        update_scoring_model(actor=alice, model=rice, formula="reach * impakt")

    assert refused.value.errors["formula"].startswith("At character 9:")
    assert "impact" in refused.value.errors["formula"]
    rice.refresh_from_db()
    assert rice.formula == "reach * impact * confidence / effort"


def test_a_criterion_that_the_formula_speaks_of_is_not_taken_out(rice, alice):
    effort = Criterion.objects.get(model=rice, key="effort")

    with pytest.raises(FieldErrors):
        archive_criterion(actor=alice, criterion=effort)

    effort.refresh_from_db()
    assert not effort.is_archived


def test_criteria_come_and_go_and_come_back_each_with_a_version(weighted, alice):
    criterion = create_criterion(actor=alice, model=weighted, key="delight", name="Delight", lowest=1, highest=5)
    archive_criterion(actor=alice, criterion=criterion)
    restored = restore_criterion(actor=alice, criterion=Criterion.objects.get(pk=criterion.pk))

    weighted.refresh_from_db()
    assert weighted.number == 4
    assert [row.key for row in live_criteria(weighted)][-1] == "delight"
    assert not restored.is_archived


def test_weights_that_sum_to_zero_are_refused(weighted, alice):
    rows = [{"id": row.pk, "weight": Decimal(0)} for row in live_criteria(weighted)]

    with pytest.raises(FieldErrors, match="sum to zero"):
        update_scoring_model(actor=alice, model=weighted, criteria=rows)


@pytest.mark.parametrize(
    ("values", "place"),
    [
        ({"key": "if"}, "key"),
        ({"key": "Über"}, "key"),
        ({"name": " "}, "name"),
        ({"lowest": Decimal(5), "highest": Decimal(5)}, "highest"),
        ({"weight": Decimal(-1)}, "weight"),
        ({"levels": [{"value": 1, "name": "One"}]}, "levels"),
        ({"levels": [{"value": 1, "name": "One"}, {"value": 99, "name": "Off"}]}, "levels"),
        ({"key": "risk"}, "key"),
    ],
)
def test_a_criterion_that_does_not_fit_is_refused_at_its_column(weighted, alice, values, place):
    first = live_criteria(weighted)[0]

    with pytest.raises(FieldErrors) as refused:
        update_criterion(actor=alice, criterion=first, **values)

    assert any(key.endswith(f".{place}") for key in refused.value.errors)


def test_a_stale_edit_of_a_model_is_refused(rice, alice):
    update_scoring_model(actor=alice, model=rice, name="RICE B")

    with pytest.raises(StaleEdit):
        update_scoring_model(actor=alice, model=rice, expected_version=rice.version, name="RICE C")


def test_a_model_that_counts_with_amounts_is_not_seen_by_those_who_see_none(acme, alice, rice):
    create_scoring_model(actor=alice, organization=acme, template="cd3")
    own = update_scoring_model(actor=alice, model=rice, formula="npv / effort + 0 * reach * impact * confidence")
    assert own.uses_amounts

    with organization_scope(acme, alice, hides_amounts=True):
        assert not ScoringModel.objects.visible_to(alice).exists()
    assert ScoringModel.objects.visible_to(alice).count() == 2


def test_versions_are_never_changed(rice):
    with pytest.raises(Exception, match="never changed"):
        ModelVersion.objects.filter(model=rice).update(note="Forged.")


def test_only_leaders_change_models_and_an_archived_one_comes_back(rice, alice, bob):
    with pytest.raises(NotAllowed):
        update_scoring_model(actor=bob, model=rice, name="Mine")
    archived = archive_scoring_model(actor=alice, model=rice)
    assert archived.is_archived
    assert not restore_scoring_model(actor=alice, model=archived).is_archived


@pytest.mark.parametrize("kind", ["project", "program", "product"])
def test_every_fact_is_read_of_every_kind_of_item(kind, acme, alice, ideas, program):
    names = [fact.key for fact in all_facts()]
    rows = list(candidates(kind, alice))

    found = read_facts(names, Asked(acme, kind, rows, datetime.date(2026, 11, 29)))

    assert {name: len(values) for name, values in found.items()} == dict.fromkeys(names, len(rows))


def test_facts_tell_budget_span_effort_and_risks_of_projects_and_of_what_they_make_up(acme, alice, ideas, program):
    sso, ocr, _ = ideas
    for project, budget in ((sso, 1000), (ocr, 500)):
        project.budget_amount = Decimal(budget)
        project.planned_start_date, project.planned_finish_date = datetime.date(2026, 1, 5), datetime.date(2026, 1, 19)
        project.save()
    Risk.objects.create(
        organization=acme, project=sso, name="Late", probability_ratio=Decimal("0.5"), impact_days=10,
        impact_amount=Decimal(300), currency="USD",
    )  # fmt: skip
    day = datetime.date(2026, 11, 29)
    names = ["budget", "duration_weeks", "risk_days", "risk_cost"]

    of_projects = read_facts(names, Asked(acme, "project", [sso], day))
    of_program = read_facts(names, Asked(acme, "program", [program], day))

    assert [of_projects[name][0] for name in names] == [1000, 2, 5, 150]
    assert of_program["budget"][0] >= 1500
    assert [of_program[name][0] for name in names[2:]] == [5, 150]


def test_facts_cost_one_statement_together_and_none_where_items_came_with_them(acme, ideas, django_assert_num_queries):
    names = [fact.key for fact in all_facts() if fact.column]
    rows = Project.objects.filter(pk__in=[idea.pk for idea in ideas]).order_by("pk")
    asked = Asked(acme, "project", list(rows), datetime.date(2026, 11, 29))
    along = replace(asked, rows=list(rows.annotate(**fact_columns(names, "project", acme))))

    with django_assert_num_queries(1):
        apart = read_facts(names, asked)
    with django_assert_num_queries(0):
        together = read_facts(names, along)

    for name in names:
        np.testing.assert_array_equal(apart[name], together[name])
