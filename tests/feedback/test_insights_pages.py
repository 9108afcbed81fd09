"""The page of insights: its words, doors, files and empty states, and who sees which."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from core.tenancy import organization_scope
from feedback.models import FeedbackItem, Release
from feedback.selectors.compare import before_after, moment_of_day, products_of
from feedback.selectors.insights import Asked, river_of, themes_of
from tests.feedback.sayings import TODAY, fill


def _released(acme, voices) -> Release:
    return Release.objects.create(
        organization=acme, product=voices["products"][0], name="1", released_date=TODAY - datetime.timedelta(days=60)
    )


def test_a_change_is_told_in_words_only_if_the_interval_says_so(client, acme, product, better, vera):
    client.force_login(vera)
    url = reverse("feedback:insights")
    query = {"said_from": "2026-01-01", "said_to": "2026-06-30", "product": product.pk}

    html = client.get(url, query).content.decode()

    assert "Negative share fell from 41% to 15% since 4.17" in html
    fill(acme, datetime.date(2026, 5, 11), 80, 20, product=product)
    assert "No clear change in the negative share since 4.17" in client.get(url, query).content.decode()


def test_few_items_say_nothing_of_a_change(client, acme, product, vera):
    fill(acme, datetime.date(2026, 3, 20), 9, 0, product=product)
    fill(acme, datetime.date(2026, 5, 10), 0, 9, product=product)
    Release.objects.create(organization=acme, product=product, name="1", released_date=datetime.date(2026, 4, 10))
    client.force_login(vera)

    found = client.get(reverse("feedback:insights"), {"said_from": "2026-01-01", "said_to": "2026-06-30"})

    html = found.content.decode()
    assert "Too few items to say" in html
    assert "too few to say" in html
    assert "clear change<" not in html
    assert "Few items: 9 before and 9 after." in html


def test_the_page_leads_to_the_items_and_says_how_many_comparisons_are_told(client, voices, vera):
    client.force_login(vera)
    Release.objects.create(
        organization=voices["products"][0].organization, product=voices["products"][0], name="4.17",
        released_date=datetime.date(2026, 3, 1),
    )  # fmt: skip

    html = client.get(reverse("feedback:insights"), {"said_to": TODAY, "said_from": "2025-07-01"}).content.decode()

    assert html.count("Same data as a table") == 3
    assert ">X 4.17</a></h2>" in html
    assert "comparisons are told together" in html
    assert f"?said_from=2025-07-01&amp;said_to=2026-06-30&amp;product={voices['products'][0].pk}" in html
    assert "Bonferroni" in html


@pytest.mark.parametrize("table", ["river", "themes", "products", "release"])
@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_every_table_is_a_file(client, voices, vera, table, file_format):
    client.force_login(vera)
    query = {"said_to": TODAY, "table": table, "format": file_format, "date": "2026-03-01"}

    found = client.get(reverse("feedback:insights"), query)

    assert f"feedback-{table}.{file_format}" in found["Content-Disposition"]
    body = b"".join(found.streaming_content)
    if file_format == "csv":
        lines = body.decode().splitlines()
        assert "Items" in lines[0]
        assert len(lines) > 3


def test_amounts_are_left_out_for_who_sees_none(client, acme, voices, vera):
    Membership.objects.filter(user=vera).update(sees_amounts=False)
    client.force_login(vera)
    query = {"said_to": TODAY}

    html = client.get(reverse("feedback:insights"), query).content.decode()
    files = [
        b"".join(client.get(reverse("feedback:insights"), {**query, "table": table, "format": "csv"}).streaming_content)
        for table in ("themes", "products")
    ]

    assert "ARR" not in html
    assert "Accounts" in html
    assert "accounts behind them" in html
    assert not any(b"ARR" in file for file in files)


def test_an_organization_without_feedback_is_told_what_will_stand_here(client, acme, vera):
    client.force_login(vera)

    html = client.get(reverse("feedback:insights")).content.decode()

    assert "Nobody has said anything yet" in html
    assert "Same data" not in html


def test_filters_that_nothing_matches_offer_to_clear_them(client, voices, vera):
    client.force_login(vera)

    html = client.get(
        reverse("feedback:insights"), {"said_from": "2020-01-01", "said_to": "2020-02-01"}
    ).content.decode()

    assert "No items match these filters." in html


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"said_from": "2026-03-01", "said_to": "2026-02-01"}, "It ends before it begins."),
        ({"said_from": "1995-01-01"}, "At most 10 years can be asked about."),
        ({"product": "987654321"}, "Select a valid choice."),
        ({"said_from": "soon"}, "Enter a valid date."),
        ({"days": "1000"}, "Select a valid choice."),
    ],
)
def test_what_makes_no_sense_is_told_at_its_field(client, voices, vera, query, words):
    client.force_login(vera)

    found = client.get(reverse("feedback:insights"), query)

    assert found.status_code == 200
    assert words in found.content.decode()


def test_items_that_are_not_read_yet_are_told_and_in_no_share(client, acme, vera):
    FeedbackItem.objects.create(organization=acme, text="New.", channel="api", said_at=timezone.now())
    client.force_login(vera)

    assert "none of them is read yet" in client.get(reverse("feedback:insights")).content.decode()


def test_a_stranger_counts_nothing_of_acme(client, acme, voices, charlie, other):
    with organization_scope(other):
        asked = Asked(charlie, datetime.date(2025, 1, 1), TODAY)
        assert river_of(asked).whole.count == 0
        assert themes_of(asked).rows == []
        assert products_of(asked).rows == []
        assert before_after(asked, moment_of_day(TODAY), 60).whole.before.count == 0
    client.force_login(charlie)
    assert client.get("/o/acme/feedback/insights/").status_code == 404


def test_the_page_costs_the_same_for_few_items_and_for_many(client, acme, voices, vera):
    client.force_login(vera)
    query = {"said_to": TODAY, "release": _released(acme, voices).pk}
    client.get(reverse("feedback:insights"), query)

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("feedback:insights"), query).status_code == 200
        return len(captured)

    many = statements()
    FeedbackItem.objects.filter(pk__in=FeedbackItem.objects.values("pk")[20:]).delete()
    assert statements() == many
    assert many <= 26


@pytest.mark.parametrize("query", ["said_to=9999-12-31", "said_to=0001-06-01", "date=9999-12-31", "date=0001-01-01"])
def test_days_at_the_ends_of_the_calendar_are_told_at_their_fields(client, voices, vera, query):
    client.force_login(vera)

    found = client.get(f"{reverse('feedback:insights')}?{query}")

    assert found.status_code == 200
    assert ("Nothing was said before 1990." in found.content.decode()) == ("0001" in query)


@pytest.mark.parametrize("query", ["said_to=9999-12-31", "said_from=0001-01-01", "q=items&said_to=9999-12-31"])
def test_the_inbox_can_be_asked_for_days_at_the_ends_of_the_calendar(client, voices, vera, query):
    client.force_login(vera)

    assert client.get(f"{reverse('feedback:inbox')}?{query}").status_code == 200


@pytest.mark.parametrize("day", [datetime.date.min, datetime.date.max])
def test_a_release_on_a_day_at_the_ends_of_the_calendar_is_compared(client, acme, product, item, vera, day):
    Release.objects.create(organization=acme, product=product, name="1", released_date=day)
    client.force_login(vera)

    assert client.get(reverse("feedback:insights"), {"release": Release.objects.get().pk}).status_code == 200
    assert client.get(reverse("feedback:item-path", args=[item.pk])).status_code == 200


def test_words_with_a_null_character_find_what_is_left_of_them(client, item, bob):
    client.force_login(bob)

    assert client.get(reverse("feedback:item-merge", args=[item.pk]), {"q": "lab\0els"}).status_code == 200
    assert client.get(reverse("feedback:theme-pick"), {"id": item.pk, "q": "lab\0els"}).status_code == 200
