"""What statements written by hand share: the columns of a model, its instances made of them, many rows written."""

from collections.abc import Collection, Iterator, Sequence
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


def update_rows(rows: Collection[models.Model], names: Collection[str], *, batch_size: int = 500) -> None:
    """Write some columns of many rows of one table, with one statement for each batch.

    Django's own `bulk_update` says the same in a CASE for each column and row, which takes it eight times as long.

    Args:
        names: fields to write, all of the same table as the rows.
    """
    if not rows or not names:
        return
    meta = next(iter(rows))._meta
    key: Any = meta.pk
    fields: list[Any] = [meta.get_field(name) for name in names]
    # A cast to varchar(12) would cut a text; assigned to its column it is refused.
    kinds = [str(field.db_type(connection)).partition("(")[0] for field in (key, *fields)]
    columns = [connection.ops.quote_name(field.column) for field in (key, *fields)]
    place = "(" + ", ".join(f"%s::{kind}" for kind in kinds) + ")"
    sets = ", ".join(f"{column} = new.{column}" for column in columns[1:])
    table = connection.ops.quote_name(meta.db_table)
    for batch in _batches(rows, batch_size):
        values = [
            field.get_db_prep_save(getattr(row, field.attname), connection) for row in batch for field in (key, *fields)
        ]
        places = ", ".join([place] * len(batch))
        statement = (
            f"UPDATE {table} AS old SET {sets} FROM (VALUES {places}) AS new ({', '.join(columns)})"  # noqa: S608
            f" WHERE old.{columns[0]} = new.{columns[0]}"
        )
        with connection.cursor() as cursor:
            cursor.execute(statement, values)


def _batches(rows: Collection[Any], size: int) -> Iterator[list[Any]]:
    """Rows in lists of at most `size`."""
    found = list(rows)
    for start in range(0, len(found), size):
        yield found[start : start + size]
