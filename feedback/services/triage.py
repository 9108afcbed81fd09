"""Triage: items are dealt with, assigned, put aside, called duplicates; one or many at once, and taken back."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from accounts.models import Organization, User
from core.access import require
from core.errors import Conflict, FieldErrors
from core.models import refuse_archived
from events.models import Event
from events.services import archive_recorded, change_all_recorded, change_recorded, restore_recorded
from feedback.models import FeedbackItem, ItemStatus, LabelReview
from feedback.services.labels import labels_held

MOST_AT_ONCE = 500
#: Fields that triage sets, and taking back restores.
TRIAGED = ("status", "owner", "account", "product", "duplicate_of")


@transaction.atomic
def triage_items(*, actor: User, organization: Organization, items: Sequence[FeedbackItem], **values: Any) -> int:
    """Set the status, the owner, the account or the product of items at once; all of them, or none.

    Args:
        values: `status`, `owner`, `account` and `product`, those to set.
    Returns:
        How many are other than they were.
    Raises:
        NotAllowed: the actor's role may not triage feedback.
        Conflict: none is chosen, or more than `MOST_AT_ONCE`.
        FieldErrors: a value is none that an item can have.
        django.core.exceptions.ValidationError: the account or the product is archived.
    """
    require(actor, "feedback.triage", organization)
    if not items:
        raise Conflict("No feedback is chosen. Tick some in the list.")
    if len(items) > MOST_AT_ONCE:
        raise Conflict(f"At most {MOST_AT_ONCE} at once; these are {len(items)}. Nothing was changed.")
    if values.get("status", ItemStatus.DONE) not in ItemStatus.values:
        raise FieldErrors({"status": f"One of {', '.join(ItemStatus.values)}."})
    refuse_archived((name, values.get(name)) for name in ("account", "product"))
    # A product that a person gives is theirs: no analysis suggests another.
    labels = labels_held(items) if "product" in values else {}
    given = {pk: {"labels_by_person": sorted({*held, "product"})} for pk, held in labels.items()}
    changes = [(item, {**values, **given.get(item.pk, {})}) for item in items]
    return change_all_recorded("feedback_item.triaged", actor=actor, changes=changes)


@transaction.atomic
def undo_triage(*, actor: User, organization: Organization, request_id: str) -> tuple[int, int]:
    """Take back what the actor triaged in one request; an item that somebody has changed since is left as it is.

    Asked for again, as by a double click, it changes nothing and answers the same.

    Returns:
        How many are as they were before, and how many were left.
    Raises:
        Conflict: there is nothing of the actor's to take back.
    """
    require(actor, "feedback.triage", organization)
    events = Event.objects.filter(
        organization=organization, actor=actor, request_id=request_id, kind="feedback_item.triaged"
    ).exclude(request_id="")
    by_item = {int(event.subject_id): event for event in events}
    if not by_item:
        raise Conflict("There is nothing to undo: it was not you who did this.")
    rows = _held(FeedbackItem.objects.filter(organization=organization, pk__in=by_item))
    same = [row for row in rows if row.version == by_item[row.pk].subject_version]
    undone = len(same) + _undone_before(actor, rows, by_item)
    given = _given_in_triage(same, by_item)
    changes = []
    for row in same:
        values = _before(by_item[row.pk].changes)
        if row.pk in given:
            values["labels_by_person"] = [name for name in row.labels_by_person if name != "product"]
        changes.append((row, values))
    change_all_recorded("feedback_item.triage_undone", actor=actor, changes=changes)
    return undone, len(by_item) - undone


def _given_in_triage(rows: Sequence[FeedbackItem], events: Mapping[int, Event]) -> set[int]:
    """Items of whose product no person had spoken before: taken back, the analyser suggests one again."""
    given = {
        row.pk for row in rows if "product" in events[row.pk].changes and events[row.pk].changes["product"][0] is None
    }
    return given - set(LabelReview.objects.filter(item__in=given, label="product").values_list("item", flat=True))


def _undone_before(actor: User, rows: Sequence[FeedbackItem], events: Mapping[int, Event]) -> int:
    """How many of the items were taken back already, and are still as that left them."""
    undone = Event.objects.filter(
        organization_id__in={row.organization_id for row in rows}, actor=actor, kind="feedback_item.triage_undone",
        subject_type=FeedbackItem._meta.label_lower, subject_id__in=[str(row.pk) for row in rows],
    )  # fmt: skip
    known = {(int(pk), version) for pk, version in undone.values_list("subject_id", "subject_version")}
    return sum(row.version == events[row.pk].subject_version + 1 and (row.pk, row.version) in known for row in rows)


@transaction.atomic
def merge_duplicate(*, actor: User, item: FeedbackItem, into: FeedbackItem) -> FeedbackItem:
    """Accept that an item says again what another said: it leaves the inbox, and counts with the other.

    Raises:
        NotAllowed: the actor's role may not triage feedback.
        FieldErrors: the other one is itself a duplicate, archived, or the same item.
        Conflict: other items are duplicates of this one.
    """
    require(actor, "feedback.triage", item.organization_id)
    held = {row.pk: row for row in _held(FeedbackItem.objects.filter(pk__in=[item.pk, into.pk]))}
    item, into = held[item.pk], held[into.pk]
    if into.pk == item.pk or into.duplicate_of_id is not None or into.is_archived:
        raise FieldErrors({"into": "Choose another item that is live and no duplicate itself."})
    if FeedbackItem.objects.filter(duplicate_of=item).exists():
        raise Conflict("Other items are duplicates of this one. Merge those into the other item first.")
    return change_recorded("feedback_item.triaged", actor=actor, subject=item, values={"duplicate_of": into})


@transaction.atomic
def update_item(*, actor: User, item: FeedbackItem, expected_version: int | None = None, **fields: Any) -> FeedbackItem:
    """Change who said it, where, or when; the text stays what was said, and labels have `correct_labels`.

    Raises:
        StaleEdit: somebody changed it after version `expected_version`.
    """
    require(actor, "feedback.triage", item.organization_id)
    return change_recorded(
        "feedback_item.updated", actor=actor, subject=item, values=fields, expected_version=expected_version
    )


@transaction.atomic
def archive_item(*, actor: User, item: FeedbackItem, expected_version: int | None = None) -> FeedbackItem:
    """Put an item out of sight. If others say it again, the first of them stands in its place, back in the inbox."""
    require(actor, "feedback.triage", item.organization_id)
    _hand_on(actor, item)
    return archive_recorded("feedback_item.archived", actor=actor, subject=item, expected_version=expected_version)


@transaction.atomic
def restore_item(*, actor: User, item: FeedbackItem, expected_version: int | None = None) -> FeedbackItem:
    """Bring an archived item back, and with it what had repeated it, where nobody has changed that since.

    One that repeats an item which is archived stands for itself.
    """
    require(actor, "feedback.triage", item.organization_id)
    _take_again(actor, item)
    item = restore_recorded("feedback_item.restored", actor=actor, subject=item, expected_version=expected_version)
    if item.duplicate_of is None or not item.duplicate_of.is_archived:
        return item
    return change_recorded("feedback_item.triaged", actor=actor, subject=item, values={"duplicate_of": None})


def _held(rows: Any) -> list[FeedbackItem]:
    """Items, locked in one order, whoever does what with which."""
    return list(rows.defer("search").order_by("pk").select_for_update(of=("self",)))


def _hand_on(actor: User, item: FeedbackItem) -> None:
    """Make the first of what repeats an item the one that the others repeat."""
    same = FeedbackItem.objects.filter(duplicate_of=item)
    _held(same | FeedbackItem.objects.filter(pk=item.pk))
    rows = sorted(_held(same), key=lambda row: (row.is_archived, row.said_at, row.pk))
    if rows and not rows[0].is_archived:
        changes = [(row, {"duplicate_of": rows[0] if place else None}) for place, row in enumerate(rows)]
        change_all_recorded("feedback_item.triaged", actor=actor, changes=changes)


def _take_again(actor: User, item: FeedbackItem) -> None:
    """Take back what archiving an item handed on, but for what has been changed, or repeated by others, since."""
    events = Event.objects.filter(organization_id=item.organization_id)
    archived = events.filter(kind="feedback_item.archived").about(item._meta.label_lower, item.pk).order_by("-pk")
    handed = events.filter(
        transaction_id__in=archived.values("transaction_id")[:1], kind="feedback_item.triaged",
        changes__duplicate_of__0__id=item.pk,
    )  # fmt: skip
    versions = {int(event.subject_id): event.subject_version for event in handed}
    held = _held(FeedbackItem.objects.filter(pk__in=[item.pk, *versions]))
    same = [row for row in held if row.version == versions.get(row.pk)]
    others = FeedbackItem.objects.filter(duplicate_of__in=same).exclude(pk__in=versions)
    kept = set(others.values_list("duplicate_of", flat=True))
    changes = [(row, {"duplicate_of": item}) for row in same if row.pk not in kept]
    change_all_recorded("feedback_item.triage_undone", actor=actor, changes=changes)


def _before(changes: Mapping[str, Any]) -> dict[str, Any]:
    """The values that an event tells of before, as columns take them."""
    found: dict[str, Any] = {}
    for name in TRIAGED:
        if name in changes:
            before = changes[name][0]
            is_row = FeedbackItem._meta.get_field(name).is_relation
            found[f"{name}_id" if is_row else name] = before["id"] if isinstance(before, Mapping) else before
    return found
