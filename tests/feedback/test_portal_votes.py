"""Visitors confirm an address, vote once, follow; members merge and block, and see who stands behind an idea."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from core.errors import Conflict, FieldErrors, NotAllowed
from events.models import Event
from feedback.models import (
    PortalConfirmation,
    PortalFollow,
    PortalVisitor,
    PortalVote,
)
from feedback.selectors.idea import audience_of, idea_voices
from feedback.selectors.visitor import Mine, mine
from feedback.services import (
    block_visitor,
    create_account,
    create_portal_idea,
    create_release,
    forget_unconfirmed,
    merge_portal_idea,
    move_portal_idea,
    publish_portal_idea,
    publish_release,
    unblock_visitor,
    unmerge_portal_idea,
    update_portal_idea,
    update_release,
    withdraw_portal_idea,
)
from tests.feedback.portals import Visitor, mailed_link, mails, tell_all, votes
from tests.rows import fresh


def test_a_vote_counts_only_once_its_address_is_confirmed(idea, ola):
    asked = ola.take_part(idea)

    assert asked.url == ola.url("portal-sent") + "?said=mail"
    assert not PortalVote.objects.exists()
    assert PortalVisitor.objects.get().confirmed_at is None
    confirmed = ola.press(mailed_link(ola.email))
    assert confirmed.url == ola.url("portal-idea", idea.pk) + "?said=vote"
    assert votes(idea) == 1
    assert "Your vote counts." in ola.get("portal-idea", idea.pk, said="vote").content.decode()


def test_opening_the_link_does_nothing_as_programs_that_look_through_mail_do(idea, ola):
    ola.take_part(idea)
    link = mailed_link(ola.email)

    for _ in range(3):
        assert "Yes, count my vote" in ola.open(link).content.decode()

    assert not PortalVote.objects.exists()
    assert not ola.browser.cookies
    assert PortalConfirmation.objects.get().used_at is None


def test_a_link_is_good_once_for_two_days_and_on_its_own_portal(idea, ola, olivia, acme):
    ola.take_part(idea)
    link = mailed_link(ola.email)
    assert ola.press(link).status_code == 302

    used = ola.press(link)
    ola.take_part(idea, act="follow")
    forged = ola.press(ola.url("portal-confirm", "x" * 43))
    other = Visitor(idea.portal, "b@c.example")
    other.take_part(idea)
    PortalConfirmation.objects.update(expires_at=timezone.now() - datetime.timedelta(seconds=1))
    late = other.open(mailed_link(other.email))

    assert (used.status_code, forged.status_code, late.status_code) == (410, 410, 410)
    assert "has been used, or it is too old" in late.content.decode()
    assert votes(idea) == 1


def test_only_the_digest_of_a_link_is_kept_and_no_address_stands_in_the_log(idea, ola):
    ola.take_part(idea)
    token = mailed_link(ola.email).rstrip("/").rsplit("/", 1)[1]
    ola.press(mailed_link(ola.email))

    assert token not in PortalConfirmation.objects.get().digest
    told = "".join(f"{event.subject_name} {event.changes}" for event in Event.objects.all())
    assert "ola@halden.example" not in told
    assert PortalVisitor.objects.get().unsubscribe_key not in told
    assert Event.objects.filter(kind="portal_vote.created", subject_name__contains="o…@halden.example").count() == 1


def test_an_address_votes_once_from_however_many_browsers(idea, ola):
    ola.vote(idea)
    elsewhere = Visitor(idea.portal, "OLA@Halden.example", "198.51.100.4")
    elsewhere.take_part(idea)
    elsewhere.press(mailed_link("ola@halden.example"))

    assert votes(idea) == PortalVisitor.objects.count() == 1


def test_a_known_browser_votes_without_a_mail_and_takes_it_back(idea, second, ola):
    ola.vote(idea)
    ola.email = ""
    sent = len(mails())

    ola.take_part(second)
    assert votes(second) == 1
    page = ola.get("portal-idea", second.pk).content.decode()
    assert "You voted: take it back" in page
    assert "ola@halden.example" in page
    ola.take_part(second, act="unvote")

    assert votes(second) == 0
    assert len(mails()) == sent
    mine = ola.get("portal-mine").content.decode()
    assert "Straight labels" in mine
    assert "Dark mode" not in mine


def test_a_browser_is_forgotten_on_request_and_a_changed_cookie_is_nobodys(idea, ola):
    ola.vote(idea)
    assert "You are ola@halden.example" in ola.get("portal-mine").content.decode()

    ola.browser.cookies["portolan_portal"] = f"{PortalVisitor.objects.get().pk}:forged:x"
    assert "Nobody is known" in ola.get("portal-mine").content.decode()
    ola.vote(idea)
    ola.post("portal-mine")
    assert "Nobody is known" in ola.get("portal-mine").content.decode()


def test_not_planned_needs_a_reason_which_is_public(idea, ola, bob):
    with pytest.raises(FieldErrors, match="Say why"):
        move_portal_idea(actor=bob, idea=idea, status="not_planned", note=" ")

    move_portal_idea(actor=bob, idea=idea, status="not_planned", note="Printers do this themselves.")

    assert "Printers do this themselves." in ola.get("portal-idea", idea.pk).content.decode()


def test_votes_of_a_merged_idea_count_with_the_other_each_person_once_and_come_back(idea, second, portal, ola, bob):
    ola.vote(idea)
    both = Visitor(portal, "both@ketch.example", "198.51.100.2")
    both.vote(idea)
    both.email = ""
    both.take_part(second)

    merge_portal_idea(actor=bob, idea=second, into=idea)

    assert votes(idea) == 2
    assert audience_of(idea).count() == 2
    both.take_part(idea, act="unvote")
    assert votes(idea) == 1
    unmerge_portal_idea(actor=bob, idea=fresh(second))
    assert (votes(idea), votes(second)) == (1, 0)


def test_an_idea_is_merged_only_where_it_can_be(idea, second, portal, bob, olivia, acme):
    with pytest.raises(FieldErrors, match="another live idea"):
        merge_portal_idea(actor=bob, idea=idea, into=idea)
    merge_portal_idea(actor=bob, idea=second, into=idea)
    third = create_portal_idea(actor=bob, portal=portal, title="Third", text="Third.")

    with pytest.raises(FieldErrors, match="another live idea"):
        merge_portal_idea(actor=bob, idea=third, into=fresh(second))
    with pytest.raises(Conflict, match="merged into this one"):
        merge_portal_idea(actor=bob, idea=idea, into=third)


def test_a_blocked_address_counts_no_more_gets_no_mail_and_comes_back(idea, second, ola, bob, acme):
    ola.vote(idea)
    visitor = block_visitor(actor=bob, visitor=PortalVisitor.objects.get())
    sent = len(mails())

    assert votes(idea) == 0
    assert "Nobody is known" in ola.get("portal-mine").content.decode()
    assert ola.take_part(second).url == ola.url("portal-sent") + "?said=mail"  # told the same as anybody
    move_portal_idea(actor=bob, idea=idea, status="planned")
    tell_all(acme)
    assert len(mails()) == sent

    unblock_visitor(actor=bob, visitor=visitor)
    assert votes(idea) == 1


def test_accounts_stand_behind_an_idea_by_the_domains_of_its_voters_each_once(idea, portal, halden, alice, acme):
    create_account(actor=alice, organization=acme, name="Ketch", arr_amount=1_000, email_domain="ketch.example")
    for place, address in enumerate(("ola@halden.example", "kim@halden.example", "x@ketch.example", "y@mail.example")):
        Visitor(portal, address, f"198.51.100.{place}").vote(idea)

    found = idea_voices(idea)

    assert (found.vote_count, found.account_count, found.arr) == (4, 2, 85_000)


def test_a_release_of_another_day_or_product_is_refused(idea, bob, acme, portal, product):
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    early = create_release(actor=bob, organization=acme, product=product, name="5.0", released_date=tomorrow)
    with pytest.raises(Conflict, match="comes out on"):
        publish_release(actor=bob, release=early)

    other = type(product).objects.create(organization=acme, name="Cutter", currency="USD")
    theirs = create_release(actor=bob, organization=acme, product=other, name="1.0", released_date=tomorrow)
    with pytest.raises(FieldErrors, match="its own product"):
        update_release(actor=bob, release=theirs, ideas=[idea])
    with pytest.raises(FieldErrors, match="another product"):
        update_portal_idea(actor=bob, idea=idea, release=theirs)
    with pytest.raises(FieldErrors, match="another product"):
        create_portal_idea(actor=bob, portal=portal, title="New", text="New.", release=theirs)


def test_members_of_another_role_change_nothing(idea, vera, portal, acme):
    for act in (publish_portal_idea, withdraw_portal_idea):
        with pytest.raises(NotAllowed):
            act(actor=vera, idea=idea)
    with pytest.raises(NotAllowed):
        move_portal_idea(actor=vera, idea=idea, status="planned")
    with pytest.raises(NotAllowed):
        create_release(actor=vera, organization=acme, product=portal.product, name="1", released_date="2026-01-01")
    assert not PortalFollow.objects.exists()


def test_addresses_that_nobody_confirmed_are_deleted_after_a_month_and_others_stay(idea, ola, portal, acme, bob):
    ola.vote(idea)
    Visitor(portal, "typo@halden.example", "198.51.100.2").take_part(idea)
    Visitor(portal, "bad@halden.example", "198.51.100.3").take_part(idea)
    block_visitor(actor=bob, visitor=PortalVisitor.objects.get(email__startswith="bad"))
    later = timezone.now() + datetime.timedelta(days=31)

    assert forget_unconfirmed(organization_id=acme.pk, now=timezone.now()) == 0
    assert forget_unconfirmed(organization_id=acme.pk, now=later) == 1
    assert set(PortalVisitor.objects.values_list("email", flat=True)) == {"ola@halden.example", "bad@halden.example"}


def test_who_confirms_a_vote_for_what_was_taken_off_meanwhile_reads_that_it_is_kept(idea, ola, bob):
    ola.take_part(idea)
    withdraw_portal_idea(actor=bob, idea=fresh(idea))

    confirmed = ola.press(mailed_link(ola.email))

    assert confirmed.url == ola.url("portal-sent") + "?said=hidden"
    assert "What you asked for is kept" in ola.get("portal-sent", said="hidden").content.decode()
    assert votes(idea) == 1


def test_what_everybody_reads_is_not_merged_into_what_nobody_can(page, bob, api_for, acme, idea, second):
    withdraw_portal_idea(actor=bob, idea=fresh(second))
    url = reverse("feedback:idea-merge", args=[idea.pk])
    assert second not in page(bob).get(url).context["form"].fields["into"].queryset

    refused = api_for(bob, acme).send("post", f"/api/v1/portal-ideas/{idea.pk}/merge/", {"into": second.pk})

    assert refused.status_code == 400
    assert "is not published" in refused.content.decode()
    assert merge_portal_idea(actor=bob, idea=fresh(second), into=fresh(idea)).merged_into == idea


def test_a_visitor_finds_each_of_their_ideas_once_under_the_one_it_was_merged_into(portal, bob, idea, second, ola):
    for one in (idea, second):
        ola.vote(one)
        ola.take_part(one, "follow")
    visitor = PortalVisitor.objects.get()
    assert [row.title for row in mine(portal, visitor).voted] == ["Dark mode", "Straight labels"]

    merge_portal_idea(actor=bob, idea=fresh(second), into=fresh(idea))

    assert mine(portal, visitor) == Mine(voted=[idea], followed=[idea])
    assert votes(idea) == 1
