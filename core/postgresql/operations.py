"""Migration operations for what the models cannot say: row-level security and append-only tables."""

from typing import Any

from django.db.migrations.operations.base import Operation

ORGANIZATION = "organization_id = (SELECT NULLIF(current_setting('portolan.organization', true), '')::bigint)"
USER = "user_id = (SELECT NULLIF(current_setting('portolan.user', true), '')::bigint)"


class TenantPolicy(Operation):
    """Let a table show and take only rows of the organization that is set for the connection.

    Args:
        table: the table's name.
        or_sql: a further condition under which a row may be read (never written).
    The owner of the table is exempt, so that data migrations can work; the application's role is not the owner.
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, table: str, or_sql: str = "") -> None:
        self.table, self.or_sql = table, or_sql

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return self.__class__.__name__, [self.table], {"or_sql": self.or_sql} if self.or_sql else {}

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The models stay as they are."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        table = schema_editor.quote_name(self.table)
        schema_editor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        schema_editor.execute(f"CREATE POLICY organization_only ON {table} USING ({ORGANIZATION})")
        if self.or_sql:
            schema_editor.execute(f"CREATE POLICY also_readable ON {table} FOR SELECT USING ({self.or_sql})")

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        table = schema_editor.quote_name(self.table)
        schema_editor.execute(f"DROP POLICY IF EXISTS also_readable ON {table}")
        schema_editor.execute(f"DROP POLICY IF EXISTS organization_only ON {table}")
        schema_editor.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")

    def describe(self) -> str:
        return f"Row-level security by organization on {self.table}"

    @property
    def migration_name_fragment(self) -> str:
        return f"{self.table}_row_level_security"


class AppendOnly(Operation):
    """Refuse to change or remove rows of a table, whoever asks."""

    reversible = True

    def __init__(self, table: str) -> None:
        self.table = table

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return self.__class__.__name__, [self.table], {}

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The models stay as they are."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        schema_editor.execute(
            f"""CREATE FUNCTION {self.table}_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'Rows of {self.table} are never changed or removed.'; END $$"""
        )
        schema_editor.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {schema_editor.quote_name(self.table)} "
            f"FOR EACH ROW EXECUTE FUNCTION {self.table}_append_only()"
        )

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        schema_editor.execute(f"DROP TRIGGER append_only ON {schema_editor.quote_name(self.table)}")
        schema_editor.execute(f"DROP FUNCTION {self.table}_append_only()")

    def describe(self) -> str:
        return f"Append-only {self.table}"
