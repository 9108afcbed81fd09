"""Django's PostgreSQL backend, which tells the connection whose rows it may see before each statement that needs it."""

import re
from itertools import count
from typing import Any

from django.db.backends.postgresql import base
from psycopg2 import Error
from psycopg2.extensions import TRANSACTION_STATUS_INERROR

from core.tenancy import current_scope

SET_SCOPE = "SELECT set_config('portolan.organization', %s, false), set_config('portolan.user', %s, false)"


class DatabaseWrapper(base.DatabaseWrapper):
    """Applies `core.tenancy.current_scope()` lazily: one small statement when the scope has changed."""

    _applied: Any = None
    _prepared: dict[str, str]

    def get_new_connection(self, conn_params: Any) -> Any:
        self._applied, self._prepared = None, {}
        return super().get_new_connection(conn_params)

    def prepared(self, sql: str) -> str:
        """The name under which this connection keeps a statement, prepared at the first need.

        Planning a dashboard's statements takes longer than answering them. What is prepared outlives a rollback.

        Args:
            sql: a constant of the code, with `%s` for each value.
        """
        name = self._prepared.get(sql)
        if name is None:
            name = f"portolan_{len(self._prepared)}"
            places = count(1)
            text = re.sub("%[%s]", lambda found: "%" if found[0] == "%%" else f"${next(places)}", sql)
            with self.connection.cursor() as cursor:
                cursor.execute(f"PREPARE {name} AS {text}")
            self._prepared[sql] = name
        return name

    def create_cursor(self, name: str | None = None) -> Any:
        self._apply_scope()
        return super().create_cursor(name)

    def is_usable(self) -> bool:
        """Ask a kept connection whether it lives by telling it whose rows it may see: one statement for both."""
        if self.connection is None:
            return False
        self._applied = None
        try:
            self._apply_scope()
        except Error:
            return False
        return True

    def _apply_scope(self) -> None:
        wanted = current_scope()
        if wanted == self._applied or self.connection.info.transaction_status == TRANSACTION_STATUS_INERROR:
            return
        with self.connection.cursor() as cursor:
            cursor.execute(SET_SCOPE, [str(wanted.organization_id or ""), str(wanted.user_id or "")])
        self._applied = wanted

    def _rollback(self) -> Any:
        # A rolled back transaction takes its settings with it.
        self._applied = None
        return super()._rollback()  # type: ignore[misc]

    def _savepoint_rollback(self, sid: str) -> None:
        super()._savepoint_rollback(sid)  # type: ignore[misc]
        self._applied = None
