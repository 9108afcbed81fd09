"""What every tenant row has. No tables of its own."""

import datetime
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, models
from django.utils.dateparse import parse_date, parse_datetime


class TenantModel(models.Model):
    """A row that belongs to one organization, as does every row it points at."""

    organization = models.ForeignKey("accounts.Organization", models.PROTECT, related_name="+", editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """A related row that is at hand has been read already, and is not looked up once more; nor is the organization,
        which the row-level security policy compares."""
        relations: Any = [field for field in self._meta.concrete_fields if field.is_relation]
        at_hand = {
            field.name for field in relations if field.is_cached(self) and getattr(self, field.attname) is not None
        }
        super().clean_fields(exclude={*(exclude or ()), *at_hand, "organization"})

    def clean(self) -> None:
        super().clean()
        for name, related in self._chosen():
            if related.organization_id != self.organization_id:
                raise ValidationError({name: "No such row in this organization."})

    def _chosen(self) -> Iterator[tuple[str, Any]]:
        """The tenant rows that this row points at, but for those that it was saved with."""
        fields: Any = self._meta.concrete_fields
        for field in fields:
            if not (isinstance(field.related_model, type) and issubclass(field.related_model, TenantModel)):
                continue
            if getattr(self, field.attname) is not None and (self._state.adding or field.is_cached(self)):
                yield field.name, getattr(self, field.name)


class LocalDateTimeField(models.DateTimeField):  # type: ignore[type-arg]
    """A date and a time of day where the work is done, in no time zone: “8 o'clock on Monday” on a working calendar.

    Values are naive; PostgreSQL keeps them as `timestamp without time zone`.
    """

    def db_type(self, connection: Any) -> str:
        return "timestamp without time zone"

    def to_python(self, value: Any) -> datetime.datetime | None:
        if isinstance(value, datetime.datetime) or value is None:
            moment = value
        elif isinstance(value, datetime.date):
            moment = datetime.datetime.combine(value, datetime.time())
        else:
            moment = _parsed(str(value))
        if moment is not None and moment.tzinfo is not None:
            raise ValidationError("A date on a working calendar has no time zone.", code="invalid")
        return moment

    def get_prep_value(self, value: Any) -> datetime.datetime | None:
        return self.to_python(value)


def _parsed(text: str) -> datetime.datetime:
    try:
        moment, day = parse_datetime(text), parse_date(text)
    except ValueError:
        moment = day = None
    if moment is None and day is None:
        raise ValidationError(f"“{text}” is not a date and time, such as 2026-05-04T08:00.", code="invalid")
    return moment or datetime.datetime.combine(day or datetime.date.min, datetime.time())


class ArchivableModel(TenantModel):
    """A tenant row that is archived, never deleted, and keeps the key it has in another system."""

    archived_at = models.DateTimeField(null=True, blank=True, editable=False)
    external_key = models.CharField(
        max_length=200, blank=True, help_text="The key of this row in the system it came from; imports match on it."
    )

    class Meta(TenantModel.Meta):
        abstract = True

    @property
    def is_archived(self) -> bool:
        return self.archived_at is not None

    def clean(self) -> None:
        """What is live is not put into what is archived: it would count nowhere, and nobody would find it."""
        super().clean()
        if not self.is_archived:
            refuse_archived(self._chosen())


def refuse_archived(chosen: Iterable[tuple[str, Any]]) -> None:
    """Refuse what is archived.

    Args:
        chosen: fields, and the rows that were chosen for them, if any.
    Raises:
        ValidationError: one is archived; at its field.
    """
    for name, related in chosen:
        if getattr(related, "archived_at", None) is not None:
            raise ValidationError({name: f"“{related}” is archived. Restore it first, or choose another."})


def take_number(model: type[models.Model]) -> int:
    """The next number of a table's own sequence, so that a row can carry it in its code before it is saved."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [model._meta.db_table])
        return int(cursor.fetchone()[0])
