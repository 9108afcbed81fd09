"""Statements written by hand are prepared once for each connection, and held to the organization in scope."""

from django.db import connection, transaction

from core.sql import fetch
from core.tenancy import NOBODY, organization_scope, scope

NAMES = "SELECT name, 100 %% 7 FROM projects_project WHERE organization_id = %s AND name LIKE '%%o%%' ORDER BY name"


def kept() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%projects_project%'")
        return int(cursor.fetchone()[0])


def test_a_statement_is_prepared_once_and_its_values_are_its_own(acme, other, project):
    assert fetch(NAMES, [acme.pk]) == [("Apollo", 2)]
    before = kept()

    assert fetch(NAMES, [other.pk]) == []
    assert fetch(NAMES, [acme.pk]) == [("Apollo", 2)]
    assert kept() == before


def test_what_is_prepared_outlives_a_rollback(acme, project):
    sql = f"{NAMES} LIMIT 1"
    with transaction.atomic():
        fetch(sql, [acme.pk])
        transaction.set_rollback(True)

    assert fetch(sql, [acme.pk]) == [("Apollo", 2)]


def test_a_prepared_statement_sees_the_rows_of_the_scope_alone(acme, other, project):
    assert fetch(NAMES, [acme.pk])

    with organization_scope(other):
        assert fetch(NAMES, [acme.pk]) == []
    with scope(NOBODY):
        assert fetch(NAMES, [acme.pk]) == []
