"""Who asked, voted or follows is told once of each change, by a worker, and ends that in one click."""

import datetime

import pytest
from django.utils import timezone

from core.errors import Conflict
from events.models import Event
from feedback.forms.portal import form_token
from feedback.models import (
    PortalIdea,
    PortalTelling,
    PortalVisitor,
)
from feedback.selectors.idea import audience_of
from feedback.services import (
    close_portal,
    create_release,
    move_portal_idea,
    publish_portal_idea,
    publish_release,
    unsubscribe_visitor,
    update_release,
    vote_for,
    withdraw_portal_idea,
)
from portfolio.services import archive_product
from projects.models import Project
from tests.feedback.portals import Visitor, mailed_link, mails, tell_all, votes
from tests.rows import fresh


def test_who_confirms_nothing_is_told_nothing_and_cannot_vote_otherwise(idea, ola, bob, acme):
    ola.take_part(idea)
    with pytest.raises(Conflict, match="confirmed"):
        vote_for(actor=None, visitor=PortalVisitor.objects.get(), idea=idea)

    move_portal_idea(actor=bob, idea=idea, status="planned")
    tell_all(acme)

    assert [mail.subject for mail in mails()] == ["Confirm your address for Atlas ideas"]


def test_who_asked_voted_or_follows_is_told_of_each_change_once(portal, ola, bob, acme):
    ola.submit(title="Straight labels")
    ola.press(mailed_link(ola.email))
    idea = PortalIdea.objects.get()
    assert mails(ola.email)[-1].subject == "Confirm your address for Atlas ideas"
    publish_portal_idea(actor=bob, idea=idea)
    assert mails(ola.email)[-1].subject == "Your idea is on Atlas ideas"
    voter, follower = (Visitor(portal, f"{name}@ketch.example") for name in ("voter", "follower"))
    voter.vote(idea)
    follower.take_part(idea, act="follow")
    follower.press(mailed_link(follower.email))

    move_portal_idea(actor=bob, idea=fresh(idea), status="in_progress", note="For the spring.")
    tell_all(acme)
    tell_all(acme)

    told = [mail for mail in mails() if mail.subject == "“Straight labels” is in progress"]
    assert sorted(mail.to for mail in told) == ["follower@ketch.example", "ola@halden.example", "voter@ketch.example"]
    assert "For the spring." in told[0].text
    assert PortalTelling.objects.get().told_count == 3
    assert Event.objects.filter(kind="portal_idea.told").count() == 1
    move_portal_idea(actor=bob, idea=fresh(idea), status="shipped")
    tell_all(acme)
    assert sum(mail.subject == "“Straight labels” has shipped" for mail in mails()) == 3


def test_a_batch_that_is_told_again_after_a_crash_sends_nothing_twice(idea, portal, bob, acme, monkeypatch):
    monkeypatch.setattr("feedback.services.visitor_mail.BATCH", 2)
    for number in range(5):
        Visitor(portal, f"v{number}@ketch.example", f"198.51.100.{number}").vote(idea)
    move_portal_idea(actor=bob, idea=idea, status="planned")
    tell_all(acme)
    PortalTelling.objects.update(last_visitor_id=0, finished_at=None)

    tell_all(acme)

    told = [mail.to for mail in mails() if mail.subject == "“Straight labels” is planned"]
    assert sorted(told) == [f"v{number}@ketch.example" for number in range(5)]


def test_a_change_that_nobody_has_heard_of_yet_is_not_told_when_another_follows(idea, ola, bob, acme):
    ola.vote(idea)

    move_portal_idea(actor=bob, idea=idea, status="shipped")
    move_portal_idea(actor=bob, idea=fresh(idea), status="in_progress")
    tell_all(acme)

    assert [mail.subject for mail in mails(ola.email)][1:] == ["“Straight labels” is in progress"]


def test_a_correction_and_a_changed_note_are_not_mailed(idea, ola, bob, acme):
    ola.vote(idea)

    move_portal_idea(actor=bob, idea=idea, status="planned", tells=False)
    move_portal_idea(actor=bob, idea=fresh(idea), status="planned", note="In March.")
    tell_all(acme)

    assert len(mails(ola.email)) == 1
    assert "In March." in ola.get("portal-idea", idea.pk).content.decode()


def test_a_mail_can_be_stopped_in_one_click_also_after_the_portal_has_closed(idea, ola, bob, acme, olivia, portal):
    ola.vote(idea)
    move_portal_idea(actor=bob, idea=idea, status="planned")
    tell_all(acme)
    mail = mails(ola.email)[-1]
    link = mailed_link(ola.email, "stop")
    assert mail.headers["List-Unsubscribe"] == f"<http://testserver{link}>"
    assert mail.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    close_portal(actor=olivia, portal=portal)

    assert "No more mail?" in ola.open(link).content.decode()
    assert audience_of(idea).count() == 1
    stopped = Visitor(portal).press(link, **{"List-Unsubscribe": "One-Click"})

    assert stopped.status_code == 200
    assert "You get no more mail" in stopped.content.decode()
    move_portal_idea(actor=bob, idea=fresh(idea), status="shipped")
    tell_all(acme)
    assert mails(ola.email)[-1].pk == mail.pk
    assert votes(idea) == 1
    ola.press(link, again="1")
    assert audience_of(idea).count() == 1
    assert ola.press(link.replace("/stop/", "/stop/x")).status_code == 404


