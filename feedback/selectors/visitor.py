"""Visitors of portals: the links that were mailed to them, and what they voted for and follow."""

import datetime
import hashlib
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from core.errors import DomainError
from feedback.models import Portal, PortalConfirmation, PortalFollow, PortalIdea, PortalVisitor, PortalVote
from feedback.querysets import of_ideas

#: What a confirmation is read with.
BEHIND_LINK = ("visitor", "idea__merged_into", "idea__item")


class LinkGone(DomainError):
    """The link of a mail has been used, or is too old."""

    status_code = 410
    code = "gone"

    def __init__(self) -> None:
        super().__init__("This link has been used, or it is too old. Vote or follow again, and another one is mailed.")


@dataclass(frozen=True)
class Mine:
    """What a visitor takes part in on one portal."""

    voted: list[PortalIdea]
    followed: list[PortalIdea]


def link_digest(token: str) -> str:
    """What is kept of a link's token: SHA-256, enough for 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


def link_of(portal: Portal, token: str, now: datetime.datetime) -> PortalConfirmation:
    """The link of a token, if it may still be confirmed.

    Raises:
        LinkGone: there is none.
    """
    rows = PortalConfirmation.objects.select_related(*BEHIND_LINK)
    row = rows.filter(portal=portal, digest=link_digest(token)).first()
    if row is None or row.used_at is not None or row.expires_at <= now or row.visitor.blocked_at is not None:
        raise LinkGone
    return row


def visitor_with(organization_id: int, pk: int) -> PortalVisitor | None:
    """A visitor who may take part: confirmed and not blocked."""
    rows = PortalVisitor.objects.filter(organization_id=organization_id, confirmed_at__isnull=False, blocked_at=None)
    found: PortalVisitor | None = rows.filter(pk=pk).first()
    return found


def takes_part(visitor: PortalVisitor, idea: PortalIdea) -> tuple[bool, bool]:
    """Whether a visitor voted for an idea, and follows it; what was merged into it counts."""
    return (
        PortalVote.objects.filter(of_ideas([idea]), visitor=visitor).exists(),
        PortalFollow.objects.filter(of_ideas([idea]), visitor=visitor).exists(),
    )


def mine(portal: Portal, visitor: PortalVisitor) -> Mine:
    """What a visitor voted for and follows; of what is merged, the idea it was merged into.

    Cost: two statements.
    """
    rows = PortalIdea.objects.filter(portal=portal).published().order_by("title", "pk")

    def by(model: Any) -> list[PortalIdea]:
        own = model.objects.filter(visitor=visitor)
        merged = own.filter(idea__merged_into__isnull=False)
        return list(rows.filter(Q(pk__in=own.values("idea")) | Q(pk__in=merged.values("idea__merged_into"))))

    return Mine(voted=by(PortalVote), followed=by(PortalFollow))
