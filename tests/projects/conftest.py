"""A project with an outline."""

import datetime
from decimal import Decimal

import pytest

from projects import services
from projects.models import Activity
from tests.projects.levelling import developer, rivals, suggested, zeus  # noqa: F401


@pytest.fixture
def work(bob, project, activity):
    """Design (with Sketch and Prototype below it), Build."""
    services.create_activity(actor=bob, project=project, name="Build", planned_cost_amount=Decimal(5000))
    for name, cost in (("Sketch", 1000), ("Prototype", 2500)):
        services.create_activity(
            actor=bob,
            project=project,
            parent=Activity.objects.get(name="Design"),
            name=name,
            planned_cost_amount=Decimal(cost),
            planned_start_date=datetime.date(2026, 2, 2),
            planned_finish_date=datetime.date(2026, 2, 20),
        )
    return {row.name: row for row in Activity.objects.all()}