def test_a_published_release_ships_its_ideas_and_those_who_asked_are_told_once(idea, second, ola, bob, acme, portal):
    ola.vote(idea)
    release = create_release(
        actor=bob, organization=acme, product=portal.product, name="4.19", released_date=timezone.localdate()
    )
    update_release(actor=bob, release=release, ideas=[idea, second])

    publish_release(actor=bob, release=release)
    publish_release(actor=bob, release=release)
    tell_all(acme)

    assert [fresh(row).status for row in (idea, second)] == ["shipped", "shipped"]
    told = [mail for mail in mails(ola.email) if "has shipped" in mail.subject]
    assert len(told) == 1
    assert "In release 4.19." in told[0].text
    changelog = ola.get("portal-changelog").content.decode()
    assert changelog.index("4.19") < changelog.index("Dark mode") < changelog.index("Straight labels")


def test_what_was_withdrawn_keeps_its_votes_and_tells_nobody(idea, ola, bob, acme):
    ola.vote(idea)
    withdraw_portal_idea(actor=bob, idea=idea)

    assert ola.get("portal-idea", idea.pk).status_code == 404
    move_portal_idea(actor=bob, idea=fresh(idea), status="shipped")
    tell_all(acme)

    assert len(mails(ola.email)) == 1
    assert votes(idea) == 1


def test_a_project_that_is_done_ships_nothing_by_itself(idea, project, bob, acme, ola):
    ola.vote(idea)
    PortalIdea.objects.update(project=project)

    Project.objects.update(status="done")
    tell_all(acme)

    assert fresh(idea).status == "considering"
    assert len(mails(ola.email)) == 1


def test_of_what_is_shown_nowhere_nobody_is_told(idea, ola, bob, olivia, acme, portal):
    ola.vote(idea)
    move_portal_idea(actor=bob, idea=idea, status="planned")
    close_portal(actor=olivia, portal=portal)
    tell_all(acme)

    move_portal_idea(actor=bob, idea=fresh(idea), status="shipped")
    tell_all(acme)

    assert len(mails(ola.email)) == 1
    assert not PortalTelling.objects.filter(finished_at=None).exists()


def test_nobody_is_led_to_the_portal_of_an_archived_product(portal, idea, second, ola, bob, alice, acme):
    ola.vote(idea)
    withdraw_portal_idea(actor=bob, idea=fresh(second))
    archive_product(actor=alice, product=portal.product)

    move_portal_idea(actor=bob, idea=fresh(idea), status="planned")
    publish_portal_idea(actor=bob, idea=fresh(second))
    tell_all(acme)

    assert ola.get("portal-idea", idea.pk).status_code == 404
    assert len(mails()) == 1


def test_a_voter_is_not_told_that_nothing_more_is_told(portal, ola, bob, acme):
    ola.submit()
    ola.press(mailed_link(ola.email))
    idea = publish_portal_idea(actor=bob, idea=PortalIdea.objects.get())
    page = ola.get("portal-idea", idea.pk).content.decode()
    assert "As a voter you are told" in page
    assert "Do not tell me" not in page

    ola.take_part(idea, "unvote")
    assert "Do not tell me" in ola.get("portal-idea", idea.pk).content.decode()
    ola.take_part(idea, "unfollow")
    move_portal_idea(actor=bob, idea=fresh(idea), status="planned")
    tell_all(acme)

    assert not audience_of(idea).exists()
    assert "is planned" not in mails(ola.email)[-1].subject


@pytest.mark.parametrize("asks", ["follow", "submit"])
def test_who_asks_to_be_told_is_told_though_they_had_stopped_all_mail(portal, idea, second, ola, asks):
    ola.vote(idea)
    visitor = unsubscribe_visitor(actor=None, visitor=PortalVisitor.objects.get())
    assert not audience_of(idea).exists()

    if asks == "follow":
        ola.take_part(second, "follow")
    else:
        ola.submit(token=form_token(portal, visitor, timezone.now() - datetime.timedelta(seconds=10)))

    assert fresh(visitor).unsubscribed_at is None
    assert audience_of(second if asks == "follow" else PortalIdea.objects.latest("pk")).get() == visitor


def test_what_is_typed_to_a_portal_is_mailed_to_nobody(portal, ola):
    ola.submit(title="You have won")

    (mail,) = mails(ola.email)
    assert "You have won" not in mail.subject + mail.text
    assert "You sent an idea to Atlas ideas." in mail.text


def test_a_title_of_several_lines_does_not_break_the_mail(idea, ola, bob, acme):
    PortalIdea.objects.update(title="Straight\nBcc: everybody@mail.example")
    ola.vote(fresh(idea))

    move_portal_idea(actor=bob, idea=fresh(idea), status="planned")
    tell_all(acme)

    assert mails(ola.email)[-1].subject == "“Straight Bcc: everybody@mail.example” is planned"
