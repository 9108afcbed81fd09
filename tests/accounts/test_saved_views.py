"""Saved views of a list: kept, shared, renamed, moved, removed and brought back."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Membership, SavedView
from accounts.selectors import normal_query, saved_views
from accounts.services import (
    MOST_VIEWS,
    archive_saved_view,
    create_saved_view,
    move_saved_view,
    restore_saved_view,
    undo_saved_view,
    update_saved_view,
)
from core.access import Role
from core.errors import Conflict, FieldErrors, NotAllowed
from core.tenancy import organization_scope
from events.models import Event
from feedback.services import create_item


@pytest.fixture
def view(acme, bob):
    """Bob's own view."""
    return create_saved_view(actor=bob, organization=acme, name="Angry", query="sentiment=negative")


def names(user):
    return [view.name for view in saved_views(user, "inbox")]


def test_filters_are_kept_in_one_order_without_pages_and_what_is_empty(acme, bob):
    assert normal_query(bob, "inbox", "?status=any&sentiment=negative&page=3&rows=50&kind=&q= ") == (
        "sentiment=negative&status=any"
    )
    assert normal_query(bob, "inbox", "q=a%26b+c&order=newest") == "order=newest&q=a%26b+c"


@pytest.mark.parametrize("query", ["colour=red", "sentiment=sad", "product=999999", "q=" + "x" * 201, "owner=me"])
def test_filters_that_the_list_does_not_have_are_refused(acme, bob, query):
    with pytest.raises(FieldErrors) as wrong:
        create_saved_view(actor=bob, organization=acme, name="Mine", query=query)

    assert "query" in wrong.value.errors


def test_a_filter_of_another_organizations_row_is_refused(acme, bob, other, charlie):
    with organization_scope(other, charlie):
        item = create_item(actor=charlie, organization=other, text="Theirs.")
        account = item.organization_id

    with pytest.raises(FieldErrors):
        normal_query(bob, "inbox", f"owner={charlie.pk}&account={account}")


def test_ones_own_views_are_seen_by_nobody_else_and_shared_ones_by_all(acme, alice, bob, vera, view):
    create_saved_view(actor=alice, organization=acme, name="Everybody's", query="urgency=urgent", is_shared=True)

    assert names(bob) == ["Everybody's", "Angry"]
    assert names(vera) == names(alice) == ["Everybody's"]
    for deed in (archive_saved_view, restore_saved_view):
        with pytest.raises(NotAllowed):
            deed(actor=alice, view=view)


def test_leaders_alone_share_and_change_what_is_shared(acme, alice, bob):
    shared = create_saved_view(actor=alice, organization=acme, name="Urgent ones", is_shared=True)

    with pytest.raises(NotAllowed):
        create_saved_view(actor=bob, organization=acme, name="For all", is_shared=True)
    with pytest.raises(NotAllowed):
        update_saved_view(actor=bob, view=shared, name="Ours")
    assert update_saved_view(actor=alice, view=shared, name="Ours").name == "Ours"


def test_a_name_is_taken_once_by_a_person_and_again_by_another(acme, bob, vera, view):
    with pytest.raises(Exception, match="Another view has this name"):
        create_saved_view(actor=bob, organization=acme, name="Angry")

    assert create_saved_view(actor=vera, organization=acme, name="Angry").person == vera


def test_views_move_and_stay_within_the_row(acme, bob, view):
    for name in ("Second", "Third"):
        create_saved_view(actor=bob, organization=acme, name=name)

    move_saved_view(actor=bob, view=view, steps=1)
    assert names(bob) == ["Second", "Angry", "Third"]
    move_saved_view(actor=bob, view=view, steps=9)
    assert names(bob) == ["Second", "Third", "Angry"]
    move_saved_view(actor=bob, view=view, steps=-1)
    assert names(bob) == ["Second", "Angry", "Third"]
    assert Event.objects.filter(kind="saved_view.moved").exists()


