"""Models, and what they score."""

from decimal import Decimal

import pytest

from projects.models import Project
from scoring.services import (
    Answer,
    Ballot,
    ScoreCell,
    Thing,
    compare_criteria,
    create_scoring_model,
    create_scoring_session,
    set_scores,
    set_votes,
)


@pytest.fixture
def rice(acme, alice):
    """The organization's RICE model."""
    return create_scoring_model(actor=alice, organization=acme, template="rice")


@pytest.fixture
def weighted(acme, alice):
    """Weighted scoring, from its template."""
    return create_scoring_model(actor=alice, organization=acme, template="weighted")


@pytest.fixture
def ideas(acme, program):
    """Three proposed projects."""
    return [
        Project.objects.create(organization=acme, program=program, code=code, name=name, currency="USD")
        for code, name in (("SSO", "Single sign-on"), ("OCR", "Invoice OCR"), ("PAY", "Usage-based billing"))
    ]


@pytest.fixture
def give(acme, alice):
    """Set an item's scores by the keys of criteria: `give(model, project, reach=100, impact=2)`."""

    def give(model, item, actor=alice, **values):
        criteria = {criterion.key: criterion.pk for criterion in model.criteria.live()}
        kind = item._meta.model_name
        cells = [
            ScoreCell(kind, item.pk, criteria[key], None if value is None else Decimal(str(value)))
            for key, value in values.items()
        ]
        return set_scores(actor=actor, organization=acme, cells=cells)

    return give


@pytest.fixture
def session(acme, alice, bob, petra, rice, ideas):
    """Alice asks Bob and Petra for their scores of the three ideas."""
    return create_scoring_session(
        actor=alice, organization=acme, model=rice, name="First half", raters=[bob, petra],
        items=[Thing("project", item.pk) for item in ideas],
    )  # fmt: skip


@pytest.fixture
def vote(session):
    """Vote on an item by the keys of criteria: `vote(bob, item, reach=100, comment="Counted.")`."""

    def vote(actor, project, comment=None, **values):
        criteria = {criterion.key: criterion.pk for criterion in session.model.criteria.live()}
        item = session.items.get(project=project)
        ballots = [
            Ballot(item.pk, criteria[key], None if value is None else Decimal(str(value)), comment)
            for key, value in values.items()
        ]
        return set_votes(actor=actor, session=session, votes=ballots)

    return vote


@pytest.fixture
def drivers(acme, alice):
    """Strategic drivers, from their template."""
    return create_scoring_model(actor=alice, organization=acme, template="drivers")


@pytest.fixture
def compare():
    """Say how criteria compare, by their keys: `compare(weight_set, alice, ("growth", "retention", 2))`."""

    def compare(weight_set, actor, *told):
        ids = {criterion.key: criterion.pk for criterion in weight_set.model.criteria.live()}
        answers = [Answer(ids[first], ids[second], step) for first, second, step in told]
        return compare_criteria(actor=actor, weight_set=weight_set, answers=answers)

    return compare
