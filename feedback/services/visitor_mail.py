"""What visitors of portals are written, and the telling of many, which a worker does from rows."""

import datetime
from urllib.parse import quote

from django.db import transaction

from core.tenancy import global_url
from events.services import queue_mail, record
from feedback.algorithms.texts import one_line
from feedback.models import (
    IdeaStatus,
    Portal,
    PortalAct,
    PortalConfirmation,
    PortalFollow,
    PortalIdea,
    PortalTelling,
    PortalVisitor,
)
from feedback.selectors.idea import audience_of

#: RFC 8058: the address takes a POST without a question.
UNSUBSCRIBE_POST = "List-Unsubscribe=One-Click"
#: So many are told in one transaction.
BATCH = 100
LONGEST_SUBJECT = 200
ASKED = {
    PortalAct.SUBMIT: "You sent an idea to {portal}",
    PortalAct.VOTE: "You voted for “{idea}” on {portal}",
    PortalAct.FOLLOW: "You asked to be told about “{idea}” on {portal}",
}
BECAME = {
    IdeaStatus.CONSIDERING: "is being considered",
    IdeaStatus.PLANNED: "is planned",
    IdeaStatus.IN_PROGRESS: "is in progress",
    IdeaStatus.SHIPPED: "has shipped",
    IdeaStatus.NOT_PLANNED: "is not planned",
}


def mail_confirmation(row: PortalConfirmation, token: str) -> None:
    """Mail the link that confirms an address.

    What was typed to a portal does not go along: whoever types it may name somebody else's address.
    """
    portal = row.portal
    link = _address(row.visitor, portal, "portal-confirm", token)
    text = (
        f"{ASKED[PortalAct(row.act)].format(idea=row.idea.title, portal=portal.title)}.\n\n"
        f"Confirm that it was you, within two days:\n{link}\n\n"
        "If it was not you, do nothing: it does not count, and nothing more is sent to you.\n"
    )
    queue_mail(
        organization=portal.organization, to=row.visitor.email,
        subject=one_line(f"Confirm your address for {portal.title}", LONGEST_SUBJECT),
        text=text, key=f"portal-confirm-{row.pk}", about=row.idea,
    )  # fmt: skip


def mail_published(idea: PortalIdea) -> None:
    """Tell who asked for an idea that everybody can read it now; nobody, while its portal is closed."""
    if not idea.is_shown:
        return
    own = PortalFollow.objects.filter(
        idea=idea, is_requester=True, visitor__blocked_at=None, visitor__unsubscribed_at=None
    )
    for row in own.select_related("visitor"):
        text = f"Your idea “{idea.title}” is on {idea.portal.title} now. Others can vote for it."
        _mail(row.visitor, idea, f"Your idea is on {idea.portal.title}", text, f"portal-published-{idea.pk}")


def tell_visitors(*, organization_id: int, now: datetime.datetime) -> int:
    """Queue the mails of the next batch of the oldest telling; how many mails, or -1 where nothing waits.

    Batch and mark share a transaction, and each mail has a key: a killed worker tells nobody twice, and forgets nobody.
    Of what has left the portal meanwhile nobody is told: the links would lead nowhere.
    """
    with transaction.atomic():
        waiting = PortalTelling.objects.filter(organization_id=organization_id, finished_at=None)
        row = waiting.select_for_update(skip_locked=True, of=("self",)).order_by("pk").first()
        if row is None:
            return -1
        idea = PortalIdea.objects.select_related("portal__organization", "portal__product", "release").get(
            pk=row.idea_id
        )
        batch = list(audience_of(idea).filter(pk__gt=row.last_visitor_id)[:BATCH]) if idea.is_shown else []
        for visitor in batch:
            _mail_status(row, idea, visitor)
        row.told_count += len(batch)
        if batch:
            row.last_visitor_id = batch[-1].pk
        if len(batch) < BATCH:
            row.finished_at = now
            record("portal_idea.told", actor=None, subject=idea, changes={"told_count": [None, row.told_count]})
        row.save(update_fields=["last_visitor_id", "told_count", "finished_at", "updated_at"])
        return len(batch)


def _mail_status(row: PortalTelling, idea: PortalIdea, visitor: PortalVisitor) -> None:
    said = f"“{idea.title}” {BECAME[IdeaStatus(row.status)]}"
    text = f"{said}.\n" + (f"\n{row.note}\n" if row.note else "")
    if row.status == IdeaStatus.SHIPPED:
        text += f"\nWhat else is new: {_address(visitor, idea.portal, 'portal-changelog')}\n"
    _mail(visitor, idea, said, text, f"portal-status-{row.pk}-{visitor.pk}")


def _mail(visitor: PortalVisitor, idea: PortalIdea, subject: str, text: str, key: str) -> None:
    """Queue a mail that can be stopped, by its last line and by the button of the mail program."""
    portal = idea.portal
    stop = _address(visitor, portal, "portal-stop", visitor.unsubscribe_key)
    foot = (
        f"\n{_address(visitor, portal, 'portal-idea', idea.pk)}\n\n--\n"
        f"You get this because you asked, voted or follow on {portal.title}. No more of it: {stop}\n"
    )
    queue_mail(
        organization=portal.organization, to=visitor.email, subject=one_line(subject, LONGEST_SUBJECT),
        text=text.rstrip() + "\n" + foot,
        key=key, about=idea, headers={"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": UNSUBSCRIBE_POST},
    )  # fmt: skip


def _address(visitor: PortalVisitor, portal: Portal, name: str, *args: str | int) -> str:
    """The whole address of a page of a portal, as the visitor reached the server."""
    path = global_url(name, portal.organization.slug, portal.slug, *args)
    return f"{visitor.origin}{quote(path)}"
