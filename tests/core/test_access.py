"""The permission table, as people meet it."""

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.models import Membership, User
from core.access import ROLES_ALLOWED, WORDS, Permissions, Role, can, require
from core.errors import NotAllowed


def test_every_action_has_words():
    assert set(WORDS) == set(ROLES_ALLOWED)


def test_an_owner_may_do_everything_and_a_viewer_only_read(olivia, vera, acme):
    assert all(can(olivia, action, acme) for action in ROLES_ALLOWED)
    assert {action for action in ROLES_ALLOWED if can(vera, action, acme)} == {
        "organization.read",
        "token.create",
        "finance.read",
    }


def test_a_refusal_names_what_and_who_may(vera, acme):
    with pytest.raises(NotAllowed, match="may not propose projects. These roles may: owner, portfolio manager"):
        require(vera, "project.create", acme)


def test_strangers_and_anonymous_people_may_nothing(charlie, acme):
    assert not any(can(charlie, action, acme) for action in ROLES_ALLOWED)
    assert not can(AnonymousUser(), "organization.read", acme)


def test_an_unknown_action_is_a_bug(alice, acme):
    with pytest.raises(KeyError):
        can(alice, "project.explode", acme)


def test_templates_ask_by_name(alice, vera, acme):
    assert Permissions(alice, acme).portfolio_edit
    assert not Permissions(vera, acme).portfolio_edit
    assert not Permissions(alice, None).portfolio_edit
    assert {role.value for role in Role} == {
        "owner",
        "portfolio_manager",
        "program_manager",
        "contributor",
        "viewer",
    }


#: What is asked of somebody to whom amounts are hidden.
HIDDEN = {"finance.read", "finance.edit", "budget.approve", "rate.edit", "import.run"}


def hide_amounts(user, organization):
    Membership.objects.filter(user=user, organization=organization).update(sees_amounts=False)
    return User.objects.get(pk=user.pk)


def test_amounts_are_shown_to_every_member_unless_hidden(olivia, alice, petra, bob, vera, charlie, acme):
    assert all(can(person, "finance.read", acme) for person in (olivia, alice, petra, bob, vera))
    assert not can(charlie, "finance.read", acme)
    for person in (petra, bob, vera):
        assert not can(hide_amounts(person, acme), "finance.read", acme)


def test_owners_and_portfolio_managers_see_amounts_whatever_the_membership_says(olivia, alice, acme):
    assert can(hide_amounts(olivia, acme), "finance.read", acme)
    assert can(hide_amounts(alice, acme), "budget.approve", acme)


def test_who_sees_no_amounts_writes_none_and_keeps_all_else(petra, acme):
    before = {action for action in ROLES_ALLOWED if can(petra, action, acme)}

    blind = hide_amounts(petra, acme)

    assert before - {action for action in ROLES_ALLOWED if can(blind, action, acme)} == HIDDEN & before
    with pytest.raises(NotAllowed, match="amounts of money are hidden from you here. An owner can show them"):
        require(blind, "finance.edit", acme)


def test_whether_amounts_are_shown_is_read_along_with_the_role(vera, acme, django_assert_num_queries):
    blind = hide_amounts(vera, acme)

    with django_assert_num_queries(1):
        assert can(blind, "organization.read", acme)
        assert not can(blind, "finance.read", acme)
        assert not Permissions(blind, acme).finance_read
