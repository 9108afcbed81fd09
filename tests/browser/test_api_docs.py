"""The documentation of the API can be browsed without anything from elsewhere, under the strict policy."""

from tests.browser.conftest import shoot


def test_the_api_can_be_browsed_and_tried_offline(page, site):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))

    page.goto(f"{site}/api/docs/")
    page.locator("text=Portolan API").first.wait_for()
    page.locator(".opblock-tag").first.wait_for()
    tags = page.locator(".opblock-tag").count()
    page.locator("#operations-tag-projects").click()
    page.locator("#operations-projects-projects_list .opblock-summary-control").click()
    page.locator("text=Try it out").first.wait_for()
    page.locator("button.authorize").first.click()
    page.locator("text=Bearer").first.wait_for()
    shoot(page, "api-docs")

    assert tags >= 14
    assert [url for url in asked if not url.startswith((site, "data:"))] == []


def test_a_problem_links_to_its_paragraph(page, site):
    page.goto(f"{site}/api/docs/#problem-stale")

    assert page.locator("#problem-stale").is_visible()
    assert "Changed since you read it" in page.locator("#problem-stale").inner_text()
