"""Pages of themes, and themes over REST."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from core.tenancy import organization_scope
from events.models import Job
from feedback import services
from feedback.models import CustomerAccount, FeedbackItem, Regrouping, Theme
from feedback.selectors.themes import facts_of, facts_of_one, mean_interval
from feedback.services.clustering import carry_out_clustering
from tests.api.conftest import errors_of
from tests.feedback.themed import ALL, DARK, EXPORT, LOGIN
from tests.filling import fill

THEMES = "/api/v1/feedback-themes/"


@pytest.fixture
def found(acme, said, halden):
    """Three themes in eighteen items; Halden speaks of exports four times, and once of logins."""
    said(*EXPORT[:4], LOGIN[0], account=halden)
    said(*EXPORT[4:], *LOGIN[1:], *DARK)
    while services.analyze_batch(organization_id=acme.pk, now=timezone.now()):
        pass
    carry_out_clustering(actor=None, organization=acme, report=lambda *_told: None)


def theme_of(text: str) -> Theme:
    return FeedbackItem.objects.get(text=text).theme


def ids_of(*texts: str) -> list[int]:
    return list(FeedbackItem.objects.filter(text__in=texts).order_by("pk").values_list("pk", flat=True))


def undo_in(response) -> str:
    return next(str(m.extra_tags) for m in response.context["messages"] if m.extra_tags).split()[0]


def hide_amounts(person):
    Membership.objects.filter(user=person).update(sees_amounts=False)


def test_the_list_tells_what_stands_behind_each_theme_and_counts_an_account_once(page, bob, found):
    html = page(bob).get(reverse("feedback:theme-list")).content.decode()

    for texts in (EXPORT, LOGIN, DARK):
        assert theme_of(texts[0]).name in html
    assert html.count("$84k") == 2  # of exports and of logins, once each


def test_the_list_is_ordered_searched_and_exported(page, bob, found):
    browser = page(bob)
    url = reverse("feedback:theme-list")
    rows = browser.get(url, {"sort": "-arr"}).context["page"].object_list
    assert {rows[0].theme, rows[1].theme} == {theme_of(EXPORT[0]), theme_of(LOGIN[0])}

    (only,) = browser.get(url, {"q": "dark"}).context["page"].object_list
    assert only.theme == theme_of(DARK[0])
    assert "No themes" in browser.get(url, {"q": "submarine"}).content.decode()
    text = browser.get(url, {"format": "csv"}).getvalue().decode()
    assert "ARR" in text
    assert theme_of(DARK[0]).name in text
    assert browser.get(url, {"format": "xlsx"}).getvalue()[:2] == b"PK"


def test_who_sees_no_amounts_sees_no_arr_and_orders_by_none(page, bob, found):
    hide_amounts(bob)
    browser = page(bob)
    url = reverse("feedback:theme-list")

    assert "$84k" not in browser.get(url).content.decode()
    assert browser.get(url, {"sort": "-arr"}).context["sort"] == "-items"
    assert "ARR" not in browser.get(url, {"format": "csv"}).getvalue().decode()
    detail = browser.get(reverse("feedback:theme-detail", args=[theme_of(EXPORT[0]).pk])).content.decode()
    assert "Halden Freight" in detail
    assert "$84k" not in detail


def test_no_themes_yet_says_how_many_items_have_been_read_and_who_may_look_for_them(page, alice, bob, acme, said):
    said(*ALL[:5])
    services.analyze_batch(organization_id=acme.pk, now=timezone.now())
    url = reverse("feedback:theme-list")

    html = page(alice).get(url).content.decode()
    assert "5 have been so far" in html
    assert "Find themes now" in html
    assert "Find themes now" not in page(bob).get(url).content.decode()
    answer = page(alice).post(reverse("feedback:theme-find"), follow=True)
    assert "Themes are being found" in answer.content.decode()
    assert Job.objects.get().kind == "feedback.cluster"
    assert page(bob).post(reverse("feedback:theme-find")).status_code == 403


def test_a_theme_shows_its_figures_quotes_accounts_and_items(page, vera, found):
    theme = theme_of(EXPORT[0])

    html = page(vera).get(reverse("feedback:theme-detail", args=[theme.pk])).content.decode()

    assert "Same data as a table" in html
    assert "Halden Freight" in html
    assert "6 untriaged" in html
    for text in EXPORT:
        assert text in html
    assert "Dissolve" not in html  # a viewer changes nothing


def test_a_theme_is_renamed_pinned_and_both_taken_back(page, bob, found):
    theme = theme_of(EXPORT[0])
    name, browser = theme.name, page(bob)
    body = {"name": "Spreadsheets", "version": theme.version}

    answer = browser.post(reverse("feedback:theme-edit", args=[theme.pk]), body, follow=True)
    assert "Spreadsheets" in answer.content.decode()
    assert Theme.objects.get(pk=theme.pk).is_named_by_person
    unchanged = fill(browser, reverse("feedback:theme-edit", args=[theme.pk]))
    assert not [message.extra_tags for message in unchanged.wsgi_request._messages if "revert" in message.extra_tags]
    browser.post(undo_in(answer))
    theme.refresh_from_db()
    assert (theme.name, theme.is_named_by_person) == (name, False)
    answer = browser.post(reverse("feedback:theme-pin", args=[theme.pk]), follow=True)
    theme.refresh_from_db()
    assert theme.is_pinned
    browser.post(undo_in(answer))
    theme.refresh_from_db()
    assert not theme.is_pinned


def test_a_merge_shows_what_comes_of_it_then_does_it_and_is_undone(page, bob, found):
    export, login, browser = theme_of(EXPORT[0]), theme_of(LOGIN[0]), page(bob)
    url = reverse("feedback:theme-merge")

    preview = browser.get(url, {"id": [export.pk, login.pk]})
    assert (preview.context["items"], preview.context["accounts"]) == (12, 1)
    assert preview.context["arr"] == Decimal(84_000)
    answer = browser.post(url, {"id": [export.pk, login.pk], "into": export.pk, "name": "Both"}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("feedback:theme-detail", args=[export.pk])
    assert theme_of(LOGIN[0]).name == "Both"
    browser.post(undo_in(answer))
    assert theme_of(LOGIN[0]) == login
    assert "is the same as" in browser.get(url, {"id": export.pk}).content.decode()


def test_a_split_is_suggested_and_ticked_items_are_split_off(page, bob, found):
    theme, browser = theme_of(EXPORT[0]), page(bob)
    url = reverse("feedback:theme-split", args=[theme.pk])

    offer = browser.get(url).context["offer"]
    assert 0 < len(offer.chosen) < len(EXPORT)
    asked = browser.get(url, {"id": ids_of(*EXPORT[:2])}).context["offer"]
    assert sorted(asked.chosen) == ids_of(*EXPORT[:2])
    answer = browser.post(url, {"id": ids_of(*EXPORT[:2]), "name": "Broken", "suggested": asked.name}, follow=True)
    assert theme_of(EXPORT[0]).name == "Broken"
    assert theme_of(EXPORT[2]) == theme
    browser.post(undo_in(answer))
    assert theme_of(EXPORT[0]) == theme


def test_an_item_gets_its_theme_from_the_inbox_with_the_nearest_first_and_it_is_undone(page, bob, found):
    (pk,) = ids_of(EXPORT[0])
    dark, browser = theme_of(DARK[0]), page(bob)
    url = reverse("feedback:theme-pick")

    html = browser.get(reverse("feedback:item-detail", args=[pk])).content.decode()
    assert 'data-key="t"' in html
    assert browser.get(url, {"id": pk}).context["offered"][0] == theme_of(EXPORT[0])
    assert browser.get(url, {"id": pk, "q": "dark"}).context["offered"] == [dark]
    assert browser.post(url, {"id": pk, "set": "1"}).status_code == 422
    answer = browser.post(url, {"id": pk, "theme": dark.pk, "set": "1", "query": "status=any"}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("feedback:item-detail", args=[pk]) + "?status=any"
    assert "by a person" in answer.content.decode()
    assert theme_of(EXPORT[0]) == dark
    browser.post(undo_in(answer))
    assert theme_of(EXPORT[0]) == theme_of(EXPORT[1])
    browser.post(url, {"id": pk, "none": "1"})
    assert theme_of(EXPORT[0]) is None
    browser.post(reverse("feedback:item-release", args=[pk, "theme"]))
    assert FeedbackItem.objects.get(pk=pk).labels_by_person == []


def test_ticked_items_of_the_inbox_lead_to_the_choice_of_their_theme(page, bob, found):
    answer = page(bob).post(reverse("feedback:theme-pick"), {"id": ids_of(*EXPORT[:3])})

    assert answer.status_code == 200
    assert "3 items" in answer.content.decode()


def test_the_inbox_is_narrowed_to_a_theme_or_to_none(page, bob, found):
    theme = theme_of(EXPORT[0])

    html = page(bob).get(reverse("feedback:inbox"), {"theme": theme.pk}).content.decode()

    assert EXPORT[0] in html
    assert DARK[0] not in html
    assert not page(bob).get(reverse("feedback:inbox"), {"theme": "none"}).context["page"].object_list


def test_a_dissolved_theme_is_gone_from_the_list_and_comes_back_with_undo(page, bob, found):
    theme, browser = theme_of(DARK[0]), page(bob)

    answer = browser.post(reverse("feedback:theme-dissolve", args=[theme.pk]), follow=True)

    assert theme not in [line.theme for line in answer.context["page"]]
    browser.post(undo_in(answer))
    assert theme_of(DARK[0]) == theme


def test_roles_and_strangers(page, vera, charlie, found):
    theme = theme_of(EXPORT[0])
    pages = [
        ("get", reverse("feedback:theme-edit", args=[theme.pk])),
        ("post", reverse("feedback:theme-pin", args=[theme.pk])),
        ("post", reverse("feedback:theme-dissolve", args=[theme.pk])),
        ("get", reverse("feedback:theme-split", args=[theme.pk])),
        ("get", reverse("feedback:theme-merge") + f"?id={theme.pk}"),
        ("get", reverse("feedback:theme-pick") + f"?id={ids_of(EXPORT[0])[0]}"),
        ("post", reverse("feedback:theme-find")),
    ]
    for person, status in ((vera, 403), (charlie, 404)):
        for method, url in pages:
            assert getattr(page(person), method)(url).status_code == status, url


def counted_queries(browser, url) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(url).status_code == 200
    return len(captured)


def test_pages_take_as_many_statements_for_many_themes_and_items_as_for_few(page, bob, acme, found, said):
    theme, browser = theme_of(EXPORT[0]), page(bob)
    urls = [reverse("feedback:theme-list"), reverse("feedback:theme-detail", args=[theme.pk])]
    urls.append(reverse("feedback:theme-merge") + f"?id={theme.pk}&id={theme_of(DARK[0]).pk}")
    for url in urls:
        browser.get(url)
    few = [counted_queries(browser, url) for url in urls]
    Theme.objects.bulk_create([Theme(organization=acme, name=f"Theme {number}") for number in range(60)])
    accounts = CustomerAccount.objects.bulk_create(
        [CustomerAccount(organization=acme, name=f"Account {number}") for number in range(40)]
    )
    for number, item in enumerate(said(*[f"Text {number}" for number in range(80)])):
        FeedbackItem.objects.filter(pk=item.pk).update(theme=theme, account=accounts[number % 40])
    services.count_themes(acme.pk, [theme.pk])

    assert [counted_queries(browser, url) for url in urls] == few


def test_the_interval_of_a_mean_is_that_of_the_textbook():
    """Five values 1 to 5 divided by 10: mean 0.3, standard deviation 0.1581, error 1.96 * 0.1581 / sqrt(5)."""
    values = [0.1, 0.2, 0.3, 0.4, 0.5]

    found = mean_interval(5, sum(values), sum(value * value for value in values))

    assert found is not None
    assert found.low == pytest.approx(0.3 - 0.13859, abs=1e-4)
    assert found.high == pytest.approx(0.3 + 0.13859, abs=1e-4)
    assert mean_interval(1, 0.5, 0.25) is None


def test_weeks_of_a_theme_end_with_this_one_and_growth_is_told_as_two_numbers(acme, found):
    theme = theme_of(EXPORT[0])
    now = timezone.now()
    FeedbackItem.objects.filter(text__in=EXPORT[:2]).update(said_at=now - timezone.timedelta(weeks=5))
    services.count_themes(acme.pk, [theme.pk])

    facts = facts_of(acme.pk, now.date(), theme.pk)[theme.pk]

    assert len(facts.weeks) == 12
    assert (facts.recent, facts.earlier, facts.growth) == (4, 2, 2)
    assert sum(facts.counts) == facts.item_count == 6


def test_this_week_is_that_of_utc_wherever_the_server_stands(acme, found, settings, monkeypatch):
    settings.TIME_ZONE = "America/Los_Angeles"
    theme, monday = theme_of(EXPORT[0]), datetime.datetime(2026, 6, 1, 2, tzinfo=datetime.UTC)
    FeedbackItem.objects.filter(theme=theme).update(said_at=monday)
    services.count_themes(acme.pk, [theme.pk])

    monkeypatch.setattr(timezone, "now", lambda: monday)
    facts = facts_of_one(theme)

    assert (facts.recent, facts.weeks[-1].monday) == (facts.item_count, monday.date())


def test_the_share_of_negative_items_is_of_those_that_have_been_read(acme, found):
    theme = theme_of(EXPORT[0])
    FeedbackItem.objects.filter(theme=theme).update(sentiment="", sentiment_score=None)
    services.count_themes(acme.pk, [theme.pk])
    assert facts_of_one(theme).negative_ratio is None
    read = FeedbackItem.objects.filter(text=EXPORT[0])
    read.update(sentiment="negative", sentiment_score=-0.8)
    services.count_themes(acme.pk, [theme.pk])

    assert facts_of_one(theme).negative_ratio == 1


def test_themes_over_rest_are_listed_with_facts_named_merged_split_and_assigned(api, found):
    export, login, dark = theme_of(EXPORT[0]), theme_of(LOGIN[0]), theme_of(DARK[0])

    row = next(one for one in api.get(THEMES).json()["results"] if one["id"] == export.pk)
    assert (row["item_count"], row["account_count"]) == (6, 1)
    assert Decimal(row["arr_reporting_amount"]) == 84_000
    facts = api.get(f"{THEMES}{export.pk}/facts/").json()
    assert (facts["item_count"], len(facts["weeks"])) == (6, 12)
    assert 0 <= facts["negative_interval"]["low"] <= facts["negative_ratio"] <= facts["negative_interval"]["high"] <= 1
    named = api.send("patch", f"{THEMES}{export.pk}/", {"name": "Spreadsheets", "is_pinned": True}).json()
    assert (named["name"], named["is_named_by_person"], named["is_pinned"]) == ("Spreadsheets", True, True)
    merged = api.send("post", f"{THEMES}{export.pk}/merge/", {"themes": [login.pk]}).json()
    assert merged["item_count"] == 6
    assert theme_of(LOGIN[0]) == export
    assert api.send("post", f"{THEMES}undo/", {"regrouping": merged["id"]}).json() == {"undone": 6, "left": 0}
    split = api.send("post", f"{THEMES}{export.pk}/split/", {"items": ids_of(EXPORT[0]), "name": "One"}).json()
    assert theme_of(EXPORT[0]).pk == split["made"][0]
    api.send("post", f"{THEMES}assign/", {"items": ids_of(EXPORT[1]), "theme": dark.pk})
    item = api.get(f"/api/v1/feedback-items/?theme={dark.pk}").json()["results"]
    assert ids_of(EXPORT[1])[0] in [one["id"] for one in item]
    assert item[0]["theme_name"] == dark.name
    api.send("post", f"{THEMES}{dark.pk}/dissolve/")
    assert theme_of(DARK[0]) is None


def test_finding_themes_over_rest_is_a_job_for_who_handles_feedback(api, found):
    answer = api.send("post", f"{THEMES}recluster/")

    if answer.status_code == 403:
        assert not Job.objects.exists()
    else:
        assert answer.status_code == 202
        assert Job.objects.get().pk == answer.json()["job"]


def test_themes_and_acts_of_another_organization_are_unknown(api, other, found):
    with organization_scope(other):
        theirs = Theme.objects.create(organization=other, name="Theirs")
        act = Regrouping.objects.create(organization=other, kind="moved")

    assert api.get(f"{THEMES}{theirs.pk}/").status_code == 404
    sent = api.send("post", f"{THEMES}assign/", {"items": ids_of(EXPORT[0]), "theme": theirs.pk})
    assert "theme" in errors_of(sent)
    assert "regrouping" in errors_of(api.send("post", f"{THEMES}undo/", {"regrouping": act.pk}))


def test_what_is_too_much_to_merge_at_once_is_refused_whole(page, bob, acme, found):
    many = [Theme.objects.create(organization=acme, name=f"Theme {number}") for number in range(52)]
    body = {"id": [theme.pk for theme in many], "into": many[0].pk}

    answer = page(bob).post(reverse("feedback:theme-merge"), body)

    assert "Choose 2 to 51 themes to merge" in answer.content.decode()
    assert Theme.objects.live().filter(name__startswith="Theme ").count() == 52


def test_a_search_for_another_theme_keeps_the_way_back(page, bob, found):
    asked = {"id": ids_of(EXPORT[0]), "query": "sentiment=negative", "q": "login"}

    html = page(bob).get(reverse("feedback:theme-pick"), asked).content.decode()

    assert html.count('name="query" value="sentiment=negative"') == 2
