"""What is set up once stands in the settings, for those who may; the sidebar and the inbox keep what is used daily."""

import re

import pytest
from django.urls import reverse

from core.templatetags.navigation import FOOT, PLACES


def links(client, name, label):
    """The addresses in a landmark of a page."""
    html = client.get(reverse(name)).content.decode()
    inside = re.search(rf'aria-label="{label}">(.+?)</nav>', html, re.S)
    return set(re.findall(r'href="([^"]+)"', inside[1]))


def test_leaders_find_the_handling_of_feedback_and_the_audit_log_in_the_settings_alone(client, alice):
    client.force_login(alice)
    places = {reverse("feedback:policy"), reverse("events:audit-list")}

    assert places <= links(client, "accounts:settings", "Settings")
    assert not places & links(client, "accounts:settings", "Main")
    assert reverse("feedback:policy") not in client.get(reverse("feedback:inbox")).content.decode()


def test_others_are_led_to_neither(client, vera):
    client.force_login(vera)

    assert not {reverse("feedback:policy"), reverse("events:audit-list")} & links(
        client, "accounts:settings", "Settings"
    )


def test_their_pages_mark_the_settings_as_where_one_is(client, alice):
    client.force_login(alice)
    here = f'href="{reverse("accounts:settings")}" title="Settings" data-go="t" aria-current="page"'

    for name in (
        "feedback:policy",
        "feedback:channels",
        "feedback:drafting",
        "feedback:hook-create",
        "events:audit-list",
    ):
        assert here in client.get(reverse(name)).content.decode(), name


@pytest.mark.parametrize(
    "place", [place for _, places in [*PLACES, ("", FOOT)] for place in places], ids=lambda place: place.label
)
def test_every_place_of_the_sidebar_is_marked_where_one_is_there(client, alice, place):
    client.force_login(alice)

    html = client.get(reverse(place.url_name), follow=True).content.decode()

    marked = re.findall(r'title="([^"]+)" data-go="\w*" aria-current="page"', html)
    assert marked == [place.label]
