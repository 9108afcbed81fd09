"""What visitors of a portal do, who have no account: ask, confirm their address, vote, follow, ask not to be told."""

import datetime
import secrets

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import User
from core.access import require
from core.errors import Conflict, RateLimited
from events.services import change_recorded, create_recorded, record
from feedback.algorithms.suspicion import folded, suspicions
from feedback.models import (
    Channel,
    FeedbackItem,
    Portal,
    PortalAct,
    PortalConfirmation,
    PortalFollow,
    PortalIdea,
    PortalVisitor,
    PortalVote,
)
from feedback.querysets import of_ideas
from feedback.selectors.accounts import accounts_of
from feedback.selectors.visitor import BEHIND_LINK, LinkGone, link_digest, link_of
from feedback.services.intake import Incoming, receive_items
from feedback.services.visitor_mail import mail_confirmation

#: A link in a mail is good for so long; so many mails an address gets in an hour, whoever asks for them.
LINK_LASTS = datetime.timedelta(days=2)
MOST_LINKS, WITHIN = 5, datetime.timedelta(hours=1)
#: So long an address is kept that nobody has confirmed.
KEPT = datetime.timedelta(days=30)
#: Texts of so many days are compared with a new one, the newest so many.
REMEMBERED, COMPARED = datetime.timedelta(days=30), 200


@transaction.atomic
def submit_idea(
    *,
    actor: None,
    portal: Portal,
    title: str,
    text: str,
    email: str = "",
    visitor: PortalVisitor | None = None,
    origin: str,
    nonce: str,
) -> PortalIdea:
    """Take in what a visitor asks for: an item of the inbox, and an idea that waits where the portal moderates, or
    where something looks odd. Sent twice with the same nonce, it is stored once.

    An address that is typed stays with the visitor alone until the link mailed to it is confirmed; then the item has it
    as its author's. A visitor who is known by a confirmed address need not confirm again.

    Raises:
        FieldErrors: it cannot be stored.
        RateLimited: too many mails were sent to this address.
    """
    said = Incoming(text=text, title=title, product=portal.product, external_key=f"portal-{portal.pk}-{nonce}")
    (received,) = receive_items(actor=None, organization=portal.organization, channel=Channel.PORTAL, rows=[said])
    item = received.item
    if received.what == "known":
        return PortalIdea.objects.get(item=item)
    reasons = suspicions(title, text, _texts_before(portal, item))
    shown_at = None if portal.moderates or reasons else timezone.now()
    idea = PortalIdea(
        organization_id=portal.organization_id, portal=portal, item=item, title=item.title[:200],
        text=item.text[:5_000], published_at=shown_at, held_reason=" ".join(reasons)[:300],
    )  # fmt: skip
    create_recorded("portal_idea.created", actor=None, subject=idea)
    if visitor is not None:
        _become_requester(visitor, idea)
    elif email:
        ask_to_confirm(actor=None, portal=portal, idea=idea, act=PortalAct.SUBMIT, email=email, origin=origin)
    return idea


@transaction.atomic
def ask_to_confirm(*, actor: None, portal: Portal, idea: PortalIdea, act: str, email: str, origin: str) -> None:
    """Mail a link by which somebody says that an address is theirs; what they asked for is done when they do.

    To an address that was blocked nothing is mailed; whoever asks is told the same either way.

    Raises:
        RateLimited: the address has got as many mails as it may in an hour.
    """
    visitor = _visitor(portal, email, origin)
    if visitor.blocked_at is not None:
        return
    now = timezone.now()
    if PortalConfirmation.objects.filter(visitor=visitor, created_at__gt=now - WITHIN).count() >= MOST_LINKS:
        raise RateLimited(
            "This address has been sent several links within the hour. Look into the mail, or try again in an hour.",
            retry_after_seconds=int(WITHIN.total_seconds()),
        )
    token = secrets.token_urlsafe(32)
    row = PortalConfirmation(
        organization_id=portal.organization_id, visitor=visitor, portal=portal, idea=idea, act=act,
        digest=link_digest(token), expires_at=now + LINK_LASTS,
    )  # fmt: skip
    row.save(force_insert=True)
    record("portal_visitor.link_sent", actor=None, subject=visitor)
    mail_confirmation(row, token)


