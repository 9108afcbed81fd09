"""Many rows of one table are written with one statement."""

import datetime
from decimal import Decimal

import pytest
from django.db import DataError, connection, transaction
from django.test.utils import CaptureQueriesContext

from core.sql import update_rows
from projects.models import Project


@pytest.fixture
def projects(acme, program):
    return [
        Project.objects.create(organization=acme, program=program, code=f"P{number}", name="Old", currency="USD")
        for number in range(7)
    ]


def test_each_row_gets_its_own_values_of_every_kind_of_column(projects, alice):
    for number, row in enumerate(projects):
        row.name = f"It’s “{number}” %s"
        row.budget_amount = Decimal(number) / 4 if number else None
        row.planned_start_date = datetime.date(2026, 1, 1 + number)
        row.manager = alice if number % 2 else None

    with CaptureQueriesContext(connection) as captured:
        update_rows(projects, ["name", "budget_amount", "planned_start_date", "manager"], batch_size=4)

    assert len(captured) == 2
    for row in projects:
        stored = Project.objects.get(pk=row.pk)
        for name in ("name", "budget_amount", "planned_start_date", "manager"):
            assert getattr(stored, name) == getattr(row, name)


def test_columns_that_are_not_named_stay(projects):
    projects[0].name, projects[0].code = "New", "OTHER"

    update_rows(projects[:1], ["name"])

    assert list(Project.objects.filter(pk=projects[0].pk).values_list("name", "code")) == [("New", "P0")]
    assert set(Project.objects.exclude(pk=projects[0].pk).values_list("name", flat=True)) == {"Old"}


def test_a_text_that_is_too_long_is_refused_and_not_cut(projects):
    projects[0].code = "x" * 200

    with pytest.raises(DataError), transaction.atomic():
        update_rows(projects[:1], ["code"])


def test_no_rows_or_no_columns_write_nothing(projects):
    with CaptureQueriesContext(connection) as captured:
        update_rows([], ["name"])
        update_rows(projects, [])

    assert not len(captured)
