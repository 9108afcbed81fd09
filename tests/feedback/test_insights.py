"""What feedback says as a whole: every figure counted again in Python, and who sees which."""

import datetime

import pytest
from django.utils import timezone

from feedback.algorithms.agreement import wilson
from feedback.algorithms.change import Moments, Verdict, level_of_each, mean_change, share_change
from feedback.models import FeedbackItem, Release
from feedback.selectors.compare import before_after, moment_of_day, moment_of_project, moment_of_release, products_of
from feedback.selectors.insights import Asked, river_of, themes_of
from tests.feedback.sayings import TODAY, at


def said(first=None, last=None, **exact):
    """The items that count, found one by one."""
    found = []
    for item in FeedbackItem.objects.select_related("account", "theme", "product").defer("search"):
        day = timezone.localdate(item.said_at)
        if item.archived_at or item.status == "not_feedback" or (first and not first <= day <= last):
            continue
        if all(getattr(item, name) == value for name, value in exact.items()):
            found.append(item)
    return found


def year(user, **more) -> Asked:
    return Asked(user, TODAY - datetime.timedelta(days=364), TODAY, **more)


def counts(items):
    return len(items), *(sum(item.sentiment == one for item in items) for one in ("negative", "neutral", "positive"))


def told(tally):
    return tally.count, tally.negative, tally.neutral, tally.positive


def share_of(before, after, level=0.95):
    sides = [[item for item in side if item.sentiment] for side in (before, after)]
    hits = [sum(item.sentiment == "negative" for item in side) for side in sides]
    return share_change(hits[0], len(sides[0]), hits[1], len(sides[1]), level)


def mean_of(before, after, level=0.95):
    scores = [[i.sentiment_score for i in side if i.sentiment_score is not None] for side in (before, after)]
    sides = [Moments(len(side), sum(side), sum(score * score for score in side)) for side in scores]
    return mean_change(*sides, level)


def assert_same_change(found, expected):
    assert (found.before_count, found.after_count) == (expected.before_count, expected.after_count)
    assert found.difference == pytest.approx(expected.difference)
    if expected.interval is None:
        assert found.interval is None
    else:
        assert found.interval.low == pytest.approx(expected.interval.low)
        assert found.interval.high == pytest.approx(expected.interval.high)


def test_the_river_counts_every_week_as_python_does(voices, vera):
    river = river_of(year(vera))

    assert river.is_weekly
    assert len(river.periods) == 53
    assert river.periods[0].first == TODAY - datetime.timedelta(days=364)
    for period in river.periods:
        assert told(period.tally) == counts(said(period.first, period.last))
    whole = said(TODAY - datetime.timedelta(days=364), TODAY)
    assert told(river.whole) == counts(whole)
    assert river.whole.unread == sum(not item.sentiment for item in whole)


def test_long_times_are_told_by_month(voices, vera):
    river = river_of(Asked(vera, datetime.date(2025, 2, 10), TODAY))

    assert not river.is_weekly
    assert [period.first for period in river.periods][:2] == [datetime.date(2025, 2, 10), datetime.date(2025, 3, 1)]
    assert len(river.periods) == 17
    for period in river.periods:
        assert told(period.tally) == counts(said(period.first, period.last))


@pytest.mark.parametrize("narrowed", ["product", "segment", "channel", "kind"])
def test_all_figures_follow_the_filters_and_the_inbox_lists_what_they_count(client, voices, vera, narrowed):
    value = {"product": voices["products"][0].pk, "segment": "retail", "channel": "email", "kind": "bug"}[narrowed]
    asked = year(vera, **{narrowed: value})
    client.force_login(vera)

    whole = river_of(asked).whole

    assert 0 < whole.count < river_of(year(vera)).whole.count
    listed = client.get(asked.door(), headers={"HX-Request": "true"}).context["page"]
    assert listed.paginator.count == whole.count
    negative = client.get(asked.door(sentiment="negative")).context["page"]
    assert negative.paginator.count == whole.negative


