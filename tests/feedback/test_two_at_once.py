"""What two people do to the same feedback at once: neither undoes unseen what the other said."""

import re
import threading

import pytest
import structlog
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from core.errors import DomainError
from feedback.models import FeedbackItem
from feedback.services import (
    analyze_batch,
    archive_story,
    correct_labels,
    discard_story,
    draft_story,
    give_theme,
    merge_duplicate,
    merge_portal_idea,
    publish_portal_idea,
    release_labels,
    release_theme,
    reopen_story,
    triage_items,
    undo_triage,
    withdraw_portal_idea,
)
from portfolio.services import archive_product
from tests.feedback.test_themes_at_once import beside
from tests.rows import fresh


def fields_of(client, item) -> dict[str, str]:
    """What the form of labels holds as the page of an item shows it."""
    html = client.get(reverse("feedback:item-detail", args=[item.pk])).content.decode()
    form = re.search(r'<details class="correct">.*?</details>', html, re.DOTALL).group(0)
    fields = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        fields[name[1]] = value[1] if value else ""
    for name, options in re.findall(r'<select name="([^"]*)".*?>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        fields[name] = chosen[1] if chosen else ""
    return fields


def test_labels_that_another_corrected_meanwhile_stay_when_the_page_is_saved(client, acme, alice, bob, item):
    analyze_batch(organization_id=acme.pk, now=timezone.now())
    client.force_login(bob)
    shown = fields_of(client, item)
    correct_labels(actor=alice, item=fresh(item), values={"sentiment": "negative", "urgency": "urgent"})

    client.post(reverse("feedback:item-labels", args=[item.pk]), {**shown, "kind": "praise"})

    found = fresh(item)
    assert (found.sentiment, found.urgency, found.kind) == ("negative", "urgent", "praise")


def test_labels_that_came_after_the_page_was_opened_are_not_taken_for_corrections(client, acme, bob, item):
    client.force_login(bob)
    shown = fields_of(client, item)
    assert shown["sentiment"] == ""
    analyze_batch(organization_id=acme.pk, now=timezone.now())

    client.post(reverse("feedback:item-labels", args=[item.pk]), {**shown, "urgency": "high"})

    found = fresh(item)
    assert found.sentiment
    assert found.language == "en"
    assert found.labels_by_person == ["urgency"]


def test_a_label_is_cleared_by_a_person(client, acme, bob, item):
    correct_labels(actor=bob, item=item, values={"kind": "bug"})
    client.force_login(bob)

    client.post(reverse("feedback:item-labels", args=[item.pk]), {**fields_of(client, item), "kind": ""})

    assert fresh(item).kind == ""


def test_a_product_that_was_archived_since_stays_when_other_labels_are_saved(client, alice, bob, item, product):
    correct_labels(actor=bob, item=item, values={"product": product})
    archive_product(actor=alice, product=product)
    client.force_login(bob)

    client.post(reverse("feedback:item-labels", args=[item.pk]), {**fields_of(client, item), "kind": "bug"})

    assert fresh(item).product_id == product.pk


def test_an_owner_who_has_left_stays_when_the_author_is_corrected(client, alice, bob, item, vera):
    FeedbackItem.objects.filter(pk=item.pk).update(owner=vera)
    Membership.objects.filter(user=vera).delete()
    client.force_login(bob)
    url = reverse("feedback:item-edit", args=[item.pk])
    html = client.get(url).content.decode()
    assert f'value="{vera.pk}" selected' in html

    client.post(url, {"author_name": "Marta N.", "owner": vera.pk, "version": fresh(item).version})

    found = fresh(item)
    assert (found.author_name, found.owner_id) == ("Marta N.", vera.pk)


def triaged(client, *items, **values) -> str:
    """The address that takes back what was done to some items."""
    answer = client.post(reverse("feedback:triage"), {"id": [item.pk for item in items], **values}, follow=True)
    return next(str(told.extra_tags) for told in answer.context["messages"]).split()[0]


def test_undo_that_is_pressed_twice_says_the_same_twice(client, alice, acme, bob, said):
    first, second = said("One.", "Two.")
    client.force_login(bob)
    undo = triaged(client, first, second, act="done")
    triage_items(actor=alice, organization=acme, items=[fresh(second)], status="not_feedback")

    told = [client.post(undo, follow=True).content.decode() for _ in range(2)]

    assert all("1 item as before. 1 item changed since, and stays." in html for html in told)
    assert (fresh(first).status, fresh(second).status) == ("untriaged", "not_feedback")


def test_a_product_that_is_taken_back_is_suggested_again(acme, bob, said, product):
    (item,) = said("The label jams.")
    with structlog.contextvars.bound_contextvars(request_id="r-1"):
        triage_items(actor=bob, organization=acme, items=[item], product=product)
    assert fresh(item).labels_by_person == ["product"]

    undo_triage(actor=bob, organization=acme, request_id="r-1")

    assert (fresh(item).product, fresh(item).labels_by_person) == (None, [])


@pytest.mark.django_db(transaction=True)
def test_of_two_items_that_are_merged_into_each_other_at_once_one_stays(acme, bob, said):
    pairs = list(batched(said(*[f"Text {number}" for number in range(40)])))
    refused = []

    def merge(place: int) -> None:
        for pair in pairs:
            start.wait()
            try:
                merge_duplicate(actor=bob, item=fresh(pair[place]), into=fresh(pair[1 - place]))
            except DomainError as error:
                refused.append(error)

    start = threading.Barrier(2, timeout=30)
    beside(acme, lambda: merge(0), lambda: merge(1))

    assert len(refused) == len(pairs)
    assert all(sum(fresh(item).duplicate_of_id is None for item in pair) == 1 for pair in pairs)


def batched(rows):
    """Rows two by two."""
    return zip(rows[::2], rows[1::2], strict=True)


def test_a_correction_made_while_another_is_written_is_kept(acme, bob, item):
    """Each takes the labels that people gave as they are once it may write, not as it read them before."""
    early = fresh(item)
    correct_labels(actor=bob, item=fresh(item), values={"language": "nb"})

    release_theme(actor=bob, item=early)
    correct_labels(actor=bob, item=early, values={"kind": "bug"})
    triage_items(actor=bob, organization=acme, items=[early], product=None)
    give_theme(actor=bob, organization=acme, items=[early], theme=None)

    assert fresh(item).labels_by_person == ["kind", "language", "product", "theme"]
    release_labels(actor=bob, item=early, labels=["kind"])
    assert fresh(item).labels_by_person == ["language", "product", "theme"]


def test_a_discarded_story_that_was_archived_since_is_not_taken_back_unseen(acme, bob, item):
    story = draft_story(actor=bob, organization=acme, items=[item])
    discarded = discard_story(actor=bob, story=story)
    archive_story(actor=bob, story=discarded)

    with pytest.raises(DomainError, match="restored first"):
        reopen_story(actor=bob, story=discarded)


def test_an_idea_that_was_merged_since_is_not_published(bob, portal, idea, second):
    withdrawn = withdraw_portal_idea(actor=bob, idea=second)
    merge_portal_idea(actor=bob, idea=withdrawn, into=idea)

    with pytest.raises(DomainError, match="merged"):
        publish_portal_idea(actor=bob, idea=withdrawn)
