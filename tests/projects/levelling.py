"""Projects that ask for more developers than there are, one of which has float."""

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from events.models import JobStatus
from events.services import claim_job, run_job
from projects import services
from projects.models import Activity, LevellingProposal, Project
from resources.algorithms.months import plus_months
from resources.models import Allocation, Capacity, ResourceRole


def month(offset):
    """The first day of the month so many after the present one."""
    return plus_months(timezone.localdate().replace(day=1), offset)


def last_day(offset):
    return month(offset + 1) - datetime.timedelta(days=1)


def planned(project, role, offset, ftes):
    """FTE of a role in months from `offset` on."""
    return [
        Allocation.objects.create(
            organization_id=project.organization_id, project=project, role=role, month=month(offset + n), fte=fte
        )
        for n, fte in enumerate(ftes)
    ]


def dated(project, name, offset, months, **fields):
    """An activity by hand from the first day of a month to the last of another."""
    values = {
        "organization_id": project.organization_id,
        "project": project,
        "name": name,
        "currency": "USD",
        "position": project.activities.count() + 1,
        "planned_start_date": month(offset),
        "planned_finish_date": last_day(offset + months - 1),
    }
    return Activity.objects.create(**{**values, **fields})


def in_flight(organization, program, code, status, offset, months):
    """A project with one activity as long as itself."""
    project = Project.objects.create(
        organization=organization,
        program=program,
        code=code.upper(),
        name=code.title(),
        status=status,
        currency="USD",
        planned_start_date=month(offset),
        planned_finish_date=last_day(offset + months - 1),
    )
    dated(project, f"Work of {project.name}", offset, months)
    return project


@pytest.fixture
def developer(acme):
    """Four of them in each of the coming months."""
    role = ResourceRole.objects.create(organization=acme, name="Developer")
    for offset in range(30):
        Capacity.objects.create(organization=acme, role=role, month=month(offset), fte=Decimal(4))
    return role


@pytest.fixture
def zeus(acme, program):
    """Approved and not begun; from the month after next, for two months."""
    return in_flight(acme, program, "zeus", "approved", 2, 2)


@pytest.fixture
def rivals(acme, program, developer, zeus):
    """Hera is under way until the ninth month. Both need three of the four developers in the same two months."""
    hera = in_flight(acme, program, "hera", "active", 0, 9)
    for project in (zeus, hera):
        planned(project, developer, 2, [Decimal(3), Decimal(3)])
    return {"zeus": zeus, "hera": hera}


@pytest.fixture
def suggested(acme, petra):
    """`suggested(program=…)` asks as Petra and lets a worker look."""

    def run(**asked):
        row = services.suggest_levelling(actor=petra, **asked)
        run_job(claim_job(acme.pk))
        row = LevellingProposal.objects.get(pk=row.pk)
        assert row.job.status == JobStatus.DONE, row.job.error or row.job.message
        return row

    return run
