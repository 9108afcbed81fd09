"""PostgreSQL's tools and Django's commands on what `make run` runs: `python -m ops.tool psql`, `... manage check`."""

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from ops import project
from ops.servers import Servers
from ops.servers.postgres import DATABASE, SUPERUSER, Postgres
from ops.state import ROOT, OpsError, var

TOOLS = ("pg_dump", "pg_restore", "psql")
NOT_RUNNING = "PostgreSQL does not run in this folder. Start it with `make run`."


def main(arguments: Sequence[str]) -> NoReturn:
    if not arguments or arguments[0] not in {*TOOLS, "manage"}:
        sys.exit(f"usage: python -m ops.tool {'|'.join(TOOLS)}|manage [its own arguments]")
    if arguments[0] == "manage":
        manage(arguments[1:])
    postgres = Postgres(var() / "postgres")
    if not postgres.is_running_elsewhere():
        sys.exit(NOT_RUNNING)
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
    """One of Django's commands, with the addresses and secrets that the running Portolan has."""
    servers = Servers(var(), environ=os.environ)
    if servers.postgres is not None and not servers.postgres.is_running_elsewhere():
        sys.exit(NOT_RUNNING)
    try:
        variables = project.environment(servers, os.environ)
    except OpsError as error:
        sys.exit(str(error))
    # Paths among the arguments are seen from where the person is.
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    os.execve(sys.executable, command, variables)


if __name__ == "__main__":
    main(sys.argv[1:])
