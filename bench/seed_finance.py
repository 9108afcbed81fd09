"""A portfolio with money and allocations for every month, to measure with: many projects and a few, alike otherwise."""

import datetime
import time
from decimal import Decimal
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Membership, Organization
from bench.seed import session_of
from core.access import Role
from core.tenancy import organization_scope
from finance.models import FinancialEntry
from portfolio.models import Portfolio
from portfolio.selectors.touched import Nodes
from portfolio.services import rebuild_rollups, roll_up
from programs.models import Program
from projects.models import Project
from resources.models import Person, ResourceRole, Team

FIRST = datetime.date(2025, 1, 1)
PROGRAMS, TEAMS, ROLES, PEOPLE = 20, 8, 6, 72
ENTRIES = """
    INSERT INTO finance_financialentry (organization_id, project_id, kind, entry_class, line, month, amount, currency,
        reporting_amount, note, external_key, created_at, updated_at, version)
    SELECT %(organization)s, project.id, kind.name, class.name, '', month::date, 1000 + project.id %% 977, 'USD',
        1000 + project.id %% 977, '', '', now(), now(), 1
    FROM projects_project project
    CROSS JOIN generate_series(%(first)s::date, %(first)s::date + (%(months)s - 1) * interval '1 month',
        interval '1 month') month
    CROSS JOIN (VALUES ('budget'), ('forecast'), ('actual')) kind(name)
    CROSS JOIN (VALUES ('capex'), ('opex'), ('revenue')) class(name)
    WHERE project.organization_id = %(organization)s
"""
ALLOCATIONS = """
    INSERT INTO resources_allocation (organization_id, project_id, role_id, team_id, kind, month, fte, note, created_at,
        updated_at, version)
    SELECT %(organization)s, project.id, (%(roles)s::bigint[])[1 + project.id %% %(role_count)s],
        (%(teams)s::bigint[])[1 + project.id %% %(team_count)s], kind.name, month::date, %(fte)s, '', now(), now(), 1
    FROM projects_project project
    CROSS JOIN generate_series(%(first)s::date, %(first)s::date + (%(months)s - 1) * interval '1 month',
        interval '1 month') month
    CROSS JOIN (VALUES ('plan'), ('actual')) kind(name)
    WHERE project.organization_id = %(organization)s
"""


def seed_work(slug: str, project_count: int) -> dict[str, Any]:
    """An organization whose one portfolio has so many projects, half of them in programs and half directly."""
    with transaction.atomic():
        organization = Organization.objects.create(name=slug.title(), slug=slug)
        user = get_user_model().objects.create_user(f"owner@{slug}.example", name="Owner")
        with organization_scope(organization, user):
            Membership.objects.create(organization=organization, user=user, role=Role.OWNER)
            user.remember_role(organization.pk, Role.OWNER)
            portfolio = _work(organization, user, project_count)
            _people(organization)
    return {"slug": slug, "organization": organization.pk, "portfolio": portfolio.pk, "session": session_of(user)}


def seed_money(organization_id: int, month_count: int) -> int:
    """Entries and allocations of each project and month, with all totals; how many entries there are then.

    The work must be committed and its tables analyzed: without statistics, the foreign keys of a million rows are
    each checked by reading a whole table.
    """
    with transaction.atomic(), organization_scope(organization_id):
        _facts(Organization.objects.get(pk=organization_id), Project.objects.count(), month_count)
        rebuild_rollups(organization_id)
        return FinancialEntry.objects.count()


def _work(organization: Organization, user: Any, project_count: int) -> Portfolio:
    portfolio = Portfolio.objects.create(organization=organization, name="All", manager=user)
    programs = [
        Program(organization=organization, portfolio=portfolio, code=f"G-{n}", name=f"Program {n}")
        for n in range(PROGRAMS)
    ]
    Program.objects.bulk_create(programs)
    Project.objects.bulk_create(
        [
            Project(
                organization=organization, code=f"P-{n}", name=f"Project {n}", status="active", currency="USD",
                budget_amount=Decimal(120_000 + n % 977), manager=user,
                **({"program": programs[n // 2 % PROGRAMS]} if n % 2 else {"portfolio": portfolio}),
            )
            for n in range(project_count)
        ],
        batch_size=2000,
    )  # fmt: skip
    return portfolio


def _people(organization: Organization) -> None:
    roles = ResourceRole.objects.bulk_create(
        [ResourceRole(organization=organization, name=f"Role {n}") for n in range(ROLES)]
    )
    teams = Team.objects.bulk_create([Team(organization=organization, name=f"Team {n}") for n in range(TEAMS)])
    Person.objects.bulk_create(
        Person(organization=organization, name=f"Person {n}", role=roles[n % ROLES], team=teams[n % TEAMS])
        for n in range(PEOPLE)
    )


def _facts(organization: Organization, project_count: int, month_count: int) -> None:
    keys = {
        "organization": organization.pk,
        "first": FIRST,
        "months": month_count,
        "roles": list(ResourceRole.objects.order_by("pk").values_list("pk", flat=True)),
        "teams": list(Team.objects.order_by("pk").values_list("pk", flat=True)),
        "role_count": ROLES,
        "team_count": TEAMS,
        "fte": round(Decimal(PEOPLE) / project_count, 3),
    }
    with connection.cursor() as cursor:
        cursor.execute(ENTRIES, keys)
        cursor.execute(ALLOCATIONS, keys)


def cost_of_an_entry(organization_id: int, rounds: int) -> dict[str, float]:
    """Median time and number of statements for the follower to bring one changed entry into all totals above it."""
    times, statements = [], 0
    with organization_scope(organization_id):
        entry = FinancialEntry.objects.filter(project__program__isnull=False).order_by("pk")[0]
        for _ in range(rounds + 1):
            FinancialEntry.objects.filter(pk=entry.pk).update(reporting_amount=F("reporting_amount") + 1)
            nodes, now = Nodes(projects={entry.project_id or 0}), timezone.now()
            with CaptureQueriesContext(connection) as seen:
                begun_at = time.perf_counter()
                roll_up(organization_id, nodes, day=timezone.localdate(), as_of=now)
                times.append((time.perf_counter() - begun_at) * 1000)
            statements = len(seen)
    return {"ms": sorted(times[1:])[rounds // 2], "statements": statements}
