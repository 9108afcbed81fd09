"""The cast and the stage: Acme with its people, Charlie's other organization, and the database they live in."""

import datetime
import gc
import math
import os
import time
from decimal import Decimal

import pytest
from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.http import HttpResponse
from django.test import Client, override_settings
from django.utils import timezone
from xdist.scheduler import LoadGroupScheduling

from accounts.models import Membership, Organization, User
from accounts.services import create_api_token
from config import urls
from config.settings import database
from core import jobs
from core.access import Role
from core.tenancy import organization_scope
from portfolio.models import Portfolio, Product, ProductLine
from programs.models import Program
from projects.models import Activity, Project
from resources.models import Calendar
from tests.servers import servers

DATABASE = "portolan_test"
HASHERS = settings.PASSWORD_HASHERS
#: Longer than any test that compares with the day takes.
LAST_OF_A_DAY = datetime.timedelta(seconds=20)
#: The beginning of a test's address -> what runs in one process.
GROUPS = {
    "tests/browser/": "demo",
    "tests/portfolio/test_demo.py": "demo",
    "tests/portfolio/test_rollups_worker.py": "worker",
    **{f"tests/ops/test_{name}.py": name for name in ("run", "postgres", "valkey", "deploy")},
}


class Groups(LoadGroupScheduling):
    """Tests that share what is dear, by file: xdist 3.8 does not see the groups of its own marks under pytest 9.2."""

    def _split_scope(self, nodeid: str) -> str:
        return next((group for path, group in GROUPS.items() if nodeid.startswith(path)), nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return Groups(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """What takes long is begun early, so that no process waits for it at the end."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


def pytest_collection_finish():
    """What was imported and collected stays to the end: the garbage collector need not look through it again."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup():
    """What begins in the last seconds of a day would see two of them: it begins with the next one."""
    now = timezone.localtime()
    midnight = (now + datetime.timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    if (left := midnight - now) < LAST_OF_A_DAY:
        time.sleep(left.total_seconds())


@pytest.fixture(scope="session")
def migrated(django_db_blocker):
    """The name of a database that the owner migrated and nobody filled, for others to be copies of."""
    name, before = f"{DATABASE}_migrated", os.environ["DATABASE_URL"]
    servers.start()
    servers.postgres.recreate_database(name)
    with django_db_blocker.unblock():
        connect_as(servers.postgres.url("portolan_owner", name))
        call_command("migrate", verbosity=0)
        connect_as(before)
    return name


@pytest.fixture(scope="session")
def demo(django_db_blocker, migrated):
    """The name of a database that holds the demo organization, for those who change nothing or make a copy of it."""
    name, before = f"{DATABASE}_demo", os.environ["DATABASE_URL"]
    servers.postgres.recreate_database(name, like=migrated)
    with django_db_blocker.unblock():
        connect_as(servers.postgres.url("portolan_app", name))
        jobs._silent_until = math.inf  # No worker of the tests knows this database.
        with override_settings(PASSWORD_HASHERS=HASHERS):
            call_command("demo", "--seed", "7", "--day", "2026-11-24", verbosity=0)
        connect_as(before)
    return name


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker, migrated):
    """Set the stage as the owner, then go on as the application, whom row-level security holds."""
    servers.postgres.recreate_database(DATABASE, like=migrated)
    with django_db_blocker.unblock():
        connect_as(servers.postgres.url("portolan_owner", DATABASE))
        with connection.cursor() as cursor:
            cursor.execute("GRANT TRUNCATE ON ALL TABLES IN SCHEMA public TO portolan_app")
            _part_the_ids(cursor)
        connect_as(servers.postgres.url("portolan_app", DATABASE))
    yield
    with django_db_blocker.unblock():
        connection.close()


def _part_the_ids(cursor):
    """Each table counts from a million of its own, so that an id never names a row of another table by accident."""
    for number, model in enumerate(apps.get_models(), start=1):
        if model._meta.pk.name == "id" and model._meta.managed:
            cursor.execute(f'ALTER TABLE "{model._meta.db_table}" ALTER COLUMN id RESTART WITH {number}000000')


def connect_as(url: str) -> None:
    connection.close()
    connection.settings_dict.update(database(url))
    os.environ["DATABASE_URL"] = url  # for the workers and servers that tests start


@pytest.fixture(scope="session", autouse=True)
def for_speed():
    """Passwords are hashed fast, and static files found when asked for, not listed for every client of a test."""
    hashers = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with override_settings(PASSWORD_HASHERS=hashers, WHITENOISE_AUTOREFRESH=True):
        yield


@pytest.fixture(autouse=True)
def clean_cache():
    """Tests share a Valkey with those before them; limits and sent forms must not, nor what failed to reach it."""
    jobs._silent_until = 0.0
    if servers.valkey is not None and servers.valkey.is_alive():
        cache.clear()


@pytest.fixture
def bare_not_found(monkeypatch):
    """For walks that ask for many rows that are not there, and read only what is."""
    monkeypatch.setattr(urls, "handler404", lambda request, exception: HttpResponse(status=404))


@pytest.fixture
def acme(db):
    """Acme, in whose scope the test runs: what it reads and writes directly is Acme's."""
    organization = Organization.objects.create(name="Acme", slug="acme")
    with organization_scope(organization):
        yield organization


def member(name: str, organization: Organization, role: Role) -> User:
    user = User.objects.create_user(f"{name}@{organization.slug}.example", "correct horse battery", name=name.title())
    with organization_scope(organization):
        Membership.objects.create(organization=organization, user=user, role=role)
    return user


@pytest.fixture
def olivia(acme):
    """Owner of Acme."""
    return member("olivia", acme, Role.OWNER)


@pytest.fixture
def alice(acme):
    """Manages Acme's portfolio."""
    return member("alice", acme, Role.PORTFOLIO_MANAGER)


@pytest.fixture
def petra(acme):
    """Manages programs at Acme."""
    return member("petra", acme, Role.PROGRAM_MANAGER)


@pytest.fixture
def bob(acme):
    """Contributes at Acme."""
    return member("bob", acme, Role.CONTRIBUTOR)


@pytest.fixture
def vera(acme):
    """Views at Acme."""
    return member("vera", acme, Role.VIEWER)


@pytest.fixture
def other(db):
    """Another organization; a test enters it with `organization_scope(other)`."""
    return Organization.objects.create(name="Other", slug="other")


@pytest.fixture
def charlie(other):
    """Owns another organization; must see nothing of Acme's."""
    return member("charlie", other, Role.OWNER)


@pytest.fixture
def portfolio(acme):
    return Portfolio.objects.create(organization=acme, name="Core portfolio")


@pytest.fixture
def program(acme, portfolio):
    return Program.objects.create(organization=acme, portfolio=portfolio, code="EU", name="EU launch")


@pytest.fixture
def project(acme, program):
    return Project.objects.create(
        organization=acme,
        program=program,
        code="APOLLO",
        name="Apollo",
        status="active",
        planned_start_date=datetime.date(2026, 1, 5),
        planned_finish_date=datetime.date(2026, 3, 27),
        budget_amount=Decimal("1000000.00"),
        actual_amount=Decimal("250000.00"),
        currency="USD",
    )


@pytest.fixture
def activity(acme, project):
    return Activity.objects.create(
        organization=acme,
        project=project,
        name="Design",
        position=1,
        planned_start_date=datetime.date(2026, 1, 5),
        planned_finish_date=datetime.date(2026, 1, 30),
        currency="USD",
    )


@pytest.fixture
def calendar(acme):
    return Calendar.objects.create(organization=acme, name="Geneva plant")


@pytest.fixture
def line(acme):
    return ProductLine.objects.create(organization=acme, code="A", name="Atlas")


@pytest.fixture
def product(acme, line):
    return Product.objects.create(organization=acme, line=line, name="Atlas Insights", currency="USD")


class ApiClient(Client):
    """A client of the REST API, which speaks JSON and carries a token."""

    def __init__(self, token: str = "") -> None:
        super().__init__(headers={"Authorization": f"Bearer {token}"} if token else {})

    def send(self, method: str, path: str, body: object = None, **headers: str):
        content = {"data": body, "content_type": "application/json"} if body is not None else {}
        return getattr(self, method)(path, headers={k.replace("_", "-"): v for k, v in headers.items()}, **content)


@pytest.fixture
def api_for():
    """`api_for(user, organization, scope="write")` is a client with a token of that person."""

    def make(user: User, organization: Organization, scope: str = "write") -> ApiClient:
        with organization_scope(organization):
            _, secret = create_api_token(actor=user, organization=organization, name="test", scope=scope)
        return ApiClient(secret)

    return make


@pytest.fixture
def api(api_for, alice, acme):
    """The API as Alice calls it."""
    return api_for(alice, acme)
