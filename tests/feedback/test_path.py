"""From a quote to what came of it, on pages and over REST."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from core.tenancy import organization_scope
from feedback.algorithms.change import level_of_each, share_change
from feedback.models import CustomerAccount, FeedbackItem, FeedbackLink, Release, Theme
from feedback.selectors.path import path_of, since_release
from tests.feedback.sayings import at, fill

SAID, RELEASED = datetime.date(2026, 3, 1), datetime.date(2026, 4, 10)


@pytest.fixture
def theme(acme):
    return Theme.objects.create(organization=acme, name="Labels shift")


@pytest.fixture
def quote(acme, product, theme):
    """What Halden said in March, in a theme in which it said more, and so did another account."""
    halden, other = (
        CustomerAccount.objects.create(
            organization=acme, name=name, arr_amount=arr, arr_reporting_amount=arr, currency="USD"
        )
        for name, arr in (("Halden", 80_000), ("Reef", 5_000))
    )
    fields = {"organization": acme, "channel": "api", "theme": theme, "product": product, "sentiment": "negative"}
    for text, account in (("Again.", halden), ("Me too.", other)):
        FeedbackItem.objects.create(text=text, account=account, said_at=at(SAID), sentiment_score=-0.5, **fields)
    return FeedbackItem.objects.create(
        text="Labels shift.", account=halden, said_at=at(SAID), sentiment_score=-0.7, **fields
    )


@pytest.fixture
def linked(acme, quote, project):
    """The quote calls a project critical, for which there are a budget and costs."""
    return FeedbackLink.objects.create(organization=acme, item=quote, project=project, importance="critical")


@pytest.fixture
def released(acme, product, project, theme):
    """The project's release, after which the theme sounds better, and the rest of the product as before."""
    for day, negative, positive in ((RELEASED - datetime.timedelta(days=20), 40, 10), (RELEASED, 10, 40)):
        fill(acme, day, negative, positive, product=product, theme=theme)
        fill(acme, day, 20, 20, product=product)
    return Release.objects.create(
        organization=acme, product=product, project=project, name="4.17", released_date=RELEASED
    )


def fresh(item):
    return FeedbackItem.objects.select_related("theme").defer("search").get(pk=item.pk)


def test_a_quote_leads_to_its_theme_the_work_its_cost_and_what_changed(vera, quote, linked, released, theme, project):
    path = path_of(vera, fresh(quote))

    assert (path.theme.theme, path.theme.tally.count) == (theme, 103)
    assert (path.theme.behind.account_count, path.theme.behind.arr) == (2, Decimal(85_000))
    (target,) = path.targets
    assert (target.row, target.importance, target.item_count) == (project, "critical", 1)
    assert (target.budget_amount, target.actual_amount) == (project.budget_amount, project.actual_amount)
    (step,) = path.releases
    assert step.release == released
    level = level_of_each(4)  # the theme and the product, by two measures each
    assert path.comparisons == 4
    assert step.theme.share == share_change(43, 53, 10, 50, level)
    assert step.product.share == share_change(63, 93, 30, 90, level)
    assert step.theme.share.is_clear


def test_the_page_of_an_item_asks_for_its_path_and_each_step_is_a_door(client, vera, quote, linked, released, project):
    client.force_login(vera)
    page = client.get(reverse("feedback:item-detail", args=[quote.pk])).content.decode()

    html = client.get(reverse("feedback:item-path", args=[quote.pk])).content.decode()

    assert reverse("feedback:item-path", args=[quote.pk]) in page
    for name, pk in (
        ("projects:project-detail", project.pk),
        ("feedback:theme-detail", quote.theme_id),
        ("finance:project-budget", project.pk),
        ("feedback:release-detail", released.pk),
    ):
        assert f'href="{reverse(name, args=[pk])}"' in html
    assert f"?release={released.pk}&amp;days=60#before-after" in html
    assert "103 items" in html
    assert "$85k a year" in html
    assert "$250k spent of $1M" in html
    assert "Clear change</a> of the theme since 4.17" in html
    assert "81% of 53 negative before, 20% of 50 after" in html
    assert "critical" in html
    assert "4 comparisons are told together" in html


def test_what_is_missing_is_said_with_how_to_add_it(client, vera, bob, item):
    client.force_login(vera)
    url = reverse("feedback:item-path", args=[item.pk])
    html = client.get(url).content.decode()

    for words in (
        "In no theme yet.", "Linked to no project or product.", "nothing is spent for it",
        "Known once it is linked to a project or product.", "Told once there is a release",
    ):  # fmt: skip
        assert words in html
    assert "Link it" not in html  # a viewer links nothing
    client.force_login(bob)
    html = client.get(url).content.decode()
    assert f'href="{reverse("feedback:item-link", args=[item.pk])}">Link it' in html
    assert f'href="{reverse("feedback:release-create")}">Add a release' in html


