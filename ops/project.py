"""Portolan's own commands, seen from outside: their environment, and which of them are needed now."""

import hashlib
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from ops.servers import Servers
from ops.state import ROOT, OpsError, State, secret, var

# Celery says in twenty lines that root is unwise; PostgreSQL and the README have said it already.
QUIET = "ignore:You're running the worker with superuser privileges"


def manage(*arguments: str) -> list[str]:
    return [sys.executable, "manage.py", *arguments]


def environment(servers: Servers, given: Mapping[str, str]) -> dict[str, str]:
    """What Portolan's processes on this machine see: the caller's variables first, then ours."""
    chosen = {
        "PORTOLAN_VAR": str(var()),
        "EMAIL_FILE_PATH": str(var() / "mail"),
        "LOG_FORMAT": "console",
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": QUIET,
    }
    if not given.get("SECRET_KEY") and not given.get("SECRET_KEY_FILE"):
        secret(var() / "secret-key")
        chosen["SECRET_KEY_FILE"] = str(var() / "secret-key")
    return {**chosen, **{name: value for name, value in given.items() if value}, **servers.environment()}


def as_owner(variables: Mapping[str, str]) -> dict[str, str]:
    """The same, with the role that owns the tables; an outside database without one is migrated by its only role."""
    changed = dict(variables)
    for suffix in ("", "_FILE"):
        if owner := variables.get(f"DATABASE_OWNER_URL{suffix}"):
            changed.pop("DATABASE_URL", None)
            changed.pop("DATABASE_URL_FILE", None)
            changed[f"DATABASE_URL{suffix}"] = owner
            break
    return changed


def installed_packages() -> str:
    """Changes when other packages are installed (see `ops.install`)."""
    stamp = Path(sys.prefix) / "portolan-installed.json"
    return stamp.read_text(encoding="utf-8") if stamp.exists() else ""


def migrations_on_disk() -> set[str]:
    return {f"{path.parent.parent.name}.{path.stem}" for path in ROOT.glob("*/migrations/[0-9]*.py")}


def static_inputs() -> Iterator[Path]:
    for folder in [ROOT / "static", *sorted(ROOT.glob("*/static"))]:
        yield from sorted(path for path in folder.rglob("*") if path.is_file())
    yield ROOT / "config" / "settings.py"
    yield ROOT / "core" / "finders.py"


def static_fingerprint() -> str:
    """Changes when a static file, the installed packages or the settings do."""
    digest = hashlib.sha256()
    for path in static_inputs():
        if path.exists():
            facts = path.stat()
            digest.update(f"{path.relative_to(ROOT)} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    digest.update(installed_packages().encode())
    for name in ("PORTOLAN_DEBUG", "PORTOLAN_PLAIN_STATIC"):
        digest.update(f"{name}={os.environ.get(name, '')}\n".encode())
    return digest.hexdigest()


def demo_version() -> str:
    """Changes with the code that makes the demo organization."""
    sources = [*sorted(ROOT.glob("*/management/commands/demo.py")), *sorted(ROOT.glob("*/demo/*.py"))]
    return hashlib.sha256(b"".join(source.read_bytes() for source in sources)).hexdigest()


class Memory:
    """What earlier starts did, so that this one need not; it goes with the data it speaks of."""

    def __init__(self, servers: Servers) -> None:
        self.state = State(var() / "run.json")
        self.postgres = servers.postgres
        # What an outside database holds is not for us to remember.
        self.database = servers.postgres.state if servers.postgres else None

    def static_is_fresh(self) -> bool:
        return self.state.get("static") == static_fingerprint() and (var() / "static").is_dir()

    def forget_static(self) -> None:
        self.state.put(static=None)

    def remember_static(self) -> None:
        self.state.put(static=static_fingerprint())

    def is_migrated(self) -> bool:
        """Whether ours are all applied in the embedded database, and those of the packages are as they were then."""
        if self.postgres is None or self.database is None or self.database.get("packages") != installed_packages():
            return False
        try:
            applied = self.postgres.psql("SELECT app || '.' || name FROM django_migrations")
        except OpsError:
            return False
        return migrations_on_disk() <= set(applied.split())

    def remember_migrations(self) -> None:
        if self.database is not None:
            self.database.put(packages=installed_packages())

    def has_demo(self) -> bool:
        return self.database is not None and bool(self.database.get("demo"))

    def remember_demo(self) -> None:
        if self.database is not None:
            self.database.put(demo=True)

    def sign_ins(self) -> str | None:
        """Who can sign in to the demo organization, as the demo command told it last; None when it has to be asked."""
        known = (self.database.get("sign_ins") if self.database else None) or {}
        return str(known["text"]) if known.get("version") == demo_version() else None

    def remember_sign_ins(self, text: str | None) -> None:
        if self.database is not None:
            self.database.put(sign_ins=None if text is None else {"version": demo_version(), "text": text})
