"""The public pages: off by default, read by anybody without a cookie, with nothing of the inside; and how they are
guarded."""

import datetime

import pytest
from django.db import connection
from django.test import Client, RequestFactory, override_settings
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.limits import client_address
from core.tenancy import Scope, organization_scope, scope
from feedback.forms.portal import form_token
from feedback.models import FeedbackItem, FeedbackPolicy, Portal, PortalIdea, PortalVisitor, PortalVote
from feedback.services import (
    close_portal,
    create_portal,
    create_portal_idea,
    create_release,
    publish_portal_idea,
    publish_release,
    update_portal,
)
from portfolio.models import Product
from portfolio.services import archive_product
from tests.feedback.portals import Visitor, mailed_link, mails

READS = ("portal-ideas", "portal-submit", "portal-changelog", "portal-mine", "portal-sent")
#: Words of the inside: the author of the item, her account, the project, the product's line, its manager.
INSIDE = ("Marta", "Nilsson", "halden", "Halden", "Apollo", "APOLLO", "84000", "84,000", "Alice", "Bob", "warehouse")


@pytest.fixture
def visitor(portal):
    return Visitor(portal, "ola@halden.example")


def test_a_portal_is_closed_until_somebody_opens_it_and_answers_like_one_that_never_was(acme, olivia, product):
    made = create_portal(actor=olivia, organization=acme, product=product, slug="atlas", title="Atlas ideas")
    visitor = Visitor(made)

    never = visitor.open("/portal/acme/never/")

    assert made.is_open is False
    for name in READS:
        assert visitor.get(name).status_code == 404
    assert visitor.submit().status_code == 404
    assert visitor.get("portal-ideas").content.replace(b"atlas", b"never")[:200] == never.content[:200]
    assert visitor.open("/portal/nobody/atlas/").status_code == never.status_code == 404
    assert not never.cookies
    assert not PortalIdea.objects.exists()


def test_a_portal_that_was_closed_or_whose_product_is_archived_is_gone_too(portal, idea, visitor, olivia, product):
    assert visitor.get("portal-idea", idea.pk).status_code == 200
    close_portal(actor=olivia, portal=portal)
    assert visitor.get("portal-idea", idea.pk).status_code == 404

    Portal.objects.update(is_open=True)
    archive_product(actor=olivia, product=product)
    assert visitor.get("portal-ideas").status_code == 404


def test_anybody_reads_without_a_cookie_and_finds_nothing_of_the_inside(
    portal, idea, visitor, halden, project, bob, alice
):
    PortalIdea.objects.update(project=project)
    release = create_release(
        actor=bob, organization=portal.organization, product=portal.product, project=project, name="4.19",
        released_date=timezone.localdate(), notes="Labels are straight again.",
    )  # fmt: skip
    publish_release(actor=bob, release=release)

    for name, args in (*[(name, ()) for name in READS], ("portal-idea", (idea.pk,))):
        response = visitor.get(name, *args)
        html = response.content.decode()
        assert response.status_code == 200, name
        assert not response.cookies, name
        assert [word for word in INSIDE if word in html] == [], name
        assert "<script" not in html
    assert "Straight labels" in visitor.get("portal-ideas").content.decode()
    assert "Labels are straight again." in visitor.get("portal-changelog").content.decode()


def test_pages_that_are_the_same_for_all_may_be_kept_and_those_with_a_form_may_not(portal, idea, visitor):
    listed, one = visitor.get("portal-ideas"), visitor.get("portal-idea", idea.pk)

    assert listed["Cache-Control"] == "public, max-age=60"
    assert "Cookie" not in listed.get("Vary", "")
    assert one["Cache-Control"] == "private, no-store"
    assert "Cookie" in one["Vary"]


def test_search_engines_are_asked_not_to_list_a_portal_unless_it_says_so(portal, idea, visitor, olivia):
    assert 'content="noindex, nofollow"' in visitor.get("portal-idea", idea.pk).content.decode()

    update_portal(actor=olivia, portal=portal, is_indexed=True)

    assert 'content="index, follow"' in visitor.get("portal-idea", idea.pk).content.decode()
    assert 'content="noindex"' in visitor.get("portal-submit").content.decode()


def test_what_is_not_published_is_nowhere_and_what_was_merged_leads_to_the_other(portal, idea, visitor, bob):
    hidden = create_portal_idea(actor=bob, portal=portal, title="Secret plan", text="Not yet.")

    assert "Secret plan" not in visitor.get("portal-ideas").content.decode()
    assert visitor.get("portal-idea", hidden.pk).status_code == 404
    assert visitor.take_part(idea, email="").status_code == 422  # no address was given

    merged = publish_portal_idea(actor=bob, idea=hidden)
    PortalIdea.objects.filter(pk=merged.pk).update(merged_into=idea)
    assert visitor.get("portal-idea", merged.pk).url == visitor.url("portal-idea", idea.pk)
    assert "Secret plan" not in visitor.get("portal-ideas").content.decode()


