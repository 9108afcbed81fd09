"""A demo organization taken away whole, so that it can be generated anew.

Nothing that people made is ever deleted, and the event log refuses to forget, whoever asks: the application's role
cannot do what is done here. A demo organization holds nothing that people made for keeps, so the owner of the tables
may remove it, in one transaction, and only where `is_demo` is set in the row itself.
"""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg2
from django.apps import apps
from django.conf import settings
from psycopg2 import sql

#: A row of a tenant; deleting by this column removes the organization's rows and no others.
COLUMN = "organization_id"


class PurgeRefused(Exception):
    """The demo organization cannot be removed; the sentence says why."""


def purge(*, owner_url: str, organization_id: int) -> None:
    """Remove one demo organization with every row that belongs to it; its people stay.

    Args:
        owner_url: a connection as the owner of the tables (DATABASE_OWNER_URL).
    Raises:
        PurgeRefused: the organization is not a demo, or the connection is to another database or not the owner's.
    """
    with closing(psycopg2.connect(owner_url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '20s'")
        _refuse_another_database(cursor)
        cursor.execute("SELECT is_demo FROM accounts_organization WHERE id = %s FOR UPDATE", [organization_id])
        row = cursor.fetchone()
        if row is None or not row[0]:
            raise PurgeRefused("Only a demo organization can be replaced.")
        guarded = _append_only_tables(cursor)
        _set_triggers(cursor, guarded, "DISABLE")
        for table in _tenant_tables():
            statement = sql.SQL("DELETE FROM {} WHERE {} = %s").format(sql.Identifier(table), sql.Identifier(COLUMN))
            cursor.execute(statement, [organization_id])
        cursor.execute("DELETE FROM accounts_organization WHERE id = %s AND is_demo", [organization_id])
        # What was deleted is checked against foreign keys now: afterwards the table could not be altered.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        _set_triggers(cursor, guarded, "ENABLE")


def _append_only_tables(cursor: Any) -> list[str]:
    """The tables whose rows are never changed or removed, whoever asks."""
    cursor.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = 'append_only' ORDER BY 1")
    return [table for (table,) in cursor.fetchall()]


def _set_triggers(cursor: Any, tables: list[str], word: str) -> None:
    for table in tables:
        cursor.execute(sql.SQL(f"ALTER TABLE {{}} {word} TRIGGER append_only").format(sql.Identifier(table)))


def _refuse_another_database(cursor: Any) -> None:
    cursor.execute(
        "SELECT current_database(), pg_has_role(relowner, 'USAGE') FROM pg_class WHERE relname = 'events_event'"
    )
    name, is_owner = cursor.fetchone() or ("", False)
    if name != settings.DATABASES["default"]["NAME"]:
        raise PurgeRefused("DATABASE_OWNER_URL leads to another database than DATABASE_URL.")
    if not is_owner:
        raise PurgeRefused("Events are removed by the role that owns the tables only: name it in DATABASE_OWNER_URL.")


def _tenant_tables() -> Iterator[str]:
    """Tables of rows that belong to an organization; foreign keys are checked at the end, so any order will do."""
    for model in apps.get_models():
        if any(field.column == COLUMN for field in model._meta.concrete_fields) and model._meta.managed:
            yield model._meta.db_table
