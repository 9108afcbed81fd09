"""`make clean`: back to a fresh clone. Runs under the machine's own Python."""

import os
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from ops.servers.base import stand_in_for
from ops.state import ROOT, Lock, OpsError, var

CACHES = [".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis", ".import_linter_cache"]


def claimed(folder: Path) -> list[Path]:
    """The claims below `folder` that a living process holds."""
    locks = [*folder.glob("run.lock"), *folder.glob("install.lock"), *folder.rglob("lock")]
    return [path for path in locks if Lock(path).is_held()]


def stand_ins(folder: Path) -> list[Path]:
    """The folders outside that stand in for some below `folder`."""
    homes = [folder / "servers", *(path.parent for path in folder.rglob("state.json"))]
    return [stand_in for home in homes for stand_in in stand_in_for(home)]


def belongings(folder: Path) -> list[Path]:
    """Everything to remove: `folder` and what stands in its place elsewhere, the virtual environment, the caches."""
    here = [
        folder,
        ROOT / ".venv",
        ROOT / "node_modules",
        ROOT / "static" / "vendor",
        *(ROOT / name for name in CACHES),
    ]
    return [path for path in [*stand_ins(folder), *here] if path.exists()]


def main(given: Mapping[str, str] | None = None) -> int:
    given = os.environ if given is None else given
    try:
        folder = var()
        if busy := claimed(folder):
            holder = Lock(busy[0]).holder() or "another process"
            print(f"{busy[0]} is in use by {holder}. Stop that first; nothing was removed.", file=sys.stderr)
            return 1
    except OpsError as error:
        print(error, file=sys.stderr)
        return 1
    paths = belongings(folder)
    print("This removes, for good:")
    for path in paths:
        has_data = (path / "postgres").exists() or (path / "data").exists()
        print(f"  {path}{'  (with the database and everything in it)' if has_data else ''}")
    if given.get("FORCE", "") not in {"1", "yes", "true"}:
        if not sys.stdin.isatty():
            print("Nothing was removed: say FORCE=1 where nobody can be asked.", file=sys.stderr)
            return 1
        if input("Go on? [y/N] ").strip().lower() not in {"y", "yes"}:
            print("Nothing was removed.")
            return 1
    for path in paths:
        shutil.rmtree(path)
    print("Removed.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
