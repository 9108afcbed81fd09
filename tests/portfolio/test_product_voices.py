"""What customers say of a product stands on its page: how much, how it sounds, and what they pay."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from feedback.models import FeedbackItem
from feedback.selectors.voices import product_voices
from feedback.services import Incoming, create_account, create_link, receive_items


@pytest.fixture
def voices(acme, alice, bob, product):
    """Three items about the product and one that is linked to it, from two accounts, in two months."""
    halden = create_account(actor=alice, organization=acme, name="Halden", arr_amount=Decimal(84_000))
    ketch = create_account(actor=alice, organization=acme, name="Ketch", arr_amount=Decimal(16_000))
    old = timezone.make_aware(datetime.datetime(2026, 5, 4, 12))  # noqa: DTZ001
    new = timezone.make_aware(datetime.datetime(2026, 6, 4, 12))  # noqa: DTZ001
    rows = [
        Incoming("It jams.", account=halden, product=product, said_at=old),
        Incoming("It jams again.", account=halden, product=product, said_at=new),
        Incoming("Lovely.", account=halden, product=product, said_at=new),
        Incoming("Why so slow?", account=ketch, said_at=new),
    ]
    items = [one.item for one in receive_items(actor=bob, organization=acme, channel="api", rows=rows)]
    create_link(actor=bob, item=items[3], product=product)
    for item, sentiment in zip(items, ("negative", "negative", "positive", "neutral"), strict=True):
        FeedbackItem.objects.filter(pk=item.pk).update(sentiment=sentiment, sentiment_score=0.5)
    return items


def test_a_product_counts_what_is_about_it_or_linked_to_it_and_each_account_once(bob, product, voices):
    found = product_voices(bob, product.pk)

    assert (found.count, found.account_count, found.arr) == (4, 2, Decimal(100_000))
    assert [(one.month, one.tally.count, one.tally.negative) for one in found.months] == [
        (datetime.date(2026, 6, 1), 3, 1),
        (datetime.date(2026, 5, 1), 1, 1),
    ]
    assert found.months[0].tally.interval.low < 1 / 3 < found.months[0].tally.interval.high
    assert found.newest[0].pk == voices[3].pk


def test_the_page_tells_it_and_leaves_out_what_they_pay_where_amounts_are_hidden(client, vera, product, voices):
    client.force_login(vera)
    url = reverse("portfolio:product-voices", args=[product.pk])
    assert "$100k a year together" in client.get(url).content.decode()
    vera.memberships.update(sees_amounts=False)

    html = client.get(url).content.decode()

    assert "$100k" not in html
    assert "It jams again." in html


def test_shares_are_of_what_has_been_read(client, vera, product, voices):
    FeedbackItem.objects.filter(pk__in=[voices[2].pk, voices[3].pk]).update(sentiment="", sentiment_score=None)
    client.force_login(vera)
    url = reverse("portfolio:product-voices", args=[product.pk])
    june, _ = product_voices(vera, product.pk).months
    assert (june.tally.count, june.tally.negative_ratio) == (3, 1)

    FeedbackItem.objects.filter(pk=voices[0].pk).update(sentiment="", sentiment_score=None)

    assert product_voices(vera, product.pk).months[1].tally.negative_ratio is None
    assert "not read yet" in client.get(url).content.decode()


def test_a_product_of_which_nobody_speaks_says_so(client, vera, product):
    client.force_login(vera)

    html = client.get(reverse("portfolio:product-voices", args=[product.pk])).content.decode()

    assert "Nobody has said anything about it yet" in html


def test_the_page_takes_as_few_statements_for_thirty_items(client, acme, bob, product, voices):
    client.force_login(bob)
    url = reverse("portfolio:product-voices", args=[product.pk])

    def statements() -> int:
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            assert client.get(url).status_code == 200
        return len(captured)

    few = statements()
    rows = [Incoming(f"Text {number}", product=product) for number in range(26)]
    receive_items(actor=bob, organization=acme, channel="api", rows=rows)

    assert statements() == few
