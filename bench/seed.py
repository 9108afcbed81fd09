"""Two organizations to measure with, alike but for their size."""

import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction

from accounts.models import Membership, Organization, User
from accounts.services import create_api_token
from core.access import Role
from core.tenancy import organization_scope
from portfolio.models import Portfolio
from portfolio.services import rebuild_rollups
from programs.models import Program
from projects.models import Activity, Project, Risk

START = datetime.date(2025, 1, 6)
STATUSES = ("active", "active", "active", "approved", "on_hold", "done", "proposed")
BATCH = 2000


def seed(slug: str, items: int) -> dict[str, Any]:
    """An organization with `items` activities, half of them in one project; returns what a caller needs to ask for it.

    A tenth as many projects in fifty programs and ten portfolios, managed by five people: organizations of any size
    show as many rows and choices on a page, and what differs is how many lie behind them.
    """
    with transaction.atomic():
        organization = Organization.objects.create(name=slug.title(), slug=slug)
        user = User.objects.create_user(f"owner@{slug}.example", name="Owner")
        with organization_scope(organization, user):
            Membership.objects.create(organization=organization, user=user, role=Role.OWNER)
            user.remember_role(organization.pk, Role.OWNER)
            facts = _facts(organization, user, items)
            rebuild_rollups(organization.pk)
            _, token = create_api_token(actor=user, organization=organization, name="bench", scope="write")
    return {**facts, "token": token, "session": session_of(user), "user": user.pk}


def _facts(organization: Organization, user: User, items: int) -> dict[str, Any]:
    portfolios = [
        Portfolio(organization=organization, name=f"Portfolio {number}", description="Where we go.", manager=user)
        for number in range(10)
    ]
    Portfolio.objects.bulk_create(portfolios)
    project_count = items // 10
    programs = [
        Program(
            organization=organization, portfolio=portfolios[number % 10], code=f"G-{number}", name=f"Program {number}",
            description="Why these belong together.", manager=user,
        )
        for number in range(50)
    ]  # fmt: skip
    Program.objects.bulk_create(programs)
    people = [user, *_people(organization, 4)]
    projects = [
        _project(organization, programs[number % 50], people[number % len(people)], number)
        for number in range(project_count)
    ]
    Project.objects.bulk_create(projects, batch_size=BATCH)
    large, others = projects[0], projects[1:]
    half = items // 2
    places = [(large, number) for number in range(half)]
    places += [(others[number % len(others)], number // len(others)) for number in range(items - half)]
    activities = [_activity(organization, project, user, position) for project, position in places]
    Activity.objects.bulk_create(activities, batch_size=BATCH)
    risks = [_risk(organization, project, user, number) for number, project in enumerate(projects) if number % 2]
    Risk.objects.bulk_create(risks, batch_size=BATCH)
    return {
        "slug": organization.slug,
        "portfolio": portfolios[0].pk,
        "program": programs[0].pk,
        "large_project": large.pk,
        "small_project": others[0].pk,
        "activity": activities[0].pk,
    }


def _people(organization: Organization, count: int) -> list[User]:
    people = [User(email=f"person{n}@{organization.slug}.example", name=f"Person {n}") for n in range(count)]
    User.objects.bulk_create(people)
    Membership.objects.bulk_create(
        Membership(organization=organization, user=person, role=Role.PROGRAM_MANAGER) for person in people
    )
    return people


def _project(organization: Organization, program: Program, user: User, number: int) -> Project:
    start = START + datetime.timedelta(days=number % 500)
    finish = start + datetime.timedelta(days=60 + number % 300)
    return Project(
        organization=organization, program=program, code=f"P-{number}", name=f"Project {number} of the renewal",
        description="What it is for, in a sentence or two that a person would write.", manager=user,
        status=STATUSES[number % len(STATUSES)], planned_start_date=start, planned_finish_date=finish,
        expected_finish_date=finish + datetime.timedelta(days=number % 30), actual_start_date=start,
        budget_amount=Decimal(100_000 + number * 137 % 900_000), actual_amount=Decimal(number * 61 % 400_000),
        currency="USD", reported_health=("", "green", "amber", "red")[number % 4], health_note="One supplier is late.",
    )  # fmt: skip


def _activity(organization: Organization, project: Project, user: User, position: int) -> Activity:
    start = START + datetime.timedelta(days=position % 400)
    done = position % 3
    return Activity(
        organization=organization, project=project, name=f"Activity {position}", position=position + 1,
        description="What is to be done.", status=("not_started", "in_progress", "done")[done], assignee=user,
        planned_start_date=start, planned_finish_date=start + datetime.timedelta(days=10),
        planned_cost_amount=Decimal(1000 + position), actual_cost_amount=Decimal(position % 2000), currency="USD",
        progress_ratio=(Decimal(0), Decimal("0.5"), Decimal(1))[done],
    )  # fmt: skip


def _risk(organization: Organization, project: Project, user: User, number: int) -> Risk:
    return Risk(
        organization=organization, project=project, name=f"Risk {number}", probability_ratio=Decimal("0.2"),
        impact_days=number % 30, impact_amount=Decimal(number * 10), currency="USD", owner=user,
    )  # fmt: skip


def session_of(user: User) -> str:
    """The key of a session in which somebody is signed in."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)
