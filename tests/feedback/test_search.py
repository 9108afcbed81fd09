"""Items found by their words and by what they mean."""

import json
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from core.tenancy import organization_scope
from feedback.filters import ItemFilter
from feedback.models import FeedbackItem
from feedback.selectors import search
from feedback.selectors.search import found, fused, ids_with, marked
from feedback.services import Incoming, analyze_batch, receive_items, triage_items

SAID = (
    "I lost my password and cannot sign in.",
    "The printer jams every morning.",
    "Please let us export the report to a spreadsheet.",
    "Invoices arrive twice.",
    "The van's route is planned too late.",
    "Love the new dashboard.",
)


@pytest.fixture
def read(acme, said):
    """`read("…", …)` stores texts, has them read and gives their items."""

    def store(*texts, **fields):
        items = said(*texts, **fields)
        analyze_batch(organization_id=acme.pk, now=timezone.now())
        return items

    return store


def texts_of(result):
    texts = dict(FeedbackItem.objects.filter(pk__in=result.ids).values_list("pk", "text"))
    return [texts[pk] for pk in result.ids]


def test_a_paraphrase_without_a_common_word_is_found_among_the_first(acme, read):
    read(*SAID)

    result = found("forgot login credentials", {})

    assert texts_of(result)[0] == SAID[0]
    assert result.likeness[result.ids[0]] >= search.LEAST_ALIKE
    assert not result.by_words


def test_what_has_the_words_and_means_them_stands_before_what_does_one_of_both(acme, read):
    both, words, meaning = read(
        "The printer jams again.",
        "Jams of raspberry for the printer at the desk next door, and tea.",
        "Printing is stuck.",
    )

    result = found("printer jams", {})

    assert result.ids[0] == both.pk
    assert words.pk in result.by_words
    assert meaning.pk not in result.by_words


@pytest.mark.parametrize("words", ['"printer jams"', "printer -morning", "printer or submarine"])
def test_quotes_or_and_minus_ask_for_words_alone(acme, read, words):
    read("The printer jams every evening.", "Printing gets stuck.")

    result = found(words, {})

    assert texts_of(result) == ["The printer jams every evening."]
    assert not result.likeness


def test_filters_hold_for_what_the_words_find_and_for_what_the_meaning_finds(acme, read, bob):
    first, second, other = read("I lost my password.", "My password is gone.", "Password forgotten.")
    triage_items(actor=bob, organization=acme, items=[first], status="done")

    assert found("password", {"status": "done"}).ids == [first.pk]
    assert set(found("forgot login credentials", {"status": "untriaged"}).ids) <= {second.pk, other.pk}
    assert found("password", {"status": "done", "sentiment": "none"}).ids == []


def test_the_newest_stand_first_where_that_is_asked_for(acme, said):
    old, new, newest = said("Labels labels labels", "Labels are late", "A word on labels")

    assert found("labels", {}, is_newest_first=True).ids == [newest.pk, new.pk, old.pk]


def test_at_most_one_more_is_found_than_is_shown(acme, said):
    said(*[f"Labels drift, number {n}" for n in range(search.MOST_FOUND + 20)])

    assert len(found("labels", {}).ids) == search.MOST_FOUND + 1


@pytest.mark.parametrize(
    "words",
    [
        "&",
        "!!! | &",
        "' OR 1=1 --",
        "a" * 200,
        "🦄",
        "🦄 printer",
        "the",
        "zzqx qqqz",
        ":*",
        "<-> ( )",
        "\\",
        "%",
        "- -",
        '"',
    ],
)
def test_nonsense_finds_little_and_breaks_nothing(acme, read, words):
    read(*SAID)

    assert len(found(words, {}).ids) <= len(SAID)
    assert "".join(piece.text for piece in marked(SAID[1], words)).endswith(SAID[1][-20:])


def test_words_are_found_whatever_way_the_database_goes(acme, said):
    """Common words by a walk, rarer ones by the indexes, those that stand only far back by a second look."""
    first = [f"n{n} common{' seldom' if n % 40 == 0 else ''}{' ancient burst' if n < 3 else ''}" for n in range(1_000)]
    later = [f"m{n} common{' seldom' if n % 40 == 0 else ''}{' burst' if n >= 970 else ''}" for n in range(1_000)]
    items = [*said(*first), *said(*later, channel="webhook")]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE feedback_feedbackitem SET said_at = now() - (%s - id) * interval '1 minute'", [items[-1].pk]
        )
        cursor.execute("SELECT count(*) FROM feedback_feedbackitem WHERE search @@ to_tsquery('simple', 'seldom')")
        (seldom,) = cursor.fetchone()

    assert ids_with("common", {}, 251) == [item.pk for item in reversed(items)][:251]
    assert len(ids_with("seldom", {}, 251)) == seldom == 50
    assert ids_with("ancient", {}, 251) == [item.pk for item in reversed(items[:3])]
    assert ids_with("seldom", {}, 3) == [items[place].pk for place in (1_960, 1_920, 1_880)]
    assert ids_with("burst", {}, 33) == [item.pk for item in reversed([*items[:3], *items[1_970:]])]


def test_another_organizations_items_are_found_by_neither_way(acme, other, charlie, read):
    read(*SAID)

    with organization_scope(other, charlie):
        receive_items(actor=charlie, organization=other, channel="api", rows=[Incoming(text="Our own password.")])
        theirs = found("password", {})
        by_meaning = found("forgot login credentials", {})

        assert texts_of(theirs) == ["Our own password."]
        assert by_meaning.ids == []

    assert texts_of(found("password", {})) == [SAID[0]]


