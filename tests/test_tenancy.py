"""A stranger finds nothing: through no page, no route of the API, and not in the database itself."""

from functools import partial

import pytest
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from accounts.services import create_saved_view
from core.querysets import TenantQuerySet
from core.tenancy import Scope, organization_scope, scope
from events.services import create_webhook_endpoint, send_test_webhook
from feedback.models import Mailbox, MailboxFailure, PortalVisitor, Theme
from feedback.selectors.search import found
from feedback.services import (
    analyze_batch,
    create_account,
    create_hook,
    create_item,
    create_portal,
    create_portal_idea,
    create_release,
    reply_to_item,
)
from projects.models import Activity
from scoring.services import create_scoring_model
from tests.walks import NO_ID, tables_asked

JSON = "application/json"
#: Pages that belong to no organization.
GLOBAL = {"start", "sign-in", "sign-out", "set-password", "metrics", "api", "feedback-hook"}


def tenant_models():
    return [
        model
        for model in apps.get_models()
        if model._meta.app_label in settings.FIRST_PARTY_APPS
        and any(field.name == "organization" for field in model._meta.concrete_fields)
    ]


def patterns(resolver=None, prefix="", names=()):
    """Every URL pattern below the root: (route, names of its namespaces and its own)."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry, route, (*names, *([entry.namespace] if entry.namespace else [])))
        elif isinstance(entry, URLPattern):
            yield route, (*names, entry.name or "")


def organization_routes():
    return sorted({route for route, names in patterns() if len(names) > 1 and names[0] != "api"})


def api_routes():
    return sorted({route for route, names in patterns() if names[0] == "api" and "v1/" in route})


def filled(route: str, pk: object) -> str:
    """A path of a route: ids become Acme's, words any word."""
    parts = []
    for part in route.replace("^", "").replace("$", "").split("/"):
        if part.startswith("<"):
            is_word = "str:" in part or "slug:" in part or "field" in part or "format" in part
            parts.append("name" if is_word else str(pk))
        else:
            parts.append(part)
    return "/" + "/".join(parts)


@pytest.fixture
def without_orm_filters(monkeypatch):
    """`visible_to` narrows nothing: what holds now is row-level security alone."""
    monkeypatch.setattr(TenantQuerySet, "visible_to", lambda self, user: self.all())


@pytest.fixture
def acme_rows(project, activity, product, calendar, bob, olivia, acme, api_for):
    """Rows of Acme in every walk, by the word of their addresses: their ids are what the stranger asks for."""
    api_for(olivia, acme)
    model = create_scoring_model(actor=olivia, organization=acme, name="Geneva plant", kind="weighted")
    account = create_account(actor=olivia, organization=acme, name="Geneva plant")
    said = {"text": "Geneva plant waits.", "account": account, "author_email": "geneva@acme.example"}
    item = create_item(actor=olivia, organization=acme, **said)
    endpoint, _ = create_webhook_endpoint(
        actor=olivia, organization=acme, name="Geneva plant", url="https://geneva.example/", has_all_types=True
    )
    delivery = send_test_webhook(actor=olivia, endpoint=endpoint)
    portal = create_portal(actor=olivia, organization=acme, product=product, slug="geneva", title="Geneva plant")
    idea = create_portal_idea(actor=olivia, portal=portal, title="Geneva plant", text="Geneva plant")
    released = {"name": "Geneva plant", "released_date": "2026-01-05"}
    release = create_release(actor=olivia, organization=acme, product=product, **released)
    visitor = PortalVisitor.objects.create(organization=acme, email="v@acme.example", unsubscribe_key="k")
    theme = Theme.objects.create(organization=acme, name="Geneva plant")
    view = create_saved_view(actor=olivia, organization=acme, name="Geneva plant", is_shared=True)
    mailbox = Mailbox.objects.create(organization=acme, name="Geneva plant", host="imap.acme.example", user="u")
    unread = MailboxFailure.objects.create(
        organization=acme, mailbox=mailbox, uid_validity=1, uid=1, reason="Geneva plant waits."
    )
    hook, _ = create_hook(actor=olivia, organization=acme, name="Geneva plant")
    reply = reply_to_item(actor=olivia, item=item, text="Geneva plant is told.")
    return {
        "feedback-themes": theme, "themes": theme,
        "mailboxes": mailbox, "messages": unread, "hooks": hook, "intake-hooks": hook,
        "replies": reply, "feedback-replies": reply,
        "feedback": item, "feedback-items": item, "accounts": account, "customer-accounts": account,
        "saved-views": view,
        "projects": project, "activities": activity, "products": product, "calendars": calendar,
        "webhook-endpoints": delivery.endpoint, "webhook-deliveries": delivery,
        "portals": portal, "portal-ideas": idea, "releases": release, "ideas": idea, "visitors": visitor,
        "webhooks": endpoint, "deliveries": delivery,
        "programs": project.program, "portfolios": project.program.portfolio, "scoring-models": model,
    }  # fmt: skip


