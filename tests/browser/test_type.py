"""Type is large enough to be read."""

import re

from playwright.sync_api import Page

from tests.browser.conftest import sign_in

SMALLEST = 10
TOO_SMALL = """(smallest) => {
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = new Set();
  while (texts.nextNode()) {
    const { data, parentElement: holder } = texts.currentNode;
    if (!data.trim() || holder.closest("script, style, template")) continue;
    const matrix = holder.getScreenCTM?.();
    const size = parseFloat(getComputedStyle(holder).fontSize) * (matrix ? Math.hypot(matrix.a, matrix.b) : 1);
    if (size < smallest - 0.01) found.add(`${holder.localName}.${holder.getAttribute("class")}: ${size}`);
  }
  return [...found];
}"""


def followed(page: Page, path: str, pattern: str) -> str:
    """The first address of a page's links that matches."""
    page.goto(path)
    addresses = page.eval_on_selector_all("a[href]", "links => links.map((link) => link.pathname)")
    return next(address for address in addresses if re.search(pattern, address))


def test_no_text_is_smaller_than_ten_pixels(page):
    sign_in(page)
    home = "/o/fennmark/"
    rows = {
        noun: followed(page, f"{home}{noun}/", rf"/{noun}/\d+/$") for noun in ("portfolios", "programs", "projects")
    }
    product = followed(page, f"{home}products/", r"/products/\d+/$")

    small = {}
    for path in (home, f"{home}projects/?sort=-name", f"{home}products/", f"{home}measures/", product, *rows.values()):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        if found := page.evaluate(TOO_SMALL, SMALLEST):
            small[path] = found

    assert small == {}
