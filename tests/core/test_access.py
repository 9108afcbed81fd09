"""The permission table, as people meet it."""

import pytest
from django.contrib.auth.models import AnonymousUser

from core.access import ROLES_ALLOWED, WORDS, Permissions, Role, can, require
from core.errors import NotAllowed


def test_every_action_has_words():
    assert set(WORDS) == set(ROLES_ALLOWED)


def test_an_owner_may_do_everything_and_a_viewer_only_read(olivia, vera, acme):
    assert all(can(olivia, action, acme) for action in ROLES_ALLOWED)
    assert {action for action in ROLES_ALLOWED if can(vera, action, acme)} == {"organization.read", "token.create"}


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
