"""What every request gets: an organization or none, a policy, an id, and errors that say what to do."""

import json
import logging
import sys
import uuid

import pytest
import structlog
from celery import current_app
from django.core.cache import cache
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import OperationalError, connection
from django.test import override_settings
from django.urls import reverse

from core import checks, health, jobs
from core.errors import RateLimited
from core.limits import forget, take
from core.tenancy import Scope, current_scope, global_url, organization_scope, scope
from events.tasks import sweep
from projects import services


def test_a_process_that_lives_says_so_without_a_database(client, settings):
    settings.ALLOWED_HOSTS = []

    assert client.get("/healthz").status_code == 200


def test_a_process_that_can_serve_says_so(client, db):
    health.worker_lives()
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json() == {"ready": True, "problems": {}}


def test_a_role_that_could_bypass_row_security_is_not_ready(client, db, monkeypatch):
    monkeypatch.setattr(health, "bypasses_row_security", lambda: True)

    response = client.get("/readyz")

    assert response.status_code == 503
    assert "row-level security" in response.json()["problems"]["database"]


def test_without_the_broker_it_still_serves_and_says_what_is_old(client, db, settings):
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/1"}}

    response = client.get("/readyz")

    assert response.status_code == 200
    assert "figures may be old" in response.json()["problems"]["broker"]


def test_a_worker_that_nobody_has_heard_of_is_named_and_pages_are_served(client, db):
    cache.delete(health.WORKER_KEY)

    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json()["ready"] is True
    assert "No worker has been heard of" in response.json()["problems"]["worker"]


def test_a_sweep_shows_that_a_worker_lives(db):
    cache.delete(health.WORKER_KEY)

    sweep()

    assert "worker" not in health.readiness_problems()


def lost(code: str | None = None) -> OperationalError:
    """What Django raises when PostgreSQL is away, or refuses with a code of its own."""
    error = OperationalError("the connection was lost")
    error.__cause__ = CauseError(code)
    return error


class CauseError(Exception):
    def __init__(self, code: str | None) -> None:
        super().__init__("cause")
        self.pgcode = code


@pytest.mark.parametrize(("code", "status"), [(None, 503), ("57P01", 503), ("08006", 503), ("40P01", 500)])
def test_a_database_that_is_away_is_told_apart_from_a_bug(client, alice, acme, monkeypatch, code, status):
    client.force_login(alice)
    client.raise_request_exception = False

    def away(*args, **kwargs):
        raise lost(code)

    with scope(Scope()):
        monkeypatch.setattr("accounts.models.MembershipQuerySet.of_person", away)
        page = client.get("/o/acme/")

    assert page.status_code == status
    assert page.headers.get("Retry-After") == ("5" if status == 503 else None)
    assert page["X-Request-ID"] in page.content.decode()


def test_a_database_that_is_away_is_a_problem_with_a_time_to_come_back(api, project, monkeypatch):
    def away(**arguments):
        raise lost()

    monkeypatch.setattr(services, "update_project", away)
    api.raise_request_exception = False

    response = api.send("patch", f"/api/v1/projects/{project.pk}/", {"name": "X"})

    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == "unavailable"


def test_a_broker_that_hangs_costs_one_write_its_timeout_and_not_every_one(db, monkeypatch):
    tried = []

    def hang(self, **options):
        tried.append(options)
        raise ConnectionError("timed out")

    monkeypatch.setattr("celery.app.task.Task.apply_async", hang)
    monkeypatch.setattr(jobs, "_silent_until", 0.0)

    for _ in range(3):
        jobs._send(current_app.tasks["events.ring_followers"], {"organization_id": 1})

    assert len(tried) == 1


def test_metrics_are_there_for_prometheus(client, db):
    assert b"django_http_requests" in client.get("/metrics").content


def test_every_page_carries_a_strict_policy_and_no_unsafe_word(client, db):
    policy = client.get("/sign-in/")["Content-Security-Policy"]

    assert "script-src 'self' 'nonce-" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