def test_ideas_are_searched_narrowed_and_sorted(portal, idea, visitor, bob):
    other = create_portal_idea(actor=bob, portal=portal, title="Dark mode", text="For the night shift.")
    publish_portal_idea(actor=bob, idea=other)

    def titles(**query):
        return [row.title for row in visitor.get("portal-ideas", **query).context["page"]]

    assert titles(sort="new") == ["Dark mode", "Straight labels"]
    assert titles(q="night") == ["Dark mode"]
    assert titles(status="shipped") == []
    assert titles(status="nonsense", page="x", q="\0") == ["Dark mode", "Straight labels"]
    Visitor(portal, "a@b.example").vote(idea)
    assert titles() == ["Straight labels", "Dark mode"]


def test_the_portal_of_another_organization_is_not_reached_through_this_ones_name(portal, idea, other, charlie):
    assert Visitor(portal).open(f"/portal/other/{portal.slug}/").status_code == 404
    with organization_scope(other):
        assert not Portal.objects.exists()
        assert not PortalIdea.objects.exists()
    with scope(Scope()):
        assert not PortalIdea.objects.exists()


def test_two_organizations_may_have_portals_of_the_same_name_and_ids_do_not_cross(portal, idea, other, charlie, acme):
    with organization_scope(other):
        product = Product.objects.create(organization=other, name="Theirs", currency="USD")
        theirs = create_portal(actor=charlie, organization=other, product=product, slug="atlas", title="Theirs")
        Portal.objects.update(is_open=True)
    theirs.organization = other
    stranger = Visitor(theirs)

    assert stranger.get("portal-ideas").status_code == 200
    assert stranger.get("portal-idea", idea.pk).status_code == 404
    assert "Straight labels" not in stranger.get("portal-ideas").content.decode()


def test_an_idea_lands_in_the_inbox_and_waits_until_a_person_publishes_it(portal, visitor, product):
    response = visitor.submit(title="Dark mode", text="For the night shift.")

    item, made = FeedbackItem.objects.get(), PortalIdea.objects.get()
    assert (item.channel, item.title, item.product, item.status) == ("portal", "Dark mode", product, "untriaged")
    assert item.analysis_state == "waiting"
    assert (made.item, made.published_at) == (item, None)
    assert response.url == visitor.url("portal-sent") + "?said=wait-mail"
    assert visitor.get("portal-idea", made.pk).status_code == 404


def test_the_address_of_who_asks_is_no_part_of_the_item_before_it_is_confirmed(portal, visitor, halden):
    visitor.submit()
    assert FeedbackItem.objects.get().author_email == ""

    visitor.press(mailed_link(visitor.email))

    item = FeedbackItem.objects.get()
    assert (item.author_email, item.account) == ("ola@halden.example", halden)
    assert PortalVote.objects.get().idea.item == item


def test_personal_data_is_masked_on_the_portal_as_in_the_inbox(portal, visitor, acme):
    FeedbackPolicy.objects.create(organization=acme, masks_personal_data=True)

    visitor.submit(text="Write to marta@halden.example about it, or call.")

    assert "marta@halden.example" not in PortalIdea.objects.get().text
    assert PortalIdea.objects.get().text == FeedbackItem.objects.get().text


def test_where_nobody_moderates_an_idea_is_shown_at_once_unless_something_is_odd(portal, olivia, acme):
    update_portal(actor=olivia, portal=portal, moderates=False)
    visitor = Visitor(portal)

    plain = visitor.submit(title="Dark mode", text="For the night shift.")
    visitor.submit(title="Cheap", text="Buy at http://a.example http://b.example http://c.example now")
    visitor.submit(title="Again", text="For the NIGHT shift!")
    visitor.submit(title="Call me", text="My address is marta@halden.example and I wait.")

    shown, links, again, personal = PortalIdea.objects.order_by("pk")
    assert plain.url == visitor.url("portal-idea", shown.pk)
    assert shown.is_published
    assert (links.is_published, links.held_reason) == (False, "It has 3 links.")
    assert (again.is_published, again.held_reason) == (False, "The same text came before.")
    assert (personal.is_published, personal.held_reason) == (False, "It seems to have personal data.")


def test_a_portal_that_takes_no_ideas_has_no_form_for_them(portal, olivia, visitor):
    update_portal(actor=olivia, portal=portal, accepts_ideas=False)

    assert visitor.get("portal-submit").status_code == 404
    assert visitor.submit().status_code == 404
    assert "Submit an idea" not in visitor.get("portal-ideas").content.decode()


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"website": "http://spam.example"}, "Leave the field “Website” empty."),
        ({"seconds": 1}, "within seconds of opening the page"),
        ({"seconds": 90_000}, "open for too long"),
        ({"token": "forged"}, "open for too long, or it was changed"),
    ],
)
def test_what_a_program_sends_is_refused_in_words_and_nothing_typed_is_lost(portal, visitor, changed, sentence):
    response = visitor.submit(title="A title I typed", text="A text I typed", **changed)

    html = response.content.decode()
    assert response.status_code == 422
    assert sentence in html
    assert "A title I typed" in html
    assert "A text I typed" in html
    assert not FeedbackItem.objects.exists()
    assert response.context["form"]["token"].value() != changed.get("token", "")


