"""An answer goes to who said it, in the thread of their message, and says whether it was sent."""

import datetime

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.mail.backends.locmem import EmailBackend
from django.urls import reverse
from django.utils import timezone

from core.errors import Conflict, FieldErrors, NotAllowed
from events.models import Event, OutgoingMail
from events.services import deliver_mail
from feedback import services
from feedback.models import FeedbackItem, FeedbackReply, Mailbox
from feedback.selectors.replies import answer_addresses
from feedback.services import Incoming, receive_items
from tests.filling import fill, sentences, text_of


@pytest.fixture
def by_mail(acme):
    """An item that came by mail, and the mailbox that it came from."""
    Mailbox.objects.create(organization=acme, name="Support", host="imap.acme.example", user="support@acme.example")
    row = Incoming(
        "The label jams.\nEvery day.", title="Labels", author_name="Marta", author_email="marta@halden.example",
        external_key="<jam@halden.example>", said_at=datetime.datetime(2026, 11, 3, 10, tzinfo=datetime.UTC),
    )  # fmt: skip
    return receive_items(actor=None, organization=acme, channel="email", rows=[row])[0].item


def deliver(organization, minutes=0):
    return deliver_mail(organization_id=organization.pk, now=timezone.now() + datetime.timedelta(minutes=minutes))


def test_a_reply_is_sent_in_the_thread_with_the_quote_and_to_the_mailbox_comes_the_answer(acme, bob, by_mail):
    reply = services.reply_to_item(actor=bob, item=by_mail, text=" It is fixed. ")

    assert deliver(acme) == 1
    [sent] = mail.outbox
    assert (sent.to, sent.subject) == (["marta@halden.example"], "Re: Labels")
    assert sent.reply_to == ["support@acme.example"]
    assert sent.body == "It is fixed.\n\nOn 3 November 2026, Marta wrote:\n> The label jams.\n> Every day."
    head = sent.message()
    assert (head["In-Reply-To"], head["References"]) == ("<jam@halden.example>", "<jam@halden.example>")
    assert head["Auto-Submitted"] is None
    reply.mail.refresh_from_db()
    assert (reply.mail.state, reply.mail.subject_id) == ("sent", str(by_mail.pk))
    assert Event.objects.get(kind="feedback_item.replied").actor == bob


def test_what_did_not_come_by_mail_is_answered_from_the_person(acme, bob, item, by_mail):
    services.reply_to_item(actor=bob, item=item, text="Thank you.")
    deliver(acme)

    assert mail.outbox[0].reply_to == ["bob@acme.example"]
    assert "In-Reply-To" not in mail.outbox[0].message()
    assert answer_addresses(bob, item) == ["bob@acme.example", "support@acme.example"]
    assert answer_addresses(bob, by_mail) == ["support@acme.example", "bob@acme.example"]


def test_r_opens_a_form_that_sends_and_the_reply_stands_below_the_item(page, acme, bob, item):
    browser = page(bob)
    address = reverse("feedback:item-reply", args=[item.pk])
    html = text_of(browser.get(reverse("feedback:item-detail", args=[item.pk])))
    assert f'href="{address}" data-key="r"' in html

    done = fill(browser, address, text="It is fixed.")

    assert done.status_code == 302
    assert sentences(done) == ["Your reply is on its way to marta@halden.example."]
    html = text_of(browser.get(reverse("feedback:item-detail", args=[item.pk])))
    assert "It is fixed." in html
    assert "on its way" in html
    deliver(acme)
    assert ">sent<" in text_of(browser.get(reverse("feedback:item-detail", args=[item.pk])))


def test_a_form_that_is_sent_twice_sends_one_reply(page, bob, item):
    browser = page(bob)
    address = reverse("feedback:item-reply", args=[item.pk])
    form = browser.get(address).context["form"]
    data = {"text": "Once.", "reply_to": "bob@acme.example", "form_token": form["form_token"].value()}
    for _ in range(2):
        assert browser.post(address, data).status_code == 302

    assert OutgoingMail.objects.count() == 1


