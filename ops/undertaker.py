"""A second process that ends what the supervisor leaves behind when it is killed outright."""

import contextlib
import os
import signal
import time

PATIENCE_SECONDS = 10.0


class Undertaker:
    """Learns over a pipe which programs run; the pipe closes when the supervisor ends, in whatever way.

    The programs themselves get a signal at that moment on Linux. This one sees to it that they, and the children they
    have, are gone after `PATIENCE_SECONDS`, on any system. It keeps the supervisor's locks until then, because it
    inherits them: the next start waits for the last one to be really over.
    """

    def __init__(self) -> None:
        reader, self._writer = os.pipe()
        if os.fork() == 0:
            try:
                os.close(self._writer)
                self._keep_watch(reader)
            finally:
                os._exit(0)
        os.close(reader)

    def watch(self, pid: int, stop_signal: signal.Signals) -> None:
        self._tell(pid, int(stop_signal))

    def forget(self, pid: int) -> None:
        self._tell(pid, 0)

    def _tell(self, pid: int, number: int) -> None:
        # Somebody may have killed it; the work goes on without.
        with contextlib.suppress(BrokenPipeError):
            os.write(self._writer, f"{pid} {number}\n".encode())

    @staticmethod
    def _keep_watch(reader: int) -> None:
        os.setsid()
        for request in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(request, signal.SIG_IGN)
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(null, descriptor)
        stop_signals: dict[int, int] = {}
        with os.fdopen(reader, encoding="ascii") as lines:
            for line in lines:
                pid, number = map(int, line.split())
                if number:
                    stop_signals[pid] = number
                else:
                    stop_signals.pop(pid, None)
        for pid, number in stop_signals.items():
            with contextlib.suppress(OSError):
                os.kill(pid, number)
        deadline = time.monotonic() + PATIENCE_SECONDS
        while stop_signals and time.monotonic() < deadline:
            time.sleep(0.05)
            for pid in list(stop_signals):
                try:
                    os.killpg(pid, 0)
                except OSError:
                    del stop_signals[pid]
        for pid in stop_signals:
            with contextlib.suppress(OSError):
                os.killpg(pid, signal.SIGKILL)
