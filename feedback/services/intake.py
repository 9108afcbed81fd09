"""How feedback comes in, from every channel alike: cleaned, masked if the organization wants it, stored once."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.models import Organization, User
from core.access import require
from core.errors import Conflict, FieldErrors
from core.jobs import enqueue
from events.services import change_recorded, create_all_recorded
from feedback.algorithms.language import LANGUAGE_CODE, NO_LANGUAGE
from feedback.algorithms.personal import masked_both
from feedback.algorithms.texts import one_line, readable
from feedback.models import (
    FIRST_YEAR,
    LONGEST_TITLE,
    MOST_CHARACTERS,
    Channel,
    CustomerAccount,
    FeedbackItem,
    FeedbackPolicy,
)
from feedback.selectors.accounts import accounts_of
from feedback.selectors.handling import masks_personal_data

MOST_ITEMS = 1_000
TRIES = 3


@dataclass(frozen=True)
class Incoming:
    """What somebody said, as a channel delivers it."""

    text: str
    title: str = ""
    author_name: str = ""
    author_email: str = ""
    author_role: str = ""
    account: CustomerAccount | None = None
    product: Any = None
    rating: int | None = None
    language: str = ""
    source_url: str = ""
    said_at: datetime.datetime | None = None
    owner: User | None = None
    external_key: str = ""


class Received(NamedTuple):
    """What became of an incoming text: received, or known already; and its item."""

    what: str
    item: FeedbackItem


class IncomingErrors(FieldErrors):
    """Sentences by field for each place among the texts that were sent; nothing was stored."""

    def __init__(self, rows: dict[int, dict[str, str]]) -> None:
        first = min(rows)
        super().__init__({f"{first}.{name}": text for name, text in rows[first].items()})
        self.rows = rows


def receive_items(
    *, actor: User | None, organization: Organization, channel: str, rows: Sequence[Incoming]
) -> list[Received]:
    """Store what came through a channel: all of it, or nothing. What has come before by its id is not stored again.

    An account is the one that is named, or else the one with the domain of the author's e-mail address. Personal data
    is masked before anything is stored, if the organization's policy says so. Analysis follows by itself.

    Args:
        actor: who sends it; None for a channel that nobody is signed in to.
        rows: at most `MOST_ITEMS`.
    Returns:
        What became of each, in their order.
    Raises:
        NotAllowed: the actor's role may not add feedback.
        IncomingErrors: some of it cannot be stored; nothing is.
    """
    if actor is not None:
        require(actor, "feedback.add", organization)
    if len(rows) > MOST_ITEMS:
        raise Conflict(f"At most {MOST_ITEMS:,} at once; these are {len(rows):,}. Nothing was stored.")
    items = _items(organization, channel, rows)
    for left in reversed(range(TRIES)):
        known = _known(organization, channel, items)
        fresh = [item for key, item in _first_of_each(items) if key not in known]
        try:
            with transaction.atomic():
                create_all_recorded("feedback_item.created", actor=actor, subjects=fresh)
                if fresh:
                    enqueue("feedback.analyze", organization_id=organization.pk)
            break
        except Conflict:
            if not left:
                raise
    stored = {item.external_key: item for item in fresh if item.external_key}
    return [_outcome(item, known, stored) for item in items]


def create_item(*, actor: User, organization: Organization, channel: str = Channel.FORM, **fields: Any) -> FeedbackItem:
    """Store one text.

    Raises:
        NotAllowed: the actor's role may not add feedback.
        FieldErrors: it cannot be stored, or it came through this channel already.
    """
    try:
        rows = [Incoming(**fields)]
        (found,) = receive_items(actor=actor, organization=organization, channel=channel, rows=rows)
    except IncomingErrors as wrong:
        raise FieldErrors(wrong.rows[0]) from wrong
    if found.what == "known":
        raise FieldErrors({"external_key": f"Another item of this channel has this external key: {found.item.pk}."})
    return found.item


@transaction.atomic
def set_policy(*, actor: User, organization: Organization, **fields: Any) -> FeedbackPolicy:
    """Say how the organization handles feedback; what is stored already stays as it is.

    Raises:
        NotAllowed: the actor's role may not change how feedback is handled.
    """
    require(actor, "feedback.manage", organization)
    row, _ = FeedbackPolicy.objects.get_or_create(organization=organization)
    return change_recorded("feedback_policy.updated", actor=actor, subject=row, values=fields)


def _items(organization: Organization, channel: str, rows: Sequence[Incoming]) -> list[FeedbackItem]:
    """The rows as items, not yet stored."""
    masks = masks_personal_data(organization)
    asked = {row.author_email.strip().lower() for row in rows if row.author_email and row.account is None}
    by_email = accounts_of(organization.pk, asked)
    now = timezone.now()
    items, errors = [], {}
    for place, row in enumerate(rows):
        item = _item(organization, channel, row, masks, now)
        if item.account is None:
            item.account = by_email.get(item.author_email)
        if wrong := _wrong(item, now):
            errors[place] = wrong
        items.append(item)
    if errors:
        raise IncomingErrors(errors)
    return items


def _item(organization: Organization, channel: str, row: Incoming, masks: bool, now: datetime.datetime) -> FeedbackItem:
    text, title = readable(row.text), one_line(row.title, LONGEST_TITLE)
    count = 0
    if masks:
        title, text, count = masked_both(title, text)
    return FeedbackItem(
        organization=organization,
        channel=channel,
        external_key=row.external_key.strip(),
        title=title[:LONGEST_TITLE],
        text=text,
        author_name=one_line(row.author_name, 200),
        author_email=row.author_email.strip().lower(),
        author_role=one_line(row.author_role, 100),
        account=row.account,
        product=row.product,
        rating=row.rating,
        language=row.language.strip().lower(),
        source_url=row.source_url.strip(),
        said_at=row.said_at or now,
        owner=row.owner,
        masked_count=count,
        labels_by_person=[label for label, value in (("language", row.language), ("product", row.product)) if value],
    )


def _wrong(item: FeedbackItem, now: datetime.datetime) -> dict[str, str]:
    """Why an item cannot be stored, by field."""
    errors = {}
    if not item.text:
        errors["text"] = "Nothing was said: the text is empty."
    elif len(item.text) > MOST_CHARACTERS:
        errors["text"] = f"At most {MOST_CHARACTERS:,} characters; these are {len(item.text):,}."
    if item.said_at > now + datetime.timedelta(days=1):
        errors["said_at"] = "It cannot have been said in the future."
    elif item.said_at.year < FIRST_YEAR:
        errors["said_at"] = f"It cannot have been said before {FIRST_YEAR}."
    if item.rating is not None and not 1 <= item.rating <= 5:
        errors["rating"] = "A rating is from 1 to 5."
    if item.language and not LANGUAGE_CODE.fullmatch(item.language):
        errors["language"] = NO_LANGUAGE
    try:
        item.full_clean(exclude=["text", "search", *errors], validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        errors |= {name: " ".join(found) for name, found in error.message_dict.items()}
    return errors


def _first_of_each(items: Sequence[FeedbackItem]) -> list[tuple[Any, FeedbackItem]]:
    """Items with their ids; of those that name the same id the first alone."""
    first: dict[Any, FeedbackItem] = {}
    for place, item in enumerate(items):
        first.setdefault(item.external_key or place, item)
    return list(first.items())


def _known(organization: Organization, channel: str, items: Sequence[FeedbackItem]) -> dict[Any, FeedbackItem]:
    """What has come through the channel before, by its id there."""
    ids = {item.external_key for item in items if item.external_key}
    if not ids:
        return {}
    found = FeedbackItem.objects.filter(organization=organization, channel=channel, external_key__in=ids)
    return {row.external_key: row for row in found}


def _outcome(item: FeedbackItem, known: dict[Any, FeedbackItem], stored: dict[str, FeedbackItem]) -> Received:
    if item.external_key in known:
        return Received("known", known[item.external_key])
    if (first := stored.get(item.external_key)) is not None and first is not item:
        return Received("known", first)
    return Received("received", item)
