"""The files for production, as far as they can be tried without a container engine."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from ops import probe
from ops.run import WORKERS
from ops.servers import Postgres
from ops.servers.postgres import APP, OWNER, SUPERUSER
from ops.state import ROOT, OpsError

pytestmark = pytest.mark.xdist_group("deploy")

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = ["migrate", "web", "worker", "solver", "beat"]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
SETTINGS = (ROOT / "config" / "settings.py").read_text()
TOOLS = Path(sys.executable).parent
#: Read by Python, granian, the Prometheus client and the image of PostgreSQL, not by our settings.
OTHERS = re.compile(r"^(PATH|PYTHON\w+|PIP_\w+|GRANIAN_\w+|POSTGRES_\w+|PROMETHEUS_MULTIPROC_DIR)$")


def known_settings() -> set[str]:
    names = set(re.findall(r'\benv(?:_\w+)?\(\s*"(\w+)"', SETTINGS))
    return names | {f"{name}_FILE" for name in names}


def environment_of_image() -> dict[str, str]:
    joined = DOCKERFILE.replace("\\\n", " ")
    lines = re.findall(r"^ENV (.+)$", joined, re.M)
    return dict(re.findall(r"(\w+)=(\S+)", " ".join(lines)))


def run(*command: object, **options: object) -> subprocess.CompletedProcess:
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, **options)


@pytest.mark.parametrize("name", SERVICES)
def test_every_variable_of_a_service_is_one_somebody_reads(name):
    variables = set(SERVICES[name].get("environment", {}))

    assert {variable for variable in variables if not OTHERS.match(variable)} <= known_settings()


def test_every_variable_of_the_image_is_one_somebody_reads():
    variables = environment_of_image()

    assert {variable for variable in variables if not OTHERS.match(variable)} <= known_settings()
    help_text = run(TOOLS / "granian", "--help", env={**os.environ, "COLUMNS": "200"}).stdout
    for variable in variables:
        if variable.startswith("GRANIAN_"):
            assert variable in help_text


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_reads_only_secrets_it_was_given(name):
    service = SERVICES[name]
    given = set(service.get("secrets", []))
    read = {str(value).removeprefix("/run/secrets/") for value in service.get("environment", {}).values()
            if str(value).startswith("/run/secrets/")}  # fmt: skip

    assert read <= given <= set(COMPOSE["secrets"])


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_says_whether_it_is_well_and_gives_up_powers_it_does_not_need(name):
    service = SERVICES[name]

    assert service["healthcheck"].get("test") or service["healthcheck"] == {"disable": True}
    assert (service["healthcheck"] == {"disable": True}) == (name == "migrate")
    assert service["restart"] == ("no" if name == "migrate" else "unless-stopped")
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "privileged" not in service
    for dependency, condition in service.get("depends_on", {}).items():
        wanted = "service_completed_successfully" if dependency == "migrate" else "service_healthy"
        assert condition == {"condition": wanted}


def test_only_the_web_server_is_reachable_and_only_from_this_machine_unless_told_otherwise():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["web"]
    assert SERVICES["web"]["ports"] == ["${BIND:-127.0.0.1:8000}:8000"]
    assert SERVICES["postgres"]["networks"] == SERVICES["redis"]["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}


def test_volumes_and_mounted_files_exist():
    for service in SERVICES.values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert (ROOT / source).exists() if source.startswith(".") else source in COMPOSE["volumes"]


def test_migrations_alone_run_as_the_owner():
    owners = [name for name in OURS if "database_owner_url" in SERVICES[name]["secrets"]]

    assert owners == ["migrate"]
    assert SERVICES["migrate"]["environment"]["DATABASE_URL_FILE"] == "/run/secrets/database_owner_url"


def test_the_commands_of_the_services_exist():
    locked = (ROOT / "requirements.txt").read_text()
    for program in ("granian", "celery"):
        assert re.search(rf"^{program}(\[\S+\])?==", locked, re.M)
    assert SERVICES["migrate"]["command"][:2] == ["python", "manage.py"]
    for name, program in (("worker", "worker"), ("solver", "worker"), ("beat", "beat")):
        command = SERVICES[name]["command"]
        answer = run(TOOLS / "celery", program, "--help")
        for option in (word for word in command[command.index(program) :] if word.startswith("--")):
            assert option in answer.stdout
    for name in ("web", "worker", "beat"):
        assert SERVICES[name]["healthcheck"]["test"] == ["CMD", "python", "-m", "ops.probe", name]
        assert name in probe.PROBES
    assert SERVICES["solver"]["healthcheck"] == SERVICES["worker"]["healthcheck"]


@pytest.mark.parametrize("commands", [[SERVICES[name]["command"] for name in WORKERS], list(WORKERS.values())])
def test_every_queue_has_a_worker(commands):
    queues = [command[command.index("--queues") + 1].split(",") for command in commands]

    assert sorted(sum(queues, [])) == sorted(settings.CELERY_TASK_QUEUES)
    assert ["solver"] in queues


def test_the_image_runs_as_nobody_in_particular_and_holds_no_secret():
    _, packages, _, image = DOCKERFILE.split("\nFROM ")
    assert re.search(r"^USER 10001:10001$", image, re.M)
    assert re.search(r"^STOPSIGNAL SIGTERM$", image, re.M)
    assert re.search(r'^HEALTHCHECK .*"ops.probe", "web"\]$', image, re.M)
    assert "--require-hashes" in packages
    assert "SECRET_KEY" not in environment_of_image()
    ignored = (ROOT / ".dockerignore").read_text().split()
    for private in (".git", "var", "deploy/secrets", ".env"):
        assert private in ignored
    python = re.search(r"^FROM python:(\d+)\.(\d+)", DOCKERFILE, re.M)
    supported = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    assert (int(python[1]), int(python[2])) >= tuple(map(int, supported.removeprefix(">=").split(".")))


@pytest.mark.skipif(run("docker", "compose", "version").returncode != 0 if shutil.which("docker") else True,
                    reason="needs the docker compose command, without an engine")  # fmt: skip
def test_docker_compose_accepts_the_file():
    environment = {**os.environ, "ALLOWED_HOSTS": "portolan.example"}

    answer = run("docker", "compose", "config", "--format", "json", cwd=ROOT, env=environment)

    assert answer.returncode == 0, answer.stderr
    assert set(json.loads(answer.stdout)["services"]) == set(SERVICES)


@pytest.mark.parametrize(
    "script", sorted([*ROOT.glob("deploy/*.sh"), ROOT / ".ci" / "run"]), ids=lambda path: path.name
)
def test_a_script_is_well_formed_and_may_be_run(script):
    shell = "bash" if "bash" in script.read_text().splitlines()[0] else "sh"

    answer = run(shell, "-n", script)

    assert answer.returncode == 0, answer.stderr
    assert os.access(script, os.X_OK)


@pytest.fixture
def secrets(tmp_path):
    """The secrets of a new deployment, made by the script."""
    shutil.copy(ROOT / "deploy" / "make-secrets.sh", tmp_path)
    answer = run("sh", tmp_path / "make-secrets.sh")
    assert answer.returncode == 0, answer.stderr
    return tmp_path / "secrets"


def test_secrets_are_random_private_and_made_once(secrets):
    texts = {path.name: path.read_text() for path in secrets.iterdir()}
    run("sh", secrets.parent / "make-secrets.sh")

    assert set(texts) == set(COMPOSE["secrets"])
    assert {path.name: path.read_text() for path in secrets.iterdir()} == texts
    assert secrets.stat().st_mode & 0o077 == 0
    assert len(texts["secret_key"]) >= 50
    assert texts["app_password"] in texts["database_url"]
    assert "@postgres:5432/portolan" in texts["database_owner_url"]
    assert texts["redis_url"].endswith("@redis:6379")


def test_the_secret_key_is_changed_as_the_page_tells_and_every_former_one_is_kept(tmp_path):
    (tmp_path / "deploy").mkdir()
    shutil.copy(ROOT / "deploy" / "make-secrets.sh", tmp_path / "deploy")
    run("sh", tmp_path / "deploy" / "make-secrets.sh")
    secrets = tmp_path / "deploy" / "secrets"
    told = (ROOT / "docs" / "how-to" / "deploy.md").read_text().split("## Another secret key")[1]
    steps = re.search(r"```sh\n(.+?)```", told, re.S)[1].split("cd ../..")[0]
    names, keys = {path.name for path in secrets.iterdir()}, []

    for _ in range(2):
        keys.insert(0, (secrets / "secret_key").read_text())
        answer = run("sh", "-ec", steps, cwd=tmp_path)
        assert answer.returncode == 0, answer.stderr
        assert (secrets / "secret_key_fallbacks").read_text() == ",".join(keys)

    assert (secrets / "secret_key").read_text() not in keys
    assert {path.name for path in secrets.iterdir()} == names


def test_the_init_script_makes_roles_that_can_sign_in_and_may_run_again(tmp_path, secrets):
    server = Postgres(tmp_path / "postgres", throwaway=True)
    try:
        server.start()
        server.psql("DROP DATABASE portolan", database=SUPERUSER)
        (secrets / "postgres_password").unlink()
        (secrets / "postgres_password").write_text(server.password(SUPERUSER))
        environment = {
            "PATH": f"{server.tools}:/usr/bin:/bin",
            "PGHOST": "127.0.0.1",
            "PGPORT": str(server.port),
            "PORTOLAN_SECRETS": str(secrets),
            "PORTOLAN_SQL": str(ROOT / "deploy" / "sql"),
        }
        for _ in range(2):
            answer = run("bash", ROOT / "deploy" / "postgres-init.sh", env=environment)
            assert answer.returncode == 0, answer.stderr
            assert answer.stderr == ""
        passwords = {APP: (secrets / "app_password").read_text(), OWNER: (secrets / "owner_password").read_text()}
        server.state.put(passwords={SUPERUSER: server.password(SUPERUSER), **passwords})
        server.psql("CREATE TABLE made (id int)", role=OWNER)
        assert server.psql("SELECT count(*) FROM made", role=APP) == "0"
        with pytest.raises(OpsError, match="permission denied"):
            server.psql("CREATE TABLE mine ()", role=APP)
        assert server.psql("SELECT rolcreatedb FROM pg_roles WHERE rolname = 'portolan_owner'") == "f"
    finally:
        server.remove()


def test_the_probe_of_the_web_server_says_what_is_wrong(monkeypatch, capsys):
    monkeypatch.setenv("GRANIAN_PORT", "1")

    assert probe.main(["web"]) == 1
    assert "does not answer" in capsys.readouterr().err
    assert probe.main(["postgres"]) == 2


def test_the_probe_of_beat_notices_its_silence(tmp_path, monkeypatch):
    monkeypatch.setenv("PORTOLAN_VAR", str(tmp_path))
    assert probe.main(["beat"]) == 1

    schedule = tmp_path / "celerybeat-schedule"
    schedule.touch()
    assert probe.main(["beat"]) == 0
    os.utime(schedule, (1, 1))
    assert probe.main(["beat"]) == 1
