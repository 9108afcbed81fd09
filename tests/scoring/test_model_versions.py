"""A model counts like a former version again; numbers and levels as people type them."""

from decimal import Decimal

import pytest

from core.errors import Conflict, NotAllowed, StaleEdit
from scoring.forms.level_texts import Unreadable, levels_of, number_of, text_of, text_of_levels
from scoring.models import ModelVersion, Score
from scoring.selectors import live_criteria
from scoring.services import (
    archive_criterion,
    create_criterion,
    create_scoring_model,
    restore_model_version,
    update_criterion,
    update_scoring_model,
)


@pytest.mark.django_db
def test_a_former_version_comes_back_with_the_scores_of_what_was_taken_out(weighted, alice, ideas, give):
    give(weighted, ideas[0], risk=3)
    first = ModelVersion.objects.get(model=weighted)
    archive_criterion(actor=alice, criterion=weighted.criteria.get(key="risk"))
    added = create_criterion(actor=alice, model=weighted, key="delight", name="Delight")

    restored = restore_model_version(actor=alice, model=weighted, version=first, note="Risk was worth it.")

    assert restored.number == 4
    assert [row.key for row in live_criteria(restored)] == [one.key for one in first.parsed.criteria]
    assert Score.objects.filter(criterion__key="risk", criterion__archived_at=None).count() == 1
    added.refresh_from_db()
    assert added.is_archived
    latest = ModelVersion.objects.get(model=weighted, number=4)
    assert (latest.note, latest.parsed.criteria) == ("Risk was worth it.", first.parsed.criteria)


@pytest.mark.django_db
def test_a_version_is_made_also_where_a_criterion_comes_back_alone_and_with_its_amounts(acme, alice):
    criteria = [{"key": "value", "name": "Value"}, {"key": "loss", "name": "Loss", "unit": "money"}]
    model = create_scoring_model(actor=alice, organization=acme, name="M", kind="weighted", criteria=criteria)
    first = ModelVersion.objects.get(model=model)
    archive_criterion(actor=alice, criterion=model.criteria.get(key="loss"))
    model.refresh_from_db()
    assert not model.uses_amounts

    restored = restore_model_version(actor=alice, model=model, version=first)

    assert (restored.number, restored.uses_amounts) == (3, True)
    assert ModelVersion.objects.filter(model=model).count() == 3


@pytest.mark.django_db
def test_what_cannot_come_back_is_refused(weighted, rice, alice, bob):
    first = ModelVersion.objects.get(model=weighted)
    with pytest.raises(Conflict, match="counts like version 1 already"):
        restore_model_version(actor=alice, model=weighted, version=first)
    with pytest.raises(Conflict, match="of another model"):
        restore_model_version(actor=alice, model=rice, version=first)
    with pytest.raises(NotAllowed):
        restore_model_version(actor=bob, model=weighted, version=first)
    update_scoring_model(actor=alice, model=weighted, name="Other")
    with pytest.raises(StaleEdit):
        restore_model_version(actor=alice, model=weighted, version=first, expected_version=weighted.version)


@pytest.mark.django_db
def test_an_external_key_of_a_criterion_is_kept_and_makes_no_version(rice, alice):
    reach = rice.criteria.get(key="reach")

    changed = update_criterion(actor=alice, criterion=reach, external_key="JIRA-7")

    rice.refresh_from_db()
    assert (changed.external_key, rice.number) == ("JIRA-7", 1)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,200.5", "1200.5"),
        ("1 200,5", "1200.5"),
        ("1,200", "1200"),
        ("−3", "-3"),
        ("0.0001", "0.0001"),
        ("80 %", "80"),
    ],
)
def test_numbers_are_read_as_people_type_them(text, number):
    assert number_of(text) == Decimal(number)


@pytest.mark.parametrize("text", ["much", "1.00001", "1e20", "NaN", "1.2.3", "%"])
def test_what_is_no_number_is_refused_in_words(text):
    with pytest.raises(Unreadable):
        number_of(text)


def test_levels_are_read_as_they_are_written():
    levels = [
        {"value": 0.25, "name": "Minimal", "meaning": "Hardly anybody | nobody"},
        {"value": 3.0, "name": "High", "meaning": ""},
    ]

    assert levels_of(text_of_levels(levels)) == levels
    shares = [{"value": 0.125, "name": "a|b", "meaning": "x"}]
    assert text_of_levels(shares, is_percent=True) == "12.5\ta|b\tx"
    assert levels_of(text_of_levels(shares, is_percent=True), is_percent=True) == shares
    assert text_of(Decimal("0.8000"), is_percent=True) == "80"
    assert levels_of("\n \n") == []


@pytest.mark.parametrize(
    "text", ["High", "x | High", "1 | ", "\n".join(f"{n} | L{n}" for n in range(21)), "1 | " + "n" * 81]
)
def test_levels_that_are_none_are_refused_with_their_line(text):
    with pytest.raises(Unreadable, match=r"Line 1|at most 20"):
        levels_of(text)