@transaction.atomic
def confirm_link(*, actor: None, portal: Portal, token: str, now: datetime.datetime) -> PortalConfirmation:
    """Take a link as its holder's word that the address is theirs, and do what they asked for. Once.

    Raises:
        LinkGone: it was used, is too old, or is none of this portal; or the visitor is blocked.
    """
    row = link_of(portal, token, now)
    row = PortalConfirmation.objects.select_for_update(of=("self",)).select_related(*BEHIND_LINK).get(pk=row.pk)
    if row.used_at is not None:
        raise LinkGone
    row.used_at = now
    row.save(update_fields=["used_at", "updated_at"])
    visitor = row.visitor
    if visitor.confirmed_at is None:
        visitor = change_recorded("portal_visitor.confirmed", actor=None, subject=visitor, values={"confirmed_at": now})
    row.visitor = visitor
    idea = row.idea.merged_into or row.idea
    if row.act == PortalAct.SUBMIT:
        _become_requester(visitor, row.idea)
    elif row.act == PortalAct.VOTE:
        vote_for(actor=None, visitor=visitor, idea=idea)
    else:
        follow(actor=None, visitor=visitor, idea=idea)
    return row


@transaction.atomic
def vote_for(*, actor: None, visitor: PortalVisitor, idea: PortalIdea) -> PortalVote:
    """Count a confirmed visitor's vote; again is no second one.

    Raises:
        Conflict: the visitor has not confirmed the address, or is blocked.
    """
    _refuse_unknown(visitor)
    PortalVisitor.objects.select_for_update().get(pk=visitor.pk)
    vote = PortalVote.objects.filter(idea=idea, visitor=visitor).first()
    if vote is not None:
        return vote
    vote = PortalVote(organization_id=idea.organization_id, idea=idea, visitor=visitor)
    return create_recorded("portal_vote.created", actor=None, subject=vote)


@transaction.atomic
def take_vote_back(*, actor: None, visitor: PortalVisitor, idea: PortalIdea) -> None:
    """Count a visitor's vote no more."""
    for vote in PortalVote.objects.filter(of_ideas([idea]), visitor=visitor):
        record("portal_vote.taken_back", actor=None, subject=vote)
        vote.delete()


@transaction.atomic
def follow(*, actor: None, visitor: PortalVisitor, idea: PortalIdea, is_requester: bool = False) -> PortalFollow:
    """Tell a confirmed visitor what becomes of an idea; one who had asked for no more mail is told again.

    Raises:
        Conflict: the visitor has not confirmed the address, or is blocked.
    """
    _refuse_unknown(visitor)
    held = PortalVisitor.objects.select_for_update().get(pk=visitor.pk)
    if held.unsubscribed_at is not None:
        subscribe_visitor(actor=None, visitor=held)
    row = PortalFollow.objects.filter(idea=idea, visitor=visitor).first()
    if row is not None:
        return row
    row = PortalFollow(organization_id=idea.organization_id, idea=idea, visitor=visitor, is_requester=is_requester)
    return create_recorded("portal_follow.created", actor=None, subject=row)


@transaction.atomic
def unfollow(*, actor: None, visitor: PortalVisitor, idea: PortalIdea) -> None:
    """Tell a visitor no more of an idea, unless they voted for it."""
    for row in PortalFollow.objects.filter(of_ideas([idea]), visitor=visitor):
        record("portal_follow.ended", actor=None, subject=row)
        row.delete()


@transaction.atomic
def unsubscribe_visitor(*, actor: None, visitor: PortalVisitor) -> PortalVisitor:
    """Tell a visitor nothing any more; votes stay. Again is no change."""
    return change_recorded(
        "portal_visitor.unsubscribed",
        actor=None,
        subject=visitor,
        values={"unsubscribed_at": visitor.unsubscribed_at or timezone.now()},
    )


