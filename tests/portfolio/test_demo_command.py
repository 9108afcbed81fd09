"""The demo organization is generated once, replaced on request, and nothing else is ever touched."""

import datetime
import os
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import Membership, Organization, User
from core.access import Role
from core.tenancy import organization_scope
from events.models import Event
from integrations import services as imports
from portfolio.demo import generate
from portfolio.demo.story import tell
from portfolio.models import Portfolio, Product
from tests.conftest import DATABASE
from tests.integrations.conftest import carried_out, csv_text, undone, upload
from tests.servers import servers

DAY = datetime.date(2026, 11, 24)


def test_no_sign_ins_are_told_where_there_is_none(db):
    out = StringIO()
    call_command("demo", "--sign-ins", stdout=out)

    assert out.getvalue() == ""


@pytest.fixture
def small_story(monkeypatch):
    """The first acts only: replacing is about what goes, not about what comes."""
    monkeypatch.setattr("portfolio.demo.generating.tell", lambda seed, day: tell(seed, day)[:60])
    monkeypatch.setattr("portfolio.demo.generating.tell_feedback", lambda day: [])
    monkeypatch.setattr("portfolio.demo.portal.tell_portal", lambda day: [])


@pytest.mark.django_db(transaction=True)
def test_replacing_removes_the_demo_with_its_events_and_nothing_else(small_story, monkeypatch, acme, alice):
    monkeypatch.setitem(os.environ, "DATABASE_OWNER_URL", servers.postgres.url("portolan_owner", DATABASE))
    Portfolio.objects.create(organization=acme, name="Ours")
    first = generate(seed=1, day=DAY)
    with organization_scope(first):
        Membership.objects.create(organization=first, user=alice, role=Role.VIEWER)

    call_command("demo", "--replace", "--seed", "2", "--day", "2026-11-24", stdout=StringIO())

    second = Organization.objects.get(slug="fennmark")
    assert second.pk != first.pk
    with organization_scope(first):
        assert not Event.objects.exists()
        assert not Product.objects.exists()
    with organization_scope(second):
        assert Event.objects.exists()
        assert Membership.objects.get(user=alice).role == Role.VIEWER
    with organization_scope(acme):
        assert Portfolio.objects.get().name == "Ours"
        assert Membership.objects.filter(user=alice).exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgenabled FROM pg_trigger WHERE tgname = 'append_only'")
        assert cursor.fetchone() == ("O",)


@pytest.mark.django_db(transaction=True)
def test_an_organization_that_is_no_demo_is_never_replaced(monkeypatch, db):
    monkeypatch.setitem(os.environ, "DATABASE_OWNER_URL", servers.postgres.url("portolan_owner", DATABASE))
    Organization.objects.create(name="Fennmark", slug="fennmark")

    with pytest.raises(CommandError, match="Only a demo"):
        call_command("demo", "--replace")

    assert Organization.objects.filter(slug="fennmark").exists()


@pytest.mark.django_db(transaction=True)
def test_the_application_s_own_role_cannot_replace(small_story, monkeypatch, db):
    monkeypatch.setitem(os.environ, "DATABASE_OWNER_URL", servers.postgres.url("portolan_app", DATABASE))
    organization = generate(seed=1, day=DAY)

    with pytest.raises(CommandError, match="owns the tables"):
        call_command("demo", "--replace")

    assert Organization.objects.filter(pk=organization.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_a_demo_into_which_somebody_imported_is_kept_until_that_is_undone_or_force_is_said(
    small_story, monkeypatch, db
):
    monkeypatch.setitem(os.environ, "DATABASE_OWNER_URL", servers.postgres.url("portolan_owner", DATABASE))
    first = generate(seed=1, day=DAY)
    maren = User.objects.get(email="maren.voss@fennmark.example")
    with organization_scope(first, maren):
        file = upload("ours.csv", csv_text("key,name", "1,Ours"))
        run = imports.upload_files(actor=maren, organization=first, files=[file])
        run = carried_out(maren, imports.request_check(actor=maren, run=run))

    with pytest.raises(CommandError, match=r"holds what Maren Voss imported on .*ours\.csv.*FORCE=1"):
        call_command("demo", "--replace")
    assert Organization.objects.filter(pk=first.pk).exists()

    with organization_scope(first, maren):
        undone(maren, run)
    call_command("demo", "--replace", "--day", "2026-11-24", stdout=StringIO())
    assert not Organization.objects.filter(pk=first.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_force_replaces_a_demo_with_imports(small_story, monkeypatch, db):
    monkeypatch.setitem(os.environ, "DATABASE_OWNER_URL", servers.postgres.url("portolan_owner", DATABASE))
    first = generate(seed=1, day=DAY)
    maren = User.objects.get(email="maren.voss@fennmark.example")
    with organization_scope(first, maren):
        file = upload("ours.csv", csv_text("key,name", "1,Ours"))
        run = imports.upload_files(actor=maren, organization=first, files=[file])
        carried_out(maren, imports.request_check(actor=maren, run=run))

    call_command("demo", "--replace", "--force", "--day", "2026-11-24", stdout=StringIO())

    assert Organization.objects.get(slug="fennmark").pk != first.pk
