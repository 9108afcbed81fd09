"""Tools on what runs in this folder: `python -m ops.tool manage import_csv ...`, `... psql`, `... pg_dump > x.sql`."""

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from ops import project
from ops.servers import Servers
from ops.servers.postgres import DATABASE, SUPERUSER, Postgres
from ops.state import ROOT, OpsError, var

TOOLS = ("pg_dump", "pg_restore", "psql")
NOT_RUNNING = "{} does not run in this folder. Start it with `make run`."


def main(arguments: Sequence[str]) -> NoReturn:
    if arguments and arguments[0] == "manage":
        manage(arguments[1:])
    if not arguments or arguments[0] not in TOOLS:
        sys.exit(f"usage: python -m ops.tool {'|'.join(('manage', *TOOLS))} [its own arguments]")
    postgres = Postgres(var() / "postgres")
    if not postgres.is_running_elsewhere():
        sys.exit(NOT_RUNNING.format(postgres.name))
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
    """One of Portolan's own commands (`manage.py`) on the servers that run in this folder."""
    servers = Servers(var(), environ=os.environ)
    for server in servers.embedded:
        if not server.is_running_elsewhere():
            sys.exit(NOT_RUNNING.format(server.name))
    try:
        variables = project.environment(servers, {"LOG_LEVEL": "WARNING", **os.environ})
    except OpsError as error:
        sys.exit(str(error))
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    os.execve(command[0], command, {**os.environ, **variables})


if __name__ == "__main__":
    main(sys.argv[1:])
