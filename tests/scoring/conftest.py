"""Models, and what they score."""

from decimal import Decimal

import pytest

from projects.models import Project
from scoring.services import ScoreCell, create_scoring_model, set_scores


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
