"""The virtual environment and what belongs in it. Runs under the machine's own Python, before anything is installed."""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path

from ops import front_end
from ops.state import ROOT, Lock, OpsError, var

# Each lock file holds all of those before it.
LOCKS = {"runtime": "requirements.txt", "embedded": "requirements-embedded.txt", "dev": "requirements-dev.txt"}
LOWEST = (3, 11)


def fingerprint(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def is_installed(environment: Path, purpose: str) -> bool:
    """Whether the environment holds the present lock of `purpose`, or of a larger one."""
    try:
        stamp = json.loads((environment / "portolan-installed.json").read_text(encoding="utf-8"))
        installed, made_with = LOCKS[stamp["purpose"]], stamp["lock"]
    except (OSError, ValueError, KeyError, TypeError):
        return False
    order = list(LOCKS.values())
    is_enough = order.index(installed) >= order.index(LOCKS[purpose])
    return is_enough and made_with == fingerprint(ROOT / installed)


def works(python: Path) -> bool:
    """Whether an interpreter runs, is new enough and has pip: an upgrade of the system breaks what was built on it."""
    probe = f"import sys, pip; sys.exit(sys.version_info < {LOWEST!r})"
    try:
        return subprocess.run([python, "-c", probe], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def make_environment(environment: Path) -> None:
    print(f"Making a virtual environment with Python {'.'.join(map(str, sys.version_info[:3]))}.", flush=True)
    try:
        venv.EnvBuilder(with_pip=True, clear=True, symlinks=True).create(environment)
    except (subprocess.CalledProcessError, ImportError) as error:
        shutil.rmtree(environment, ignore_errors=True)
        version = ".".join(map(str, sys.version_info[:2]))
        raise OpsError(
            f"This Python cannot make a virtual environment with pip ({error}).\n"
            f"On Debian and Ubuntu: apt-get install python{version}-venv. Then run the same command again."
        ) from error


def install(environment: Path, purpose: str) -> None:
    """Bring the environment to the lock of `purpose`; nothing is done when it is there already."""
    python = environment / "bin" / "python"
    if is_installed(environment, purpose) and python.exists():
        return
    lock = Lock(var() / "install.lock")
    if not lock.acquire():
        print("Waiting for another installation in this folder.", flush=True)
        lock.acquire(wait_seconds=1800)
    try:
        if not (is_installed(environment, purpose) and python.exists()):
            bring(environment, purpose)
    finally:
        lock.release()


def bring(environment: Path, purpose: str) -> None:
    """Make the environment where there is none that works, and install the lock of `purpose`."""
    python = environment / "bin" / "python"
    if not works(python):
        make_environment(environment)
    stamp = environment / "portolan-installed.json"
    stamp.unlink(missing_ok=True)
    requirements = ROOT / LOCKS[purpose]
    count = sum(1 for line in requirements.read_text(encoding="utf-8").splitlines() if line[:1].isalnum())
    print(f"Installing {count} packages of {requirements.name}; the first time takes a minute or two.", flush=True)
    command = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--quiet"]
    answer = subprocess.run([*command, "--require-hashes", "--requirement", str(requirements)], check=False)
    if answer.returncode:
        raise OpsError("pip could not install the packages; its reason stands above. Run the same command again.")
    stamp.write_text(json.dumps({"purpose": purpose, "lock": fingerprint(requirements)}), encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m ops.install", description=__doc__)
    parser.add_argument("purpose", choices=[*LOCKS, "run"])
    parser.add_argument("environment", type=Path)
    chosen = parser.parse_args(arguments)
    purpose = chosen.purpose
    if purpose == "run":
        # With servers of the person's own, the embedded ones need not even exist for this machine.
        names = ("DATABASE_URL", "REDIS_URL")
        is_outside = all(os.environ.get(name) or os.environ.get(f"{name}_FILE") for name in names)
        purpose = "runtime" if is_outside else "embedded"
    try:
        install(chosen.environment, purpose)
        front_end.install()
    except OpsError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