@transaction.atomic
def subscribe_visitor(*, actor: None, visitor: PortalVisitor) -> PortalVisitor:
    """Tell a visitor again what becomes of the ideas that they follow or voted for."""
    return change_recorded("portal_visitor.subscribed", actor=None, subject=visitor, values={"unsubscribed_at": None})


@transaction.atomic
def block_visitor(*, actor: User, visitor: PortalVisitor) -> PortalVisitor:
    """Let an address do nothing any more on the organization's portals; its votes count no longer."""
    require(actor, "feedback.triage", visitor.organization_id)
    values = {"blocked_at": visitor.blocked_at or timezone.now()}
    return change_recorded("portal_visitor.blocked", actor=actor, subject=visitor, values=values)


@transaction.atomic
def unblock_visitor(*, actor: User, visitor: PortalVisitor) -> PortalVisitor:
    """Let an address take part again; its votes count as before."""
    require(actor, "feedback.triage", visitor.organization_id)
    return change_recorded("portal_visitor.unblocked", actor=actor, subject=visitor, values={"blocked_at": None})


@transaction.atomic
def forget_unconfirmed(*, organization_id: int, now: datetime.datetime) -> int:
    """Delete addresses that nobody confirmed within `KEPT`; how many. Blocked ones are kept."""
    rows = PortalVisitor.objects.filter(organization_id=organization_id, confirmed_at=None, blocked_at=None)
    waiting = PortalConfirmation.objects.filter(visitor=OuterRef("pk"), created_at__gt=now - KEPT)
    forgotten = rows.filter(~Exists(waiting), created_at__lte=now - KEPT)
    count = forgotten.count()
    forgotten.delete()
    return count


def _refuse_unknown(visitor: PortalVisitor) -> None:
    if visitor.confirmed_at is None or visitor.blocked_at is not None:
        raise Conflict("This takes a confirmed e-mail address.")


def _visitor(portal: Portal, email: str, origin: str) -> PortalVisitor:
    """The visitor with an address, known or new, who came last under `origin`."""
    email = email.strip().lower()
    rows = PortalVisitor.objects.filter(organization_id=portal.organization_id)
    visitor = rows.filter(email__iexact=email).first()
    if visitor is None:
        new = PortalVisitor(
            organization_id=portal.organization_id, email=email, origin=origin,
            unsubscribe_key=secrets.token_urlsafe(24),
        )  # fmt: skip
        new.full_clean(validate_unique=False, validate_constraints=False)
        PortalVisitor.objects.bulk_create([new], ignore_conflicts=True)
    elif visitor.origin != origin:
        rows.filter(pk=visitor.pk).update(origin=origin)
    found: PortalVisitor = rows.select_for_update().get(email__iexact=email)
    return found


def _become_requester(visitor: PortalVisitor, idea: PortalIdea) -> None:
    """An idea is this visitor's own, confirmed: it is their vote, they are told, and the item knows its author."""
    follow(actor=None, visitor=visitor, idea=idea, is_requester=True)
    vote_for(actor=None, visitor=visitor, idea=idea)
    item = idea.item
    if item is None or item.author_email:
        return
    FeedbackItem.objects.filter(pk=item.pk).update(author_email=visitor.email)
    accounts = accounts_of(idea.organization_id, [visitor.email])
    if item.account_id is None and (account := accounts.get(visitor.email)) is not None:
        change_recorded("feedback_item.updated", actor=None, subject=item, values={"account": account})


def _texts_before(portal: Portal, item: FeedbackItem) -> set[str]:
    """What came through the portals of the organization lately, as it is compared."""
    rows = FeedbackItem.objects.filter(
        organization_id=portal.organization_id, channel=Channel.PORTAL, said_at__gt=timezone.now() - REMEMBERED
    )
    texts = rows.exclude(pk=item.pk).order_by("-pk").values_list("text", flat=True)
    return {folded(text) for text in texts[:COMPARED]}
