"""The embedded PostgreSQL: what it survives, and what its roles may do."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ops.processes import command_line
from ops.servers import Postgres
from ops.servers.postgres import APP, OWNER
from ops.state import ROOT, Lock, OpsError, is_free

pytestmark = pytest.mark.xdist_group("postgres")

KEEPER = """
    import sys, time
    from pathlib import Path
    from ops.servers import Postgres

    server = Postgres(Path(sys.argv[1]), throwaway=True)
    print(server.start().pid, server.port)
    time.sleep(60)
"""


def kill(server) -> None:
    server.process.send_signal(signal.SIGKILL)
    server.process.wait()


def gone_within(seconds: float, pid: int) -> bool:
    deadline = time.monotonic() + seconds
    while command_line(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    return not command_line(pid)


def uid_of(pid: int) -> int:
    return Path(f"/proc/{pid}").stat().st_uid


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
def test_started_by_root_it_runs_as_another_user_who_owns_the_data(postgres):
    uid = uid_of(postgres.process.pid)

    assert uid != 0
    assert uid == postgres.account.uid == postgres.data.stat().st_uid
    assert postgres.data.stat().st_mode & 0o077 == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="root becomes somebody else")
def test_started_by_an_ordinary_user_it_runs_as_that_user_inside_the_home(postgres):
    assert uid_of(postgres.process.pid) == os.geteuid()
    assert postgres.data.parent == postgres.home


def test_its_passwords_are_for_nobody_else_to_read(postgres):
    assert postgres.state.path.stat().st_mode & 0o077 == 0
    assert postgres.password(APP) not in command_line(postgres.process.pid)


def test_it_keeps_port_and_rows_over_a_restart(postgres):
    postgres.psql("CREATE TABLE kept (number int); INSERT INTO kept VALUES (7)", role=OWNER)
    port = postgres.port

    postgres.stop()
    postgres.start()

    assert postgres.port == port
    assert postgres.psql("SELECT number FROM kept; DROP TABLE kept", role=OWNER) == "7"


def test_it_takes_another_port_when_its_own_was_taken_meanwhile(postgres, python):
    postgres.stop()
    taken = postgres.port
    other = python(
        "import socket, sys; s = socket.create_server(('127.0.0.1', int(sys.argv[1]))); print('up'); s.accept()",
        taken,
    )
    assert other.stdout.readline() == "up\n"

    postgres.start()

    assert postgres.port != taken
    assert postgres.psql("SELECT 1") == "1"


def test_committed_rows_survive_a_kill_of_the_server(postgres):
    postgres.psql("CREATE TABLE survivors AS SELECT generate_series(1, 1000) AS number", role=OWNER)

    kill(postgres)
    postgres.start()

    assert postgres.psql("SELECT count(*) FROM survivors", role=OWNER) == "1000"
    postgres.psql("DROP TABLE survivors", role=OWNER)


def test_a_pid_file_whose_number_went_to_another_program_is_no_obstacle(postgres):
    kill(postgres)
    pid_file = postgres.data / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getppid()), *lines[1:]]) + "\n")
    postgres.end_stray()

    postgres.start()

    assert postgres.psql("SELECT 1") == "1"
    assert command_line(os.getppid())


def test_killed_with_its_keeper_it_ends_and_the_next_start_works(tmp_path, python):
    home = tmp_path / "postgres"
    keeper = python(KEEPER, home)
    pid = int(keeper.stdout.readline().split()[0])

    keeper.kill()

    assert gone_within(10, pid)
    server = Postgres(home, throwaway=True)
    try:
        server.start()
        assert server.psql("SELECT 1") == "1"
    finally:
        server.remove()


def test_a_second_start_in_the_same_home_is_refused_and_says_who_is_there(postgres, monkeypatch):
    second = Postgres(postgres.home)
    monkeypatch.setattr(second.lock, "acquire", lambda wait_seconds=0: Lock.acquire(second.lock))

    with pytest.raises(OpsError, match=f"in use by process {os.getpid()}"):
        second.start()
    assert second.is_running_elsewhere()
    assert second.environment() == postgres.environment()


def test_a_half_made_cluster_is_made_anew(tmp_path):
    server = Postgres(tmp_path / "postgres", throwaway=True)
    half = server.data.with_name("data.new")
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    try:
        server.start()
        assert server.psql("SELECT 1") == "1"
    finally:
        server.remove()
    assert not half.exists()


def test_a_throwaway_cluster_starts_empty_after_a_crash(tmp_path):
    server = Postgres(tmp_path / "postgres", throwaway=True)
    try:
        server.start()
        assert server.psql("SHOW fsync") == "off"
        server.psql("CREATE TABLE doubtful ()", role=OWNER)
        kill(server)
        server.start()
        assert server.psql("SELECT to_regclass('doubtful') IS NULL") == "t"
    finally:
        server.remove()
    assert not server.home.exists()
    assert not server.data.exists()


def test_data_of_another_major_version_is_refused_with_a_way_out(postgres):
    postgres.stop()
    version = postgres.data / "PG_VERSION"
    real = version.read_text()
    version.write_text("16\n")
    try:
        with pytest.raises(OpsError, match=r"written by PostgreSQL 16; PostgreSQL \d+ is installed"):
            postgres.start()
    finally:
        version.write_text(real)
    assert is_free(postgres.port)


def test_data_whose_password_file_was_lost_is_opened_with_a_new_password(postgres):
    postgres.psql("CREATE TABLE treasure AS SELECT 1 AS number", role=OWNER)
    before = postgres.password(OWNER)
    postgres.stop()
    postgres.state.path.unlink()

    postgres.start()

    assert postgres.password(OWNER) != before
    assert postgres.psql("SELECT number FROM treasure; DROP TABLE treasure", role=OWNER) == "1"


def test_the_application_may_change_rows_but_neither_tables_nor_rules(postgres):
    postgres.psql(
        """CREATE TABLE facts (organization int, id int GENERATED ALWAYS AS IDENTITY);
        ALTER TABLE facts ENABLE ROW LEVEL SECURITY;
        CREATE POLICY own ON facts USING (organization = current_setting('portolan.organization', true)::int);
        INSERT INTO facts VALUES (1), (2)""",
        role=OWNER,
    )
    try:
        assert postgres.psql("SELECT count(*) FROM facts", role=APP) == "0"
        assert postgres.psql("SET portolan.organization = 2; SELECT organization FROM facts", role=APP) == "2"
        for statement in [
            "ALTER TABLE facts DISABLE ROW LEVEL SECURITY",
            "DROP TABLE facts",
            "CREATE TABLE mine ()",
            "SET ROLE portolan_owner",
            "SET SESSION AUTHORIZATION postgres",
            "ALTER ROLE portolan_app BYPASSRLS",
            "SET row_security = off; SELECT * FROM facts",
            "SET portolan.organization = 1; INSERT INTO facts VALUES (2)",
        ]:
            with pytest.raises(OpsError, match=r"must be|permission denied|row-level security|violates"):
                postgres.psql(statement, role=APP)
    finally:
        postgres.psql("DROP TABLE facts", role=OWNER)


def test_neither_role_is_powerful(postgres):
    powers = "rolsuper OR rolbypassrls OR rolcreaterole OR rolreplication OR rolcreatedb"

    assert postgres.psql(f"SELECT rolname FROM pg_roles WHERE rolname LIKE 'portolan%' AND ({powers})") == ""


def test_a_wrong_password_is_refused_from_the_same_machine(postgres):
    right = postgres.state.get("passwords")
    postgres.state.put(passwords={**right, APP: "wrong"})
    try:
        with pytest.raises(OpsError, match="password authentication failed"):
            postgres.psql("SELECT 1", role=APP)
    finally:
        postgres.state.put(passwords=right)


def test_a_database_made_for_tests_gives_the_application_its_usual_rights_and_extensions(tmp_path):
    server = Postgres(tmp_path / "postgres", throwaway=True)
    try:
        server.start()
        server.recreate_database("portolan_test")
        server.psql("CREATE DATABASE test_portolan_gw7", role=OWNER)
        for database in ("portolan_test", "test_portolan_gw7"):
            server.psql("CREATE TABLE things (id serial)", role=OWNER, database=database)
        server.recreate_database("portolan_copy", like="portolan_test")
        for database in ("portolan_test", "test_portolan_gw7", "portolan_copy"):
            server.psql("INSERT INTO things DEFAULT VALUES", role=APP, database=database)
            extensions = server.psql(
                "SELECT string_agg(extname, ' ' ORDER BY extname) FROM pg_extension", database=database
            )
            assert extensions == "btree_gist citext pg_stat_statements pg_trgm plpgsql unaccent vector"
    finally:
        server.remove()


def test_no_password_is_among_the_statements_the_server_remembers(postgres):
    remembered = postgres.psql("SELECT query FROM pg_stat_statements")

    assert "SELECT" in remembered
    for role in (APP, OWNER):
        assert postgres.password(role) not in remembered
        assert postgres.password(role) not in postgres.log_tail()


def test_the_callers_own_postgresql_variables_do_not_lead_it_astray(postgres, monkeypatch):
    monkeypatch.setenv("PGHOST", "192.0.2.1")
    monkeypatch.setenv("PGDATABASE", "elsewhere")

    assert postgres.psql("SELECT current_database()") == "portolan"


def test_while_it_starts_others_get_their_turn(postgres):
    turns = []
    at_rest = postgres.idle
    postgres.idle = lambda: (turns.append(1), at_rest())
    postgres.stop()

    postgres.start()

    postgres.idle = at_rest
    assert turns


def test_its_own_tools_reach_the_running_server_and_only_that(postgres, tmp_path):
    (tmp_path / "postgres").symlink_to(postgres.home)
    environment = {**os.environ, "PORTOLAN_VAR": str(tmp_path)}
    command = [sys.executable, "-m", "ops.tool", "psql", "-At", "-c", "SELECT current_database(), current_user"]

    answer = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    asks = (
        "from django.db import connection as c; k = c.cursor(); k.execute('SELECT current_user'); print(k.fetchone())"
    )
    manage = [*command[:3], "manage", "shell", "-v", "0", "-c", asks]
    variables = {name: value for name, value in environment.items() if not name.startswith("DATABASE_")}
    variables |= {"REDIS_URL": "redis://127.0.0.1:1"}
    told = subprocess.run(manage, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    postgres.stop()
    refused_too = subprocess.run(manage, cwd=ROOT, env=variables, capture_output=True, text=True, check=False)
    refused = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    assert answer.stdout == "portolan|postgres\n"
    assert told.stdout.endswith("('portolan_app',)\n"), told.stderr
    assert "does not run in this folder" in refused_too.stderr
    assert refused.returncode == 1
    assert "does not run in this folder" in refused.stderr
