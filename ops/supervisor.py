"""Several programs in one terminal: their lines together, a crashed one started again, all of them stopped together."""

import contextlib
import os
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import FrameType

from ops.processes import end_group, how_it_ended
from ops.state import OpsError
from ops.undertaker import Undertaker

LONGEST_PAUSE_SECONDS = 30.0
STEADY_SECONDS = 30.0  # A program that ran this long has earned a quick restart again.


class StopRequestedError(Exception):
    """The person asked to stop while something was being set up."""


@dataclass(eq=False)
class Program:
    """One supervised program; `spawn` starts it with its output going to a file descriptor."""

    name: str
    spawn: Callable[[int], "subprocess.Popen[bytes]"]
    color: int = 37
    stop_signal: signal.Signals = signal.SIGTERM
    force_signal: signal.Signals = signal.SIGKILL
    patience_seconds: float = 15
    hides: Callable[[str], bool] = lambda line: False
    process: "subprocess.Popen[bytes] | None" = None
    failures: int = 0
    started_at: float = 0
    start_again_at: float | None = None

    @property
    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None


@dataclass(eq=False)
class Output:
    """A pipe of a program, and its last line as far as it has come."""

    program: Program
    descriptor: int
    rest: bytes = b""


class Supervisor:
    """Runs in the main thread alone: the programs' lives are tied to it (see `processes.spawn`)."""

    def __init__(self) -> None:
        self.programs: list[Program] = []
        self.stop_requests = 0
        self._last_request_at = 0.0
        self._selector = selectors.DefaultSelector()
        self._has_color = "NO_COLOR" not in os.environ and (sys.stdout.isatty() or "FORCE_COLOR" in os.environ)
        self._undertaker = Undertaker()
        # A signal wakes the wait for output; it must not have to end by itself first.
        self._wakeup, self._wakeup_sender = socket.socketpair()
        self._wakeup.setblocking(False)
        self._wakeup_sender.setblocking(False)
        self._selector.register(self._wakeup, selectors.EVENT_READ)
        signal.set_wakeup_fd(self._wakeup_sender.fileno(), warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_stop_request)
        signal.signal(signal.SIGCHLD, lambda number, frame: None)

    def say(self, text: str, name: str = "portolan", color: int = 1) -> None:
        """Print the lines of `text`, each after the name of who says it."""
        label = f"\033[{color}m{name:<8}\033[0m" if self._has_color else f"{name:<8}"
        try:
            sys.stdout.write("".join(f"{label} | {line}\n" for line in text.rstrip().split("\n")))
            sys.stdout.flush()
        except OSError:
            # Whoever read us is gone (`make run | head`); the programs go on until they are stopped.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

    def start(self, program: Program) -> None:
        """Start a program; from now on it is watched."""
        if program not in self.programs:
            self.programs.append(program)
        program.start_again_at = None
        reader, writer = os.pipe()
        os.set_blocking(reader, False)
        self._selector.register(reader, selectors.EVENT_READ, Output(program, reader))
        try:
            program.process = program.spawn(writer)
        finally:
            os.close(writer)
        program.started_at = time.monotonic()
        self._undertaker.watch(program.process.pid, program.stop_signal)

    def run_steps(self, *chains: Sequence[Program]) -> None:
        """Run programs that end by themselves: those of a chain one after another, the chains side by side.

        Raises:
            OpsError: a program failed; the others are ended.
            StopRequestedError: the person asked to stop.
        """
        waiting = [list(chain) for chain in chains]
        running: dict[int, Program] = {}
        while any(waiting) or running:
            for place, chain in enumerate(waiting):
                if place not in running and chain:
                    running[place] = chain.pop(0)
                    self.start(running[place])
            self.pump(0.5)
            for place, program in list(running.items()):
                if not program.is_alive:
                    del running[place]
                    self.programs.remove(program)
                    if code := self._bury(program):
                        self.end(list(running.values()))
                        raise OpsError(f"The step `{program.name}` failed ({how_it_ended(code)}); its lines are above.")
            if self.stop_requests:
                self.end(list(running.values()))
                raise StopRequestedError

    def pump(self, seconds: float) -> None:
        """Print what the programs write, for at most `seconds`, or until something else happens."""
        for key, _ in self._selector.select(seconds):
            if key.data is None:
                with contextlib.suppress(BlockingIOError):
                    self._wakeup.recv(4096)
            else:
                self._read(key.data)

    def keep(self) -> None:
        """Keep every program running until the person asks to stop."""
        while not self.stop_requests:
            now = time.monotonic()
            due = [program.start_again_at - now for program in self.programs if program.start_again_at is not None]
            self.pump(max(0.0, min([1.0, *due])))
            self.mend()

    def mend(self) -> None:
        """Notice the dead, and start again whoever's pause is over."""
        for program in list(self.programs):
            if self.stop_requests:
                return
            if program.start_again_at is None:
                if not program.is_alive:
                    if time.monotonic() - program.started_at > STEADY_SECONDS:
                        program.failures = 0
                    self._plan_restart(program, f"stopped unexpectedly ({how_it_ended(self._bury(program))})")
            elif time.monotonic() >= program.start_again_at:
                try:
                    self.start(program)
                except (OpsError, OSError) as error:
                    self._plan_restart(program, f"could not be started: {error}")
                else:
                    self.say(f"{program.name} runs again.", color=33)

    def end(self, programs: Sequence[Program]) -> None:
        """Stop these together: their signal, their patience, then force; a second request to stop forces at once."""
        for program in programs:
            program.start_again_at = None
            if program.process is not None and program.is_alive:
                program.process.send_signal(program.stop_signal)
        begun_at = time.monotonic()
        forced: list[Program] = []
        while alive := [program for program in programs if program.is_alive]:
            for program in alive:
                waited = time.monotonic() - begun_at
                is_late = waited > program.patience_seconds
                if program.process is not None and program not in forced and (is_late or self.stop_requests > 1):
                    forced.append(program)
                    if is_late:
                        self.say(f"{program.name} takes over {program.patience_seconds:.0f} s; forcing it.", color=33)
                    program.process.send_signal(program.force_signal)
                elif program.process is not None and waited > program.patience_seconds + 10:
                    end_group(program.process.pid)
            self.pump(0.1)
        for program in programs:
            if program.process is not None:
                self._bury(program)

    def _on_stop_request(self, number: int, frame: FrameType | None) -> None:
        # make hands a SIGTERM on that a service manager has sent to us as well: that is one request.
        if time.monotonic() - self._last_request_at > 0.5:
            self.stop_requests += 1
            self._last_request_at = time.monotonic()

    def _plan_restart(self, program: Program, reason: str) -> None:
        pause = min(LONGEST_PAUSE_SECONDS, 0.5 * 2**program.failures)
        program.failures += 1
        program.start_again_at = time.monotonic() + pause
        self.say(f"{program.name} {reason}; starting it again in {pause:g} s.", color=31)

    def _bury(self, program: Program) -> int:
        """Take leave of an ended program: its last lines, and its own children, which would hold its port."""
        if program.process is None:
            return 0
        code = program.process.wait()
        end_group(program.process.pid)
        self._undertaker.forget(program.process.pid)
        program.process = None
        for key in list(self._selector.get_map().values()):
            if isinstance(key.data, Output) and key.data.program is program:
                self._read(key.data)
        return code

    def _read(self, output: Output) -> None:
        while True:
            try:
                chunk = os.read(output.descriptor, 65536)
            except BlockingIOError:
                return
            *lines, output.rest = (output.rest + chunk).split(b"\n")
            if not chunk and output.rest:
                lines.append(output.rest)
            for line in lines:
                text = line.decode(errors="replace").rstrip()
                if text and not output.program.hides(text):
                    self.say(text, output.program.name, output.program.color)
            if not chunk:
                self._selector.unregister(output.descriptor)
                os.close(output.descriptor)
                return
