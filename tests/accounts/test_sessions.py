"""A session is a row of the database; its copy in the cache spares a statement, and is never all there is of it."""

from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import OF_PERSON

HOME = "/o/acme/"


def statements(client, path: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return [query["sql"] for query in captured.captured_queries]


def test_a_page_asks_for_the_person_and_the_memberships_in_one_statement_and_for_no_session(client, alice):
    client.force_login(alice)
    statements(client, HOME)

    told = statements(client, HOME)

    assert not any("django_session" in sql for sql in told)
    assert sum('FROM "accounts_user"' in sql for sql in told) == 0
    assert not any('FROM "accounts_membership"' in sql for sql in told)
    assert sum(sql.startswith(f"EXECUTE {connection.prepared(OF_PERSON)}(") for sql in told) == 1


def test_without_the_cache_a_session_is_read_from_the_database(client, alice, monkeypatch):
    client.force_login(alice)
    cache = caches["sessions"]
    for name in ("get", "set", "delete", "has_key"):
        monkeypatch.setattr(type(cache._cache), name, away)

    assert any("django_session" in sql for sql in statements(client, HOME))
    assert client.post("/sign-out/").status_code == 302
    assert not Session.objects.exists()


def away(*_args, **_kwargs):
    raise ConnectionError("the server is away")


def test_a_session_that_ended_is_not_revived_by_its_copy(client, alice):
    client.force_login(alice)
    statements(client, HOME)
    cookie = client.cookies["sessionid"].value
    client.post("/sign-out/")

    client.cookies["sessionid"] = cookie
    assert client.get(HOME).status_code == 302


def test_a_person_who_may_no_longer_sign_in_is_out_at_once(client, alice):
    client.force_login(alice)
    statements(client, HOME)
    alice.is_active = False
    alice.save()

    assert client.get(HOME).status_code == 302


def test_a_copy_lives_for_minutes_however_long_the_session(client, alice):
    client.force_login(alice)
    statements(client, HOME)

    cache = caches["sessions"]
    key = cache.make_and_validate_key(f"django.contrib.sessions.cached_db{client.cookies['sessionid'].value}")
    assert 0 < cache._cache.get_client(key).ttl(key) <= 300
