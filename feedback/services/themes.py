"""What people do to themes: name, pin, merge, split, move items, dissolve; each act can be taken back."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Organization, User
from core.access import require
from core.errors import Conflict, FieldErrors
from events.selectors import before_last
from events.services import archive_recorded, change_all_recorded, change_recorded, create_recorded
from feedback.algorithms.texts import one_line
from feedback.models import FeedbackItem, Regrouping, RegroupingKind, Theme
from feedback.selectors.regrouping import part_of
from feedback.services.labels import labels_held
from feedback.services.regrouping import (
    center_themes,
    end_contradicted,
    keep_themes,
    leave_themes,
    name_anew,
    note_items,
    noted,
)
from feedback.services.theme_counts import count_themes, lock_themes

MOST_ITEMS, MOST_MERGED = 500, 50


@transaction.atomic
def update_theme(*, actor: User, theme: Theme, expected_version: int | None = None, **fields: Any) -> Theme:
    """Name a theme, pin it, or let it go; a name that a person gave is kept through every clustering.

    Raises:
        NotAllowed: the actor's role may not triage feedback.
        StaleEdit: somebody changed it after version `expected_version`.
    """
    require(actor, "feedback.triage", theme.organization_id)
    if "name" in fields:
        fields["name"] = one_line(fields["name"])
        fields |= {"is_named_by_person": True} if fields["name"] != theme.name else {}
    return change_recorded(
        "theme.updated", actor=actor, subject=theme, values=fields, expected_version=expected_version
    )


@transaction.atomic
def revert_theme(*, actor: User, theme: Theme) -> Theme:
    """Take back the actor's last change of a theme's name or pin, unless somebody has changed it since.

    Raises:
        NotAllowed: the actor's role may not triage feedback.
        Conflict: there is nothing of the actor's to take back.
    """
    require(actor, "feedback.triage", theme.organization_id)
    before = before_last("theme.updated", theme, actor=actor)
    if not before:
        raise Conflict("There is nothing to undo: it was not you who did this, or somebody has changed it since.")
    return change_recorded("theme.taken_back", actor=actor, subject=theme, values=before)


@transaction.atomic
def merge_themes(
    *, actor: User, organization: Organization, themes: Sequence[Theme], into: Theme, name: str = ""
) -> Regrouping:
    """Make one theme of several: their items go into one of them, and stay together whenever themes are found anew.

    Args:
        name: of what comes out; empty: as `into` is called, or found anew where no person named it.
    Raises:
        NotAllowed: the actor's role may not triage feedback.
        FieldErrors: `into` is archived.
        Conflict: there is no other theme, or too many; one is archived.
    """
    require(actor, "feedback.triage", organization)
    lock_themes(organization.pk, alone=True)
    fresh = {row.pk: row for row in Theme.objects.select_for_update().filter(pk__in=[into.pk, *_ids(themes)])}
    into, others = fresh[into.pk], [row for pk, row in sorted(fresh.items()) if pk != into.pk]
    if into.is_archived:
        raise FieldErrors({"into": f"“{into}” is archived. Choose a live theme."})
    if not others or len(others) > MOST_MERGED:
        raise Conflict(f"Choose 2 to {MOST_MERGED + 1} themes to merge. Nothing was changed.")
    if archived := next((row for row in others if row.is_archived), None):
        raise Conflict(f"“{archived}” is archived already. Nothing was changed.")
    before = {row.pk: noted(row) for row in fresh.values()}
    act = _begin(RegroupingKind.MERGED, actor, organization.pk, into)
    act.parts = [part for row in (into, *others) if (part := part_of(row))]
    act.item_count = leave_themes(act, others, into)
    now = timezone.now()
    for row in others:
        values = {"merged_into": into, "archived_at": now}
        change_recorded("theme.merged", actor=actor, subject=row, values=values)
    if (name := one_line(name)) and name != into.name:
        change_recorded("theme.updated", actor=actor, subject=into, values={"name": name, "is_named_by_person": True})
    _settle(actor, act, before, [into.pk, *_ids(others)])
    return act


@transaction.atomic
def split_theme(*, actor: User, theme: Theme, items: Sequence[FeedbackItem], name: str = "") -> Regrouping:
    """Make a theme of its own of some items of a theme; they stay apart whenever themes are found anew.

    Args:
        name: of the new theme; empty: found in what its items say.
    Raises:
        NotAllowed: the actor's role may not triage feedback.
        Conflict: the items are none, too many, all of the theme, or not of it.
    """
    require(actor, "feedback.triage", theme.organization_id)
    lock_themes(theme.organization_id, alone=True)
    theme = Theme.objects.select_for_update().get(pk=theme.pk)
    items = _of_theme(theme, items)
    if not FeedbackItem.objects.filter(theme=theme).live().exclude(pk__in=_ids(items)).exists():
        raise Conflict("These are all items of the theme, so nothing would be left of it. Rename the theme instead.")
    before = {theme.pk: noted(theme)}
    name = one_line(name)
    made = Theme(organization_id=theme.organization_id, name=name or f"{theme.name} (2)"[:120])
    made.is_named_by_person = bool(name)
    made = create_recorded("theme.created", actor=actor, subject=made, note=f"Split from “{theme}”.")
    act = _begin(RegroupingKind.SPLIT, actor, theme.organization_id, theme)
    act.made = [made.pk]
    act.parts = [sorted(_ids(items)), part_of(theme, but=_ids(items))]
    act.item_count = len(items)
    note_items(act, items, made)
    change_all_recorded("feedback_item.themed", actor=actor, changes=[(item, {"theme": made}) for item in items])
    _settle(actor, act, before, [theme.pk, made.pk])
    return act


@transaction.atomic
def give_theme(
    *, actor: User, organization: Organization, items: Sequence[FeedbackItem], theme: Theme | None
) -> Regrouping:
    """Say which theme items are of, or that they are of none; no clustering moves them any more.

    Raises:
        NotAllowed: the actor's role may not triage feedback.
        FieldErrors: the theme is archived.
        Conflict: no item is chosen, or too many.
    """
    require(actor, "feedback.triage", organization)
    if not 0 < len(items) <= MOST_ITEMS:
        raise Conflict(f"Choose 1 to {MOST_ITEMS} items. Nothing was changed.")
    lock_themes(organization.pk, alone=True)
    if theme is not None and Theme.objects.get(pk=theme.pk).is_archived:
        raise FieldErrors({"theme": f"“{theme}” is archived. Choose a live theme."})
    rows = FeedbackItem.objects.filter(pk__in=_ids(items)).defer("search").order_by("pk")
    items = list(rows.select_for_update(of=("self",)))
    act = _begin(RegroupingKind.MOVED, actor, organization.pk, theme)
    act.item_count = len(items)
    note_items(act, items, theme)
    changes = [
        (item, {"theme": theme, "labels_by_person": sorted({*item.labels_by_person, "theme"})}) for item in items
    ]
    change_all_recorded("feedback_item.themed", actor=actor, changes=changes)
    touched = {pk for item in items if (pk := item.theme_id)} | ({theme.pk} if theme else set())
    keep_themes(act, {})
    center_themes({theme.pk} if theme else ())
    end_contradicted(act)
    count_themes(organization.pk, touched)
    return act


@transaction.atomic
def release_theme(*, actor: User, item: FeedbackItem) -> FeedbackItem:
    """Let clustering say again which theme an item is of; until the next one it stays where it is.

    Raises:
        NotAllowed: the actor's role may not triage feedback.
    """
    require(actor, "feedback.triage", item.organization_id)
    labels = [name for name in labels_held([item])[item.pk] if name != "theme"]
    return change_recorded("feedback_item.labeled", actor=actor, subject=item, values={"labels_by_person": labels})


@transaction.atomic
def dissolve_theme(*, actor: User, theme: Theme, expected_version: int | None = None) -> Regrouping:
    """Archive a theme and let its items wait for the next clustering, which may find what they are about again.

    Raises:
        NotAllowed: the actor's role may not triage feedback.
        Conflict: it is archived already.
        StaleEdit: somebody changed it after version `expected_version`.
    """
    require(actor, "feedback.triage", theme.organization_id)
    lock_themes(theme.organization_id, alone=True)
    theme = Theme.objects.select_for_update().get(pk=theme.pk)
    if theme.is_archived:
        raise Conflict(f"“{theme}” is archived already. Nothing was changed.")
    before = {theme.pk: noted(theme)}
    act = _begin(RegroupingKind.DISSOLVED, actor, theme.organization_id, theme)
    act.item_count = leave_themes(act, [theme], None)
    archive_recorded("theme.dissolved", actor=actor, subject=theme, expected_version=expected_version)
    keep_themes(act, before)
    count_themes(theme.organization_id, [theme.pk])
    return act


def _begin(kind: RegroupingKind, actor: User, organization_id: int, theme: Theme | None) -> Regrouping:
    return Regrouping.objects.create(organization_id=organization_id, kind=kind, actor=actor, theme=theme)


def _settle(actor: User, act: Regrouping, before: dict[int, dict[str, Any]], touched: Sequence[int]) -> None:
    """Centers, names, decisions and counts after items have moved."""
    live = [pk for pk in touched if Theme.objects.live().filter(pk=pk).exists()]
    center_themes(live)
    name_anew(actor, act.organization_id, live)
    keep_themes(act, before)
    end_contradicted(act)
    count_themes(act.organization_id, touched)


def _of_theme(theme: Theme, items: Sequence[FeedbackItem]) -> list[FeedbackItem]:
    if not 0 < len(items) <= MOST_ITEMS:
        raise Conflict(f"Choose 1 to {MOST_ITEMS} items of the theme. Nothing was changed.")
    found = list(FeedbackItem.objects.filter(pk__in=_ids(items), theme=theme).defer("search").order_by("pk"))
    if len(found) < len(set(_ids(items))):
        raise Conflict("Some of these items are in another theme by now. Look again; nothing was changed.")
    return found


def _ids(rows: Sequence[Any]) -> list[int]:
    return [row.pk for row in rows]
