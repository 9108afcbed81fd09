"""`make test`: every test, in parallel, each process on servers of its own (see tests/conftest.py)."""

import os
import shlex
import sys
from collections.abc import Mapping

from ops import chromium
from ops.state import ROOT

MOST_PROCESSES = 8  # Each has a PostgreSQL of its own.


def main(given: Mapping[str, str] | None = None) -> int:
    given = os.environ if given is None else given
    variables = {name: value for name, value in given.items() if name != "CHROMIUM"}
    if browser := chromium.provide(given):
        variables["CHROMIUM"] = browser
    processes = min(os.cpu_count() or 1, MOST_PROCESSES)
    arguments = ["-n", str(processes), "--dist", "loadgroup", *shlex.split(given.get("PYTEST_ARGS", ""))]
    os.chdir(ROOT)
    sys.stdout.flush()
    # pytest takes our place, so that its exit code and a Ctrl-C are its own.
    os.execve(sys.executable, [sys.executable, "-m", "pytest", *arguments], variables)


if __name__ == "__main__":
    sys.exit(main())