def test_a_removed_view_comes_back_unless_its_name_is_taken(acme, bob, view):
    gone = archive_saved_view(actor=bob, view=view)
    assert names(bob) == []
    assert names(restore_saved_view(actor=bob, view=gone).person) == ["Angry"]

    gone = archive_saved_view(actor=bob, view=view)
    create_saved_view(actor=bob, organization=acme, name="Angry")
    with pytest.raises(Exception, match="Another view has this name"):
        restore_saved_view(actor=bob, view=gone)


def test_nothing_is_taken_back_of_a_view_that_was_moved_since(acme, bob, view):
    create_saved_view(actor=bob, organization=acme, name="Second")
    renamed = update_saved_view(actor=bob, view=view, name="Furious")
    moved = move_saved_view(actor=bob, view=renamed, steps=1)

    with pytest.raises(Conflict, match="since"):
        undo_saved_view(actor=bob, view=moved, version=renamed.version)


def test_a_renaming_is_taken_back_once_however_often_it_is_asked(acme, bob, view):
    renamed = update_saved_view(actor=bob, view=view, name="Furious", query="urgency=urgent")

    once = undo_saved_view(actor=bob, view=renamed, version=renamed.version)
    again = undo_saved_view(actor=bob, view=renamed, version=renamed.version)

    assert (once.name, once.query) == (again.name, again.query) == ("Angry", "sentiment=negative")
    assert once.version == again.version == renamed.version + 1
    assert Event.objects.filter(kind="saved_view.update_undone").count() == 1
    with pytest.raises(Conflict, match="no change of this view's name"):
        undo_saved_view(actor=bob, view=again, version=again.version)


def test_an_old_undo_leaves_what_another_leader_renamed_later(acme, alice, vera, client):
    Membership.objects.filter(user=vera).update(role=Role.PORTFOLIO_MANAGER)
    shared = create_saved_view(actor=alice, organization=acme, name="Urgent", is_shared=True)
    first = update_saved_view(actor=alice, view=shared, name="Urgent ones")
    later = update_saved_view(actor=vera, view=first, name="Burning")
    client.force_login(alice)

    answer = client.post(reverse("accounts:saved-view-undo", args=[shared.pk, first.version]))

    assert answer.status_code == 409
    assert "Something else has happened to this view since" in answer.content.decode()
    assert SavedView.objects.get(pk=shared.pk).name == "Burning"
    undo_saved_view(actor=vera, view=later, version=later.version)
    with pytest.raises(Conflict, match="since"):
        undo_saved_view(actor=alice, view=later, version=first.version)
    assert SavedView.objects.get(pk=shared.pk).name == "Urgent ones"


def test_there_are_not_endlessly_many(acme, bob):
    for number in range(MOST_VIEWS):
        create_saved_view(actor=bob, organization=acme, name=f"View {number}")

    with pytest.raises(Conflict, match="already"):
        create_saved_view(actor=bob, organization=acme, name="One more")


def test_a_view_does_not_come_back_as_one_too_many(acme, bob, alice, view):
    gone = archive_saved_view(actor=bob, view=view)
    rows = [create_saved_view(actor=bob, organization=acme, name=f"View {number}") for number in range(MOST_VIEWS)]

    with pytest.raises(Conflict, match="already"):
        restore_saved_view(actor=bob, view=gone)

    assert len(names(bob)) == MOST_VIEWS
    assert not restore_saved_view(actor=bob, view=rows[0]).is_archived
    archive_saved_view(actor=bob, view=rows[0])
    assert not restore_saved_view(actor=bob, view=gone).is_archived


