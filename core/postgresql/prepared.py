"""Reads that are compiled once: for one row by its key, Django's compiler costs more than the database."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.db.models import QuerySet


class Prepared:
    """The SQL of a queryset, kept, for other values in the same places.

    Args:
        build: makes the queryset, a `values_list`, for a mark that stands for the value to come.
        mark: a value that nothing else in the query equals.
    """

    def __init__(self, build: Callable[[Any], QuerySet[Any]], mark: Any) -> None:
        self.build, self.mark = build, mark
        self._compiled: tuple[str, tuple[Any, ...]] | None = None

    def row(self, value: Any) -> tuple[Any, ...] | None:
        """The first row for `value`, or None."""
        if self._compiled is None:
            sql, params = self.build(self.mark)[:1].query.sql_with_params()
            self._compiled = sql, tuple(params)
        sql, params = self._compiled
        with connection.cursor() as cursor:
            cursor.execute(sql, [value if param == self.mark else param for param in params])
            found: tuple[Any, ...] | None = cursor.fetchone()
        return found
