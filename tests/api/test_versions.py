"""ETag, If-None-Match and If-Match."""

import pytest

from tests.api.conftest import errors_of


@pytest.fixture
def url(project):
    return f"/api/v1/projects/{project.pk}/"


def test_a_caller_who_has_the_row_already_gets_304_and_no_body(api, url):
    tag = api.get(url).headers["ETag"]

    for asked in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        response = api.get(url, headers={"If-None-Match": asked})
        assert (response.status_code, response.content) == (304, b"")
        assert response.headers["ETag"] == tag


def test_a_changed_row_is_sent_again(api, url, program):
    tag = api.get(url).headers["ETag"]
    api.send("patch", f"/api/v1/programs/{program.pk}/", {"name": "EMEA launch"})

    response = api.get(url, headers={"If-None-Match": tag})

    assert response.status_code == 200
    assert response.json()["program_name"] == "EMEA launch"


def test_a_write_answers_with_the_tag_of_what_it_made(api, url):
    written = api.send("patch", url, {"name": "Renamed"})

    assert api.get(url, headers={"If-None-Match": written.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("tag", ['"1"', 'W/"1"', "*", '"1-abcdef"'])
def test_a_write_at_the_version_it_names_goes_through(api, url, tag):
    assert api.send("patch", url, {"name": "Renamed"}, If_Match=tag).status_code == 200


@pytest.mark.parametrize("tag", ["", "1", "x", '"x"', '"-1"', '"99999999999"', '"1", "2"', '"²"'])
def test_a_tag_that_is_none_of_ours_is_refused(api, url, tag):
    response = api.send("patch", url, {"name": "Renamed"}, If_Match=tag)

    assert response.status_code == 400
    assert "If-Match" in errors_of(response)


def test_without_if_match_the_last_write_wins(api, url):
    api.send("patch", url, {"name": "First"})

    assert api.send("patch", url, {"name": "Second"}).status_code == 200


def test_a_change_that_changes_nothing_counts_no_version(api, url):
    assert api.send("patch", url, {"name": "Apollo"}).json()["version"] == 1
