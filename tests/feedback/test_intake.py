"""Feedback comes in once, cleaned, and from whom it is."""

import datetime
from decimal import Decimal

import pytest
from django.utils import timezone

from core.errors import Conflict, FieldErrors, NotAllowed, StaleEdit
from core.tenancy import organization_scope
from events.models import Event
from feedback.models import FeedbackItem
from feedback.services import (
    Incoming,
    IncomingErrors,
    create_account,
    create_item,
    receive_items,
    set_policy,
    update_item,
)
from finance.services import set_rate


def test_what_is_sent_twice_through_a_channel_is_stored_once(acme, bob):
    rows = [Incoming("The label jams.", external_key="T-1"), Incoming("It jams again.", external_key="T-2")]
    first = receive_items(actor=bob, organization=acme, channel="api", rows=rows)

    rows.append(Incoming("New.", external_key="T-3"))
    again = receive_items(actor=bob, organization=acme, channel="api", rows=rows)

    assert [one.what for one in first] == ["received", "received"]
    assert [one.what for one in again] == ["known", "known", "received"]
    assert [one.item.pk for one in again[:2]] == [one.item.pk for one in first]
    assert FeedbackItem.objects.count() == 3


def test_two_channels_may_use_the_same_id(acme, bob):
    for channel in ("api", "webhook"):
        receive_items(actor=bob, organization=acme, channel=channel, rows=[Incoming("Hello", external_key="1")])

    assert FeedbackItem.objects.count() == 2


def test_an_id_that_stands_twice_in_one_call_is_stored_once_as_it_came_first(acme, bob):
    rows = [Incoming("First", external_key="1"), Incoming("Second", external_key="1"), *[Incoming("No key")] * 2]

    found = receive_items(actor=bob, organization=acme, channel="api", rows=rows)

    assert [one.what for one in found] == ["received", "known", "received", "received"]
    assert found[1].item.text == "First"
    assert FeedbackItem.objects.count() == 3


def test_control_characters_are_taken_out_and_every_script_is_kept(acme, bob):
    text = "Bad\x00 label\x1b\r\n\r\n\r\n\r\nשלום 👩‍👩‍👧 \ud800日本語"

    stored = create_item(actor=bob, organization=acme, text=text)

    assert stored.text == "Bad label\n\nשלום 👩‍👩‍👧 日本語"


def test_a_megabyte_of_text_is_kept_whole_and_more_is_refused_with_its_length(acme, bob):
    kept = create_item(actor=bob, organization=acme, text="word " * 199_999)

    with pytest.raises(FieldErrors) as refused:
        create_item(actor=bob, organization=acme, text="x" * 1_000_001)

    assert len(kept.text) == 999_994
    assert refused.value.errors == {"text": "At most 1,000,000 characters; these are 1,000,001."}


def test_one_wrong_text_among_many_stores_none_and_names_its_place(acme, bob):
    later = timezone.now() + datetime.timedelta(days=3)
    rows = [Incoming("Good"), Incoming("  \x00 "), Incoming("Hm", rating=6, author_email="nobody", said_at=later)]

    with pytest.raises(IncomingErrors) as refused:
        receive_items(actor=bob, organization=acme, channel="api", rows=rows)

    assert refused.value.rows == {
        1: {"text": "Nothing was said: the text is empty."},
        2: {
            "rating": "A rating is from 1 to 5.",
            "author_email": "Enter a valid email address.",
            "said_at": "It cannot have been said in the future.",
        },
    }
    assert not FeedbackItem.objects.exists()


def test_more_than_a_thousand_at_once_are_refused(acme, bob):
    with pytest.raises(Conflict, match="At most 1,000 at once; these are 1,001"):
        receive_items(actor=bob, organization=acme, channel="api", rows=[Incoming("Hm")] * 1_001)


def test_an_account_is_found_by_the_domain_of_the_author(item, halden, acme, bob):
    later = create_item(actor=bob, organization=acme, text="Again.", author_email="Ola@Halden.example")

    assert item.account is None  # there was no such account yet
    assert later.account == halden


def test_an_archived_account_is_found_no_more(acme, bob, halden):
    halden.archived_at = timezone.now()
    halden.save()

    assert create_item(actor=bob, organization=acme, text="Hi", author_email="ola@halden.example").account is None


