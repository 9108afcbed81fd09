"""A share outside of its bounds is refused in a sentence, by the row itself."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from portfolio.models import ProductShare
from projects.models import Activity, Dependency, Project, Risk

PROGRESS = "Progress is from 0 to 100 percent."


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (Activity(progress_ratio=Decimal("1.5")), PROGRESS),
        (Project(reported_progress_ratio=Decimal("-0.1")), PROGRESS),
        (Risk(probability_ratio=Decimal(2)), "A probability is from 0 to 100 percent."),
        (Dependency(lag_ratio=Decimal(20_000)), "A lag is at most 1,000,000 percent of a duration, either way."),
        (ProductShare(share_ratio=Decimal(0)), "A share is more than 0 and at most 100 percent."),
    ],
)
def test_a_share_outside_of_its_bounds_is_refused_in_a_sentence(db, row, sentence):
    with pytest.raises(ValidationError) as refusal:
        row.validate_constraints()

    assert sentence in refusal.value.messages
