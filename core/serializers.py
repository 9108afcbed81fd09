"""Rows as JSON: read from the database's tuples by a plan made once, written field by field."""

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

from django.contrib.auth import get_user_model
from rest_framework import serializers

from core import models
from core.amounts import REFUSED, is_hidden

Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Computed:
    """A value worked out from columns of the same row."""

    columns: tuple[str, ...]
    function: Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Plan:
    """How a serializer reads its rows: the columns to select, and what becomes of them."""

    names: tuple[str, ...]
    columns: tuple[str, ...]
    converters: tuple[tuple[int, Convert], ...]
    computed: tuple[tuple[str, tuple[int, ...], Callable[..., Any]], ...]

    def row(self, values: Sequence[Any]) -> dict[str, Any]:
        """One row, ready for JSON, from a tuple that begins with `columns`."""
        cells = list(values)
        for place, convert in self.converters:
            if (value := cells[place]) is not None:
                cells[place] = convert(value)
        row = dict(zip(self.names, cells, strict=False))
        for name, places, function in self.computed:
            row[name] = function(*[values[place] for place in places])
        return row

    def rows(self, found: Iterable[Sequence[Any]]) -> list[dict[str, Any]]:
        """Many rows."""
        return [self.row(values) for values in found]


class LocalDateTimeField(serializers.DateTimeField):
    """A date and a time of day on a working calendar, in no time zone."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "zoned": "A date on a working calendar has no time zone: send it without Z or offset."
    }

    def enforce_timezone(self, value: datetime.datetime) -> datetime.datetime:
        if value.tzinfo is not None:
            self.fail("zoned")
        return value

    def to_representation(self, value: Any) -> Any:
        return value.isoformat() if isinstance(value, datetime.datetime) else value

    @staticmethod
    def from_column(value: datetime.datetime) -> str:
        return value.isoformat()


class VisibleRelatedField(serializers.PrimaryKeyRelatedField[Any]):
    """A row that the caller may see, or a member of the organization. The model refuses an archived one by its name."""

    default_error_messages = {
        "does_not_exist": "There is no such row, or it is not yours to see.",
        "incorrect_type": "Send the id, a number.",
    }

    def get_queryset(self) -> Any:
        rows: Any = super().get_queryset()
        if rows is None:
            return None
        request = self.context["request"]
        if rows.model is get_user_model():
            return rows.filter(memberships__organization=request.organization, is_active=True)
        return rows.visible_to(request.user)

    def to_internal_value(self, data: Any) -> Any:
        """The row of an id. 1.5 is none: Python would cut it to 1, which is another row."""
        if isinstance(data, float) and not data.is_integer():
            self.fail("incorrect_type", data_type=type(data).__name__)
        return super().to_internal_value(data)


class StrictSerializer(serializers.Serializer[Any]):
    """A body in which every word is known: a misspelt field is refused by name, never dropped in silence."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid": "Send an object, its fields by name in braces.",
        "null": "Send an object, its fields by name in braces.",
    }

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            self._refuse_unknown(data)
        return super().to_internal_value(data)

    def _refuse_unknown(self, data: Mapping[str, Any]) -> None:
        writable = {name for name, field in self.fields.items() if not field.read_only}
        errors = {}
        for name in data:
            if is_hidden(str(name)):
                errors[str(name)[:100]] = [REFUSED]
            elif name not in writable:
                errors[str(name)[:100]] = [self.sentence_about(str(name), writable)]
        if errors:
            raise serializers.ValidationError(errors)

    def sentence_about(self, name: str, writable: Iterable[str]) -> str:
        """Why a field may not be sent."""
        if name in self.fields:
            instead: Mapping[str, str] = getattr(getattr(self, "Meta", None), "instead", {})
            return instead.get(name, "This field is only read.")
        return f"There is no such field. Known: {', '.join(sorted(writable))}."


class RowSerializer(StrictSerializer, serializers.ModelSerializer):  # type: ignore[type-arg]
    """A tenant row.

    `Meta.create_only`: fields that place a row when it is made, and are changed by actions of their own afterwards.
    `Meta.instead`: for fields that are only read, what to do in place of sending them.
    `Meta.computed`: name -> Computed, for values that are no column.
    """

    serializer_related_field = VisibleRelatedField
    serializer_field_mapping: ClassVar[dict[Any, Any]] = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.LocalDateTimeField: LocalDateTimeField,
    }
    _plan: ClassVar[Plan]

    class Meta:
        create_only: Sequence[str] = ()
        instead: Mapping[str, str] = {}
        computed: Mapping[str, Computed] = {}

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = super().get_fields()
        if self.partial:
            for name in getattr(self.Meta, "create_only", ()):
                fields[name].read_only = True
                fields[name].required = False
        return fields

    def get_validators(self) -> list[Any]:
        """None: uniqueness is the tables' to know, and services put it in words."""
        return []

    def get_uniqueness_extra_kwargs(self, field_names: Any, declared_fields: Any, extra_kwargs: Any) -> Any:
        """None, for the same reason."""
        return extra_kwargs, {}

    @classmethod
    def plan(cls) -> Plan:
        """How rows are read, made at the first need and kept."""
        plan: Plan | None = cls.__dict__.get("_plan")
        if plan is None:
            plan = cls._plan = _plan_of(cls)
        return plan


def _plan_of(serializer: type[RowSerializer]) -> Plan:
    computed: Mapping[str, Computed] = getattr(serializer.Meta, "computed", {})
    names: list[str] = []
    columns: list[str] = []
    converters: list[tuple[int, Convert]] = []
    for name, field in serializer().fields.items():
        if field.write_only or name in computed:
            continue
        if convert := _converter(field):
            converters.append((len(names), convert))
        names.append(name)
        columns.append(_column(field))
    for each in computed.values():
        columns += [column for column in each.columns if column not in columns]
    worked_out = [
        (name, tuple(columns.index(column) for column in each.columns), each.function)
        for name, each in computed.items()
    ]
    return Plan(tuple(names), tuple(columns), tuple(converters), tuple(worked_out))


def _column(field: Any) -> str:
    column = str(field.source).replace(".", "__")
    return f"{column}_id" if isinstance(field, serializers.PrimaryKeyRelatedField) else column


def _converter(field: Any) -> Convert | None:
    own: Convert | None = getattr(field, "from_column", None)
    if own is not None:
        return own
    if isinstance(field, serializers.DateTimeField):
        return instant
    if isinstance(field, serializers.DateField):
        return datetime.date.isoformat
    if isinstance(field, serializers.DecimalField):
        return decimal_text(field.decimal_places)
    return None


def instant(value: datetime.datetime) -> str:
    """An instant as ISO 8601 in UTC."""
    return value.astimezone(datetime.UTC).isoformat().replace("+00:00", "Z")


def decimal_text(places: int | None) -> Convert:
    """Writes amounts and ratios as strings, so that no reader rounds them."""
    unit = Decimal(1).scaleb(-(places or 0))

    def text(value: Decimal) -> str:
        return format(value.quantize(unit) if value.as_tuple().exponent != -(places or 0) else value, "f")

    return text


def name_of(source: str) -> serializers.CharField:
    """The name of a related row, beside its id."""
    return serializers.CharField(source=source, read_only=True, allow_null=True)
