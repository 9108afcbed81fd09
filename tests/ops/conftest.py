"""Servers in folders of their own, apart from those the other tests share."""

import subprocess
import sys
import textwrap

import pytest

from ops.servers import Postgres, Valkey
from ops.state import ROOT


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """A durable PostgreSQL, as `make run` has it."""
    server = Postgres(tmp_path_factory.mktemp("cluster") / "postgres")
    server.start()
    yield server
    server.remove()


@pytest.fixture
def postgres(cluster):
    """The durable PostgreSQL, running; a test may kill it."""
    if not cluster.is_alive():
        cluster.start()
    return cluster


@pytest.fixture
def valkey(tmp_path):
    """A durable Valkey, running."""
    server = Valkey(tmp_path / "valkey")
    server.start()
    yield server
    server.remove()


@pytest.fixture
def python():
    """Starts a Python of its own on some lines of code; whatever still runs at the end is killed."""
    processes = []

    def start(code: str, *arguments: object) -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, "-u", "-c", textwrap.dedent(code), *map(str, arguments)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.kill()
        process.wait()
        process.stdout.close()
