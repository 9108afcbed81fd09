"""Our own exports come back as what they were: nothing new, nothing changed."""

import datetime
from decimal import Decimal

import pytest

from integrations.algorithms.ours import FIELDS, TELLING
from integrations.models import ImportRun
from portfolio.models import Portfolio, Product, ProductLine
from portfolio.selectors import lines, products, tree
from portfolio.services import rebuild_rollups
from programs.models import Measure, Program
from programs.selectors import MEASURE_HEADER, PROGRAM_HEADER
from projects.models import Activity, Project, Risk
from projects.selectors import ACTIVITY_HEADER, PROJECT_HEADER, RISK_HEADER
from projects.services import create_activities, create_risk, report_project, update_project
from resources.models import Calendar, Capacity, ResourceRole, Skill, Team
from resources.selectors import CAPACITY_HEADER, PERSON_HEADER, ROLE_HEADER, TEAM_HEADER
from resources.services import create_person
from tests.integrations.conftest import csv_text, upload

HEADERS = {
    "portfolio": tree.HEADER,
    "product_line": lines.HEADER,
    "program": PROGRAM_HEADER,
    "product": products.HEADER,
    "project": PROJECT_HEADER,
    "activity": ACTIVITY_HEADER,
    "risk": RISK_HEADER,
    "measure": MEASURE_HEADER,
    "team": TEAM_HEADER,
    "resource_role": ROLE_HEADER,
    "person": PERSON_HEADER,
    "capacity": CAPACITY_HEADER,
}
PAGES = {
    "portfolio": "portfolios",
    "program": "programs",
    "project": "projects",
    "activity": "activities",
    "risk": "risks",
    "measure": "measures",
    "product": "products",
    "product_line": "product-lines",
    "team": "teams",
    "resource_role": "roles",
    "person": "people",
    "capacity": "capacity/typed",
}


@pytest.mark.parametrize("kind", HEADERS)
def test_every_export_has_the_columns_by_which_it_is_known(kind):
    fields = {pair.split("=")[0] for pair in FIELDS[kind].split(",")}

    assert fields | TELLING[kind] <= set(HEADERS[kind])


def test_no_export_is_taken_for_another():
    for kind, header in HEADERS.items():
        known = [
            name
            for name in FIELDS
            if {pair.split("=")[0] for pair in FIELDS[name].split(",")} | TELLING[name] <= set(header)
        ]
        assert known[0] == kind


@pytest.fixture
def filled(acme, alice, imported, portfolio, program, project):
    """Acme with one of everything, and reported values that differ from the computed ones."""
    Portfolio.objects.create(organization=acme, name="=Nested", parent=portfolio)
    line = ProductLine.objects.create(organization=acme, name="Atlas", code="A")
    Product.objects.create(
        organization=acme, line=line, name="-Insights", revenue_growth_ratio=Decimal("1.5"), annual_cost_amount=-5
    )
    Measure.objects.create(organization=acme, program=program, name="@Satisfaction", result="met")
    Measure.objects.create(organization=acme, program=program, name="Uptime")
    update_project(
        actor=alice,
        project=project,
        planned_start_date=datetime.date(2026, 1, 5),
        planned_finish_date=datetime.date(2026, 3, 4),
        actual_amount=Decimal("12.50"),
    )
    report_project(
        actor=alice,
        project=project,
        reported_progress_ratio=Decimal("0.2"),
        reported_health="red",
        health_note="Vendor",
    )
    rows = [{"name": "Design", "status": "done"}, {"name": "+Build", "planned_cost_amount": Decimal("7.25")}]
    create_activities(actor=alice, project=project, rows=rows)
    create_risk(actor=alice, project=project, name="=Leak", probability_ratio=Decimal("0.3"), impact_amount=Decimal(9))
    team = Team.objects.create(organization=acme, name="Platform", lead=alice, description="Keeps it")
    role = ResourceRole.objects.create(organization=acme, name="Engineer", external_key="R-1")
    skills = [Skill.objects.create(organization=acme, name=name) for name in ("=SQL", "Python 3")]
    create_person(
        actor=alice, organization=acme, name="Maya", role=role, team=team, user=alice, fte=Decimal("0.8"),
        calendar=Calendar.objects.create(organization=acme, name="-Norway"), skill_levels={skills[0]: 2, skills[1]: 5},
    )  # fmt: skip
    Capacity.objects.create(organization=acme, role=role, team=team, month=datetime.date(2026, 3, 1), fte=Decimal(2))
    rebuild_rollups(acme.pk)


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
@pytest.mark.parametrize("kind", HEADERS)
def test_an_export_that_is_imported_again_changes_nothing(filled, client, alice, imported, kind, file_format):
    client.force_login(alice)
    content, file = (
        b"".join(client.get(f"/o/acme/{PAGES[kind]}/?format={wanted}").streaming_content)
        for wanted in ("csv", file_format)
    )

    run = imported(upload("download", file))

    rows = content.decode().count("\r\n") - 1
    assert rows > 0
    assert run.files.get().kind == kind
    assert run.totals == {kind: {"rows": rows, "parked": 0, "unchanged": rows}}, [
        (row.reasons, row.changes) for row in run.rows.all()
    ]


def test_a_project_stays_in_its_program_where_the_file_names_one_that_is_not_known(imported, project, program):
    text = csv_text("code,name,program,portfolio", f"{project.code},{project.name},Nobody's,{program.portfolio.name}")

    imported(upload("projects.csv", text))

    assert Project.objects.get().program == program
    assert ImportRun.objects.get().count("unchanged") == 1
    assert not Program.objects.exclude(pk=program.pk).exists()
    assert not Activity.objects.exists()
    assert not Risk.objects.exists()
