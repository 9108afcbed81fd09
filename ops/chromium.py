"""The browser of the browser tests: the machine's own, or Debian's."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
HELP = """No Chromium was found: the browser tests are skipped. To run them, install one
  (Debian, Ubuntu: apt-get install chromium; macOS: brew install --cask chromium; else: playwright install chromium),
or name yours: make test CHROMIUM=/path/to/chromium"""


def find(given: Mapping[str, str]) -> str | None:
    """The first Chromium there is: the one named, one on the PATH, Playwright's own download."""
    if named := given.get("CHROMIUM"):
        return shutil.which(named)
    for name in NAMES:
        if found := shutil.which(name):
            return found
    downloads = Path(given.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    downloaded = sorted(downloads.glob("chromium-*/chrome-linux*/chrome"), reverse=True)
    return next((str(path) for path in [*downloaded, MAC] if os.access(path, os.X_OK)), None)


def install() -> None:
    """Debian's Chromium, where we may install it; a second try for a mirror in a bad moment."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    print("Installing Chromium for the browser tests.", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for _ in range(2):
        update = ["apt-get", "-qq", "update"]
        install = ["apt-get", "-qq", "install", "--yes", "chromium"]
        if all(
            subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False).returncode == 0
            for command in (update, install)
        ):
            return


def provide(given: Mapping[str, str]) -> str | None:
    """A Chromium, installed if need be; without one, the reason on standard error."""
    if given.get("CHROMIUM") and not find(given):
        print(f"CHROMIUM names {given['CHROMIUM']}, which is not there.", file=sys.stderr)
        return None
    if not find(given):
        install()
    found = find(given)
    if not found:
        print(HELP, file=sys.stderr, flush=True)
    return found