def ids_for(route, rows, asks):
    """What to ask a route for: the row of the word before the id, or of the first, else of the tables that it asks.

    Where that cannot be told, it is every row; where its tables have none, the project.
    """
    if "<" not in route:
        return [0]
    words = route.removeprefix("o/other/").removeprefix("api/v1/").partition("<")[0].strip("/").split("/")
    for word in (words[-1], words[0]):
        if word in rows:
            return [rows[word].pk]
    tables = tables_asked(partial(ask, filled(route, NO_ID)) for ask in asks)
    found = [row.pk for row in rows.values() if tables is None or row._meta.db_table in tables]
    return found or [rows["projects"].pk]


SECRETS = ("Apollo", "EU launch", "Core portfolio", "Atlas", "Geneva plant", "acme.example")


def assert_found_nothing(path, response):
    text = response.getvalue().decode(errors="replace") if not response.streaming else ""
    assert not [secret for secret in SECRETS if secret in text], f"{path} shows {text[:300]}"


@pytest.mark.long
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_gets_404_from_every_page_of_acme(client, charlie, acme_rows, method):
    client.force_login(charlie)
    with scope(Scope()):
        for route in organization_routes():
            path = "/o/acme" + filled(route, acme_rows["projects"].pk)
            response = getattr(client, method)(path)
            assert response.status_code == 404, f"{method} {path}: {response.status_code}"
            assert_found_nothing(path, response)


@pytest.mark.long
def test_a_person_who_is_not_signed_in_is_sent_to_the_sign_in_page(client, acme_rows):
    with scope(Scope()):
        for route in organization_routes():
            response = client.get("/o/acme" + filled(route, acme_rows["projects"].pk))
            assert response.status_code == 302
            assert response["Location"].startswith("/sign-in/?next=/o/acme/")


def walk_pages_of_other(client, charlie, rows):
    client.force_login(charlie)
    client.raise_request_exception = False
    seen = 0
    with scope(Scope()):
        for route in organization_routes():
            for pk in ids_for(f"o/other/{route}", rows, (client.get, client.post)):
                for method in ("get", "post"):
                    path = "/o/other" + filled(route, pk)
                    response = getattr(client, method)(path)
                    assert response.status_code != 500, f"{method} {path}"
                    if "<int:" in route:
                        assert response.status_code in {404, 405}, f"{method} {path}: {response.status_code}"
                    assert_found_nothing(path, response)
                    seen += 1
    return seen


@pytest.mark.long
def test_below_their_own_organization_a_stranger_finds_no_row_of_acme(client, charlie, acme_rows, bare_not_found):
    assert walk_pages_of_other(client, charlie, acme_rows) > 50


@pytest.mark.long
def test_the_same_walk_finds_nothing_with_the_orm_filters_off(
    client, charlie, acme_rows, without_orm_filters, bare_not_found
):
    assert walk_pages_of_other(client, charlie, acme_rows) > 50


def walk_api(client: Client, rows):
    seen = 0
    client.raise_request_exception = False
    asks = {name: partial(getattr(client, name), content_type=JSON) for name in ("post", "patch", "put", "delete")}
    asks["get"] = client.get
    with scope(Scope()):
        for route in api_routes():
            for pk in ids_for(route, rows, asks.values()):
                path = filled(route, pk)
                for method, ask in asks.items():
                    response = ask(path)
                    assert response.status_code < 500, f"{method} {path}"
                    if "<" in route:
                        assert response.status_code in {400, 404, 405, 415}, f"{method} {path}: {response.status_code}"
                    assert_found_nothing(path, response)
                    seen += 1
    return seen


@pytest.mark.long
def test_a_stranger_finds_no_row_of_acme_through_the_api(api_for, charlie, other, acme_rows):
    assert walk_api(api_for(charlie, other), acme_rows) > 50