def test_a_theme_has_its_items_and_the_money_of_each_account_once(client, voices, vera):
    asked = year(vera)
    client.force_login(vera)

    themes = themes_of(asked)

    assert {one.name for one in themes.rows} == {"Labels", "Exports", "Speed"}
    for one in themes.rows:
        items = [item for item in said(asked.first, asked.last) if item.theme_id == one.pk]
        accounts = {item.account for item in items if item.account}
        assert told(one.tally) == counts(items)
        assert one.behind.account_count == len(accounts)
        assert one.behind.arr == sum(account.arr_reporting_amount for account in accounts)
        assert client.get(asked.door(theme=one.pk)).context["page"].paginator.count == len(items)
    assert themes.without == sum(item.theme is None for item in said(asked.first, asked.last))
    assert client.get(asked.door(theme="none")).context["page"].paginator.count == themes.without
    assert [one.tally.count for one in themes.rows] == sorted((one.tally.count for one in themes.rows), reverse=True)


def test_products_are_told_with_intervals_and_against_the_time_before(voices, vera):
    asked = Asked(vera, TODAY - datetime.timedelta(days=199), TODAY)

    products = products_of(asked)

    earlier = (asked.first - datetime.timedelta(days=200), asked.first - datetime.timedelta(days=1))
    assert [one.name for one in products.rows][-1] == "No product"
    assert products.comparisons == 6  # three rows, two measures
    level = level_of_each(6)
    for one in products.rows:
        now = [item for item in said(asked.first, asked.last) if item.product_id == one.pk]
        before = [item for item in said(*earlier) if item.product_id == one.pk]
        assert told(one.tally) == counts(now)
        assert one.tally.interval == wilson(one.tally.negative, one.tally.judged)
        assert_same_change(one.comparison.share, share_of(before, now, level))
        assert_same_change(one.comparison.mean, mean_of(before, now, level))
        by_theme = {theme.pk: sum(item.theme_id == theme.pk for item in now) for theme in voices["themes"]}
        assert one.top_theme.count == max(by_theme.values()) == by_theme[one.top_theme.pk]
        assert one.behind.arr == sum({item.account: item.account.arr_amount for item in now if item.account}.values())


def test_before_and_after_a_release_are_its_products_items_and_each_theme_is_told_with_the_others(acme, voices, vera):
    day = TODAY - datetime.timedelta(days=120)
    product = voices["products"][0]
    release = Release.objects.create(organization=acme, product=product, name="4.17", released_date=day)

    found = before_after(year(vera), moment_of_release(release), 90)

    before = said(day - datetime.timedelta(days=90), day - datetime.timedelta(days=1), product=product)
    after = said(day, day + datetime.timedelta(days=89), product=product)
    assert (told(found.whole.before), told(found.whole.after)) == (counts(before), counts(after))
    assert_same_change(found.whole.share, share_of(before, after))
    assert_same_change(found.whole.mean, mean_of(before, after))
    assert sum(one.comparison.before.count for one in found.themes) == sum(item.theme is not None for item in before)
    for one in found.themes:
        sides = [[item for item in side if item.theme_id == one.pk] for side in (before, after)]
        level = level_of_each(max(found.comparisons, 2))
        assert_same_change(one.comparison.share, share_of(*sides, level))
        assert_same_change(one.comparison.mean, mean_of(*sides, level))


def test_what_else_may_be_behind_a_change_is_said(acme, product, better, vera):
    Release.objects.create(organization=acme, product=product, name="4.18", released_date=datetime.date(2026, 4, 25))
    FeedbackItem.objects.filter(said_at__gte=at(better.released_date)).update(channel="email")

    found = before_after(year(vera), moment_of_release(better), 60)

    assert found.whole.verdict == Verdict.CLEAR
    text = " ".join(found.warnings)
    assert "Released within the same days: Atlas Insights 4.18 on 25 Apr 2026." in text
    assert (
        "The sources differ: more items came by e-mail" in text or "The sources differ: fewer items came by api" in text
    )


def test_a_window_that_is_not_over_says_so(acme, product, vera):
    today = timezone.localdate()

    found = before_after(year(vera), moment_of_day(today - datetime.timedelta(days=9)), 30)

    assert "The 30 days after it are not over: 10 of them are counted." in found.warnings


def test_the_finish_of_a_project_is_asked_about_the_products_it_serves(acme, project, product, better, vera):
    project.actual_finish_date = better.released_date
    project.save()
    alone = before_after(year(vera), moment_of_project(project), 60)
    project.product_shares.create(organization=acme, product=product, share_ratio=1)

    found = before_after(year(vera), moment_of_project(project), 60)

    assert "serves no product" in alone.warnings[0]
    assert (found.before.product, found.whole.before.negative, found.whole.after.negative) == (product.pk, 41, 15)
    project.actual_finish_date = None
    with pytest.raises(ValueError, match="has not finished"):
        moment_of_project(project)
