"""Mailboxes: each message of a real IMAP server becomes an item once, and one that cannot says why."""

import datetime
import threading
from email.utils import format_datetime

import pytest
from celery import current_app
from django.db import connections
from django.utils import timezone

from core.errors import Conflict, NotAllowed
from core.tenancy import organization_scope
from events import tasks as event_tasks
from events.models import Event
from feedback import services, tasks
from feedback.models import FeedbackItem, Mailbox, MailboxFailure
from feedback.services import polling
from tests.feedback.imap import message, poll, texts
from tests.rows import fresh
from tests.workers import kill, wait_until, worker

NOW = timezone.now
BASE64 = "Content-Type: text/plain\nContent-Transfer-Encoding: base64"


def test_a_message_becomes_an_item_with_author_title_day_account_and_attachments(acme, mailbox, imap, halden):
    said_at = NOW().replace(microsecond=0) - datetime.timedelta(hours=5)
    imap.put(
        message(
            "--x\nContent-Type: text/plain; charset=utf-8\n\nEs klemmt. Grüße\n\nOn Mon, 3 Nov 2026, Ines wrote:\n"
            "> Is it fixed?\n--x\nContent-Type: image/png; name=jam.png\nContent-Disposition: attachment\n\nx\n--x--",
            Message_ID="<jam@halden.example>",
            Subject="=?utf-8?q?Etiketten_f=C3=BCr_alle?=",
            Date=format_datetime(said_at),
            Content_Type="multipart/mixed; boundary=x",
        )
    )

    assert poll(acme).pk == mailbox.pk

    item = FeedbackItem.objects.get()
    assert item.text == "Es klemmt. Grüße\n\nAttached: jam.png"
    assert (item.channel, item.external_key) == ("email", "<jam@halden.example>")
    assert (item.title, item.author_name) == ("Etiketten für alle", "Marta Nilsson")
    assert (item.author_email, item.account, item.said_at) == ("marta@halden.example", halden, said_at)
    assert item.analysis_state == "waiting"
    row = fresh(mailbox)
    assert (row.received_count, row.skipped_count, row.failure) == (1, 0, "")
    assert row.last_polled_at is not None
    assert row.claim is None
    assert imap.flags() == set()


def test_only_what_is_new_is_read_and_each_message_once(acme, mailbox, imap):
    imap.put(message("One"), message("Two"))
    poll(acme)
    assert poll(acme) is None
    poll(acme, after_minutes=2)
    imap.put(message("Three"))
    poll(acme, after_minutes=4)

    assert texts() == ["One", "Two", "Three"]
    assert fresh(mailbox).received_count == 3


def test_messages_from_before_it_was_added_are_left_unless_they_are_wanted(acme, imap, add):
    imap.put(message("Old"), arrived_at=NOW() - datetime.timedelta(days=3))
    imap.put(message("An hour old"), arrived_at=NOW() - datetime.timedelta(hours=1))
    add()
    imap.put(message("New"))
    poll(acme)
    assert texts() == ["New"]

    add(name="With the old", reads_existing=True)
    poll(acme)
    assert texts() == ["New", "Old", "An hour old"]


def test_a_server_that_counts_anew_stores_nothing_twice(acme, mailbox, imap):
    imap.put(message("One"), message("Two"), message("Without an id", Message_ID=None))
    poll(acme)
    before = fresh(mailbox).uid_validity
    imap.count_anew()
    imap.put(message("Three"))

    poll(acme, after_minutes=2)

    assert fresh(mailbox).uid_validity != before
    assert texts() == ["One", "Two", "Without an id", "Three"]
    assert fresh(mailbox).received_count == 4


def test_answers_of_programs_reports_and_bulk_mail_are_skipped_and_counted(acme, mailbox, imap):
    imap.put(
        message("Away", Auto_Submitted="auto-replied"),
        message("Bounced", Return_Path="<>"),
        message("Newsletter", Precedence="bulk"),
        message("Said by a person", Auto_Submitted="no"),
    )

    poll(acme)

    assert texts() == ["Said by a person"]
    assert (fresh(mailbox).received_count, fresh(mailbox).skipped_count) == (1, 3)


