"""The embedded Valkey: what it keeps, and whom it answers."""

import signal
import socket

import pytest

from ops.servers import Valkey
from ops.state import OpsError

pytestmark = pytest.mark.xdist_group("valkey")


def test_it_keeps_its_data_and_its_port_over_a_restart(valkey):
    valkey.ask("SET ship Argo")
    port = valkey.port

    valkey.stop()
    valkey.start()

    assert valkey.port == port
    assert valkey.ask("GET ship") == "Argo"


def test_it_keeps_what_it_confirmed_when_it_is_killed(valkey):
    for number in range(200):
        assert valkey.ask(f"RPUSH queue {number}") == f":{number + 1}"

    valkey.process.send_signal(signal.SIGKILL)
    valkey.process.wait()
    valkey.start()

    assert valkey.ask("LLEN queue") == ":200"


def test_a_stranger_on_the_same_machine_gets_no_answer(valkey):
    with socket.create_connection(("127.0.0.1", valkey.port), timeout=2) as connection:
        connection.sendall(b"GET ship\r\n")
        assert connection.recv(100).startswith(b"-NOAUTH")
    assert valkey.configuration.stat().st_mode & 0o077 == 0


def test_it_refuses_to_forget_messages_when_memory_runs_out(valkey):
    assert valkey.ask("CONFIG SET maxmemory 1mb") == "+OK"

    assert valkey.ask(f"SET big {'x' * 10}").startswith("-OOM")


def test_a_folder_with_spaces_and_quotes_is_no_obstacle(tmp_path):
    server = Valkey(tmp_path / 'a "strange" folder')
    try:
        server.start()
        assert server.ask("SET a 1") == "+OK"
    finally:
        server.remove()


def test_a_throwaway_one_starts_empty(tmp_path):
    server = Valkey(tmp_path / "valkey", throwaway=True)
    try:
        server.start()
        server.ask("SET ship Argo")
        server.stop()
        server.start()
        assert server.ask("GET ship") == "$-1"
    finally:
        server.remove()


def test_its_state_is_told_before_it_was_ever_started(tmp_path):
    server = Valkey(tmp_path / "valkey")

    with pytest.raises(OpsError, match="never been started"):
        server.environment()
    server.prepare()
    assert server.environment()["REDIS_URL"].startswith("redis://:")
    server.stop()
