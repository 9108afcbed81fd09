"""A mailbox that cannot be read says where it stops; no private host is asked, and no password is told."""

import re
import socket

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.conf import settings as django_settings
from django.test import override_settings
from django.utils import timezone

from core.errors import Conflict, FieldErrors
from core.secrets import Unreadable, unsealed
from events.models import Event
from feedback import services
from feedback.algorithms.email import read_letter
from feedback.models import FeedbackItem, MailboxFailure
from feedback.services import polling
from tests.certificate import own_certificate
from tests.feedback.imap import PASSWORD, imap_server, message, poll, texts
from tests.rows import fresh

NOW = timezone.now


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"password": "wrong"}, "refused the user or the password"),
        ({"folder": "Nowhere"}, "The folder Nowhere cannot be opened"),
        ({"port": 1}, "cannot be reached"),
        ({"security": "tls"}, "not safe|cannot be reached|did not answer"),
        ({"security": "starttls"}, "127.0.0.1"),
    ],
)
def test_what_stops_the_reading_of_a_mailbox_is_told_and_it_is_tried_ever_later(acme, alice, add, change, sentence):
    row = add(**change)

    poll(acme)
    row = fresh(row)
    assert re.search(sentence, row.failure), row.failure
    assert Event.objects.get(kind="mailbox.unreachable").note == row.failure
    pauses = []
    for _ in range(7):
        now = fresh(row).next_poll_at
        services.poll_next_mailbox(organization_id=acme.pk, now=now)
        pauses.append(int((fresh(row).next_poll_at - now).total_seconds() / 60))
    assert pauses == [2, 4, 8, 16, 32, 60, 60]
    assert Event.objects.filter(kind="mailbox.unreachable").count() == 1
    with pytest.raises(Conflict):
        services.check_mailbox(actor=alice, mailbox=row)


def test_set_right_it_is_read_at_once_and_the_log_tells_it(acme, alice, add, imap):
    imap.put(message("Waited"))
    row = add(password="wrong")
    poll(acme)
    row = services.update_mailbox(actor=alice, mailbox=fresh(row), password=PASSWORD)

    assert row.failure == ""
    assert services.check_mailbox(actor=alice, mailbox=row) == 1
    poll(acme)
    assert texts() == ["Waited"]


def test_a_server_that_says_nothing_does_not_hold_a_worker(acme, add, monkeypatch):
    monkeypatch.setattr("feedback.selectors.imap.READ_SECONDS", 0.3)
    monkeypatch.setattr("feedback.selectors.imap.CONNECT_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        row = add(port=silent.getsockname()[1])
        poll(acme)

    assert "did not answer in time" in fresh(row).failure


def test_a_certificate_that_nobody_vouches_for_is_not_trusted(acme, add, tmp_path, settings):
    certificate = tmp_path / "own.pem"
    certificate.write_text(own_certificate("127.0.0.1"))
    with imap_server(certificate) as tls:
        row = add(port=tls.port, security="starttls")
        poll(acme)

    assert "not safe" in fresh(row).failure


def test_hosts_of_this_machine_and_its_network_are_refused_unless_the_settings_allow_them(acme, alice, add, settings):
    row = add()
    settings.FEEDBACK_PRIVATE_HOSTS = []
    with pytest.raises(FieldErrors, match="no public address"):
        add(name="Second")
    poll(acme)
    assert "no public address" in fresh(row).failure
    with pytest.raises(FieldErrors, match="no host"):
        add(name="Third", host="no-such-host.invalid")


def test_the_password_is_sealed_and_never_told(acme, mailbox):
    row = fresh(mailbox)

    assert PASSWORD not in row.password_sealed
    assert unsealed(row.password_sealed) == PASSWORD
    assert not [event for event in Event.objects.all() if PASSWORD in str(event.changes)]
    assert not [event for event in Event.objects.all() if row.password_sealed in str(event.changes)]
    with override_settings(SECRET_KEY="another key"), pytest.raises(Unreadable, match="give the secret anew"):
        unsealed(row.password_sealed)
    with override_settings(SECRET_KEY="another key", SECRET_KEY_FALLBACKS=[django_settings.SECRET_KEY]):
        assert unsealed(row.password_sealed) == PASSWORD


def test_a_lost_key_is_told_as_a_failure(acme, mailbox, imap):
    with override_settings(SECRET_KEY="another key"):
        poll(acme)

    assert "give the secret anew" in fresh(mailbox).failure


def test_a_message_that_takes_too_long_to_read_is_put_aside_and_the_next_ones_come(acme, mailbox, imap, monkeypatch):
    imap.put(message("Endless"))
    imap.put(message("Waited"))

    def slow(raw):
        if b"Endless" in raw:
            raise SoftTimeLimitExceeded
        return read_letter(raw)

    monkeypatch.setattr(polling, "read_letter", slow)
    poll(acme)

    assert texts() == ["Waited"]
    assert MailboxFailure.objects.get().reason == "Reading it took too long. Nothing of it was stored."
    assert fresh(mailbox).failure == ""


@pytest.mark.parametrize("address", ["first..last@docomo.example", "jürgen@halden.example"])
def test_a_sender_whose_address_no_column_takes_is_told_by_name(acme, mailbox, imap, address):
    imap.put(message("The label jams.", From=address))
    imap.put(message("It jams again.", From=f"Jo <{address}>"))

    poll(acme)

    told = FeedbackItem.objects.order_by("pk").values_list("author_name", "author_email")
    assert list(told) == [(address, ""), ("Jo", "")]


@pytest.mark.parametrize("change", [{"host": "localhost"}, {"port": 1}, {"security": "starttls"}])
def test_a_stored_password_is_not_taken_along_to_another_server(acme, alice, mailbox, change, settings):
    settings.FEEDBACK_PRIVATE_HOSTS = ["127.0.0.1", "localhost"]
    with pytest.raises(FieldErrors, match="type the password again"):
        services.update_mailbox(actor=alice, mailbox=mailbox, **change)
    assert fresh(mailbox).version == mailbox.version

    changed = services.update_mailbox(actor=alice, mailbox=mailbox, password="another", **change)
    assert unsealed(changed.password_sealed) == "another"
    same = services.update_mailbox(actor=alice, mailbox=changed, name="Help", host=changed.host, port=changed.port)
    assert same.name == "Help"
