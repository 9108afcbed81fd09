"""Pages by key: the next page begins behind the last row of this one, so the last costs as much as the first.

Rows are ordered by one of a viewset's `orderings`, ties by id, so that the order is total. Where the first column may
be empty, empty ones stand as PostgreSQL puts them: last ascending, first descending, which its indexes know.
"""

import base64
import binascii
import datetime
import decimal
import json
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import BooleanField, F, Func, QuerySet, Value
from rest_framework import exceptions
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

from core.amounts import REFUSED, is_hidden

PAGE_SIZE, LARGEST_PAGE = 50, 1000
ID = "id"


@dataclass(frozen=True, slots=True)
class Ordering:
    """Columns that make the order total, all in one direction."""

    word: str
    columns: tuple[str, ...]
    is_descending: bool
    is_nullable: bool


@dataclass(frozen=True, slots=True)
class Position:
    """A row's key, and on which side of it the page lies."""

    is_backward: bool
    key: tuple[Any, ...]


class Beyond(Func):
    """`(a, b) > (x, y)`: a row comparison, which PostgreSQL answers from one index however many rows are equal."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, columns: tuple[str, ...], key: tuple[Any, ...], sign: str) -> None:
        self.count, self.sign = len(columns), sign
        super().__init__(*[F(column) for column in columns], *[Value(value) for value in key])

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **extra: Any) -> tuple[str, tuple[Any, ...]]:
        parts: list[str] = []
        params: list[Any] = []
        for expression in self.source_expressions:
            sql, values = compiler.compile(expression)
            parts.append(sql)
            params += values
        left, right = ", ".join(parts[: self.count]), ", ".join(parts[self.count :])
        return f"({left}) {self.sign} ({right})", tuple(params)


class KeysetPagination(BasePagination):
    """`?page_size=` rows with a `next` and a `previous` address, in one of the viewset's orderings."""

    def page(
        self, rows: QuerySet[Any], columns: tuple[str, ...], *, request: Request, view: Any
    ) -> list[tuple[Any, ...]]:
        """The rows of the page that the URL asks for, as tuples that begin with `columns`.

        Raises:
            rest_framework.exceptions.ValidationError: page size, ordering or cursor make no sense.
        """
        self.url = request.build_absolute_uri()
        self.ordering = ordering_of(request, view)
        self.salt = rows.model._meta.label_lower
        size = page_size(request)
        position = self._position(request)
        names = (*columns, *(column for column in self.ordering.columns if column not in columns))
        backward = position is not None and position.is_backward
        found = list(_behind(rows.values_list(*names), self.ordering, position, size + 1))
        is_more, found = len(found) > size, found[:size]
        if backward:
            found.reverse()
        places = [names.index(column) for column in self.ordering.columns]
        keys = [tuple(row[place] for place in places) for row in found[:1] + found[-1:]]
        has_next = bool(found) and (backward or is_more)
        has_previous = bool(found) and (is_more if backward else position is not None)
        self.next_url = self._url(Position(False, keys[-1])) if has_next else None
        self.previous_url = self._url(Position(True, keys[0])) if has_previous else None
        if not found and position is not None:
            self.previous_url = None if backward else remove_query_param(self.url, "cursor")
        return found

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"next": self.next_url, "previous": self.previous_url, "results": data})

    def get_paginated_response_schema(self, schema: Any) -> dict[str, Any]:
        address = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {
                "next": {**address, "description": "The page behind this one; null on the last."},
                "previous": {**address, "description": "The page before this one; null on the first."},
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            {
                "name": "cursor",
                "in": "query",
                "schema": {"type": "string"},
                "description": "From `next` or `previous`; opaque.",
            },
            {
                "name": "page_size",
                "in": "query",
                "schema": {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE_SIZE},
                "description": "Rows on a page.",
            },
        ]

    def _position(self, request: Request) -> Position | None:
        text = request.query_params.get("cursor")
        if not text:
            return None
        try:
            padded = text + "=" * (-len(text) % 4)
            signed = base64.urlsafe_b64decode(padded.encode("ascii")).decode("ascii")
            word, backward, key = json.loads(signing.Signer(salt=self.salt).unsign(signed))
        except (ValueError, binascii.Error, signing.BadSignature):
            raise _wrong("cursor", "This cursor is not one of ours. Start without one, then follow `next`.") from None
        if word != self.ordering.word:
            raise _wrong("cursor", "This cursor belongs to another ordering. Start without one.")
        return Position(backward, tuple(_read(value) for value in key))

    def _url(self, position: Position) -> str:
        values = [_written(value) for value in position.key]
        text = json.dumps([self.ordering.word, position.is_backward, values], cls=DjangoJSONEncoder)
        signed = signing.Signer(salt=self.salt).sign(text)
        cursor = base64.urlsafe_b64encode(signed.encode()).decode().rstrip("=")
        return str(replace_query_param(self.url, "cursor", cursor))


