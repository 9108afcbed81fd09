"""What the strict content policy and the design system ask of templates and style sheets, checked in the source."""

import re
from itertools import product
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from core.templatetags.navigation import FOOT, PLACES
from core.tenancy import organization_scope

TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))
SHEETS = sorted((settings.BASE_DIR / "static" / "css").rglob("*.css"))
TOKENS = (settings.BASE_DIR / "static" / "css" / "tokens.css").read_text()
ICONS = set(re.findall(r'id="i-([a-z-]+)"', (settings.BASE_DIR / "static" / "img" / "icons.svg").read_text()))

#: What the policy blocks, or htmx's configuration refuses.
FORBIDDEN = {
    "an inline style": re.compile(r'\sstyle="'),
    "an inline handler": re.compile(r"\son[a-z]+="),
    "hx-on": re.compile(r"hx-on"),
    "a script value": re.compile(r"hx-vals=.js:"),
    "a trigger filter": re.compile(r'hx-trigger="[^"]*\[[^"]*"'),
    "an inline script": re.compile(r"<script>"),
    "an address that is a script": re.compile(r"javascript:"),
}


def name(path: Path) -> str:
    return str(path.relative_to(settings.BASE_DIR))


def test_a_template_runs_under_the_strict_policy():
    sources = {name(template): template.read_text() for template in TEMPLATES}
    found = [(path, what) for path, source in sources.items() for what in FORBIDDEN if FORBIDDEN[what].search(source)]
    assert found == []


def test_a_template_uses_symbols_that_exist():
    used = {(name(path), icon) for path in TEMPLATES for icon in re.findall(r'\{% icon "([a-z-]+)"', path.read_text())}
    assert {(path, icon) for path, icon in used if icon not in ICONS} == set()


def test_a_style_sheet_uses_tokens_that_exist():
    for sheet in SHEETS:
        source = sheet.read_text()
        defined = set(re.findall(r"(--[a-z0-9-]+):", TOKENS + source))
        used = set(re.findall(r"var\((--[a-z0-9-]+)\)", source))
        assert used <= defined, (name(sheet), used - defined)


def test_every_place_of_the_sidebar_is_a_page(acme):
    with organization_scope(acme):
        for place in [place for _, places in PLACES for place in places] + list(FOOT):
            assert reverse(place.url_name).startswith("/o/")


def test_no_two_places_share_a_key():
    keys = [place.key for _, places in PLACES for place in places] + [place.key for place in FOOT]
    assert len(keys) == len(set(keys))


def _tokens() -> dict[str, tuple[str, str]]:
    return {
        n: (light, dark) for n, light, dark in re.findall(r"--([a-z0-9-]+):\s*light-dark\((#\w+), (#\w+)\)", TOKENS)
    }


def _luminance(color: str) -> float:
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
def test_text_and_outlines_can_be_read_in_both_themes(theme):
    tokens = {token: pair[theme] for token, pair in _tokens().items()}
    grounds = ("paper", "surface", "sunken", "selected", "hover")
    text = ("ink-1", "ink-2", "ink-3", "sea", "sea-strong", "what-if", "ok", "warn-ink", "bad")
    weak = [pair for pair in product(text, grounds) if contrast(tokens[pair[0]], tokens[pair[1]]) < 4.5]
    weak += [(token, "paper") for token in ("control", "ring") if contrast(tokens[token], tokens["paper"]) < 3]
    assert weak == []
