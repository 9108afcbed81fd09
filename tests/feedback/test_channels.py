"""The page of channels, and mailboxes over REST: for those who look after feedback, and for nobody else."""

import pytest
from django.urls import reverse

from events.models import Event
from feedback import services
from feedback.models import IntakeHook, Mailbox, MailboxFailure
from tests.filling import fill, sentences, text_of
from tests.rows import fresh

CHANNELS = "feedback:channels"
PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def allowed(settings):
    settings.FEEDBACK_PRIVATE_HOSTS = ["127.0.0.1"]


@pytest.fixture
def mailbox(acme, alice):
    where = {"host": "127.0.0.1", "port": 1, "security": "none", "user": "support@acme.example"}
    return services.create_mailbox(actor=alice, organization=acme, name="Support", password=PASSWORD, **where)


@pytest.fixture
def failure(acme, mailbox):
    return MailboxFailure.objects.create(
        organization=acme, mailbox=mailbox, uid_validity=1, uid=7, subject="Huge", reason="It has 40 MB."
    )


def test_without_any_channel_the_page_says_what_there_could_be(page, alice):
    html = text_of(page(alice).get(reverse(CHANNELS)))

    assert "No channels yet" in html
    assert reverse("feedback:mailbox-create") in html
    assert reverse("feedback:hook-create") in html
    assert reverse(CHANNELS) in text_of(page(alice).get(reverse("feedback:policy")))


def test_a_mailbox_is_added_by_its_form_and_stands_on_the_page_without_its_password(page, alice, acme):
    fields = {"name": "Support", "host": "127.0.0.1", "user": "support@acme.example", "password": PASSWORD}
    done = fill(page(alice), reverse("feedback:mailbox-create"), **fields)

    assert done.status_code == 302
    row = Mailbox.objects.get()
    html = text_of(page(alice).get(reverse(CHANNELS)))
    assert "support@acme.example, INBOX on 127.0.0.1" in html
    edit = text_of(page(alice).get(reverse("feedback:mailbox-edit", args=[row.pk])))
    assert PASSWORD not in html + edit
    assert row.password_sealed not in html + edit


def test_a_form_without_a_password_or_with_a_private_host_says_so_at_the_field(page, alice, settings):
    fields = {"name": "Support", "host": "127.0.0.1", "user": "u", "password": ""}
    missing = fill(page(alice), reverse("feedback:mailbox-create"), **fields)
    settings.FEEDBACK_PRIVATE_HOSTS = []
    private = fill(page(alice), reverse("feedback:mailbox-create"), **{**fields, "password": "x"})

    assert "password" in missing.context["form"].errors
    assert "no public address" in str(private.context["form"].errors["host"])
    assert not Mailbox.objects.exists()


def test_saving_without_a_password_keeps_the_one_there_is(page, alice, mailbox):
    sealed = fresh(mailbox).password_sealed

    fill(page(alice), reverse("feedback:mailbox-edit", args=[mailbox.pk]), name="Help desk", password="")

    assert (fresh(mailbox).name, fresh(mailbox).password_sealed) == ("Help desk", sealed)


def test_another_server_is_told_the_password_only_if_it_is_typed_again_and_read_from_its_beginning(
    page, alice, mailbox
):
    Mailbox.objects.update(uid_validity=5, last_uid=70)
    url = reverse("feedback:mailbox-edit", args=[mailbox.pk])

    refused = fill(page(alice), url, port=2, password="")

    assert refused.status_code == 422
    assert "type the password again" in text_of(refused)
    assert (fresh(mailbox).port, fresh(mailbox).last_uid) == (1, 70)
    fill(page(alice), url, port=2, password="another")
    assert (fresh(mailbox).port, fresh(mailbox).last_uid, fresh(mailbox).uid_validity) == (2, 0, None)


def test_a_failing_mailbox_says_why_and_is_paused_and_resumed(page, alice, acme, mailbox):
    services.poll_next_mailbox(organization_id=acme.pk, now=fresh(mailbox).next_poll_at)
    browser = page(alice)
    assert "cannot be reached" in text_of(browser.get(reverse(CHANNELS)))

    browser.post(reverse("feedback:mailbox-pause", args=[mailbox.pk]), {"active": "0"})
    assert fresh(mailbox).is_active is False
    assert "paused" in text_of(browser.get(reverse(CHANNELS)))
    refused = browser.post(reverse("feedback:mailbox-poll", args=[mailbox.pk]))
    assert refused.status_code == 409
    browser.post(reverse("feedback:mailbox-pause", args=[mailbox.pk]), {"active": "1"})
    assert browser.post(reverse("feedback:mailbox-poll", args=[mailbox.pk])).status_code == 302
    assert fresh(mailbox).is_active is True


def test_a_connection_is_tested_and_says_where_it_stops(page, alice, mailbox):
    response = page(alice).post(reverse("feedback:mailbox-test", args=[mailbox.pk]))

    assert response.status_code == 409
    assert "cannot be reached" in text_of(response)


