"""`make run`: the whole of Portolan on one machine, in one terminal."""

import http.client
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from functools import partial

from ops import project
from ops.processes import command_line, spawn
from ops.servers import Server, Servers
from ops.state import ROOT, Lock, OpsError, State, is_free, var
from ops.supervisor import Program, StopRequestedError, Supervisor

COLORS = {"web": 36, "worker": 35, "solver": 95, "beat": 34, "postgres": 32, "valkey": 33}
DEFAULT_PORT = 8000
QUIET = ["--loglevel", "INFO", "--without-gossip", "--without-mingle"]
#: What workers of Celery are started with; a long search in the second holds nothing in the first.
WORKERS = {
    "worker": [
        "worker",
        "--queues",
        "default,analysis,delivery",
        "--concurrency",
        "2",
        "--hostname",
        "portolan@%h",
        *QUIET,
    ],
    "solver": ["worker", "--queues", "solver", "--concurrency", "1", "--hostname", "solver@%h", *QUIET],
}  # fmt: skip
# Valkey's advice on a kernel setting nobody needs for this, its good-byes, and the sweep that passes every ten seconds.
NOISE = re.compile(r"Memory overcommit must be enabled|signal-handler|ready to exit, bye|\[info *\].*events\.sweep")


def claim_folder() -> Lock:
    """The right to run in this folder, which one `make run` has at a time."""
    lock = Lock(var() / "run.lock")
    if not lock.acquire(wait_seconds=1):
        holder = lock.holder()
        known = re.match(r"process (\d+)", holder)
        if known and "ops.run" in command_line(int(known[1])):
            raise OpsError(
                f"Portolan already runs in this folder ({holder}).\n"
                f"Stop it with Ctrl-C in its terminal, or with: kill {known[1]}"
            )
        print("The last start was killed; waiting until what it left behind has ended.", flush=True)
        if not lock.acquire(wait_seconds=30):
            raise OpsError(f"Something still holds {lock.path} ({holder}).")
    return lock


def choose_port(given: Mapping[str, str], state: State) -> int:
    """PORT where it is set, else the port of the last start, else the first free one from 8000 on."""
    if wanted := given.get("PORT"):
        if not wanted.isdigit() or not 0 < int(wanted) < 65536:
            raise OpsError(f"PORT is {wanted!r}; give a number from 1 to 65535.")
        if not is_free(int(wanted)):
            raise OpsError(f"Port {wanted} is taken by another program, or is not for this user. Choose another PORT.")
        return int(wanted)
    last = state.get("port")
    candidates = range(DEFAULT_PORT, DEFAULT_PORT + 100)
    for port in [last, *candidates] if isinstance(last, int) else candidates:
        if is_free(port):
            state.put(port=port)
            return port
    raise OpsError(f"No port from {DEFAULT_PORT} to {DEFAULT_PORT + 99} is free. Choose one with PORT=… make run.")


def is_noise(line: str) -> bool:
    return bool(NOISE.search(line))


def command(name: str, arguments: Sequence[str], variables: Mapping[str, str], patience_seconds: float = 15) -> Program:
    """A program of Portolan's own."""

    def start(output: int) -> "subprocess.Popen[bytes]":
        return spawn(arguments, env=variables, cwd=ROOT, stdout=output)

    return Program(name, start, COLORS.get(name, 37), patience_seconds=patience_seconds, hides=is_noise)


def server_program(server: Server) -> Program:
    """An embedded server under the supervisor, which then holds its process."""
    is_postgres = server.name == "PostgreSQL"

    def hides(line: str) -> bool:
        return is_noise(line) or (is_postgres and " LOG:  " in line)

    return Program(
        "postgres" if is_postgres else "valkey",
        server.start,
        COLORS["postgres" if is_postgres else "valkey"],
        stop_signal=signal.SIGINT if is_postgres else signal.SIGTERM,
        force_signal=signal.SIGQUIT if is_postgres else signal.SIGKILL,
        patience_seconds=20,
        hides=hides,
    )


