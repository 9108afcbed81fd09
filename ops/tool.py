"""What is done from outside to a Portolan that runs: PostgreSQL's own tools on the embedded database
(`python -m ops.tool psql`, `... pg_dump > portolan.sql`), and management commands (`... manage import_csv FOLDER`)."""

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from ops import project
from ops.servers import Servers
from ops.servers.postgres import DATABASE, SUPERUSER, Postgres
from ops.state import ROOT, var

TOOLS = ("pg_dump", "pg_restore", "psql")


def main(arguments: Sequence[str]) -> NoReturn:
    if arguments and arguments[0] == "manage":
        manage(arguments[1:])
    if not arguments or arguments[0] not in TOOLS:
        sys.exit(f"usage: python -m ops.tool {'|'.join(TOOLS)}|manage [its own arguments]")
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


def manage(arguments: Sequence[str]) -> NoReturn:
    """Run a management command with what the running Portolan sees: its database, its broker, its secret key."""
    servers = Servers(var(), environ=os.environ)
    if servers.postgres is not None and not servers.postgres.is_running_elsewhere():
        sys.exit("Portolan does not run in this folder. Start it with `make run`.")
    # The paths in its arguments are those of the caller, wherever that is.
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    os.execve(command[0], command, project.environment(servers, os.environ))


if __name__ == "__main__":
    main(sys.argv[1:])
