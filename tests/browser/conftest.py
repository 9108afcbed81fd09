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
from axe_core_python.base import AXE_SCRIPT
from django.conf import settings
from playwright.sync_api import Page, TimeoutError, expect, sync_playwright

from ops import chromium
from ops.servers import Servers
from tests.servers import servers

DATABASE = "portolan_browser"
SHOTS = Path(settings.VAR_DIR) / "screenshots"
PASSWORD = "portolan-demo"
RULES = ("wcag2a", "wcag2aa", "wcag21aa")
#: What may break where only colors change.
RULES_OF_COLORS = ("color-contrast", "link-in-text-block")
#: How far a page is wider than its window.
OVER = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
#: The cookies of those who have signed in, by name.
SESSIONS: dict[str, list] = {}
SWITCHES = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
#: What Chromium does without. Every window would load the pages of its address field, which nobody sees, for three
#: quarters of what a window costs. The others are Playwright's own list, in whose place this one steps.
WITHOUT = (
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup",
    "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled",
    "PreconnectToSearch",
)  # fmt: skip
#: A busy machine answers late; what never comes still fails.
expect.set_options(timeout=20_000)


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("demo"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def site(tmp_path_factory, demo):
    """The address of the running application; its worker runs too, on a broker of its own: it would take what other
    tests of this process ring for, and look for it in its own database."""
    servers.postgres.recreate_database(DATABASE, like=demo)
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
            args=[*SWITCHES, f"--disable-features={','.join(WITHOUT)}"],
        )
        yield instance
        instance.close()


@contextmanager
def window(browser, site, **options):
    """A fresh window of 1440 px. A script error or a refusal of the content security policy fails the test."""
    size = {"width": 1440, "height": 1000}
    context = browser.new_context(base_url=site, **{"viewport": size, "color_scheme": "light", **options})
    opened = context.new_page()
    hold_keys_until_scripts_ran(opened)
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(f"script error: {error}"))
    opened.on(
        "console",
        lambda message: complaints.append(message.text) if "Content Security Policy" in message.text else None,
    )
    yield opened
    context.close()
    assert not complaints


def hold_keys_until_scripts_ran(page: Page) -> None:
    """A key on a page whose heading stands but whose scripts have not run is lost, as it is for people, who are slower
    than a test on a busy machine. The scripts have run once the document's content is loaded."""
    press = page.keyboard.press

    def press_when_ready(key: str, **options) -> None:
        page.wait_for_load_state("domcontentloaded")
        press(key, **options)

    page.keyboard.press = press_when_ready  # type: ignore[method-assign]


@pytest.fixture
def page(browser, site):
    """A fresh window in which nobody is signed in."""
    with window(browser, site) as opened:
        yield opened


@pytest.fixture(scope="session")
def signed_in(browser, site):
    """The cookies of a person who signed in once, by name."""

    def cookies(name: str = "ines.okafor") -> dict:
        if name not in SESSIONS:
            with window(browser, site) as opened:
                sign_in_by_form(opened, name)
        return {"cookies": SESSIONS[name]}

    return cookies


#: What axe finds that keeps people out: rule and places.
FIND_SERIOUS = """async (rules) => {
    // No rule among them reads the style sheets, which axe would fetch anew.
    const preload = { assets: ["media"] };
    const { violations } = await axe.run({ runOnly: rules, resultTypes: ["violations"], preload });
    return violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .map(({ id, nodes }) => [id, nodes.slice(0, 3).map(({ html }) => html.slice(0, 150))]);
}"""


def serious(page: Page, rules: Sequence[str] = RULES) -> list:
    """What axe finds that keeps people out: rule and places. A document is given the script once."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return [tuple(complaint) for complaint in page.evaluate(FIND_SERIOUS, list(rules))]


def serious_in_both_schemes(page: Page, name: str) -> list:
    """What axe finds on an open page, panels included, in light and in dark; only colors differ between them."""
    found = []
    page.evaluate("document.fonts.ready.then(() => true)")
    expect(page.locator(".htmx-request")).to_have_count(0)
    for scheme, rules in (("light", RULES), ("dark", RULES_OF_COLORS)):
        page.emulate_media(color_scheme=scheme)
        shoot(page, f"1440-{scheme}-{name}")
        found += [(scheme, *complaint) for complaint in serious(page, rules)]
    return found


def faults(page: Page, name: str) -> list:
    """What keeps people out of an open page: what axe finds in light and in dark, and what a phone cuts off."""
    return serious_in_both_schemes(page, name) + cut_off(page, name)


def cut_off(page: Page, name: str) -> list:
    """How far an open page goes over the side of a phone; the window is as it was after."""
    size = page.viewport_size
    assert size is not None
    page.set_viewport_size({"width": 390, "height": 844})
    try:
        # Charts follow the window a moment later.
        page.wait_for_function(f"{OVER} <= 0", timeout=3_000)
        return []
    except TimeoutError:
        return [("390 px", "scrolls sideways", page.evaluate(OVER))]
    finally:
        shoot(page, f"390-{name}")
        page.set_viewport_size(size)


def serious_on(page: Page, addresses: Sequence[str]) -> dict[str, list]:
    """What axe finds on pages in light and in dark, and what a phone cuts off, by address; each answers."""
    found = {}
    for address in addresses:
        answer = page.goto(address)
        assert answer is not None
        assert answer.ok, address
        if complaints := faults(page, re.sub("[^a-z]+", "-", address).strip("-")):
            found[address] = complaints
    return found


def sign_in_by_form(page: Page, name: str = "ines.okafor") -> None:
    page.goto("/sign-in/")
    page.get_by_label("Email").fill(f"{name}@fennmark.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/o/fennmark/**")
    SESSIONS[name] = page.context.cookies()


def sign_in(page: Page, name: str = "ines.okafor") -> None:
    """Lead a person home, signed in: by the form the first time, with the cookies of that time from then on."""
    if name not in SESSIONS:
        sign_in_by_form(page, name)
        return
    page.context.add_cookies(SESSIONS[name])
    page.goto("/o/fennmark/")


def model_id(page: Page, name: str) -> str:
    """The id of a scoring model; which one a page begins with hangs on what other tests have added."""
    page.goto("/o/fennmark/scoring-models/")
    link = page.locator("tbody").get_by_role("link", name=name, exact=True).first
    return link.evaluate("(link) => link.pathname.split('/').at(-2)")


def shoot(page: Page, name: str) -> None:
    """Keep a picture of the page for people to look at after the run, where they asked for pictures."""
    if "PORTOLAN_PICTURES" in os.environ:
        SHOTS.mkdir(parents=True, exist_ok=True)
        # To hide the caret, Playwright gives fields a `style`, which the policy refuses where htmx copies it.
        page.screenshot(path=SHOTS / f"{name}.png", full_page=True, caret="initial")