def test_a_message_that_is_too_large_is_not_fetched_and_told_and_the_next_is_read(
    acme, alice, mailbox, imap, settings, monkeypatch
):
    fetched = []
    real = polling.message_of
    monkeypatch.setattr(polling, "message_of", lambda *asked: fetched.append(asked[1]) or real(*asked))
    settings.FEEDBACK_MAIL_MAX_BYTES = 2_000
    imap.put(message("x" * 3_000), message("Small"))

    poll(acme)

    assert texts() == ["Small"]
    assert len(fetched) == 1
    failure = MailboxFailure.objects.get()
    assert failure.state == "open"
    assert "It was not fetched" in failure.reason
    assert Event.objects.filter(kind="mailbox_failure.unread").count() == 1

    settings.FEEDBACK_MAIL_MAX_BYTES = 10_000
    services.retry_message(actor=alice, failure=failure)
    poll(acme, after_minutes=1)
    assert texts() == ["Small", "x" * 3_000]
    assert MailboxFailure.objects.get().state == "solved"
    with pytest.raises(Conflict, match="dealt with"):
        services.dismiss_message(actor=alice, failure=failure)


def test_a_message_that_breaks_the_reader_stops_nothing_and_can_be_tried_again(acme, alice, mailbox, imap, monkeypatch):
    real = polling.read_letter

    def broken(raw):
        if b"poison" in raw:
            raise RecursionError("too deep")
        return real(raw)

    monkeypatch.setattr(polling, "read_letter", broken)
    imap.put(message("One"), message("poison", Subject="Bad"), message("Two"))
    poll(acme)
    assert texts() == ["One", "Two"]
    failure = MailboxFailure.objects.get()
    assert "could not be understood" in failure.reason

    services.retry_message(actor=alice, failure=failure)
    poll(acme, after_minutes=1)
    assert MailboxFailure.objects.get().state == "open"
    monkeypatch.setattr(polling, "read_letter", real)
    services.retry_message(actor=alice, failure=failure)
    poll(acme, after_minutes=3)
    assert texts() == ["One", "Two", "poison"]
    assert fresh(mailbox).last_uid > failure.uid


def test_a_message_that_says_nothing_is_told_and_one_that_is_gone_as_well(acme, alice, mailbox, imap):
    imap.put(message("", Subject=None))
    poll(acme)
    failure = MailboxFailure.objects.get()
    assert "Nothing was said" in failure.reason
    assert failure.sender == "marta@halden.example"

    imap.remove_all()
    services.retry_message(actor=alice, failure=failure)
    poll(acme, after_minutes=1)

    failure.refresh_from_db()
    assert (failure.state, failure.reason) == ("open", "It is no longer in the mailbox.")
    services.dismiss_message(actor=alice, failure=failure)
    failure.refresh_from_db()
    assert failure.state == "dismissed"


def test_strange_mail_is_read_as_far_as_it_can_be(acme, mailbox, imap):
    in_a_year = format_datetime(NOW() + datetime.timedelta(days=365))
    imap.put(
        b"Subject: \xff\xfe raw\nFrom: ???\nDate: yesterday\nContent-Type: text/plain; charset=x\n\nGr\xfc\xdfe\n",
        message("From the future", Date=in_a_year),
        message(f"--x\n{BASE64}\n\n!!!notbase64\n", Content_Type="multipart/mixed; boundary=x"),
    )

    poll(acme)

    items = list(FeedbackItem.objects.order_by("pk"))
    assert len(items) == 3
    assert items[0].text == "Grüße"
    assert abs(items[1].said_at - NOW()) < datetime.timedelta(minutes=5)
    assert not MailboxFailure.objects.exists()


def test_between_storing_and_moving_on_a_crash_leaves_neither_or_both(acme, mailbox, imap, monkeypatch):
    imap.put(message("One"), message("Two"))
    real, calls = polling._hold, []

    def dies(row, **values):
        calls.append(values)
        if len(calls) == 3:
            raise KeyboardInterrupt
        real(row, **values)

    monkeypatch.setattr(polling, "_hold", dies)
    with pytest.raises(KeyboardInterrupt):
        poll(acme)
    monkeypatch.setattr(polling, "_hold", real)
    assert texts() == ["One"]
    assert poll(acme) is None  # the dead worker's claim holds

    assert poll(acme, after_minutes=6) is not None
    assert texts() == ["One", "Two"]


