"""Insights over REST: the same figures as on the page."""

import datetime

import pytest
from drf_spectacular.generators import SchemaGenerator

from accounts.models import Membership
from core.tenancy import organization_scope
from feedback.models import Release
from feedback.selectors.compare import before_after, moment_of_release, products_of
from feedback.selectors.insights import Asked, river_of, themes_of
from tests.feedback.sayings import TODAY

FIRST = TODAY - datetime.timedelta(days=364)
TIME = f"said_from={FIRST}&said_to={TODAY}"
URL = "/api/v1/feedback-insights/"


@pytest.fixture
def asked(alice):
    return Asked(alice, FIRST, TODAY)


def test_the_river_is_told_by_week(api, voices, asked):
    body = api.get(f"{URL}?{TIME}").json()

    periods = river_of(asked).periods
    assert body["step"] == "week"
    assert [(one["first_date"], one["count"], one["negative"]) for one in body["periods"]] == [
        (str(one.first), one.tally.count, one.tally.negative) for one in periods
    ]
    assert body["periods"][3]["negative_ratio_low"] == pytest.approx(periods[3].tally.interval.low)


def test_themes_are_told_with_the_money_behind_them(api, voices, asked):
    body = api.get(f"{URL}themes/?{TIME}&segment=Retail").json()

    found = themes_of(Asked(asked.user, FIRST, TODAY, segment="Retail"))
    assert [(one["theme"], one["count"], one["account_count"], one["arr_amount"]) for one in body["themes"]] == [
        (one.pk, one.tally.count, one.behind.account_count, f"{one.behind.arr:.2f}") for one in found.rows
    ]
    assert body["without_theme_count"] == found.without


def test_products_are_told_against_the_time_before(api, voices, asked):
    body = api.get(f"{URL}products/?{TIME}").json()

    for told, one in zip(body, products_of(asked).rows, strict=True):
        assert (told["product"], told["comparison"]["after"]["count"]) == (one.pk, one.tally.count)
        assert told["comparison"]["negative_ratio"]["low"] == pytest.approx(one.comparison.share.interval.low)
        assert told["comparison"]["mean"]["verdict"] == one.comparison.mean.verdict.value
        assert told["top_theme"]["id"] == one.top_theme.pk


def test_before_and_after_a_release_is_told_with_each_theme(api, acme, voices, asked):
    release = Release.objects.create(
        organization=acme, product=voices["products"][1], name="2", released_date=TODAY - datetime.timedelta(days=100)
    )

    body = api.get(f"{URL}release/?release={release.pk}&days=90").json()

    found = before_after(asked, moment_of_release(release), 90)
    assert (body["what"], body["name"], body["days"]) == ("release", "Y 2", 90)
    assert body["whole"]["before"]["count"] == found.whole.before.count
    assert body["whole"]["negative_ratio"]["difference"] == pytest.approx(found.whole.share.difference)
    assert [one["theme"] for one in body["themes"]] == [one.pk for one in found.themes]
    assert body["themes"][0]["comparison"]["comparisons"] == found.themes[0].comparison.comparisons
    assert body["warnings"] == found.warnings


@pytest.mark.parametrize(
    "query", ["?said_from=x", "?said_from=2026-03-01&said_to=2026-02-01", "?product=987654321", "?channel=pigeon"]
)
@pytest.mark.parametrize("path", ["", "themes/", "products/", "release/"])
def test_what_makes_no_sense_is_refused_by_name(api, voices, path, query):
    found = api.get(f"{URL}{path}{query}")

    assert found.status_code == 400
    assert query[1:].split("=")[0].replace("said_from", "said_") in str(found.json()["errors"])


def test_without_a_release_one_is_asked_for(api, voices):
    found = api.get(f"{URL}release/")

    assert found.status_code == 400
    assert found.json()["errors"] == {"release": ["There is no release. Name a `date` or a `project`."]}
    assert api.get(f"{URL}release/?date=2026-03-01&days=30").json()["what"] == "date"


def test_amounts_are_left_out_for_who_sees_none(api_for, acme, voices, vera):
    Membership.objects.filter(user=vera).update(sees_amounts=False)
    api = api_for(vera, acme, "read")

    assert b"arr_amount" not in api.get(f"{URL}themes/?{TIME}").content
    assert b"arr_amount" not in api.get(f"{URL}products/?{TIME}").content
    assert b"account_count" in api.get(f"{URL}products/?{TIME}").content


def test_a_stranger_counts_nothing(api_for, charlie, other, voices):
    with organization_scope(other):
        strange = api_for(charlie, other)

    assert {one["count"] for one in strange.get(f"{URL}?{TIME}").json()["periods"]} == {0}
    assert strange.get(f"{URL}themes/?{TIME}").json()["themes"] == []
    assert strange.get(f"{URL}products/?{TIME}").json() == []
    product = voices["products"][0].pk
    assert strange.get(f"{URL}?product={product}").status_code == 400


@pytest.mark.parametrize("path", ["", "themes/", "products/", "release/"])
def test_a_misspelt_parameter_is_refused_and_does_not_answer_with_everything(api, path):
    answer = api.get(f"{URL}{path}?prodct=5")

    assert answer.status_code == 400
    assert "It knows" in str(answer.json())


@pytest.mark.parametrize(
    ("path", "unused"),
    [
        *((path, word) for path in ("", "themes/", "products/") for word in ("release", "project", "date", "days")),
        ("release/", "said_from"),
        ("release/", "said_to"),
    ],
)
def test_a_word_that_a_view_does_not_use_is_refused_by_name(api, path, unused):
    answer = api.get(f"{URL}{path}?{unused}=30&kind=bug")

    assert answer.status_code == 400
    assert answer.json()["errors"].keys() == {unused}


def test_the_schema_names_the_words_that_each_view_knows(api):
    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]

    for path in ("", "themes/", "products/", "release/"):
        named = {one["name"] for one in paths[f"{URL}{path}"]["get"]["parameters"] if one["in"] == "query"}
        told = api.get(f"{URL}{path}?prodct=5").json()["errors"]["prodct"][0]
        assert told.removesuffix(".").partition("It knows ")[2].split(", ") == sorted(named)
