"""`make check`: what a machine can say about the code. All of it runs, then all that failed is named."""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from ops.state import ROOT

# As in production; the checks need no server, and must not find one by accident.
PRODUCTION = {
    "SECURE": "1",
    "PORTOLAN_DEBUG": "0",
    "SECRET_KEY": "for-the-checks-alone-" + "".join(chr(33 + number % 90) for number in range(60)),
    "ALLOWED_HOSTS": "portolan.example",
    "CSRF_TRUSTED_ORIGINS": "https://portolan.example",
    "DATABASE_URL": "postgresql://portolan_app:none@127.0.0.1:1/portolan",
    "REDIS_URL": "redis://127.0.0.1:1",
    # Django says that it could not look into a database; nobody asked it to.
    "PYTHONWARNINGS": "ignore:Got an error checking a consistent migration history",
}


def steps() -> list[tuple[str, list[str]]]:
    """The checks by name, the longest first."""
    tools = Path(sys.executable).parent
    python = sys.executable
    return [
        ("types", [f"{tools}/mypy"]),
        ("security", [f"{tools}/bandit", "-q", "-ll", "-r", "-c", "pyproject.toml", "."]),
        ("migrations", [python, "manage.py", "makemigrations", "--check", "--dry-run"]),
        ("deployment", [python, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]),
        ("imports", [f"{tools}/lint-imports"]),
        ("lint", [f"{tools}/ruff", "check", "."]),
        ("format", [f"{tools}/ruff", "format", "--check", "."]),
    ]


def run(command: list[str]) -> tuple[bool, str, float]:
    """Whether a command succeeded, what it printed, and the seconds that it took."""
    begun_at = time.monotonic()
    answer = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **PRODUCTION}, capture_output=True, text=True, check=False
    )
    return answer.returncode == 0, answer.stdout + answer.stderr, time.monotonic() - begun_at


def main() -> int:
    """Run the checks side by side, one for each processor; none writes what another reads."""
    checks = steps()
    failed = set()
    with ThreadPoolExecutor(os.cpu_count() or 1) as side_by_side:
        running = {side_by_side.submit(run, command): name for name, command in checks}
        for done in as_completed(running):
            name = running[done]
            is_ok, said, seconds = done.result()
            print(f"{name:<11} {'ok' if is_ok else 'failed'}  ({seconds:.1f} s)", flush=True)
            if not is_ok:
                failed.add(name)
                print(said, flush=True)
    if failed:
        print(f"Failed: {', '.join(name for name, _ in checks if name in failed)}.")
        return 1
    print("Every check passed.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
