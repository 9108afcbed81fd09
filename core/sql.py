"""What reads written by hand share: the columns of a model, and its instances made of them."""

from collections.abc import Sequence
from typing import Any, TypeVar

from django.db import connection, models

Row = TypeVar("Row", bound=models.Model)


def columns(model: type[models.Model], alias: str) -> str:
    """All columns of a model's table, as a statement selects them."""
    return ", ".join(f'{alias}."{field.column}"' for field in model._meta.concrete_fields)


def instance(model: type[Row], values: Sequence[Any]) -> Row | None:
    """The row of which `values` begins with the `columns`; None where a left join found none."""
    fields = model._meta.concrete_fields
    given = values[: len(fields)]
    converted = [
        field.from_db_value(value, None, connection) if hasattr(field, "from_db_value") else value
        for field, value in zip(fields, given, strict=True)
    ]
    names = [field.attname for field in fields]
    return None if given[0] is None else model.from_db(connection.alias, names, converted)


def fetch(sql: str, keys: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The rows of a statement that is asked for often: PostgreSQL reads and plans it once for each connection.

    Args:
        sql: a constant, with `%s` for each key.
    """
    with connection.cursor() as cursor:
        name = connection.prepared(sql)  # type: ignore[attr-defined]
        cursor.execute(f"EXECUTE {name}({', '.join(['%s'] * len(keys))})" if keys else f"EXECUTE {name}", keys)
        return cursor.fetchall()