def test_a_reply_that_fails_says_why_and_is_tried_again(page, acme, bob, vera, item, monkeypatch):
    def refuse(self, messages):
        raise OSError("no route")

    reply = services.reply_to_item(actor=bob, item=item, text="It is fixed.")
    real = EmailBackend.send_messages
    monkeypatch.setattr(EmailBackend, "send_messages", refuse)
    OutgoingMail.objects.update(attempts=11)
    deliver(acme)
    address = reverse("feedback:item-detail", args=[item.pk])
    html = text_of(page(bob).get(address))
    assert "not sent" in html
    assert "no route" in html
    again = reverse("feedback:reply-retry", args=[reply.pk])
    assert again in html
    assert again not in text_of(page(vera).get(address))
    assert page(vera).post(again).status_code == 403

    monkeypatch.setattr(EmailBackend, "send_messages", real)
    assert page(bob).post(again).status_code == 302
    assert deliver(acme) == 1
    assert page(bob).post(again).status_code == 409
    assert Event.objects.filter(kind="feedback_item.reply_retried").count() == 1


def test_without_an_address_there_is_no_reply(page, acme, bob, said):
    (nobody,) = said("Somebody said it.")
    html = text_of(page(bob).get(reverse("feedback:item-detail", args=[nobody.pk])))

    assert 'data-key="r"' not in html
    assert page(bob).get(reverse("feedback:item-reply", args=[nobody.pk])).status_code == 409
    with pytest.raises(Conflict, match="Nobody knows the address"):
        services.reply_to_item(actor=bob, item=nobody, text="x")


def test_nothing_is_no_reply_and_answers_go_to_no_other_address(page, acme, bob, alice, item):
    with pytest.raises(FieldErrors, match="Write what"):
        services.reply_to_item(actor=bob, item=item, text=" \n ")
    with pytest.raises(FieldErrors, match="Answers go to you"):
        services.reply_to_item(actor=bob, item=item, text="x", reply_to="mallory@evil.example")
    refused = fill(page(bob), reverse("feedback:item-reply", args=[item.pk]), text="")
    assert refused.status_code == 422
    services.archive_item(actor=alice, item=item)
    with pytest.raises(Conflict, match="archived"):
        services.reply_to_item(actor=bob, item=FeedbackItem.objects.get(pk=item.pk), text="x")
    assert not FeedbackReply.objects.exists()


def test_a_title_smuggles_no_header_into_the_mail(acme, bob, item):
    FeedbackItem.objects.filter(pk=item.pk).update(title="Labels\nBcc: all@halden.example")
    services.reply_to_item(actor=bob, item=FeedbackItem.objects.get(pk=item.pk), text="x")
    assert OutgoingMail.objects.get().subject == "Re: Labels Bcc: all@halden.example"
    FeedbackItem.objects.filter(pk=item.pk).update(author_email="a@b.example\nBcc: all@halden.example")
    with pytest.raises(ValidationError):
        services.reply_to_item(actor=bob, item=FeedbackItem.objects.get(pk=item.pk), text="x")


def test_a_long_text_is_quoted_in_part(acme, bob, said):
    (long,) = said("word " * 10_000, author_email="marta@halden.example")
    services.reply_to_item(actor=bob, item=long, text="x")

    assert len(OutgoingMail.objects.get().text) < 2_200


def test_viewers_reply_to_nobody_and_strangers_find_no_item(page, vera, charlie, item):
    address = reverse("feedback:item-reply", args=[item.pk])
    assert page(vera).get(address).status_code == 403
    assert page(vera).post(address, {"text": "x"}).status_code == 403
    with pytest.raises(NotAllowed):
        services.reply_to_item(actor=vera, item=item, text="x")
    assert page(charlie).get(address).status_code == 404
    assert not OutgoingMail.objects.exists()