def test_in_no_organization_nothing_is_found(acme, read):
    read(*SAID)

    with organization_scope(0):
        assert found("password", {}).ids == []


def test_ranks_are_summed_and_ties_stay_as_they_stand():
    assert fused([[3, 1], [1, 2]], [1, 2, 3, 4]) == [1, 3, 2, 4]
    assert fused([], [2, 1]) == [2, 1]


def test_an_excerpt_begins_shortly_before_the_first_word_that_was_found():
    text = "Nothing here matters at all, and neither does what follows it. " * 3 + "Then the Printers jam."

    pieces = marked(text, "printer -ink")

    assert [piece.text for piece in pieces if piece.tone] == ["Printers"]
    assert pieces[0].text.startswith("…")
    assert [piece.tone for piece in marked("No ink, no printer", "printer -ink")] == ["", "hit"]


def test_the_inbox_marks_words_and_says_what_meaning_found(client, vera, read):
    read("The password screen <b>is</b> blank.", "I forgot my login.")
    client.force_login(vera)
    url = reverse("feedback:inbox")

    html = client.get(url, {"q": "password"}, headers={"HX-Request": "true"}).content.decode()

    assert "The <mark>password</mark> screen &lt;b&gt;is&lt;/b&gt; blank." in html
    assert re.search(r"by meaning 0\.\d\d", html)
    assert "Newest first" in html
    assert 'name="order"' not in html
    newest = client.get(url, {"q": "password", "order": "newest"}, headers={"HX-Request": "true"}).content.decode()
    assert '<input type="hidden" name="order" value="newest" form="filters">' in newest


def test_the_inbox_tells_honestly_how_many_are_found(client, vera, said):
    said(*[f"Labels drift, number {n}" for n in range(search.MOST_FOUND + 20)])
    client.force_login(vera)

    page = client.get(reverse("feedback:inbox"), {"q": "labels", "page": 5}).context["page"]
    html = client.get(reverse("feedback:inbox"), {"q": "labels"}).content.decode()

    assert len(page) == 50
    assert f"more than {search.MOST_FOUND}" in html


def test_a_search_costs_as_many_statements_for_one_as_for_many(client, vera, said):
    client.force_login(vera)
    url = reverse("feedback:inbox")

    def statements():
        with CaptureQueriesContext(connection) as seen:
            client.get(url, {"q": "labels"}, headers={"HX-Request": "true"})
        return len(seen)

    said("Labels drift")
    statements()
    few = statements()
    said(*[f"Labels drift, number {n}" for n in range(60)])
    statements()

    assert statements() == few


def test_words_of_a_filter_find_all_common_or_rare(acme, said, monkeypatch):
    items = said(*[f"Labels drift {n}" for n in range(30)], "A printer")
    rows = FeedbackItem.objects.all()

    def words(text):
        return set(ItemFilter({"q": text}, rows).qs.values_list("pk", flat=True))

    assert words("labels") == {item.pk for item in items[:-1]}
    monkeypatch.setattr("feedback.filters.FEW", 10)
    assert words("labels") == {item.pk for item in items[:-1]}
    assert words("printer") == {items[-1].pk}


def test_the_api_finds_by_meaning_page_by_page(api_for, vera, acme, other, charlie, read):
    read(*SAID, "My password is wrong.", "The password page is broken.")
    api, stranger = api_for(vera, acme), api_for(charlie, other)
    url = "/api/v1/feedback-items/search/"

    first = api.get(url, {"q": "password", "page_size": 2}).json()
    second = api.get(first["next"]).json()
    everything = api.get(url, {"q": "password"}).json()["results"]

    assert [row["id"] for row in first["results"] + second["results"]] == [row["id"] for row in everything][:4]
    assert first["previous"] is None
    assert api.get(second["previous"]).json() == first
    assert {row["found_by"] for row in everything} <= {"words", "meaning", "both"}
    assert all((row["likeness"] is None) == (row["found_by"] == "words") for row in everything)
    assert stranger.get(url, {"q": "password"}).json()["results"] == []


def test_the_api_narrows_what_it_finds_however_digits_are_written(api_for, vera, acme, product, said):
    mine, _ = said("Labels drift", product=product) + said("Labels jam")
    api, digits = api_for(vera, acme), str(product.pk).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))

    for asked in ({"product": product.pk}, {"product": digits}, {"product": product.pk, "archived": "any"}):
        found_rows = api.get("/api/v1/feedback-items/search/", {"q": "labels", **asked}).json()["results"]
        assert [row["id"] for row in found_rows] == [mine.pk]
    keyed = api.get("/api/v1/feedback-items/search/", {"q": "labels", "external_key": "none"}).json()
    assert keyed["results"] == []


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({}, "q"), ({"q": ""}, "q"), ({"q": "x" * 201}, "q"), ({"q": "a", "colour": "red"}, "colour"),
        ({"q": "a", "sentiment": "sad"}, "sentiment"), ({"q": "a", "cursor": "x"}, "cursor"),
        ({"q": "a", "ordering": "id"}, "ordering"), ({"q": "a", "page_size": 0}, "page_size"),
    ],
)  # fmt: skip
def test_the_api_refuses_what_it_does_not_know(api_for, vera, acme, asked, field):
    answer = api_for(vera, acme).get("/api/v1/feedback-items/search/", asked)

    assert answer.status_code == 400
    assert field in json.loads(answer.content)["errors"]


def test_items_of_no_theme_are_searched_over_rest(api, said):
    said("The label jams", "Labels jam again")

    found_rows = api.get("/api/v1/feedback-items/search/", {"q": "label", "theme": "none"}).json()["results"]

    assert len(found_rows) == 2