def test_a_form_sent_twice_is_stored_once(portal, visitor):
    token = form_token(portal, None, timezone.now() - datetime.timedelta(seconds=10))

    for _ in range(2):
        assert visitor.submit(token=token, email="").status_code == 302

    assert FeedbackItem.objects.count() == PortalIdea.objects.count() == 1


def test_ideas_from_one_address_are_limited_and_what_was_typed_is_kept(portal):
    for number in range(6):
        assert Visitor(portal).submit(title=f"Idea {number}").status_code == 302

    refused = Visitor(portal).submit(title="One too many")

    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0
    assert "One too many" in refused.content.decode()
    assert "Wait" in refused.content.decode() or "wait" in refused.content.decode()
    assert Visitor(portal, address="198.51.100.9").submit(title="From elsewhere").status_code == 302


def test_links_to_one_e_mail_address_are_limited_whoever_asks(portal, idea):
    for number in range(5):
        assert Visitor(portal, "ola@halden.example", f"198.51.100.{number}").take_part(idea).status_code == 302

    refused = Visitor(portal, "OLA@halden.example", "198.51.100.77").take_part(idea)

    assert refused.status_code == 429
    assert len(mails("ola@halden.example")) == 5


def test_the_limit_on_mails_holds_without_the_counting_server_too(portal, idea, monkeypatch):
    monkeypatch.setattr("feedback.views.portal_visit.take", lambda *args, **more: None)

    statuses = [Visitor(portal, "ola@halden.example").take_part(idea).status_code for _ in range(7)]

    assert statuses == [302] * 5 + [429] * 2


@pytest.mark.parametrize(
    ("secure", "remote", "forwarded", "expected"),
    [
        (False, "203.0.113.7", "198.51.100.1", "203.0.113.7"),
        (True, "10.0.0.2", "6.6.6.6, 198.51.100.1", "198.51.100.1"),
        (True, "10.0.0.2", "", "10.0.0.2"),
        (False, "2001:db8:1:2:3:4:5:6", "", "2001:db8:1:2::/64"),
        (False, "::ffff:203.0.113.7", "", "203.0.113.7"),
    ],
)
def test_visitors_are_told_apart_by_the_address_that_the_proxy_saw(secure, remote, forwarded, expected):
    more = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    request = RequestFactory().get("/", REMOTE_ADDR=remote, **more)

    with override_settings(SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https") if secure else None):
        assert client_address(request) == expected


def test_a_page_of_another_site_cannot_vote_for_a_known_visitor(portal, idea, bob):
    second = create_portal_idea(actor=bob, portal=portal, title="Dark mode", text="For the night.")
    publish_portal_idea(actor=bob, idea=second)
    known = Visitor(portal, "ola@halden.example")
    known.vote(idea)
    strangers = form_token(portal, None, timezone.now())

    forged = known.post("portal-take-part", second.pk, act="vote", token=strangers)

    assert forged.status_code == 422
    assert PortalVote.objects.filter(idea=second).count() == 0


@pytest.mark.parametrize("count", [1, 20])
def test_public_pages_take_as_few_statements_for_twenty_ideas_as_for_one(portal, bob, count):
    release = create_release(
        actor=bob, organization=portal.organization, product=portal.product, name="4.19",
        released_date=timezone.localdate(),
    )  # fmt: skip
    publish_release(actor=bob, release=release)
    rows = [
        PortalIdea(
            organization=portal.organization, portal=portal, title=f"Idea {number}", text="More.",
            published_at=timezone.now(), release=release,
        )
        for number in range(count)
    ]  # fmt: skip
    PortalIdea.objects.bulk_create(rows)
    found = {}
    for name in ("portal-ideas", "portal-changelog", "portal-submit"):
        with CaptureQueriesContext(connection) as queries:
            assert Visitor(portal).get(name).status_code == 200
        found[name] = len([query for query in queries if "set_config" not in query["sql"]])

    assert found == {"portal-ideas": 4, "portal-changelog": 5, "portal-submit": 2}


def test_methods_that_a_page_does_not_know_are_refused(portal, idea):
    with scope(Scope()):
        assert Client().post(f"/portal/acme/{portal.slug}/").status_code == 405
        assert Client().get(f"/portal/acme/{portal.slug}/ideas/{idea.pk}/take-part/").status_code == 405
    assert not PortalVisitor.objects.exists()