def test_work_that_others_of_the_theme_ask_for_is_told_as_theirs(acme, vera, quote, project):
    other = FeedbackItem.objects.exclude(pk=quote.pk).first()
    FeedbackLink.objects.create(organization=acme, item=other, project=project, importance="critical")

    (target,) = path_of(vera, fresh(quote)).targets

    assert (target.row, target.importance, target.item_count) == (project, "", 1)


def test_of_a_project_without_a_budget_that_is_said(client, vera, quote, linked, project):
    project.budget_amount = project.actual_amount = None
    project.save()
    client.force_login(vera)

    assert "No budget yet" in client.get(reverse("feedback:item-path", args=[quote.pk])).content.decode()


def test_releases_before_the_item_was_said_and_still_to_come_changed_nothing_of_it(acme, vera, quote, product):
    days = (SAID - datetime.timedelta(days=1), timezone.localdate() + datetime.timedelta(days=1))
    for number, day in enumerate(days):
        Release.objects.create(organization=acme, product=product, name=str(number), released_date=day)

    assert path_of(vera, fresh(quote)).releases == []


def test_who_sees_no_amounts_sees_none_on_the_path(client, api_for, acme, vera, quote, linked, released):
    Membership.objects.filter(user=vera).update(sees_amounts=False)
    client.force_login(vera)

    html = client.get(reverse("feedback:item-path", args=[quote.pk])).content.decode()
    body = api_for(vera, acme, "read").get(f"/api/v1/feedback-items/{quote.pk}/path/").json()

    assert "Money" not in html
    assert "$" not in html
    assert "2 accounts" in html
    assert "arr_amount" not in body["theme"]
    assert body["theme"]["account_count"] == 2
    assert not {"budget_amount", "actual_amount"} & set(body["targets"][0])


def test_the_path_is_told_over_rest(api, quote, linked, released, theme, project):
    body = api.get(f"/api/v1/feedback-items/{quote.pk}/path/").json()

    assert (body["theme"]["id"], body["theme"]["count"], body["theme"]["arr_amount"]) == (theme.pk, 103, "85000.00")
    (target,) = body["targets"]
    assert (target["what"], target["id"], target["importance"]) == ("project", project.pk, "critical")
    assert (target["status"], target["health"]) == ("active", "unreported")
    assert (target["budget_amount"], target["actual_amount"]) == ("1000000.00", "250000.00")
    (step,) = body["releases"]
    assert (step["id"], step["name"], step["days"]) == (released.pk, "4.17", 60)
    assert step["of_theme"]["negative_ratio"]["verdict"] == "clear change"
    assert step["about_product"]["before"]["count"] == 93


def test_a_stranger_finds_no_path(client, api_for, charlie, other, quote):
    client.force_login(charlie)
    assert client.get(f"/o/acme/feedback/{quote.pk}/path/").status_code == 404
    assert client.get(f"/o/other/feedback/{quote.pk}/path/").status_code == 404
    with organization_scope(other):
        strange = api_for(charlie, other)
    assert strange.get(f"/api/v1/feedback-items/{quote.pk}/path/").status_code == 404


def test_the_path_costs_the_same_for_few_links_and_for_many(acme, vera, quote, linked, released, product, program):
    def statements() -> int:
        found = fresh(quote)
        with CaptureQueriesContext(connection) as captured:
            path_of(vera, found)
        return len(captured)

    statements()  # reads once who the person is
    few = statements()
    for theirs in FeedbackItem.objects.exclude(pk=quote.pk)[:50]:
        FeedbackLink.objects.create(organization=acme, item=theirs, project=linked.project, importance="nice")
    assert statements() == few
    assert few <= 11


def test_a_project_tells_what_changed_since_its_release(client, vera, linked, released, project, product):
    client.force_login(vera)
    url = reverse("feedback:project-voices", args=[project.pk])

    html = client.get(url).content.decode()

    assert f"</a> about {product.name} since 4.17" in html
    assert "a change after a release need not be its doing" in html
    assert since_release(vera, project, RELEASED - datetime.timedelta(days=1)) is None
    released.project = None
    released.save()
    assert "since 4.17" not in client.get(url).content.decode()
