"""For the walks over every route: of which tables a route shows rows, so that it need not be asked for all others."""

import re
from collections.abc import Callable, Iterable

from django.apps import apps
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

#: An id that no row has.
NO_ID = 987_654_321_012
#: A column that is compared with numbers.
COMPARED = re.compile(r'"(\w+)"\."(\w+)" (?:= |IN \()([\d, ]+)')


def tables_asked(asks: Iterable[Callable[[], HttpResponse]]) -> set[str] | None:
    """The tables in which a route looks for the row it is asked for.

    Args:
        asks: each asks the route for `NO_ID`, by one method and with one choice of its other parts.
    Returns:
        None where that cannot be told: it may mean a row of any table. The empty set where it refuses before it looks.
    """
    found: set[str] = set()
    statuses = set()
    for ask in asks:
        with CaptureQueriesContext(connection) as queries:
            statuses.add(ask().status_code)
        for statement in [query["sql"] for query in queries if str(NO_ID) in query["sql"]]:
            tables = [
                _table_behind(table, column)
                for table, column, numbers in COMPARED.findall(statement)
                if str(NO_ID) in numbers
            ]
            if len(tables) != statement.count(str(NO_ID)) or None in tables:
                return None
            found.update(tables)
    return found if found or statuses <= {403, 405} else None


def _table_behind(table: str, column: str) -> str | None:
    """The table whose ids a column holds: its own, or the one that it points to."""
    model = next((model for model in apps.get_models() if model._meta.db_table == table), None)
    field = next((field for field in model._meta.concrete_fields if field.column == column), None) if model else None
    if field is None:
        return None
    return field.related_model._meta.db_table if field.is_relation else table if field.primary_key else None
