"""Mail is queued with the change that it tells of, sent by a worker over SMTP, tried again, and never lost."""

import datetime
import math
import smtplib
import socket
import threading
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from celery import current_app
from django.core.exceptions import ValidationError
from django.core.mail.backends.smtp import EmailBackend
from django.db import connections, transaction
from django.test import override_settings
from django.utils import timezone

from core import jobs
from core.errors import Conflict
from core.tenancy import organization_scope
from events import tasks
from events.models import Event, OutgoingMail
from events.services import deliver_mail, queue_mail, retry_mail
from tests.rows import fresh
from tests.workers import kill, wait_until, worker


class Postbox:
    """A mail server that keeps what it takes, and answers what it is told to."""

    def __init__(self):
        self.messages, self.answers = [], {}
        self.taken = threading.Event()
        self.may_go_on = threading.Event()
        self.may_go_on.set()

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if answer := self.answers.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        self.taken.set()
        await server.loop.run_in_executor(None, self.may_go_on.wait, 30)
        return "250 OK"


@pytest.fixture
def postbox():
    box = Postbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    box.port = controller.port
    with override_settings(
        EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend", EMAIL_HOST="127.0.0.1", EMAIL_PORT=box.port,
        EMAIL_USE_TLS=False, EMAIL_USE_SSL=False, DEFAULT_FROM_EMAIL="Portolan <portolan@acme.example>",
    ):  # fmt: skip
        yield box
    box.may_go_on.set()
    controller.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def write(
    organization, to="marta@halden.example", subject="Your labels", text="They are printed straight now.", **more
):
    with transaction.atomic():
        return queue_mail(organization=organization, to=to, subject=subject, text=text, **more)


def deliver(organization, after=0.0) -> int:
    now = timezone.now() + datetime.timedelta(seconds=after)
    return deliver_mail(organization_id=organization.pk, now=now)


def test_a_message_goes_out_over_smtp_with_its_headers_and_is_marked_sent(acme, postbox, project):
    headers = {"In-Reply-To": "<a@halden.example>", "References": "<a@halden.example>"}
    mail = write(acme, reply_to="feedback@acme.example", about=project, headers=headers, text="Straight. Grüße")

    assert deliver(acme) == 1

    [message] = postbox.messages
    assert (message["To"], message["From"]) == ("marta@halden.example", "Portolan <portolan@acme.example>")
    assert (message["Subject"], message["Reply-To"]) == ("Your labels", "feedback@acme.example")
    assert (message["In-Reply-To"], message["References"]) == ("<a@halden.example>", "<a@halden.example>")
    assert message["Message-ID"].endswith("@acme.example>")
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content().strip() == "Straight. Grüße"
    mail = fresh(mail)
    assert (mail.state, mail.attempts, mail.subject_type) == ("sent", 1, "projects.project")
    assert mail.sent_at is not None
    assert deliver(acme) == 0
    assert len(postbox.messages) == 1


def test_what_a_person_wrote_does_not_say_that_a_machine_did(acme, postbox):
    write(acme, is_from_person=True)

    deliver(acme)

    assert postbox.messages[0]["Auto-Submitted"] is None


def test_the_same_key_is_queued_once_in_an_organization_and_no_key_any_number_of_times(acme, other):
    assert write(acme, key="digest-2026-11-29") is not None
    assert write(acme, key="digest-2026-11-29") is None
    assert write(acme) is not None
    assert write(acme) is not None
    with organization_scope(other):
        assert write(other, key="digest-2026-11-29") is not None
    assert OutgoingMail.objects.count() == 3


def test_nothing_is_queued_where_the_change_it_tells_of_is_rolled_back(acme):
    with transaction.atomic():
        queue_mail(organization=acme, to="marta@halden.example", subject="x", text="x")
        transaction.set_rollback(True)

    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"subject": "Labels\nBcc: all@halden.example"},
        {"subject": "Labels\r\n\r\nAnother body"},
        {"to": "marta@halden.example\nBcc: all@halden.example"},
        {"to": "marta@halden.example, all@halden.example"},
        {"to": ""},
        {"reply_to": "feedback@acme.example\nBcc: all@halden.example"},
        {"headers": {"In-Reply-To": "<a@b>\nBcc: all@halden.example"}},
    ],
)
def test_a_line_break_smuggles_no_header_in(acme, wrong):
    with pytest.raises(ValidationError):
        write(acme, **wrong)

    assert not OutgoingMail.objects.exists()


def test_a_header_that_is_not_of_threading_is_refused(acme):
    with pytest.raises(ValueError, match="Bcc"):
        write(acme, headers={"Bcc": "all@halden.example"})