def test_the_inbox_offers_to_save_its_filters_and_shows_the_view_with_its_count(client, acme, bob):
    create_item(actor=bob, organization=acme, text="Awful.")
    client.force_login(bob)
    url = reverse("feedback:inbox")
    save = reverse("accounts:saved-view-create")

    before = client.get(url, {"q": "awful", "status": "any"}).content.decode()
    assert "Save view" in before
    assert f"{save}?page=inbox&amp;query=q%3Dawful%26status%3Dany" in before
    form = client.get(save, {"page": "inbox", "query": "q=awful&status=any"}).content.decode()
    assert 'name="is_shared"' not in form  # Bob does not lead
    sent = {"page": "inbox", "query": "q=awful&status=any", "name": "Awful things"}
    after = client.post(save, sent, follow=True)

    html = after.content.decode()
    assert after.redirect_chain[-1][0].endswith("?q=awful&status=any")
    assert 'aria-current="page">Awful things <span class="c">1</span>' in html
    assert "Saved the view “Awful things”." in html
    assert ">Save view" not in html
    assert "Save view" not in client.get(url).content.decode()
    fragment = client.get(url, {"sentiment": "positive", "status": "any"}, headers={"HX-Request": "true"})
    assert 'id="views" hx-swap-oob="true"' in fragment.content.decode()


def test_a_view_is_renamed_moved_and_removed_on_its_page_and_each_is_taken_back(client, acme, bob, view):
    second = create_saved_view(actor=bob, organization=acme, name="Second")
    client.force_login(bob)

    def undo(answer):
        *_, last = answer.context["messages"]
        return str(last.extra_tags).split()[0]

    edit = reverse("accounts:saved-view-edit", args=[view.pk])
    renamed = client.post(edit, {"name": "Furious", "version": view.version}, follow=True)
    assert names(bob) == ["Furious", "Second"]
    for _ in range(2):
        again = client.post(undo(renamed), follow=True)
        assert "The view is called “Angry” again." in again.content.decode()
        assert names(bob) == ["Angry", "Second"]
    client.post(edit, {"name": "Furious"})
    moved = client.post(reverse("accounts:saved-view-move", args=[second.pk, "left"]), follow=True)
    assert names(bob) == ["Second", "Furious"]
    client.post(undo(moved))
    assert names(bob) == ["Furious", "Second"]
    removed = client.post(reverse("accounts:saved-view-remove", args=[second.pk]), follow=True)
    assert names(bob) == ["Furious"]
    client.post(undo(removed))
    assert names(bob) == ["Furious", "Second"]


def test_strangers_and_other_members_get_404(client, vera, charlie, view):
    for person in (vera, charlie):
        client.force_login(person)
        for name in ("edit", "remove", "restore"):
            address = reverse(f"accounts:saved-view-{name}", args=[view.pk])
            assert client.post(address, {"name": "Mine now"}).status_code == 404
    assert SavedView.objects.get(pk=view.pk).name == "Angry"


def test_views_cost_no_statement_each(client, acme, bob, view):
    create_item(actor=bob, organization=acme, text="Awful.")
    client.force_login(bob)
    url = reverse("feedback:inbox")

    def statements():
        client.get(url)
        with CaptureQueriesContext(connection) as seen:
            client.get(url)
        return len(seen)

    few = statements()
    for number in range(10):
        create_saved_view(actor=bob, organization=acme, name=f"View {number}", query="kind=bug")

    assert statements() == few


def test_the_api_keeps_moves_and_removes_views(api_for, acme, bob, vera, alice):
    api = api_for(bob, acme)
    url = "/api/v1/saved-views/"

    made = api.send("post", url, {"name": "Bugs", "query": "kind=bug&page=2"}).json()
    api.send("post", url, {"name": "Praise", "query": "kind=praise"})
    moved = api.send("post", f"{url}{made['id']}/move/", {"steps": 1}).json()

    assert made["query"] == "kind=bug"
    assert made["person"] == bob.pk
    assert moved["position"] == 2
    assert api.send("post", url, {"name": "All", "is_shared": True}).status_code == 403
    assert api.send("post", url, {"name": "Odd", "query": "colour=red"}).json()["errors"].keys() == {"query"}
    assert api_for(vera, acme).get(f"{url}{made['id']}/").status_code == 404
    shared = api_for(alice, acme).send("post", url, {"name": "All", "is_shared": True}).json()
    assert shared["person"] is None
    assert api_for(vera, acme).get(url).json()["results"][0]["id"] == shared["id"]
    assert api.delete(f"{url}{made['id']}/").status_code == 204