@pytest.mark.long
def test_nor_with_the_orm_filters_off(api_for, charlie, other, acme_rows, without_orm_filters):
    assert walk_api(api_for(charlie, other), acme_rows) > 50


def test_without_a_token_the_api_answers_401(acme_rows):
    with scope(Scope()):
        for route in api_routes():
            assert Client().get(filled(route, acme_rows["projects"].pk)).status_code == 401, route


def test_every_tenant_table_has_row_level_security(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relrowsecurity")
        secured = {name for (name,) in cursor.fetchall()}
        cursor.execute("SELECT tablename FROM pg_policies")
        secured &= {name for (name,) in cursor.fetchall()}

    assert {model._meta.db_table for model in tenant_models()} - secured == set()


def test_a_forgotten_scope_means_no_rows(acme_rows):
    with scope(Scope()):
        counts = {model._meta.label: model._base_manager.count() for model in tenant_models()}

    assert {label: count for label, count in counts.items() if count} == {}
    assert len(counts) > 50


def test_raw_sql_sees_no_row_of_another_organization(acme_rows, other):
    with organization_scope(other), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM projects_project")
        assert cursor.fetchone()[0] == 0


def test_nobody_can_write_a_row_into_another_organization(acme, other, project):
    with (
        organization_scope(other),
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO events_followercursor (organization_id, follower, transaction_id, event_id, advanced_at)"
            " VALUES (%s, 'x', 0, 0, now())",
            [acme.pk],
        )


def test_an_organization_is_changed_from_within_and_never_removed(acme, other):
    with connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_organization SET name = 'Mine'")
        assert cursor.rowcount == 1
        cursor.execute("DELETE FROM accounts_organization")
        assert cursor.rowcount == 0
    with scope(Scope()), connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_organization SET name = 'Nobody'")
        assert cursor.rowcount == 0
    acme.refresh_from_db()
    other.refresh_from_db()
    assert (acme.name, other.name) == ("Mine", "Other")


def test_the_application_cannot_forge_what_was_migrated(db):
    for statement in ("DELETE FROM django_migrations", "UPDATE django_migrations SET name = 'x'"):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


def test_the_application_role_cannot_become_another_or_loosen_the_policies(db):
    for statement in (
        "SET ROLE portolan_owner", "ALTER TABLE projects_project DISABLE ROW LEVEL SECURITY",
        "DROP POLICY organization_only ON projects_project", "ALTER ROLE CURRENT_USER BYPASSRLS",
        "ALTER TABLE events_event DISABLE TRIGGER append_only",
        "SET session_replication_role = replica", "CREATE TABLE mine (id int)",
    ):  # fmt: skip
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
        except ProgrammingError:
            continue
        pytest.fail(f"The application may {statement}.")


def test_the_application_role_cannot_bypass_row_level_security(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, False)
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user")
        assert cursor.fetchone()[0] == 0


def test_a_scope_ends_where_it_began_even_after_a_rollback(acme, other, project):
    with organization_scope(other):
        assert not type(project).objects.exists()
    assert type(project).objects.exists()


def test_a_row_that_points_into_another_organization_is_refused(acme, other, project):
    with organization_scope(other):
        activity = Activity(organization=other, project=project, name="Smuggled", currency="USD")
        with pytest.raises(ValidationError, match="No such row in this organization"):
            activity.full_clean()


def test_no_search_finds_feedback_of_acme_though_nothing_but_the_database_narrows_it(
    client, acme, other, charlie, acme_rows, without_orm_filters
):
    """The functions that search run as the owner of the tables, whom no policy holds."""
    analyze_batch(organization_id=acme.pk, now=timezone.now())
    asked = ("Geneva", "plant waits", "is a plant in Geneva still waiting?")
    assert all(found(words, {"archived": "any"}).ids for words in asked)
    client.force_login(charlie)

    for words in asked:
        with organization_scope(other, charlie):
            assert found(words, {"archived": "any"}).ids == []
        with scope(Scope()):
            assert found(words, {"archived": "any"}).ids == []
            for path in ("/o/other/feedback/", f"/o/other/feedback/{acme_rows['feedback'].pk}/nearest/"):
                response = client.get(path, {"q": words, "status": "any"})
                assert_found_nothing(path, response)