def test_a_worker_that_was_thought_dead_writes_nothing_any_more(acme, mailbox, imap, monkeypatch):
    imap.put(message("One"))
    real = polling.message_of

    def meanwhile(*asked):
        Mailbox.objects.filter(pk=mailbox.pk).update(claim="00000000-0000-4000-8000-000000000000")
        return real(*asked)

    monkeypatch.setattr(polling, "message_of", meanwhile)
    poll(acme)

    assert texts() == []
    assert fresh(mailbox).last_uid == 0


def test_paused_and_archived_mailboxes_are_not_read(acme, alice, mailbox, imap):
    imap.put(message("One"))
    services.update_mailbox(actor=alice, mailbox=mailbox, is_active=False)
    assert poll(acme, after_minutes=5) is None
    with pytest.raises(Conflict, match="paused"):
        services.poll_mailbox_now(actor=alice, mailbox=fresh(mailbox))
    services.update_mailbox(actor=alice, mailbox=fresh(mailbox), is_active=True)
    services.archive_mailbox(actor=alice, mailbox=fresh(mailbox))
    assert poll(acme, after_minutes=5) is None
    services.restore_mailbox(actor=alice, mailbox=fresh(mailbox))
    assert poll(acme, after_minutes=5) is not None


def test_another_folder_is_read_from_its_beginning(acme, alice, mailbox, imap):
    imap.put(*[message(f"Number {n}") for n in range(3)])
    poll(acme)
    second = imap.new_folder()
    imap.put(message("In the second folder"))

    services.update_mailbox(actor=alice, mailbox=fresh(mailbox), folder=second)
    poll(acme)

    assert texts()[-1] == "In the second folder"


def test_messages_are_about_the_mailbox_s_product_unless_it_is_archived(acme, alice, add, imap, product):
    add(product=product)
    imap.put(message("One"))
    poll(acme)
    product.archived_at = NOW()
    product.save()
    imap.put(message("Two"))
    poll(acme, after_minutes=2)

    assert list(FeedbackItem.objects.order_by("pk").values_list("product_id", flat=True)) == [product.pk, None]


def test_only_leaders_manage_mailboxes_and_no_stranger_s_are_read(acme, bob, petra, other, mailbox, imap):
    for person in (bob, petra):
        with pytest.raises(NotAllowed):
            services.update_mailbox(actor=person, mailbox=mailbox, name="x")
        with pytest.raises(NotAllowed):
            services.check_mailbox(actor=person, mailbox=mailbox)
    with organization_scope(other):
        assert poll(other) is None


def test_the_sweep_rings_while_a_mailbox_is_due(acme, mailbox, monkeypatch):
    rung = []
    task = current_app.tasks["feedback.poll_mailboxes"]
    monkeypatch.setattr(task, "delay", lambda **kwargs: rung.append(kwargs))
    event_tasks.sweep()
    assert rung == [{"organization_id": acme.pk}]
    poll(acme)
    event_tasks.sweep()
    assert len(rung) == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_read_a_mailbox_once(acme, mailbox, imap):
    imap.put(*[message(f"Number {n}") for n in range(30)])

    def work():
        tasks.poll_mailboxes(organization_id=acme.pk)
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(texts()) == sorted(f"Number {n}" for n in range(30))
    assert fresh(mailbox).received_count == 30


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_of_a_mailbox_loses_no_message_and_stores_none_twice(acme, mailbox, imap):
    imap.put(*[message(f"Number {n}") for n in range(300)])
    for share in (20, 120):
        with worker("delivery", FEEDBACK_PRIVATE_HOSTS="127.0.0.1") as process:
            Mailbox.objects.update(claimed_until=None, next_poll_at=NOW())
            tasks.poll_mailboxes.delay(organization_id=acme.pk)
            wait_until(lambda least=share: FeedbackItem.objects.count() >= least)
            kill(process)
    count = FeedbackItem.objects.count()
    assert count < 300
    assert fresh(mailbox).received_count == count
    Mailbox.objects.update(claimed_until=None, next_poll_at=NOW())
    while poll(acme):
        pass

    assert sorted(texts()) == sorted(f"Number {n}" for n in range(300))
    assert fresh(mailbox).received_count == 300
