"""What customers say counts in formulas."""

import datetime
import random
from decimal import Decimal

import pytest

from feedback.models import FeedbackItem
from feedback.services import Incoming, create_account, create_link, receive_items
from scoring.selectors import Asked, read_facts

FACTS = ("voices", "sentiment", "accounts", "arr")
DAY = datetime.date(2026, 11, 29)


@pytest.fixture
def customers(acme, alice):
    """Three accounts, the last of which pays nobody knows what."""
    return [
        create_account(actor=alice, organization=acme, name=name, arr_amount=arr)
        for name, arr in (("Halden", Decimal(100)), ("Ketch", Decimal(30)), ("Nobody", None))
    ]


@pytest.fixture
def said(acme, bob, customers):
    """Thirty items of the accounts or of nobody, with a sentiment or without."""
    draw = random.Random(7)
    rows = [Incoming(text=f"Item {number}", account=draw.choice([*customers, None])) for number in range(30)]
    items = [one.item for one in receive_items(actor=bob, organization=acme, channel="api", rows=rows)]
    for item in items:
        score = draw.choice([None, -0.8, 0.0, 0.6])
        FeedbackItem.objects.filter(pk=item.pk).update(sentiment_score=score)
    return list(FeedbackItem.objects.defer("search").order_by("pk"))


def brute(items):
    """The facts of some items, counted one by one."""
    scores = [item.sentiment_score for item in items if item.sentiment_score is not None]
    accounts = {item.account for item in items if item.account is not None}
    known = [account.arr_reporting_amount for account in accounts if account.arr_reporting_amount is not None]
    return [
        float(len(items)) if items else None,
        sum(scores) / len(scores) if scores else None,
        float(len(accounts)) if accounts else None,
        float(sum(known)) if known else None,
    ]


def facts_of(acme, kind, row):
    found = read_facts(FACTS, Asked(acme, kind, [row], DAY))
    return [None if found[name][0] != found[name][0] else pytest.approx(found[name][0]) for name in FACTS]


def test_a_project_and_its_program_count_each_item_and_each_account_once(acme, bob, program, ideas, said):
    for item in said[:12]:
        create_link(actor=bob, item=item, project=ideas[0])
    for item in said[6:20]:
        create_link(actor=bob, item=item, project=ideas[1])
    type(ideas[1]).objects.filter(pk=ideas[2].pk).update(status="cancelled")
    create_link(actor=bob, item=said[25], project=ideas[2])

    assert facts_of(acme, "project", ideas[0]) == brute(said[:12])
    assert facts_of(acme, "project", ideas[1]) == brute(said[6:20])
    assert facts_of(acme, "program", program) == brute(said[:20])


def test_a_product_counts_what_is_about_it_and_what_is_linked_to_it_once(acme, bob, product, said):
    FeedbackItem.objects.filter(pk__in=[item.pk for item in said[:10]]).update(product=product)
    for item in said[5:15]:
        create_link(actor=bob, item=item, product=product)

    assert facts_of(acme, "product", product) == brute(said[:15])


def test_of_what_nobody_speaks_nothing_is_known_and_archived_items_do_not_count(acme, bob, ideas, said):
    create_link(actor=bob, item=said[0], project=ideas[0])
    FeedbackItem.objects.filter(pk=said[0].pk).update(archived_at="2026-11-01T00:00Z")

    assert facts_of(acme, "project", ideas[0]) == facts_of(acme, "project", ideas[1]) == [None] * 4
