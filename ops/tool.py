"""PostgreSQL's own tools on the embedded database: `python -m ops.tool psql`, `... pg_dump > portolan.sql`."""

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from ops.servers.postgres import DATABASE, SUPERUSER, Postgres
from ops.state import var

TOOLS = ("pg_dump", "pg_restore", "psql")


def main(arguments: Sequence[str]) -> NoReturn:
    if not arguments or arguments[0] not in TOOLS:
        sys.exit(f"usage: python -m ops.tool {'|'.join(TOOLS)} [its own arguments]")
    postgres = Postgres(var() / "postgres")
    if not postgres.is_running_elsewhere():
        sys.exit("PostgreSQL does not run in this folder. Start it with `make run`.")
    variables = {
        "PGHOST": "127.0.0.1",
        "PGPORT": str(postgres.port),
        "PGUSER": SUPERUSER,
        "PGPASSWORD": postgres.password(SUPERUSER),
        "PGDATABASE": DATABASE,
    }
    program = str(postgres.tools / arguments[0])
    os.execve(program, [program, *arguments[1:]], {**os.environ, **variables})


if __name__ == "__main__":
    main(sys.argv[1:])
