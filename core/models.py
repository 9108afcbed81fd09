"""What every tenant row has. No tables of its own."""

from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, models


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
        fields: Any = self._meta.concrete_fields
        for field in fields:
            related = field.related_model
            if isinstance(related, type) and issubclass(related, TenantModel):
                if getattr(self, field.attname) is None or not (self._state.adding or field.is_cached(self)):
                    continue  # none, or the one that it was saved with
                related_row = getattr(self, field.name)
                if related_row.organization_id != self.organization_id:
                    raise ValidationError({field.name: "No such row in this organization."})
                if is_out_of_sight(related_row) and not is_out_of_sight(self):
                    raise ValidationError(
                        {field.name: f"“{related_row}” is archived. Restore it first, or choose another."}
                    )


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
        return is_out_of_sight(self)


def is_out_of_sight(row: models.Model) -> bool:
    """Whether a row is archived; a row of a table that has no archive never is."""
    return getattr(row, "archived_at", None) is not None


def take_number(model: type[models.Model]) -> int:
    """The next number of a table's own sequence, so that a row can carry it in its code before it is saved."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [model._meta.db_table])
        return int(cursor.fetchone()[0])
