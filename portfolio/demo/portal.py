"""The open portal of Atlas Connect: what people ask for there, who votes, and two releases."""

import datetime
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from accounts.models import Organization
from events.services import happening_at
from feedback import services
from feedback.models import PortalIdea, PortalVisitor, PortalVote
from portfolio.demo.facts import Act, Ref
from portfolio.demo.feedback import ACCOUNTS, SAYINGS

PRODUCT, SLUG = "Atlas Connect", "atlas-connect"
#: Who votes: each of these from every customer that follows the product.
PEOPLE = ("dispatch", "it", "warehouse")
CUSTOMERS = ("halden", "lanes", "pelorus", "ketch", "tern", "orsted")
ELSEWHERE = ("kai.moreno@mail.example", "s.lindqvist@mail.example", "anja@roth-logistik.example")


@dataclass(frozen=True)
class Wish:
    """Days ago, its words, how many votes, what became of it; the feedback, the work and the release behind it."""

    days: int
    title: str
    text: str
    votes: int
    status: str = "considering"
    note: str = ""
    said: str = ""
    project: str = ""
    release: str = ""


RELEASES = (
    ("8.1", 48, "Sign in with your company’s account.\nConnect a new carrier yourself, in about a day."),
    (
        "8.2",
        11,
        "Orders that a shop sends twice are stored once.\nA connection that fails says why, and is tried again.",
    ),
)
WISHES = (
    Wish(98, "Sign in with our company’s account", "One password less, and who leaves is out everywhere at once.",
         17, "shipped", "In release 8.1.", release="8.1"),
    Wish(91, "Connect a carrier without waiting for support", "We lose a week each time until somebody has an hour.",
         9, "shipped", "In release 8.1.", release="8.1"),
    Wish(80, "Never store an order twice", "When the shop sends an order again it should be known, not new.",
         12, "shipped", "In release 8.2.", said="The shop connector duplicated", release="8.2"),
    Wish(74, "Try a new connection out before it is live", "With made-up orders, so that nobody ships them.",
         10, "in_progress", "A first version is being tried out by three customers."),
    Wish(13, "Keep returns in step with the shop", "Today somebody types every return in twice.",
         14, said="Please sync returns with our shop", project="ATL-RETRN"),
    Wish(19, "Pay by what we send", "Half of our vans stand still in the summer, the subscription does not.",
         6, said="Usage-based pricing would suit us", project="CN-METER"),
    Wish(30, "Confirm orders by fax", "Two of our suppliers still work that way.",
         1, "not_planned", "Fax lines are being switched off nearly everywhere. Print the mail instead."),
    Wish(20, "Show each warehouse only its own dock", "The list of all docks is long, and none of their business.",
         8, "planned", "With the next version of the dock list, in spring."),
    Wish(3, "Call our own address when a shipment is late", "Then our system could tell the shop by itself.", 0),
)  # fmt: skip
#: The newest waits for somebody to publish it.
WAITING = WISHES[-1]


def know_visitor(*, actor: Any, organization: Organization, email: str) -> PortalVisitor:
    """Somebody who confirmed an address; no mail was sent for it."""
    return PortalVisitor.objects.create(
        organization=organization, email=email, origin="http://localhost:8000", confirmed_at=happening_at(),
        unsubscribe_key=secrets.token_urlsafe(24),
    )  # fmt: skip


def vote(*, actor: Any, idea: PortalIdea, visitor: PortalVisitor) -> PortalVote:
    """A visitor's vote, whom no member stands for."""
    return services.vote_for(actor=None, visitor=visitor, idea=idea)


def tell_portal(day: datetime.date) -> Iterator[Act]:
    """A portal is set up; people ask and vote; two releases come out, and what they bring has shipped."""
    about = {
        "product": Ref(f"product:{PRODUCT}"),
        "slug": SLUG,
        "title": "Atlas Connect ideas",
        "intro": "What should we connect next, and what gets in your way? Vote for it, or tell us more.",
    }
    yield Act(_at(day, -100, 9), "ines", "create_portal", "", "portal:connect", about)
    yield Act(_at(day, -100, 10), "ines", "open_portal", "portal:connect", "", {})
    voters = _addresses()
    for address in voters:
        yield Act(_at(day, -99, 8), "ines", "know_visitor", "", f"visitor:{address}", {"email": address})
    for name, days, notes in RELEASES:
        released = {"name": name, "notes": notes, "released_date": day - datetime.timedelta(days)}
        fields = {"product": Ref(f"product:{PRODUCT}"), **released}
        yield Act(_at(day, -days, 10), "leila", "create_release", "", f"release:{name}", fields)
        yield Act(_at(day, -days, 14), "leila", "publish_release", f"release:{name}", "", {})
    for place, wish in enumerate(WISHES):
        yield from _wished(day, place, wish, voters)


def _wished(day: datetime.date, place: int, wish: Wish, voters: list[str]) -> Iterator[Act]:
    """What becomes of one wish."""
    key = f"idea:{place}"
    number = next((at for at, saying in enumerate(SAYINGS) if wish.said and wish.said in saying.text), None)
    words = {
        "title": wish.title,
        "text": wish.text,
        "item": None if number is None else Ref(f"item:{number}"),
    }
    yield Act(_at(day, -wish.days, 9), "leila", "create_portal_idea", "portal:connect", key, words)
    if wish is WAITING:
        return
    yield Act(_at(day, -wish.days, 11), "leila", "publish_portal_idea", key, "", {})
    for vote_number in range(wish.votes):
        voter = Ref(f"visitor:{voters[(place * 4 + vote_number) % len(voters)]}")
        when = -max(2, wish.days - 1 - vote_number)
        yield Act(_at(day, when, 13), "leila", "vote", key, "", {"visitor": voter})
    if wish.project:  # when all those projects are proposed
        yield Act(_at(day, -2, 12), "leila", "update_portal_idea", key, "", {"project": Ref(f"project:{wish.project}")})
    if wish.status != "considering":
        days = next((days for name, days, _ in RELEASES if name == wish.release), wish.days // 2)
        moved = {"status": wish.status, "note": wish.note, "tells": False}
        yield Act(_at(day, -days, 15), "leila", "move_portal_idea", key, "", moved)
    if wish.release:
        brought = {"release": Ref(f"release:{wish.release}")}
        yield Act(_at(day, -days, 16), "leila", "update_portal_idea", key, "", brought)


def _addresses() -> list[str]:
    """Who takes part."""
    domains = {key: domain for key, *_, domain, _ in ACCOUNTS}
    return [*(f"{name}@{domains[key]}" for name in PEOPLE for key in CUSTOMERS), *ELSEWHERE]


def _at(day: datetime.date, when: int, hour: int) -> datetime.datetime:
    return datetime.datetime.combine(day + datetime.timedelta(when), datetime.time(hour), datetime.UTC)
