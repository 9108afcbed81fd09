"""The places of the application and the way to them: sidebar, command palette, links across organizations."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.template import Context
from django.urls import NoReverseMatch, reverse

from core.tenancy import global_url as reverse_global
from core.tenancy import organization_url

register = template.Library()


@dataclass(frozen=True)
class Place:
    """A page that the sidebar and the palette lead to."""

    label: str
    url_name: str
    icon: str
    key: str = ""  # G, then this letter, goes there
    permission: str = ""  # an attribute of `can`; empty means everybody


PLACES: tuple[tuple[str, tuple[Place, ...]], ...] = (
    (
        "",
        (
            Place("Overview", "portfolio:home", "overview", "o"),
            Place("Portfolios", "portfolio:portfolio-list", "goals", "f"),
            Place("Products", "portfolio:product-list", "products", "d"),
            Place("Prioritize", "scoring:board", "prioritize", "b"),
        ),
    ),
    (
        "Deliver",
        (
            Place("Programs", "programs:program-list", "programs", "m"),
            Place("Projects", "projects:project-list", "projects", "p"),
            Place("Capacity", "portfolio:capacity", "capacity", "c"),
            Place("Dependencies", "projects:dependency-list", "link", "y"),
            Place("Risks", "projects:risk-list", "warn", "k"),
            Place("Teams", "resources:team-list", "user", "e"),
            Place("Utilization", "projects:utilization", "users", "u"),
        ),
    ),
    (
        "Listen and record",
        (
            Place("Feedback", "feedback:inbox", "feedback", "n"),
            Place("Themes", "feedback:theme-list", "copy", "h"),
            Place("Insights", "feedback:insights", "report", "s"),
            Place("Portals", "feedback:portal-list", "portal", "v"),
            Place("Releases", "feedback:release-list", "branch", "l"),
            Place("Accounts", "feedback:account-list", "users", "w"),
            Place("Imports", "integrations:import-list", "import", "i"),
            Place("Jobs", "events:job-list", "clock", "j"),
        ),
    ),
)
FOOT = (Place("Settings", "accounts:settings", "settings", "t"),)


def _url(name: str, *args: Any) -> str:
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def _shown(places: tuple[Place, ...], may: Any) -> list[tuple[Place, str]]:
    allowed = [place for place in places if not place.permission or getattr(may, place.permission, False)]
    return [(place, url) for place in allowed if (url := _url(place.url_name))]


def _current(shown: list[tuple[Place, str]], path: str, named: str) -> str:
    """The address of the present place: the one named, or the longest that the present address starts with."""
    home = PLACES[0][1][0].url_name
    below = [url for place, url in shown if url == path or (place.url_name != home and path.startswith(url))]
    return next((url for place, url in shown if place.url_name == named), max(below, key=len, default=""))


@register.inclusion_tag("core/_sidebar.html", takes_context=True)
def sidebar(context: Context) -> dict[str, Any]:
    """The main navigation: what exists and what the person may open.

    The present page is marked by its address; a page that lives elsewhere names its place with `nav` (a URL name).
    """
    may = context.get("can")
    groups = [(label, _shown(places, may)) for label, places in PLACES]
    foot = _shown(FOOT, may)
    everything = [row for _, rows in groups for row in rows] + foot
    path = getattr(context.get("request"), "path", "")
    return {
        "groups": [(label, rows) for label, rows in groups if rows],
        "foot": foot,
        "current_url": _current(everything, path, context.get("nav") or ""),
    }


@register.simple_tag
def place_url(name: str, *args: Any) -> str:
    """The address of a page of the present organization, or nothing where there is no such page."""
    return _url(name, *args)


@register.simple_tag
def global_url(name: str, *args: Any) -> str:
    """The address of a page outside organizations: sign-in, API documentation."""
    return reverse_global(name, *args)


@register.simple_tag(takes_context=True)
def my_organizations(context: Context) -> list[tuple[Any, str]]:
    """The organizations that the signed-in person is a member of, with the address of each overview."""
    mine = context["request"].my_organizations
    return [(organization, organization_url(organization.slug, "portfolio:home")) for organization in mine]
