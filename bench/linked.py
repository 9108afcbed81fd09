"""A program of projects whose activities wait for each other, to measure the schedule with."""

import datetime
import random
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.models import Membership, Organization, User
from accounts.services import create_api_token
from bench.seed import session_of
from core.access import Role
from core.tenancy import organization_scope
from portfolio.models import Portfolio
from programs.models import Program
from projects.models import Activity, Dependency, Project
from projects.services.root import make_root

START = datetime.date(2026, 1, 5)
PROJECTS = 10


def seed_linked(slug: str, size: int) -> dict[str, Any]:
    """One program of ten projects with `size` activities, half of them scheduled automatically, two links into each.

    One link in twenty crosses projects. Returns what a caller needs to ask for it.
    """
    rng = random.Random(1)  # noqa: S311 - no secret
    with transaction.atomic():
        organization = Organization.objects.create(name=slug.title(), slug=slug)
        user = User.objects.create_user(f"owner@{slug}.example", name="Owner")
        with organization_scope(organization, user):
            Membership.objects.create(organization=organization, user=user, role=Role.OWNER)
            portfolio = Portfolio.objects.create(organization=organization, name="All", manager=user)
            program = Program.objects.create(
                organization=organization, portfolio=portfolio, code="L", name="Linked", manager=user
            )
            rows = _activities(organization, program, user, size)
            Dependency.objects.bulk_create(_links(organization, rows, rng), batch_size=2000)
            _, token = create_api_token(actor=user, organization=organization, name="bench", scope="write")
    facts = {"slug": slug, "program": program.pk, "token": token, "session": session_of(user)}
    return facts | {"activities": [row.pk for row in rows], "count": len(rows)}


def _activities(organization: Organization, program: Program, user: User, size: int) -> list[Activity]:
    each = size // PROJECTS
    projects = [
        Project(
            organization=organization, program=program, code=f"L-{number}", name=f"Linked {number}", manager=user,
            status="active", planned_start_date=START, currency="USD",
        )
        for number in range(PROJECTS)
    ]  # fmt: skip
    Project.objects.bulk_create(projects)
    for project in projects:
        make_root(project)
    rows = [
        Activity(
            organization=organization, project=project, name=f"Activity {place}", position=place + 1, currency="USD",
            is_manual=place % 2 == 0, duration_minutes=Decimal(480 * (1 + place % 5)), assignee=user,
            planned_start_date=START + datetime.timedelta(days=7 * (place // 10)),
            planned_finish_date=START + datetime.timedelta(days=7 * (place // 10) + 4),
            planned_cost_amount=Decimal(1000), kind="milestone" if place % 50 == 49 else "task",
        )
        for project in projects
        for place in range(each)
    ]  # fmt: skip
    return Activity.objects.bulk_create(rows, batch_size=2000)


def _links(organization: Organization, rows: list[Activity], rng: random.Random) -> list[Dependency]:
    """Links forwards in time: two into each activity, from up to thirty places before it."""
    each = len(rows) // PROJECTS
    found: dict[tuple[int, int], Dependency] = {}
    for number, row in enumerate(rows):
        home, place = divmod(number, each)
        for _ in range(2):
            if place < 10:
                continue
            earlier = rng.randrange(max(0, place - 30), place - place % 10 or 1)
            crosses = rng.random() < 0.05
            other = rows[(rng.randrange(PROJECTS) if crosses else home) * each + earlier]
            if (other.pk, row.pk) in found or other.pk == row.pk:
                continue
            found[other.pk, row.pk] = Dependency(
                organization=organization, predecessor=other, successor=row,
                crosses_projects=other.project_id != row.project_id,
                slip_policy=("consume", "consume", "move")[number % 3],
            )  # fmt: skip
    return list(found.values())