def test_personal_data_is_masked_before_it_is_stored_where_the_policy_says_so(acme, alice, bob):
    text = "Call me on +47 22 12 34 56 or write to marta@halden.example."
    before = create_item(actor=bob, organization=acme, text=text)
    set_policy(actor=alice, organization=acme, masks_personal_data=True)

    after = create_item(actor=bob, organization=acme, text=text)

    assert before.text == text
    assert "halden" not in after.text
    assert "22 12" not in after.text
    assert after.masked_count == 2


def test_what_is_received_is_in_the_log_without_its_text_or_address(item, bob):
    event = Event.objects.get(kind="feedback_item.created")

    assert event.actor == bob
    assert event.changes["author_name"] == [None, "Marta Nilsson"]
    assert event.changes.keys().isdisjoint({"text", "author_email", "search"})


def test_a_viewer_adds_nothing_and_a_contributor_does_not_set_the_policy(acme, vera, bob):
    with pytest.raises(NotAllowed):
        create_item(actor=vera, organization=acme, text="Hello")
    with pytest.raises(NotAllowed):
        set_policy(actor=bob, organization=acme, masks_personal_data=True)


def test_words_of_a_text_or_their_beginnings_find_it(said):
    jam, slow = said("The label printer jams after lunch", "Invoices are slow")

    assert list(FeedbackItem.objects.with_words("print jam")) == [jam]
    assert set(FeedbackItem.objects.with_words("jams or slow")) == {jam, slow}
    assert list(FeedbackItem.objects.with_words("-jams invoices")) == [slow]
    for nonsense in ("'", "a:*&|!", "\\", "()", "<->", "…"):
        assert not FeedbackItem.objects.with_words(nonsense + "zzz").exists()
    assert list(FeedbackItem.objects.with_words("printer jams")) == [jam]
    assert list(FeedbackItem.objects.with_words('"jams printer"')) == []


def test_arr_is_converted_at_the_rate_of_today_and_a_missing_rate_is_told(acme, alice, halden):
    with pytest.raises(FieldErrors) as refused:
        create_account(actor=alice, organization=acme, name="Bosphorus", arr_amount=Decimal(100), currency="EUR")
    set_rate(actor=alice, organization=acme, currency="EUR", from_date=datetime.date(2020, 1, 1), rate=Decimal("1.1"))
    euro = create_account(actor=alice, organization=acme, name="Bosphorus", arr_amount=Decimal(100), currency="EUR")

    assert "EUR" in refused.value.errors["currency"]
    assert halden.arr_reporting_amount == Decimal(84_000)
    assert (euro.arr_reporting_amount, euro.rate_date) == (Decimal("110"), datetime.date(2020, 1, 1))


def test_another_organization_sees_no_feedback(item, other, charlie):
    with organization_scope(other):
        assert not FeedbackItem.objects.exists()


def test_what_was_said_long_ago_or_tomorrow_is_refused(acme, bob):
    for day in (datetime.datetime(1, 1, 1, tzinfo=datetime.UTC), timezone.now() + datetime.timedelta(days=2)):
        with pytest.raises(FieldErrors) as refused:
            create_item(actor=bob, organization=acme, text="Late.", said_at=day)
        assert list(refused.value.errors) == ["said_at"]


def test_a_title_that_masking_makes_longer_is_cut_and_no_row_is_refused(acme, alice, bob):
    set_policy(actor=alice, organization=acme, masks_personal_data=True)
    title = "x" * 293 + " a@b.co"

    item = create_item(actor=bob, organization=acme, title=title, text="Hello")

    assert item.title == ("x" * 293 + " [e-mail 1]")[:300]


def test_the_log_tells_that_an_address_is_another_and_neither_of_them(item, bob):
    update_item(actor=bob, item=item, author_email="ola@ketch.example", author_name="Ola Ketch")

    event = Event.objects.get(kind="feedback_item.updated")
    assert event.changes["author_name"] == ["Marta Nilsson", "Ola Ketch"]
    assert event.changes["author_email"] == [None, "another one"]
    assert "@" not in str(event.changes)


def test_two_who_change_an_address_at_once_learn_of_each_other(item, bob):
    seen = item.version
    update_item(actor=bob, item=item, author_email="ola@ketch.example")

    with pytest.raises(StaleEdit) as stale:
        update_item(actor=bob, item=item, author_email="jo@ketch.example", expected_version=seen)
    assert [(change.field, change.after) for change in stale.value.changes] == [("author_email", "another one")]
