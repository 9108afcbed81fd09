"""Members' pages of portals, ideas and releases: who may do what, and what the pages say before it is done."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from core.tenancy import organization_scope
from feedback.models import Portal, PortalIdea, PortalVisitor, Release
from feedback.selectors.idea import told_of
from feedback.services import (
    archive_portal_idea,
    create_portal_idea,
    create_release,
    publish_portal_idea,
    publish_release,
    withdraw_portal_idea,
)
from projects.models import Project
from tests.feedback.portals import Visitor, mails, tell_all
from tests.filling import answers, fill, sentences
from tests.rows import fresh


@pytest.fixture
def release(acme, bob, product):
    return create_release(
        actor=bob, organization=acme, product=product, name="4.19", released_date=timezone.localdate()
    )


def text(response):
    return response.content.decode()


def test_a_portal_is_set_up_closed_then_opened_and_closed_with_undo(page, olivia, product):
    browser = page(olivia)
    assert "Set up a portal" in text(browser.get(reverse("feedback:portal-list")))

    fill(browser, reverse("feedback:portal-create"), product=product.pk, title="Atlas ideas", slug="atlas")
    portal = Portal.objects.get()
    assert portal.is_open is False
    shown = text(browser.get(reverse("feedback:portal-detail", args=[portal.pk])))
    assert "Open this portal to everybody?" in shown
    assert "http://testserver/portal/acme/atlas/" in shown
    opened = browser.post(reverse("feedback:portal-open", args=[portal.pk]), {"version": portal.version})

    assert fresh(portal).is_open is True
    assert "everybody can read it at http://testserver/portal/acme/atlas/" in sentences(opened)[-1]
    browser.post(reverse("feedback:portal-close", args=[portal.pk]))
    assert fresh(portal).is_open is False


def test_a_product_has_one_portal_and_each_address_is_used_once(page, olivia, portal, product, line, acme):
    browser, url = page(olivia), reverse("feedback:portal-create")
    other = type(product).objects.create(organization=acme, name="Cutter", currency="USD")

    again = browser.post(url, {"product": product.pk, "title": "Twice", "slug": "twice"})
    taken = browser.post(url, {"product": other.pk, "title": "Cutter", "slug": "atlas"})

    assert (again.status_code, taken.status_code) == (422, 422)
    assert "Another portal has this address." in text(taken)
    assert Portal.objects.count() == 1


def test_only_leaders_open_and_set_up_portals_and_only_workers_handle_ideas(page, bob, vera, portal, idea, release):
    edit = reverse("feedback:portal-edit", args=[portal.pk])
    close = reverse("feedback:portal-close", args=[portal.pk])
    assert [page(bob).get(edit).status_code, page(bob).post(close).status_code] == [403, 403]

    browser = page(vera)
    for name, args in (
        ("idea-act", [idea.pk, "withdraw"]), ("idea-status", [idea.pk]), ("idea-merge", [idea.pk]),
        ("release-publish", [release.pk]), ("release-act", [release.pk, "archive"]), ("release-create", []),
    ):  # fmt: skip
        assert browser.post(reverse(f"feedback:{name}", args=args)).status_code == 403, name
    assert browser.get(reverse("feedback:idea-voters", args=[idea.pk])).status_code == 403
    for name, args in (("portal-list", []), ("portal-detail", [portal.pk]), ("idea-detail", [idea.pk]),
                       ("release-list", []), ("release-detail", [release.pk])):  # fmt: skip
        response = browser.get(reverse(f"feedback:{name}", args=args))
        assert response.status_code == 200, name
        assert "Publish</button>" not in text(response)
    assert fresh(portal).is_open
    assert fresh(idea).is_published


def test_what_waits_is_told_and_published_from_the_list(page, bob, portal):
    Visitor(portal).submit(title="Dark mode")
    made = PortalIdea.objects.get()
    browser, url = page(bob), reverse("feedback:portal-detail", args=[portal.pk])

    assert "1 idea waits for a person." in text(browser.get(url))
    assert "Dark mode" in text(browser.get(url, {"view": "waiting"}, headers={"HX-Request": "true"}))
    done = browser.post(reverse("feedback:idea-act", args=[made.pk, "publish"]), {"version": made.version})

    assert sentences(done) == ["Published “Dark mode”."]
    assert fresh(made).is_published
    assert list(browser.get(url, {"view": "waiting"}).context["page"]) == []
    assert "Dark mode" in text(browser.get(url, {"view": "published"}))


def test_why_something_waits_is_said(page, bob, portal):
    Visitor(portal).submit(title="Cheap", text="http://a.example http://b.example http://c.example")
    made = PortalIdea.objects.get()

    assert "It waits for a person: It has 3 links." in text(
        page(bob).get(reverse("feedback:idea-detail", args=[made.pk]))
    )


def test_a_status_says_first_how_many_are_told_and_tells_them(page, bob, portal, idea, acme):
    for name in ("a", "b"):
        Visitor(portal, f"{name}@ketch.example").vote(idea)
    browser, url = page(bob), reverse("feedback:idea-detail", args=[idea.pk])
    assert "2 people are told by mail" in text(browser.get(url))

    refused = browser.post(reverse("feedback:idea-status", args=[idea.pk]), {"status": "not_planned", "tells": "on"})
    browser.post(reverse("feedback:idea-status", args=[idea.pk]), {"status": "planned", "note": "May.", "tells": "on"})
    assert "“Planned” is being told: 0 so far." in text(browser.get(url))
    tell_all(acme)

    assert refused.status_code == 422
    assert "Say why it is not planned" in text(refused)
    assert fresh(idea).status == "planned"
    assert "2 people were told “planned”" in text(browser.get(url))
    assert sum("is planned" in mail.subject for mail in mails()) == 2


def test_who_changed_the_words_meanwhile_is_told_and_nothing_typed_is_lost(page, bob, idea):
    url = reverse("feedback:idea-detail", args=[idea.pk])

    response = page(bob).post(url, {"title": "Mine", "text": "My words", "version": idea.version - 1})

    assert response.status_code == 409
    assert "My words" in text(response)


def test_an_item_is_shown_on_a_portal_in_other_words_and_counts_its_votes(page, bob, portal, item, product):
    browser = page(bob)
    detail = reverse("feedback:item-detail", args=[item.pk])
    assert "Show on portal" in text(browser.get(detail))

    fill(browser, reverse("feedback:item-idea", args=[item.pk]), portal=portal.pk, title="Straight", text="Labels.")
    made = PortalIdea.objects.get()
    assert (made.item, made.title, made.is_published) == (item, "Straight", False)
    assert "waits to be published" in text(browser.get(detail))
    again = browser.get(reverse("feedback:item-idea", args=[item.pk]))
    browser.post(reverse("feedback:idea-act", args=[made.pk, "publish"]))
    Visitor(portal, "a@b.example").vote(made)

    assert again.url == reverse("feedback:idea-detail", args=[made.pk])
    assert "1 vote on the portal" in text(browser.get(detail))


def test_an_idea_is_merged_and_taken_apart_through_its_page(page, bob, portal, idea):
    other = create_portal_idea(actor=bob, portal=portal, title="Labels again", text="The same.")
    browser = page(bob)

    done = fill(browser, reverse("feedback:idea-merge", args=[other.pk]), into=idea.pk)
    assert done.url == reverse("feedback:idea-detail", args=[idea.pk])
    assert "Labels again" in text(browser.get(done.url))
    browser.post(reverse("feedback:idea-act", args=[other.pk, "unmerge"]))

    assert fresh(other).merged_into is None


def test_voters_stand_with_their_accounts_and_are_blocked_and_let_back(page, bob, portal, idea, halden):
    Visitor(portal, "ola@halden.example").vote(idea)
    browser, url = page(bob), reverse("feedback:idea-voters", args=[idea.pk])
    shown = text(browser.get(url))
    assert "ola@halden.example" in shown
    assert "Halden Freight" in shown
    assert "$84k" in shown
    visitor = PortalVisitor.objects.get()

    browser.post(reverse("feedback:visitor-act", args=[visitor.pk, "block"]), {"idea": idea.pk})
    assert fresh(visitor).blocked_at is not None
    assert "Unblock" in text(browser.get(url))
    browser.post(reverse("feedback:visitor-act", args=[visitor.pk, "unblock"]), {"idea": idea.pk})

    assert fresh(visitor).blocked_at is None
    assert browser.post(reverse("feedback:visitor-act", args=[visitor.pk, "name"])).status_code == 404


def test_amounts_behind_an_idea_are_hidden_from_whom_they_are_hidden(page, bob, portal, idea, halden):
    Visitor(portal, "ola@halden.example").vote(idea)
    url = reverse("feedback:idea-detail", args=[idea.pk])
    assert "paying $84k a year" in text(page(bob).get(url))

    Membership.objects.filter(user=bob).update(sees_amounts=False)

    assert "84k" not in text(page(bob).get(url))
    assert "84k" not in text(page(bob).get(reverse("feedback:idea-voters", args=[idea.pk])))


def test_a_project_that_is_done_is_suggested_as_shipped_and_nothing_more(page, bob, portal, idea, project):
    PortalIdea.objects.update(project=project)
    Project.objects.update(status="done")
    browser = page(bob)

    for url in (reverse("feedback:portal-detail", args=[portal.pk]), reverse("feedback:idea-detail", args=[idea.pk])):
        assert "Nobody is told until you" in text(browser.get(url)) or "nobody is told until you do" in text(
            browser.get(url)
        )
    assert fresh(idea).status == "considering"


def test_a_release_is_written_given_its_ideas_and_published_with_what_it_ships(page, bob, portal, idea, product):
    Visitor(portal, "ola@halden.example").vote(idea)
    browser = page(bob)
    fill(
        browser, reverse("feedback:release-create"), product=product.pk, name="4.19", released_date="2026-01-05",
        notes="Straight labels.",
    )  # fmt: skip
    release = Release.objects.get()
    url = reverse("feedback:release-detail", args=[release.pk])
    fill(browser, url, ideas=[idea.pk])
    shown = text(browser.get(url))
    assert "1 idea has shipped with it" in shown
    assert "1 person is told by mail." in shown

    done = browser.post(reverse("feedback:release-publish", args=[release.pk]), {"ships": "1"})

    assert sentences(done) == ["Published “4.19”. Undo takes it off the changelog; what it brings stays shipped."]
    assert fresh(idea).status == "shipped"
    assert fresh(idea).release == release
    assert "4.19" in text(browser.get(reverse("feedback:release-list"), {"product": product.pk}))
    browser.post(reverse("feedback:release-act", args=[release.pk, "withdraw"]))
    assert fresh(release).is_published is False


def test_a_release_published_without_shipping_leaves_its_ideas(page, bob, idea, release):
    PortalIdea.objects.update(release=release)

    page(bob).post(reverse("feedback:release-publish", args=[release.pk]), {})

    assert fresh(release).is_published
    assert fresh(idea).status == "considering"


def test_an_early_or_repeated_release_is_refused_in_words(page, bob, product, release):
    browser = page(bob)
    Release.objects.update(released_date=timezone.localdate() + datetime.timedelta(days=9))

    early = browser.post(reverse("feedback:release-publish", args=[release.pk]), {})
    twice = browser.post(
        reverse("feedback:release-create"), {"product": product.pk, "name": "4.19", "released_date": "2026-01-05"}
    )

    assert early.status_code == 409
    assert "Publish it on that day or later." in text(early)
    assert "Another release of this product has this name." in text(twice)


def test_a_stranger_finds_none_of_it(page, charlie, other, portal, idea, release):
    Visitor(portal, "ola@halden.example").vote(idea)
    browser = page(charlie)
    with organization_scope(other):
        for name, args in (
            ("portal-detail", [portal.pk]), ("portal-edit", [portal.pk]), ("idea-detail", [idea.pk]),
            ("idea-voters", [idea.pk]), ("release-detail", [release.pk]),
        ):  # fmt: skip
            assert browser.get(reverse(f"feedback:{name}", args=args)).status_code == 404, name
        blocked = browser.post(reverse("feedback:visitor-act", args=[PortalVisitor.objects.count() or 1, "block"]))
    assert blocked.status_code == 404


@pytest.mark.parametrize("count", [1, 50])
def test_lists_take_as_few_statements_for_fifty_rows_as_for_one(page, bob, portal, product, acme, project, count):
    Release.objects.bulk_create(
        Release(organization=acme, product=product, project=project, name=f"R{n}", released_date="2026-01-05")
        for n in range(count)
    )
    release = Release.objects.first()
    PortalIdea.objects.bulk_create(
        PortalIdea(organization=acme, portal=portal, title=f"I{n}", text="x", project=project, release=release)
        for n in range(count)
    )
    browser = page(bob)
    found = {}
    for name, args in (("portal-list", []), ("portal-detail", [portal.pk]), ("release-list", [])):
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(reverse(f"feedback:{name}", args=args)).status_code == 200
        found[name] = len(captured)

    assert found["portal-list"] <= 7
    assert found["portal-detail"] <= 10
    assert found["release-list"] <= 8


def test_portals_ideas_and_releases_over_rest(api, product, acme):
    made = api.send("post", "/api/v1/portals/", {"product": product.pk, "title": "Atlas", "slug": "atlas"})
    portal = made.json()
    assert (made.status_code, portal["is_open"]) == (201, False)
    assert api.send("post", f"/api/v1/portals/{portal['id']}/open/", {}).json()["is_open"] is True
    refused = api.send("patch", f"/api/v1/portals/{portal['id']}/", {"is_open": False})
    assert "POST to open/ or close/." in refused.content.decode()
    row = api.send("post", "/api/v1/portal-ideas/", {"portal": portal["id"], "title": "Dark", "text": "Mode"}).json()
    path = f"/api/v1/portal-ideas/{row['id']}/"

    assert api.send("post", f"{path}publish/", {}).json()["published_at"]
    Visitor(Portal.objects.get(), "a@b.example").vote(PortalIdea.objects.get())
    assert api.send("post", f"{path}status/", {"status": "not_planned"}).status_code == 400
    moved = api.send("post", f"{path}status/", {"status": "planned", "note": "May."}).json()
    assert (moved["status"], moved["status_note"], moved["votes"]) == ("planned", "May.", 1)
    other = api.send("post", "/api/v1/portal-ideas/", {"portal": portal["id"], "title": "Night", "text": "Same"}).json()
    merged = api.send("post", f"/api/v1/portal-ideas/{other['id']}/merge/", {"into": row["id"]}).json()
    assert merged["merged_into"] == row["id"]
    body = {"product": product.pk, "name": "4.19", "released_date": "2026-01-05"}
    release = api.send("post", "/api/v1/releases/", body).json()
    assert api.send("patch", path, {"release": release["id"]}).json()["release_name"] == "4.19"
    shipped = api.send("post", f"/api/v1/releases/{release['id']}/publish/", {}).json()

    assert shipped["published_at"]
    assert api.get(path).json()["status"] == "shipped"
    assert api.get(f"/api/v1/portal-ideas/?release={release['id']}").json()["results"][0]["id"] == row["id"]
    assert api.get("/api/v1/releases/?released_after=2026-02-01").json()["results"] == []
    assert Decimal(api.get(path).json()["votes"]) == 1


def test_a_published_release_and_its_day_stand_for_before_and_after(acme, bob, product):
    early = create_release(actor=bob, organization=acme, product=product, name="1", released_date="2026-01-05")
    publish_release(actor=bob, release=fresh(early))

    assert [str(row) for row in product.releases.live().filter(released_date__lte="2026-02-01")] == ["1"]


def test_saying_later_that_a_release_shipped_offers_no_undo_that_would_take_it_off(page, bob, idea, release):
    PortalIdea.objects.update(release=release)
    browser = page(bob)
    url = reverse("feedback:release-publish", args=[release.pk])
    browser.post(url, {})
    published_at = fresh(release).published_at

    done = browser.post(url, {"ships": "1"})

    told = list(done.wsgi_request._messages)
    assert [(str(one), one.extra_tags) for one in told][-1] == ("What “4.19” brings has shipped.", "")
    assert (fresh(idea).status, fresh(release).published_at) == ("shipped", published_at)


def test_saving_a_release_leaves_what_is_archived_merged_or_was_added_meanwhile(
    page, bob, portal, idea, second, release
):
    third, fourth = (
        create_portal_idea(actor=bob, portal=portal, title=title, text="More of it.") for title in ("Third", "Fourth")
    )
    PortalIdea.objects.exclude(pk=fourth.pk).update(release=release)
    archive_portal_idea(actor=bob, idea=fresh(second))
    PortalIdea.objects.filter(pk=third.pk).update(merged_into=idea)
    browser = page(bob)
    url = reverse("feedback:release-detail", args=[release.pk])
    form = answers(browser.get(url), notes="Straight labels.")
    PortalIdea.objects.filter(pk=fourth.pk).update(release=release)

    browser.post(url, form)
    assert {row.release for row in PortalIdea.objects.all()} == {release}
    assert fresh(release).notes == "Straight labels."
    browser.post(url, answers(browser.get(url), ideas=[]))
    assert set(PortalIdea.objects.filter(release=release)) == {fresh(second), fresh(third)}


def test_taking_an_idea_off_and_putting_it_back_leaves_it_as_it_was(bob, portal, idea):
    since = fresh(idea).published_at
    withdraw_portal_idea(actor=bob, idea=fresh(idea))
    assert publish_portal_idea(actor=bob, idea=fresh(idea)).published_at == since

    PortalIdea.objects.update(published_at=None, held_reason="It holds a link.")
    publish_portal_idea(actor=bob, idea=fresh(idea))
    assert fresh(idea).held_reason == ""
    assert withdraw_portal_idea(actor=bob, idea=fresh(idea)).held_reason == "It holds a link."


def test_who_is_told_of_many_ideas_is_counted_once_by_one_statement(portal, idea, second, ola):
    ola.vote(idea)
    ola.vote(second)
    Visitor(portal, "jo@halden.example").vote(second)
    ideas = list(PortalIdea.objects.select_related("portal__product"))

    with CaptureQueriesContext(connection) as asked:
        assert told_of(ideas) == 2
    assert len(asked) == 1
    for one in ideas:
        one.archived_at = timezone.now()
    assert told_of(ideas) == 0


def test_saving_a_release_leaves_an_idea_that_went_to_another_meanwhile(page, bob, acme, product, idea, release):
    PortalIdea.objects.update(release=release)
    browser, url = page(bob), reverse("feedback:release-detail", args=[release.pk])
    form = answers(browser.get(url), notes="Straight labels.")
    later = create_release(actor=bob, organization=acme, product=product, name="5", released_date=release.released_date)
    PortalIdea.objects.update(release=later)
    browser.post(url, form)
    assert (fresh(idea).release, fresh(release).notes) == (later, "Straight labels.")
