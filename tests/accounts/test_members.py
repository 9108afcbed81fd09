"""Who belongs to the organization, and in which role; only owners change that."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import ApiToken, Membership, User
from accounts.services import change_role, create_api_token
from core.access import can
from core.errors import Conflict
from core.tenancy import Scope, scope
from events.models import Event
from tests.accounts.places import outside
from tests.conftest import member


def role_of(user):
    return Membership.objects.get(user=user).role


def page(name, *args):
    return reverse(f"accounts:{name}", args=args)


def membership(user):
    return Membership.objects.get(user=user)


@pytest.fixture
def owner(client, olivia):
    client.force_login(olivia)
    return client


def test_everybody_sees_who_belongs_here(client, olivia, alice, vera, charlie):
    client.force_login(vera)

    html = client.get(page("member-list")).getvalue().decode()

    assert "olivia@acme.example" in html
    assert "charlie@other.example" not in html
    assert page("member-role", membership(alice).pk) not in html


def test_the_list_is_filtered_sorted_and_exported(owner, alice, bob, vera):
    found = owner.get(page("member-list"), {"q": "ali"}).getvalue().decode()
    assert "alice@acme.example" in found
    assert "bob@acme.example" not in found

    viewers = owner.get(page("member-list"), {"role": "viewer", "format": "csv"})
    lines = b"".join(viewers.streaming_content).decode().splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("Vera,vera@acme.example,Viewer")

    backwards = owner.get(page("member-list"), {"sort": "-name"}).getvalue().decode()
    assert backwards.index("vera@") < backwards.index("alice@")


def test_htmx_gets_the_table_alone(owner):
    html = owner.get(page("member-list"), headers={"HX-Request": "true"}).getvalue().decode()

    assert "<html" not in html
    assert 'id="member-table"' in html


def test_nothing_found_offers_to_clear_the_filters(owner):
    html = owner.get(page("member-list"), {"q": "nobody at all"}).getvalue().decode()

    assert "No members match these filters" in html


def test_a_list_of_fifty_costs_as_many_queries_as_a_list_of_one(
    owner, acme, django_assert_max_num_queries, django_assert_num_queries
):
    with django_assert_max_num_queries(12) as few:
        owner.get(page("member-list"))
    for number in range(50):
        member(f"person{number}", acme, "viewer")

    with django_assert_num_queries(len(few)):
        owner.get(page("member-list"))


def test_somebody_new_is_added_and_sets_a_password_by_the_link_once(owner):
    sent = {"email": "Nora@Acme.example", "name": "Nora", "role": "contributor"}

    html = owner.post(page("member-add"), sent).getvalue().decode()

    nora = User.objects.get(email="nora@acme.example")
    assert role_of(nora) == "contributor"
    assert not nora.has_usable_password()
    [link] = re.findall(r"http://testserver(/set-password/[^<]+)", html)
    with outside():
        visitor = Client()
        assert "For nora@acme.example" in visitor.get(link).getvalue().decode()
        words = {"new_password1": "seven seas ahead", "new_password2": "seven seas ahead"}
        assert visitor.post(link, words)["Location"] == "/sign-in/"
        assert visitor.get(link).status_code == 410
        signed = visitor.post("/sign-in/", {"username": "nora@acme.example", "password": "seven seas ahead"})
        assert signed.status_code == 302
    assert Event.objects.filter(kind="membership.password_changed", actor=nora).exists()


def test_a_link_that_was_changed_or_is_somebody_else_s_opens_nothing(owner, alice, bob):
    html = owner.post(page("member-password-link", membership(alice).pk)).getvalue().decode()
    [link] = re.findall(r"http://testserver(/set-password/[^<]+)", html)
    _, _, person, token, _ = link.split("/")

    with outside():
        for wrong in (f"/set-password/{person}/{token}x/", f"/set-password/MQ/{token}/", f"/set-password/~~/{token}/"):
            assert Client().get(wrong).status_code == 410
            assert Client().post(wrong, {"new_password1": "seven seas ahead"}).status_code == 410


def test_a_weak_password_is_refused_by_the_link_which_stays_good(owner, alice):
    html = owner.post(page("member-password-link", membership(alice).pk)).getvalue().decode()
    [link] = re.findall(r"http://testserver(/set-password/[^<]+)", html)

    with outside():
        for weak in ("short", "password123", "1234567890a"[:9]):
            response = Client().post(link, {"new_password1": weak, "new_password2": weak})
            assert response.status_code == 422
        assert Client().get(link).status_code == 200


def test_the_link_is_not_for_a_person_who_belongs_elsewhere_too(owner, other, alice):
    """Else an owner here could sign in as that person there."""
    with scope(Scope(other.pk)):
        Membership.objects.create(organization=other, user=alice, role="viewer")

    response = owner.post(page("member-password-link", membership(alice).pk))

    assert response.status_code == 409
    assert "another organization too" in response.getvalue().decode()


def test_a_person_of_this_server_is_added_without_a_link(owner, charlie):
    response = owner.post(page("member-add"), {"email": "charlie@other.example", "name": "", "role": "viewer"})

    assert response["Location"] == page("member-list")
    assert role_of(charlie) == "viewer"
    assert charlie.name == "Charlie"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"email": "nora"}, "valid email"),
        ({"email": ""}, "required"),
        ({"role": "emperor"}, "valid choice"),
        ({"name": ""}, "give the person"),
        ({"email": "olivia@acme.example"}, "a member already"),
    ],
)
def test_bad_input_is_refused_at_its_field(owner, wrong, words):
    sent = {"email": "nora@acme.example", "name": "Nora", "role": "viewer"} | wrong

    response = owner.post(page("member-add"), sent)

    assert response.status_code in {400, 422}
    assert words in response.getvalue().decode()
    assert not User.objects.filter(name="Nora").exists()


def test_a_person_added_twice_by_two_clicks_is_added_once(owner):
    sent = {"email": "nora@acme.example", "name": "Nora", "role": "viewer", "form_token": "one"}

    owner.post(page("member-add"), sent)

    assert owner.post(page("member-add"), sent)["Location"] == page("member-list")
    assert Event.objects.filter(kind="membership.created").count() == 1


def test_an_owner_changes_a_role(owner, bob):
    response = owner.post(
        page("member-role", membership(bob).pk), {"role": "program_manager", "version": "1", "sees_amounts": "on"}
    )

    assert response.status_code == 302
    assert role_of(bob) == "program_manager"
    assert Event.objects.get().changes == {"role": ["contributor", "program_manager"]}


def test_an_owner_hides_amounts_from_a_member_and_shows_them_again(owner, acme, bob):
    address = page("member-role", membership(bob).pk)

    owner.post(address, {"role": "contributor", "version": "1"})

    assert not can(User.objects.get(pk=bob.pk), "finance.read", acme)
    assert "no amounts" in owner.get(page("member-list")).getvalue().decode()
    owner.post(address, {"role": "contributor", "version": "2", "sees_amounts": "on"})
    assert can(User.objects.get(pk=bob.pk), "finance.read", acme)
    kinds = list(Event.objects.order_by("pk").values_list("kind", "changes"))
    assert kinds == [
        ("membership.amounts_hidden", {"sees_amounts": [True, False]}),
        ("membership.amounts_shown", {"sees_amounts": [False, True]}),
    ]


def test_amounts_are_hidden_from_a_session_that_is_open_already(owner, bob):
    theirs = Client()
    theirs.force_login(bob)
    assert theirs.get(page("profile")).wsgi_request.user.sees_amounts_in(membership(bob).organization_id)

    owner.post(page("member-role", membership(bob).pk), {"role": "contributor", "version": "1"})

    assert not theirs.get(page("profile")).wsgi_request.user.sees_amounts_in(membership(bob).organization_id)


def test_a_stale_role_form_is_told_who_changed_it(owner, olivia, bob):
    change_role(actor=olivia, membership=membership(bob), role="viewer")

    response = owner.post(page("member-role", membership(bob).pk), {"role": "owner", "version": "1"})

    assert response.status_code == 409
    assert "Olivia changed" in response.getvalue().decode()
    assert role_of(bob) == "viewer"


def test_the_last_owner_stays(owner, olivia):
    mine = membership(olivia)

    assert owner.post(page("member-role", mine.pk), {"role": "viewer", "version": "1"}).status_code == 409
    assert owner.post(page("member-remove", mine.pk)).status_code == 409
    assert role_of(olivia) == "owner"


def test_of_two_owners_one_may_go(owner, olivia, bob):
    change_role(actor=olivia, membership=membership(bob), role="owner")

    assert owner.post(page("member-remove", membership(olivia).pk)).status_code == 302
    assert not Membership.objects.filter(user=olivia).exists()


def test_removing_a_member_ends_their_tokens_and_their_access(owner, acme, bob):
    _, secret = create_api_token(actor=bob, organization=acme, name="Bridge", scope="read")
    theirs = Client()
    theirs.force_login(bob)
    assert theirs.get(page("profile")).status_code == 200

    owner.post(page("member-remove", membership(bob).pk))

    assert ApiToken.objects.get().revoked_at is not None
    assert theirs.get(page("profile")).status_code == 404
    assert Client(headers={"Authorization": f"Bearer {secret}"}).get("/api/v1/projects/").status_code == 401
    assert User.objects.filter(pk=bob.pk).exists()


@pytest.mark.parametrize("who", ["alice", "petra", "bob", "vera"])
@pytest.mark.parametrize("name", ["member-add", "member-role", "member-remove", "member-password-link"])
def test_no_other_role_may_manage_members(client, request, olivia, who, name):
    client.force_login(request.getfixturevalue(who))
    args = [] if name == "member-add" else [membership(olivia).pk]

    assert client.post(page(name, *args), {"role": "viewer"}).status_code == 403
    assert role_of(olivia) == "owner"


def test_a_member_of_another_organization_is_not_found(owner, charlie, other):
    with scope(Scope(other.pk)):
        pk = Membership.objects.get(user=charlie).pk

    for name in ("member-role", "member-remove", "member-password-link"):
        assert owner.post(page(name, pk), {"role": "viewer"}).status_code == 404


def test_removing_and_links_are_no_get(owner, bob):
    for name in ("member-remove", "member-password-link"):
        assert owner.get(page(name, membership(bob).pk)).status_code == 405


def test_two_owners_cannot_both_leave_at_once(acme, olivia, bob):
    """The check and the change happen under one lock; here it is asked after the first has gone."""
    second = change_role(actor=olivia, membership=membership(bob), role="owner")
    change_role(actor=olivia, membership=membership(olivia), role="viewer")

    bob.remember_role(acme.pk, "owner")
    with pytest.raises(Conflict, match="needs an owner"):
        change_role(actor=bob, membership=second, role="viewer")