def services(variables: Mapping[str, str], port: int) -> list[Program]:
    """Web, worker, the worker that optimizes, and beat."""
    python = sys.executable
    celery = [python, "-m", "celery", "--quiet", "--app", "config.celery"]
    threads = [f"--workers={min(2, os.cpu_count() or 1)}", "--blocking-threads=4", "--runtime-threads=1"]
    web = [python, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--no-ws"]
    web += [*threads, "--workers-kill-timeout", "10s", "--respawn-failed-workers", "config.wsgi:application"]
    beat = ["beat", "--loglevel", "INFO"]
    # Counts of the last start would count again.
    shutil.rmtree(var() / "metrics", ignore_errors=True)
    return [
        command("web", web, {**variables, "PROMETHEUS_MULTIPROC_DIR": str(var() / "metrics")}),
        *[command(name, [*celery, *WORKERS[name]], variables, patience_seconds=30) for name in WORKERS],
        command("beat", [*celery, *beat], variables),
    ]


def is_up(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


class Run:
    """One `make run`, from the first lock to the last process."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self.given = given
        self.begun_at = time.monotonic()
        self.lock = claim_folder()
        self.servers = Servers(var(), environ=given)
        self.memory = project.Memory(self.servers)
        self.port = choose_port(given, self.memory.state)
        self.lock.note(f"process {os.getpid()}, http://127.0.0.1:{self.port}/")
        self.supervisor = Supervisor()
        for server in self.servers.embedded:
            server.idle = partial(self.supervisor.pump, 0.01)
        self.server_programs = [server_program(server) for server in self.servers.embedded]
        self.services: list[Program] = []
        self.sign_ins = ""

    def main(self) -> int:
        try:
            self.start_servers()
            variables = project.environment(self.servers, self.given)
            self.set_up(variables)
            self.services = services(variables, self.port)
            for service in self.services:
                self.supervisor.start(service)
            self.wait_for_web()
            self.announce()
            self.supervisor.keep()
        except StopRequestedError:
            return 130
        except OpsError as error:
            self.supervisor.say(str(error), color=31)
            return 1
        finally:
            self.stop()
        return 0

    def start_servers(self) -> None:
        for server, program in zip(self.servers.embedded, self.server_programs, strict=True):
            self.supervisor.say(f"Starting {server.name} in {server.home.relative_to(var().parent)}.")
            server.prepare()
            self.supervisor.start(program)
            if self.supervisor.stop_requests:
                raise StopRequestedError
        postgres = self.servers.postgres
        if postgres and postgres.account:
            self.supervisor.say(f"PostgreSQL refuses to run as root: it runs as {postgres.account.name}.")
            if postgres.data.parent != postgres.home:
                self.supervisor.say(f"That user cannot reach {postgres.home}; the data is in {postgres.data}.")

    def set_up(self, variables: Mapping[str, str]) -> None:
        """Migrations, the demo organization and static files, each only where it is needed."""
        database: list[Program] = []
        if not self.is_migrated(variables):
            migrate = project.manage("migrate", "--no-input", "--skip-checks")
            database.append(command("migrate", migrate, project.as_owner(variables)))
        if not self.memory.has_demo():
            database.append(command("demo", project.manage("demo", "--if-empty"), variables))
        sign_ins: list[str] = []

        def take_down(line: str) -> bool:
            sign_ins.append(line)
            return True

        if self.memory.sign_ins() is None:
            asked = command("sign-ins", project.manage("demo", "--sign-ins"), variables)
            asked.hides = take_down
            database.append(asked)
        static: list[Program] = []
        if not self.memory.static_is_fresh():
            self.supervisor.say("Compressing static files; this takes a minute, once.")
            self.memory.forget_static()
            collect = command("static", project.manage("collectstatic", "--no-input", "--clear"), variables)
            collect.hides = lambda line: line.startswith("Deleting ")
            static.append(collect)
        try:
            self.supervisor.run_steps(database, static)
        except OpsError:
            if sign_ins:
                self.supervisor.say("\n".join(sign_ins), "sign-ins")
            raise
        self.memory.remember_migrations()
        self.memory.remember_demo()
        self.memory.remember_static()
        self.sign_ins = self.memory.sign_ins() or "\n".join(sign_ins)
        self.memory.remember_sign_ins(self.sign_ins)

    def is_migrated(self, variables: Mapping[str, str]) -> bool:
        """Whether every migration is applied: asked of the embedded database directly, of another one by Django."""
        if self.servers.postgres is not None:
            return self.memory.is_migrated()
        arguments = project.manage("migrate", "--check", "--skip-checks", "--verbosity", "0")
        check = command("check", arguments, project.as_owner(variables))
        check.hides = lambda line: True
        try:
            self.supervisor.run_steps([check])
        except OpsError:
            return False
        return True

    def wait_for_web(self) -> None:
        deadline = time.monotonic() + 60
        while not is_up(self.port):
            self.supervisor.pump(0.05)
            self.supervisor.mend()
            if self.supervisor.stop_requests:
                raise StopRequestedError
            if time.monotonic() > deadline:
                raise OpsError("The web server did not answer within a minute; its lines are above.")

    def announce(self) -> None:
        seconds = time.monotonic() - self.begun_at
        lines = ["", f"Portolan runs at http://127.0.0.1:{self.port}/   (started in {seconds:.0f} s)", ""]
        if self.sign_ins:
            lines += [*self.sign_ins.splitlines(), ""]
        lines += ["Ctrl-C stops everything. What you do is kept in var/.", ""]
        self.supervisor.say("\n".join(lines))

    def stop(self) -> None:
        supervisor = self.supervisor
        supervisor.stop_requests = max(supervisor.stop_requests, 1)
        if any(program.is_alive for program in supervisor.programs):
            supervisor.say("Stopping. Ctrl-C again forces it.")
        supervisor.end(self.services)
        for program in reversed(self.server_programs):
            supervisor.end([program])
        self.servers.stop(immediately=supervisor.stop_requests > 1)
        supervisor.pump(0)
        supervisor.say("Stopped.")


def main(given: Mapping[str, str] | None = None) -> int:
    try:
        return Run(os.environ if given is None else given).main()
    except OpsError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