def test_an_unread_message_is_tried_again_or_dismissed(page, alice, failure):
    browser = page(alice)
    html = text_of(browser.get(reverse(CHANNELS)))
    assert "It has 40 MB." in html
    browser.post(reverse("feedback:failure-retry", args=[failure.pk]))
    assert fresh(failure).state == "retrying"
    assert "tried again soon" in text_of(browser.get(reverse(CHANNELS)))
    browser.post(reverse("feedback:failure-dismiss", args=[failure.pk]))
    assert fresh(failure).state == "dismissed"
    assert "It has 40 MB." not in text_of(browser.get(reverse(CHANNELS)))


def test_an_archived_mailbox_is_gone_from_the_page_and_comes_back(page, alice, mailbox):
    browser = page(alice)
    done = browser.post(reverse("feedback:mailbox-archive", args=[mailbox.pk]), {"version": mailbox.version})
    assert "read no longer" in sentences(done)[0]
    assert "support@acme.example" not in text_of(browser.get(reverse(CHANNELS)))
    browser.post(reverse("feedback:mailbox-restore", args=[mailbox.pk]))
    assert "support@acme.example" in text_of(browser.get(reverse(CHANNELS)))


def test_the_secret_of_a_hook_is_shown_once(page, alice):
    browser = page(alice)
    made = fill(browser, reverse("feedback:hook-create"), name="Survey tool")
    secret = made.context["secret"]
    hook = IntakeHook.objects.get()

    assert secret in text_of(made)
    assert made.headers["Cache-Control"].count("no-store")
    later = text_of(browser.get(reverse(CHANNELS)))
    assert secret not in later
    assert f"http://testserver/hooks/feedback/{hook.public_id}/" in later
    assert secret not in hook.secret_sealed
    assert not [event for event in Event.objects.all() if secret in str(event.changes)]
    rotated = browser.post(reverse("feedback:hook-rotate", args=[hook.pk]))
    assert rotated.context["secret"] != secret
    assert rotated.context["secret"] in text_of(rotated)


def test_a_hook_is_changed_paused_archived_and_restored(page, alice, acme):
    hook, _ = services.create_hook(actor=alice, organization=acme, name="Survey tool")
    browser = page(alice)
    fill(browser, reverse("feedback:hook-edit", args=[hook.pk]), name="Form", is_active=None)
    assert (fresh(hook).name, fresh(hook).is_active) == ("Form", False)
    browser.post(reverse("feedback:hook-archive", args=[hook.pk]))
    assert fresh(hook).is_archived
    browser.post(reverse("feedback:hook-restore", args=[hook.pk]))
    assert not fresh(hook).is_archived


@pytest.mark.parametrize("who", ["petra", "bob", "vera"])
def test_other_members_see_no_channels_and_change_nothing(page, request, who, mailbox, failure, acme, alice):
    browser = page(request.getfixturevalue(who))
    hook, _ = services.create_hook(actor=alice, organization=acme, name="Survey tool")
    for name in (CHANNELS, "feedback:mailbox-create", "feedback:hook-create"):
        assert browser.get(reverse(name)).status_code == 403
    for name, row in (
        ("mailbox-edit", mailbox), ("mailbox-test", mailbox), ("mailbox-poll", mailbox), ("mailbox-pause", mailbox),
        ("mailbox-archive", mailbox), ("mailbox-restore", mailbox), ("failure-retry", failure),
        ("failure-dismiss", failure), ("hook-edit", hook), ("hook-rotate", hook), ("hook-archive", hook),
        ("hook-restore", hook),
    ):  # fmt: skip
        assert browser.post(reverse(f"feedback:{name}", args=[row.pk])).status_code == 403, name
    assert fresh(failure).state == "open"
    assert "feedback/channels/" not in text_of(browser.get(reverse("feedback:inbox")))


def test_the_page_takes_as_many_statements_for_one_mailbox_as_for_thirty(
    page, alice, acme, mailbox, failure, django_assert_max_num_queries
):
    browser = page(alice)
    services.create_hook(actor=alice, organization=acme, name="Survey tool")
    browser.get(reverse(CHANNELS))
    for number in range(30):
        row = Mailbox.objects.create(organization=acme, name=f"M{number}", host="127.0.0.1", user="u")
        MailboxFailure.objects.create(organization=acme, mailbox=row, uid_validity=1, uid=number, reason="x")
        services.create_hook(actor=alice, organization=acme, name=f"H{number}")

    with django_assert_max_num_queries(12):
        browser.get(reverse(CHANNELS))


def test_over_rest_a_password_is_taken_and_never_given(api, api_for, bob, acme, charlie, other):
    new = {"name": "Support", "host": "127.0.0.1", "user": "u", "password": PASSWORD}
    made = api.send("post", "/api/v1/mailboxes/", new)

    assert made.status_code == 201
    assert "password" not in made.json()
    assert PASSWORD not in text_of(api.get("/api/v1/mailboxes/"))
    address = f"/api/v1/mailboxes/{made.json()['id']}/"
    before = Mailbox.objects.get().password_sealed
    assert api.send("patch", address, {"password": "another"}).json()["version"] == 2
    assert Mailbox.objects.get().password_sealed != before
    assert api.send("patch", address, {"received_count": 5}).status_code == 400
    assert api_for(bob, acme).get("/api/v1/mailboxes/").status_code == 403
    assert api_for(charlie, other).get(address).status_code == 404