def page_size(request: Request) -> int:
    """The rows that the caller wants on a page.

    Raises:
        rest_framework.exceptions.ValidationError: not a number from 1 to 1,000.
    """
    text = request.query_params.get("page_size", str(PAGE_SIZE))
    if not text.isascii() or not text.isdigit() or len(text) > 4 or not 1 <= int(text) <= LARGEST_PAGE:
        raise _wrong("page_size", f"A page has 1 to {LARGEST_PAGE} rows.")
    return int(text)


def ordering_of(request: Request, view: Any) -> Ordering:
    """The order that the caller wants.

    Raises:
        rest_framework.exceptions.ValidationError: none of the viewset's orderings.
    """
    word = request.query_params.get("ordering", view.default_ordering)
    columns = view.orderings.get(word.removeprefix("-"))
    if columns is not None and any(map(is_hidden, columns)):
        raise _wrong("ordering", REFUSED)
    if columns is None:
        known = ", ".join(sorted(view.orderings))
        raise _wrong("ordering", f"Rows can be ordered by {known}; with - in front, descending.")
    first = view.queryset.model._meta.get_field(columns[0]) if columns and columns[0] != ID else None
    return Ordering(word, (*columns, ID), word.startswith("-"), is_nullable=bool(first and first.null))


def _behind(rows: Any, ordering: Ordering, position: Position | None, limit: int) -> list[tuple[Any, ...]]:
    """The next `limit` rows behind a position, nearest first."""
    descending = ordering.is_descending != (position is not None and position.is_backward)
    rows = rows.order_by(*[f"-{column}" if descending else column for column in ordering.columns])
    if position is None:
        return list(rows[:limit])
    sign = "<" if descending else ">"
    if not ordering.is_nullable:
        return list(rows.filter(Beyond(ordering.columns, position.key, sign))[:limit])
    return _behind_nullable(rows, ordering.columns, position.key, sign, limit)


def _behind_nullable(
    rows: Any, columns: tuple[str, ...], key: tuple[Any, ...], sign: str, limit: int
) -> list[tuple[Any, ...]]:
    """Empty values stand behind all others ascending, before them descending; each part is one walk along an index."""
    first, rest = columns[0], columns[1:]
    empty, filled = rows.filter(**{f"{first}__isnull": True}), rows.filter(**{f"{first}__isnull": False})
    if key[0] is None:
        found = list(empty.filter(Beyond(rest, key[1:], sign))[:limit])
        then = filled if sign == "<" else None
    else:
        found = list(filled.filter(Beyond(columns, key, sign))[:limit])
        then = empty if sign == ">" else None
    if then is not None and len(found) < limit:
        found += then[: limit - len(found)]
    return found


def _written(value: Any) -> Any:
    if isinstance(value, datetime.datetime):
        return {"t": value.isoformat()}
    if isinstance(value, datetime.date):
        return {"d": value.isoformat()}
    if isinstance(value, decimal.Decimal):
        return {"n": str(value)}
    return value


def _read(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    ((kind, text),) = value.items()
    readers: dict[str, Any] = {
        "t": datetime.datetime.fromisoformat,
        "d": datetime.date.fromisoformat,
        "n": decimal.Decimal,
    }
    return readers[kind](text)


def _wrong(name: str, sentence: str) -> exceptions.ValidationError:
    return exceptions.ValidationError({name: [sentence]})
