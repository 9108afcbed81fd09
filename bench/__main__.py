"""`python -m bench [NAME]`: print one line of JSON for each figure; without NAME, of every module that has some."""

import argparse
import importlib
import os
import sys
from pathlib import Path

from bench.stage import Options
from ops.state import OpsError

#: Modules that help to measure.
HELPERS = {
    "__init__", "__main__", "figures", "linked", "load", "psplib", "seed", "seed_feedback", "seed_finance", "settings",
    "stage", "urls",
}  # fmt: skip


def names() -> list[str]:
    """The modules that have figures: each has a function `run(options)`."""
    return sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem not in HELPERS)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench", description="Measure; one line of JSON for each figure.")
    parser.add_argument("name", nargs="?", choices=names(), help="one module; by default all")
    parser.add_argument("--items", type=int, default=int(os.environ.get("BENCH_ITEMS", "20000")))
    parser.add_argument("--small-items", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--repeats", type=int, default=60)
    given = parser.parse_args(arguments)
    options = Options(given.items, given.small_items, given.rounds, given.repeats)
    try:
        for name in [given.name] if given.name else names():
            for figure in importlib.import_module(f"bench.{name}").run(options):
                print(figure.line(), flush=True)
    except OpsError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
