"""The whole application on the test process's servers, with demo data, and a browser that tolerates no error."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from axe_core_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Page, expect, sync_playwright

from ops import chromium
from ops.servers import Servers
from tests.servers import servers

DATABASE = "portolan_browser"
SHOTS = Path(settings.VAR_DIR) / "screenshots"
PASSWORD = "portolan-demo"
DAY = "2026-11-24"
RULES = ("wcag2a", "wcag2aa", "wcag21aa")
#: What may break where only colors change.
RULES_OF_COLORS = ("color-contrast", "link-in-text-block")
#: A busy machine answers late; what never comes still fails.
expect.set_options(timeout=20_000)


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def site(tmp_path_factory, migrated):
    """The address of the running application; its worker runs too, on a broker of its own: it would take what other
    tests of this process ring for, and look for it in its own database."""
    servers.postgres.recreate_database(DATABASE, like=migrated)
    own = Servers.for_tests("site")
    own.valkey.start()
    log = (tmp_path_factory.mktemp("site") / "log").open("wb")
    environment = {
        **os.environ,
        **own.valkey.environment(),
        "DATABASE_URL": servers.postgres.url("portolan_app", DATABASE),
        "ALLOWED_HOSTS": "127.0.0.1",
        "LOG_LEVEL": "WARNING",
    }
    manage = [sys.executable, "manage.py"]
    subprocess.run([*manage, "demo", "--seed", "7", "--day", DAY], env=environment, cwd=settings.BASE_DIR, check=True)
    port = free_port()
    tools = Path(sys.executable).parent
    web = [
        tools / "granian",
        "--interface",
        "wsgi",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "config.wsgi:application",
    ]
    worker = [
        tools / "celery",
        "-A",
        "config",
        "worker",
        "--concurrency",
        "1",
        "-Q",
        "default,analysis,solver",
        "-l",
        "WARNING",
    ]
    running = [
        subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR, stdout=log, stderr=log)
        for command in (web, worker)
    ]
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until_ready(address, running)
        yield address
    finally:
        for process in running:
            process.terminate()
        for process in running:
            process.wait(timeout=20)
        own.stop(immediately=True)


def wait_until_ready(address: str, running: list[subprocess.Popen]) -> None:
    for _ in range(300):
        assert all(process.poll() is None for process in running), "a process of the site ended"
        try:
            with urlopen(f"{address}/readyz", timeout=5):
                return
        except (URLError, ConnectionError):
            time.sleep(0.2)
    raise AssertionError("the site did not become ready")


@pytest.fixture(scope="session")
def browser():
    executable = chromium.find(os.environ)
    if executable is None:
        pytest.skip("no Chromium on this machine; see what make test said about it")
    with sync_playwright() as playwright:
        instance = playwright.chromium.launch(
            executable_path=executable,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
        )
        yield instance
        instance.close()


@contextmanager
def window(browser, site, **options):
    """A fresh window of 1440 px. A script error or a refusal of the content security policy fails the test."""
    size = {"width": 1440, "height": 1000}
    context = browser.new_context(base_url=site, **{"viewport": size, "color_scheme": "light", **options})
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(f"script error: {error}"))
    opened.on(
        "console",
        lambda message: complaints.append(message.text) if "Content Security Policy" in message.text else None,
    )
    yield opened
    context.close()
    assert not complaints


@pytest.fixture
def page(browser, site):
    """A fresh window in which nobody is signed in."""
    with window(browser, site) as opened:
        yield opened


@pytest.fixture(scope="session")
def signed_in(browser, site):
    """The cookies of a person who signed in once, by name."""
    known = {}

    def cookies(name: str = "ines.okafor") -> dict:
        if name not in known:
            with window(browser, site) as opened:
                sign_in(opened, name)
                known[name] = opened.context.storage_state()
        return known[name]

    return cookies


def serious(page: Page, rules: Sequence[str] = RULES) -> list:
    """What axe finds that keeps people out: rule and places."""
    found = Axe().run(page, options={"runOnly": list(rules), "resultTypes": ["violations"]})
    return [
        (violation["id"], [node["html"][:150] for node in violation["nodes"][:3]])
        for violation in found["violations"]
        if violation["impact"] in {"serious", "critical"}
    ]


def serious_in_both_schemes(page: Page, name: str) -> list:
    """What axe finds on an open page in light and in dark, with a picture of each; only colors differ between them."""
    found = []
    for scheme, rules in (("light", RULES), ("dark", RULES_OF_COLORS)):
        page.emulate_media(color_scheme=scheme)
        shoot(page, f"1440-{scheme}-{name}")
        found += [(scheme, *complaint) for complaint in serious(page, rules)]
    return found


def serious_on(page: Page, addresses: Sequence[str]) -> dict[str, list]:
    """What axe finds on pages in light and in dark, by address; each answers."""
    found = {}
    for address in addresses:
        answer = page.goto(address)
        assert answer is not None
        assert answer.ok, address
        if complaints := serious_in_both_schemes(page, re.sub("[^a-z]+", "-", address).strip("-")):
            found[address] = complaints
    return found


def sign_in(page: Page, name: str = "ines.okafor") -> None:
    page.goto("/sign-in/")
    page.get_by_label("Email").fill(f"{name}@fennmark.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/o/fennmark/**")


def model_id(page: Page, name: str) -> str:
    """The id of a scoring model; which one a page begins with hangs on what other tests have added."""
    page.goto("/o/fennmark/scoring-models/")
    link = page.locator("tbody").get_by_role("link", name=name, exact=True).first
    return link.evaluate("(link) => link.pathname.split('/').at(-2)")


def shoot(page: Page, name: str) -> Path:
    """Keep a picture of the page, for people to look at after the run."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    path = SHOTS / f"{name}.png"
    page.screenshot(path=path, full_page=True)
    return path