def test_every_answer_carries_the_id_it_is_logged_under(client, db):
    first, second = (client.get("/sign-in/")["X-Request-ID"] for _ in range(2))

    assert uuid.UUID(first) != uuid.UUID(second)


def test_log_lines_are_json_with_the_request_id(settings, capsys):
    handler = logging.StreamHandler(sys.stderr)
    formatter = settings.LOGGING["formatters"]["json"]
    handler.setFormatter(formatter["()"](**{k: v for k, v in formatter.items() if k != "()"}))
    logger = logging.getLogger("portolan.test")
    logger.addHandler(handler)
    logger.setLevel("INFO")
    structlog.contextvars.bind_contextvars(request_id="r-1")

    logger.warning("imported")

    line = json.loads(capsys.readouterr().err.strip().splitlines()[-1])
    assert line["event"] == "imported"
    assert line["level"] == "warning"
    assert line["request_id"] == "r-1"


def test_a_page_of_an_organization_exists_only_below_it(client, alice, acme):
    client.force_login(alice)
    with scope(Scope()):
        assert client.get("/projects/").status_code == 404
        assert client.get("/o/acme/sign-in/").status_code == 404


def test_urls_are_reversed_below_the_organization_in_scope(acme):
    assert reverse("projects:project-list") == "/o/acme/projects/"
    assert global_url("sign-in") == "/sign-in/"


def test_a_member_of_two_organizations_sees_the_one_the_path_names(client, alice, acme, other, project):
    with organization_scope(other):
        alice.memberships.create(organization=other, user=alice, role="viewer")
    client.force_login(alice)

    with scope(Scope()):
        assert b"Apollo" in client.get("/o/acme/projects/").content
        assert b"Apollo" not in client.get("/o/other/projects/").content


def test_after_a_request_no_scope_is_left(client, alice, acme):
    client.force_login(alice)
    with scope(Scope()):
        client.get("/o/acme/")
        assert current_scope() == Scope()


def test_a_scope_is_applied_once_and_not_before_every_statement(acme):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('portolan.organization')")
        assert cursor.fetchone() == (str(acme.pk),)
    applied = connection._applied
    with connection.cursor():
        assert connection._applied is applied


def test_an_unknown_page_says_what_to_do(client, db):
    response = client.get("/no-such-page/")

    assert response.status_code == 404
    assert b"<html" in response.content


def test_a_form_without_its_token_is_refused_with_a_sentence(db, acme, alice, client):
    client.handler.enforce_csrf_checks = True
    client.force_login(alice)

    response = client.post(reverse("projects:project-create"), {})

    assert response.status_code == 403
    assert b"this form has expired" in response.content


def test_a_limit_counts_and_says_how_long_to_wait(db):
    for _ in range(3):
        take("test", limit=3, window_seconds=60, message="Wait {minutes} min.")

    with pytest.raises(RateLimited, match="Wait 1 min") as caught:
        take("test", limit=3, window_seconds=60, message="Wait {minutes} min.")

    assert 0 < caught.value.retry_after_seconds <= 60
    forget("test")
    take("test", limit=3, window_seconds=60, message="")


def test_a_short_secret_an_open_host_and_plain_http_are_named_before_deployment():
    with override_settings(SECRET_KEY="short", ALLOWED_HOSTS=["*"], SECURE=False):
        found = {message.id for message in run_checks(include_deployment_checks=True)}

    assert {"core.E001", "core.E002", "core.W003"} <= found


def test_the_database_check_passes_for_the_application_and_fails_for_one_that_bypasses(db, monkeypatch):
    call_command("check", databases=["default"], tags=["database"])
    monkeypatch.setattr(checks, "bypasses_row_security", lambda: True)

    assert [m.id for m in checks.application_role_is_held_by_row_security(databases=["default"])] == ["core.E006"]
