"""`make check`: what a machine can say about the code. All of it runs, then all that failed is named."""

import os
import subprocess
import sys
import time
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
    tools = Path(sys.executable).parent
    python = sys.executable
    return [
        ("lint", [f"{tools}/ruff", "check", "."]),
        ("format", [f"{tools}/ruff", "format", "--check", "."]),
        ("types", [f"{tools}/mypy"]),
        ("imports", [f"{tools}/lint-imports"]),
        ("security", [f"{tools}/bandit", "-q", "-ll", "-r", "-c", "pyproject.toml", "."]),
        ("migrations", [python, "manage.py", "makemigrations", "--check", "--dry-run"]),
        ("deployment", [python, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]),
    ]


def main() -> int:
    variables = {**os.environ, **PRODUCTION}
    failed = []
    for name, command in steps():
        begun_at = time.monotonic()
        answer = subprocess.run(command, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
        word = "failed" if answer.returncode else "ok"
        print(f"{name:<11} {word}  ({time.monotonic() - begun_at:.1f} s)", flush=True)
        if answer.returncode:
            failed.append(name)
            print(answer.stdout + answer.stderr, flush=True)
    if failed:
        print(f"Failed: {', '.join(failed)}.")
        return 1
    print("Every check passed.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
