"""Items that may say the same as another."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.tenancy import organization_scope
from events.models import Event
from feedback.models import FeedbackItem
from feedback.selectors.nearest import nearest
from feedback.services import Incoming, analyze_batch, archive_item, merge_duplicate, receive_items, restore_item
from tests.rows import fresh


@pytest.fixture
def read(acme, said):
    """`read("…", …)` stores texts, has them read and gives their items."""

    def store(*texts):
        items = said(*texts)
        analyze_batch(organization_id=acme.pk, now=timezone.now())
        return items

    return store


def test_what_means_the_same_in_other_words_is_near_and_the_same_words_are_nearer(bob, read):
    asked, same, paraphrase, far = read(
        "I forgot my password and cannot sign in.",
        "I forgot my password so I cannot sign in.",
        "Login credentials lost, please reset them.",
        "The invoice arrives twice a month.",
    )

    found = nearest(bob, asked)

    assert [near.item for near in found] == [same, paraphrase]
    assert 1 >= found[0].score > 0.9
    assert found[0].score > found[1].score >= 0.4
    assert far not in [near.item for near in found]


def test_what_nobody_has_read_yet_is_near_by_its_words(bob, said):
    asked, other = said("The forklift scanner freezes.", "Our forklift scanner freezes daily.")

    assert [near.item for near in nearest(bob, asked)] == [other]


def test_archived_items_and_duplicates_are_not_near(bob, alice, read):
    asked, gone, first, repeated = read(*["The label printer jams after lunch."] * 4)
    archive_item(actor=alice, item=gone)
    merge_duplicate(actor=bob, item=repeated, into=first)

    assert [near.item for near in nearest(bob, asked)] == [first]


def test_what_repeats_an_archived_item_is_not_lost_with_it(bob, said):
    first, second, third = said(*["The label printer jams after lunch."] * 3)
    for item in (second, third):
        merge_duplicate(actor=bob, item=item, into=first)

    archive_item(actor=bob, item=first)

    assert [(item, item.duplicate_of) for item in FeedbackItem.objects.untriaged()] == [(second, None)]
    assert fresh(third).duplicate_of == second
    told = Event.objects.filter(kind="feedback_item.triaged", actor=bob).order_by("-pk")[:2]
    assert {int(event.subject_id) for event in told} == {second.pk, third.pk}
    restore_item(actor=bob, item=fresh(first))
    assert {fresh(item).duplicate_of for item in (second, third)} == {first}


def test_what_was_done_since_stays_when_an_item_comes_back(bob, acme, said):
    first, second, third, other = said(*["The label printer jams after lunch."] * 4)
    for item in (second, third):
        merge_duplicate(actor=bob, item=item, into=first)
    archive_item(actor=bob, item=first)
    merge_duplicate(actor=bob, item=other, into=fresh(second))

    restore_item(actor=bob, item=fresh(first))

    assert [fresh(item).duplicate_of for item in (second, third, other)] == [None, first, second]


def test_an_archived_item_that_repeats_one_which_is_archived_too_comes_back_for_itself(bob, said):
    first, second = said(*["The label printer jams after lunch."] * 2)
    archive_item(actor=bob, item=merge_duplicate(actor=bob, item=second, into=first))
    archive_item(actor=bob, item=first)

    restore_item(actor=bob, item=fresh(second))

    assert list(FeedbackItem.objects.untriaged()) == [second]


def test_a_text_without_words_has_nothing_near(bob, read):
    asked, _ = read("🦄 !!!", "The label printer jams.")

    assert nearest(bob, asked) == []


def test_another_organizations_items_are_not_near(bob, other, charlie, read):
    (asked,) = read("The label printer jams after lunch.")
    with organization_scope(other, charlie):
        receive_items(actor=charlie, organization=other, channel="api", rows=[Incoming(text=asked.text)])
        analyze_batch(organization_id=other.pk, now=timezone.now())

    assert nearest(bob, asked) == []


def test_two_statements_find_the_nearest_among_few_and_many(bob, read):
    asked, *_ = read(*["The label printer jams after lunch."] * 3)
    read(*[f"The label printer jams, time {n}." for n in range(50)])
    asked = FeedbackItem.objects.get(pk=asked.pk)
    nearest(bob, asked)

    with CaptureQueriesContext(connection) as seen:
        assert len(nearest(bob, asked)) == 5

    assert len(seen) == 2
