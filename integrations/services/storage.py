"""Many rows of an import, written with one statement."""

import json
from collections.abc import Sequence

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection

from integrations.models import ImportRow

COLUMN_TYPES = {
    "kind": "text",
    "cells": "jsonb",
    "place": "integer",
    "key": "text",
    "label": "text",
    "plan": "text",
    "is_parked": "boolean",
    "messages": "jsonb",
    "changes": "jsonb",
    "status": "text",
    "object_id": "bigint",
    "after_version": "integer",
}
CHECKED = ("kind", "place", "key", "label", "plan", "is_parked", "messages", "changes", "object_id")
KEPT_CELLS = ("cells", "label", "messages")
CARRIED_OUT = ("label", "is_parked", "messages", "changes", "status", "object_id", "after_version")


class RowStore:
    """Writes chosen columns of many rows at once; each row keeps everything else."""

    def __init__(self, columns: Sequence[str]) -> None:
        table = ImportRow._meta.db_table
        assignments = ", ".join(f"{column} = new.{column}" for column in columns)
        types = ", ".join(f"{column} {COLUMN_TYPES[column]}" for column in columns)
        self.columns = columns
        self.statement = (
            f"UPDATE {table} AS old SET {assignments}"  # noqa: S608 - names of our own columns
            f" FROM jsonb_to_recordset(%s::jsonb) AS new(id bigint, {types}) WHERE old.id = new.id"
        )

    def save(self, rows: Sequence[ImportRow]) -> None:
        if rows:
            values = [{"id": row.pk, **{column: getattr(row, column) for column in self.columns}} for row in rows]
            with connection.cursor() as cursor:
                cursor.execute(self.statement, [json.dumps(values, cls=DjangoJSONEncoder)])