def test_a_server_that_does_not_answer_is_tried_again_ever_later_until_the_message_fails_visibly(acme, postbox):
    mail = write(acme)
    second = write(acme, to="second@halden.example")
    pauses, after = [], 0.0
    with override_settings(EMAIL_PORT=free_port()):
        for _ in range(12):
            before = timezone.now() + datetime.timedelta(seconds=after)
            OutgoingMail.objects.filter(pk=second.pk).update(next_try_at=before + datetime.timedelta(days=30))
            assert deliver(acme, after) == 0
            pauses.append((fresh(mail).next_try_at - before).total_seconds())
            after += pauses[-1] + 1

    assert 22 <= pauses[0] <= 38
    assert all(later > earlier for earlier, later in zip(pauses[:6], pauses[1:7], strict=True))
    assert max(pauses) <= 4 * 3600 * 1.25 + 1
    mail = fresh(mail)
    assert (mail.state, mail.attempts) == ("failed", 12)
    assert "cannot be reached" in mail.failure
    event = Event.objects.get(kind="outgoing_mail.undelivered")
    assert (event.subject_id, event.note) == (str(mail.pk), mail.failure)

    retry_mail(mail=mail)
    assert deliver(acme) == 1
    assert fresh(mail).state == "sent"
    with pytest.raises(Conflict):
        retry_mail(mail=mail)


def test_a_server_that_is_down_is_asked_once_a_call_and_not_for_each_message(acme, postbox):
    mails = [write(acme, to=f"m{number}@halden.example") for number in range(3)]
    with override_settings(EMAIL_PORT=free_port()):
        deliver(acme)

    assert sorted(fresh(mail).attempts for mail in mails) == [0, 0, 1]


def test_an_address_refused_for_good_fails_at_once_and_the_others_go_out(acme, postbox):
    postbox.answers["gone@halden.example"] = "550 No such mailbox"
    gone, there = write(acme, to="gone@halden.example"), write(acme)

    assert deliver(acme) == 1

    assert (fresh(gone).state, fresh(gone).attempts) == ("failed", 1)
    assert "No such mailbox" in fresh(gone).failure
    assert fresh(there).state == "sent"


def test_an_address_that_is_asked_to_come_back_later_is_tried_again(acme, postbox):
    postbox.answers["grey@halden.example"] = "451 Greylisted, try again"
    mail = write(acme, to="grey@halden.example")
    deliver(acme)
    assert (fresh(mail).state, fresh(mail).attempts) == ("waiting", 1)
    assert deliver(acme) == 0
    postbox.answers.clear()

    assert deliver(acme, after=60) == 1


def test_a_wrong_password_is_not_the_fault_of_the_message(acme, postbox, monkeypatch):
    def refuse(self):
        raise smtplib.SMTPAuthenticationError(535, b"Authentication failed")

    monkeypatch.setattr(EmailBackend, "open", refuse)
    mail = write(acme)
    deliver(acme)

    assert fresh(mail).state == "waiting"
    assert "535" in fresh(mail).failure


def test_a_message_whose_workers_die_every_time_is_given_up_and_says_so(acme, postbox):
    mail = write(acme)
    OutgoingMail.objects.filter(pk=mail.pk).update(attempts=12)

    assert deliver(acme) == 0

    assert fresh(mail).state == "failed"
    assert "stopped each time" in fresh(mail).failure
    assert postbox.messages == []


def test_the_sweep_rings_while_mail_is_due(acme, monkeypatch):
    rung = []
    monkeypatch.setattr(current_app.tasks["events.deliver_mail"], "delay", lambda **kwargs: rung.append(kwargs))
    tasks.sweep()
    assert rung == []
    mail = write(acme)
    tasks.sweep()
    assert rung == [{"organization_id": acme.pk}]
    OutgoingMail.objects.filter(pk=mail.pk).update(next_try_at=timezone.now() + datetime.timedelta(minutes=1))
    tasks.sweep()
    assert len(rung) == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_each_message_once(acme, postbox):
    for number in range(20):
        write(acme, to=f"m{number}@halden.example")

    def work():
        with organization_scope(acme):
            deliver(acme)
        connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    addresses = [message["To"] for message in postbox.messages]
    assert sorted(addresses) == sorted({f"m{number}@halden.example" for number in range(20)})
    assert not OutgoingMail.objects.exclude(state="sent").exists()


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_between_sending_and_saying_so_loses_nothing_and_sends_one_message_twice(
    acme, postbox, monkeypatch
):
    monkeypatch.setattr(jobs, "_silent_until", math.inf)  # One doorbell is rung, below: one process takes it up.
    mails = [write(acme, to=f"m{number}@halden.example") for number in range(3)]
    postbox.may_go_on.clear()
    variables = {
        "EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(postbox.port), "EMAIL_SECURITY": "none",
        "DEFAULT_FROM_EMAIL": "portolan@acme.example",
    }  # fmt: skip
    with worker("delivery", **variables) as process:
        tasks.deliver_mail.delay(organization_id=acme.pk)
        wait_until(postbox.taken.is_set)
        kill(process)
    postbox.may_go_on.set()
    assert {fresh(mail).state for mail in mails} == {"waiting"}

    assert deliver(acme) == 2
    assert deliver(acme, after=301) == 1

    ids = [message["Message-ID"] for message in postbox.messages]
    assert (len(ids), len(set(ids))) == (4, 3)
    assert {fresh(mail).state for mail in mails} == {"sent"}
