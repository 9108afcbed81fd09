"""What happens before Portolan runs: Python, packages, ports, the claim on the folder; and how all of it is removed."""

import io
import json
import os
import re
import shutil
import socket
import subprocess
import sys

import pytest

from ops import chromium, clean, install, project, run
from ops.servers import Servers
from ops.servers.base import stand_in_name
from ops.state import ROOT, Lock, OpsError, State


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A clone with three small lock files, in place of ours."""
    monkeypatch.setattr(install, "ROOT", tmp_path)
    monkeypatch.setattr(clean, "ROOT", tmp_path)
    monkeypatch.setenv("PORTOLAN_VAR", str(tmp_path / "var"))
    for lock in install.LOCKS.values():
        (tmp_path / lock).write_text(f"# {lock}\n")
    return tmp_path


def stamp(tree, purpose: str) -> None:
    (tree / ".venv").mkdir(exist_ok=True)
    fingerprint = install.fingerprint(tree / install.LOCKS[purpose])
    (tree / ".venv" / "portolan-installed.json").write_text(json.dumps({"purpose": purpose, "lock": fingerprint}))


def listener() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0))


def test_make_has_six_words():
    text = (ROOT / "Makefile").read_text()

    assert set(re.search(r"^\.PHONY: help (.*)$", text, re.M)[1].split()) == {
        "run",
        "test",
        "check",
        "bench",
        "demo",
        "clean",
    }


def test_make_without_a_new_enough_python_says_so(tmp_path):
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    for tool in ("sh", "echo"):
        (tmp_path / tool).symlink_to(shutil.which(tool))

    answer = subprocess.run(
        [shutil.which("make"), "run"],
        cwd=ROOT,
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert answer.returncode
    assert "Portolan needs Python 3.11 or newer" in answer.stderr


def test_a_larger_set_of_packages_serves_for_the_smaller_one(tree):
    stamp(tree, "dev")

    assert install.is_installed(tree / ".venv", "dev")
    assert install.is_installed(tree / ".venv", "embedded")
    stamp(tree, "embedded")
    assert not install.is_installed(tree / ".venv", "dev")


def test_a_changed_lock_is_installed_again(tree):
    stamp(tree, "dev")
    (tree / "requirements-dev.txt").write_text("another\n")

    assert not install.is_installed(tree / ".venv", "dev")


def test_a_damaged_stamp_counts_as_none(tree):
    stamp(tree, "dev")
    (tree / ".venv" / "portolan-installed.json").write_text('{"purpose": ')

    assert not install.is_installed(tree / ".venv", "dev")


def test_every_lock_names_its_packages_by_hash_and_holds_the_smaller_ones():
    def pins(lock: str) -> dict[str, str]:
        text = (ROOT / lock).read_text()
        assert text.count("--hash=sha256:") >= len(re.findall(r"^[\w.\[\],-]+==", text, re.M)) > 0
        return dict(re.findall(r"^([\w.-]+)(?:\[[\w,-]+\])?==(\S+)", text, re.M))

    runtime, embedded, dev = (pins(lock) for lock in install.LOCKS.values())
    assert runtime.items() <= embedded.items() <= dev.items()


def test_a_broken_interpreter_is_noticed(tmp_path):
    assert install.works(tmp_path / "python") is False
    assert install.works(sys.executable) is True


def test_the_web_port_is_the_last_one_while_that_is_free(tmp_path):
    state = State(tmp_path / "run.json")
    first = run.choose_port({}, state)
    assert run.choose_port({}, state) == first

    with listener() as taken:
        state.put(port=taken.getsockname()[1])
        assert run.choose_port({}, state) != taken.getsockname()[1]


def test_a_port_asked_for_is_taken_or_refused_never_changed(tmp_path):
    state = State(tmp_path / "run.json")
    with listener() as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OpsError, match="is taken"):
            run.choose_port({"PORT": str(port)}, state)
    assert run.choose_port({"PORT": str(port)}, state) == port
    for wrong in ("http", "0", "70000", "-1"):
        with pytest.raises(OpsError, match="from 1 to 65535"):
            run.choose_port({"PORT": wrong}, state)


def test_a_second_make_run_in_the_same_folder_says_so_and_fails(tmp_path, python):
    code = "import time; from ops import run; lock = run.claim_folder(); print('ops.run', flush=True); time.sleep(60)"
    environment = {**os.environ, "PORTOLAN_VAR": str(tmp_path)}
    first = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        first.stdout.readline()
        second = subprocess.run(
            [sys.executable, "-m", "ops.run"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
    finally:
        first.kill()
        first.wait()
        first.stdout.close()

    assert second.returncode == 1
    assert "already runs in this folder" in second.stderr
    assert f"kill {first.pid}" in second.stderr


def test_the_secret_key_is_random_kept_and_private(tmp_path, monkeypatch):
    monkeypatch.setenv("PORTOLAN_VAR", str(tmp_path))
    servers = Servers(tmp_path, environ={"DATABASE_URL": "postgresql://a/b", "REDIS_URL": "redis://a"})

    variables = project.environment(servers, {})
    key = (tmp_path / "secret-key").read_text()
    project.environment(servers, {})

    assert variables["SECRET_KEY_FILE"] == str(tmp_path / "secret-key")
    assert (tmp_path / "secret-key").read_text() == key
    assert len(key) >= 50
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0
    assert "SECRET_KEY_FILE" not in project.environment(servers, {"SECRET_KEY": "mine"})


def test_servers_of_ones_own_are_used_and_none_is_started(tmp_path):
    given = {"DATABASE_URL_FILE": "/run/secrets/database_url", "REDIS_URL": "redis://elsewhere"}

    servers = Servers(tmp_path, environ=given)

    assert servers.embedded == []
    assert servers.environment() == {}


def test_migrations_run_as_the_owner_where_there_is_one():
    app = {"DATABASE_URL": "postgresql://app/x", "DATABASE_OWNER_URL": "postgresql://owner/x"}

    assert project.as_owner(app)["DATABASE_URL"] == "postgresql://owner/x"
    assert project.as_owner({"DATABASE_URL": "postgresql://only/x"})["DATABASE_URL"] == "postgresql://only/x"
    by_file = project.as_owner({"DATABASE_URL_FILE": "/app", "DATABASE_OWNER_URL_FILE": "/owner"})
    assert by_file["DATABASE_URL_FILE"] == "/owner"


def test_static_files_are_collected_again_only_after_a_change(tmp_path, monkeypatch):
    monkeypatch.setattr(project, "ROOT", tmp_path)
    (tmp_path / "static" / "css").mkdir(parents=True)
    (tmp_path / "static" / "css" / "base.css").write_text("a {}")
    before = project.static_fingerprint()

    assert project.static_fingerprint() == before
    (tmp_path / "static" / "css" / "base.css").write_text("b { margin: 0 }")
    assert project.static_fingerprint() != before


def test_two_test_runs_in_one_tree_get_different_servers(tmp_path, monkeypatch):
    monkeypatch.setenv("PORTOLAN_VAR", str(tmp_path))
    first = Servers.for_tests("gw0")
    second = Servers.for_tests("gw0")
    try:
        assert first.postgres.home != second.postgres.home
        assert first.environment().items().isdisjoint(second.environment().items())
    finally:
        for servers in (first, second):
            for server in servers.embedded:
                server.remove()


def test_a_chromium_that_is_named_but_not_there_is_not_replaced_in_silence(capsys):
    assert chromium.provide({"CHROMIUM": "/nowhere/chromium"}) is None
    assert "/nowhere/chromium" in capsys.readouterr().err


def test_clean_refuses_while_something_runs(tree, capsys):
    lock = Lock(tree / "var" / "test" / "gw0" / "postgres" / "lock")
    lock.acquire()

    assert clean.main({"FORCE": "1"}) == 1

    lock.release()
    assert "nothing was removed" in capsys.readouterr().err
    assert (tree / "var").exists()


def test_clean_asks_first_and_then_removes_what_it_named(tree, capsys, monkeypatch):
    (tree / "var" / "postgres").mkdir(parents=True)
    (tree / "static").mkdir()
    stamp(tree, "dev")
    monkeypatch.setattr("sys.stdin", io.StringIO())

    assert clean.main({}) == 1
    assert (tree / "var").exists()
    assert clean.main({"FORCE": "1"}) == 0

    assert not (tree / "var").exists()
    assert not (tree / ".venv").exists()
    assert (tree / "static").exists()
    assert f"{tree / 'var'}  (with the database and everything in it)" in capsys.readouterr().out


def test_clean_finds_the_data_kept_outside_the_tree(tree, tmp_path, monkeypatch):
    monkeypatch.setattr("ops.servers.base.STAND_IN_PARENTS", (tmp_path / "lib",))
    home = tree / "var" / "postgres"
    State(home / "state.json").put(port=1)
    outside = tmp_path / "lib" / stand_in_name(home)
    (outside / "data").mkdir(parents=True)

    assert clean.main({"FORCE": "1"}) == 0

    assert not outside.exists()
