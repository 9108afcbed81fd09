"""How items move between themes, whoever moves them: where each was is kept, and the move can be taken back."""

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.utils import timezone
from django.utils.text import capfirst

from accounts.models import Organization, User
from core.access import require
from core.errors import Conflict
from events.services import change_all_recorded, record
from feedback.algorithms.phrases import Wording, names_of, wording
from feedback.models import FeedbackItem, RegroupedItem, Regrouping, RegroupingKind, Theme
from feedback.querysets import VOICES
from feedback.selectors.regrouping import counted_home, decisions_held, texts_of
from feedback.services.theme_counts import count_themes, lock_themes

#: Where items were is known so long; after a clustering, until the next one.
KEPT = datetime.timedelta(days=30)
#: So many phrases are kept of a theme.
MOST_WORDS = 8
NOTED = ("name", "is_named_by_person", "words", "archived", "merged_into_id")
LEAVE = """
    INSERT INTO feedback_regroupeditem (organization_id, regrouping_id, item_id, from_theme_id, to_theme_id,
        was_by_person, created_at, updated_at, version)
    SELECT i.organization_id, %(regrouping)s, i.id, i.theme_id, %(to)s, jsonb_exists(i.labels_by_person, 'theme'),
        now(), now(), 1
    FROM feedback_feedbackitem i WHERE i.theme_id = ANY(%(themes)s) ORDER BY i.id FOR UPDATE OF i
"""
GO = """
    INSERT INTO feedback_regroupeditem (organization_id, regrouping_id, item_id, from_theme_id, to_theme_id,
        was_by_person, created_at, updated_at, version)
    SELECT i.organization_id, %(regrouping)s, i.id, i.theme_id, nullif(m.later, -1), FALSE, now(), now(), 1
    FROM unnest(%(ids)s::bigint[], %(before)s::bigint[], %(after)s::bigint[]) m (id, former, later)
    JOIN feedback_feedbackitem i ON i.id = m.id
    WHERE coalesce(i.theme_id, -1) = m.former AND NOT jsonb_exists(i.labels_by_person, 'theme')
    ORDER BY i.id FOR UPDATE OF i
"""
MOVE = """
    UPDATE feedback_feedbackitem i SET theme_id = r.to_theme_id, updated_at = now(),
        labels_by_person = CASE WHEN r.to_theme_id IS NULL THEN i.labels_by_person - 'theme' ELSE i.labels_by_person END
    FROM feedback_regroupeditem r WHERE r.regrouping_id = %s AND r.item_id = i.id AND r.id > %s
"""
BACK = """
    UPDATE feedback_feedbackitem i SET theme_id = r.from_theme_id, updated_at = now(),
        labels_by_person = CASE WHEN NOT r.was_by_person THEN i.labels_by_person - 'theme'
            WHEN jsonb_exists(i.labels_by_person, 'theme') THEN i.labels_by_person
            ELSE i.labels_by_person || '["theme"]' END
    FROM feedback_regroupeditem r
    WHERE r.regrouping_id = %s AND r.item_id = i.id AND i.theme_id IS NOT DISTINCT FROM r.to_theme_id
        AND (%s OR r.was_by_person OR NOT jsonb_exists(i.labels_by_person, 'theme'))
"""
#: In the order in which everybody else locks items, before `BACK` would in its own.
HOLD = """
    SELECT count(*) FROM (
        SELECT FROM feedback_feedbackitem i JOIN feedback_regroupeditem r ON r.item_id = i.id
        WHERE r.regrouping_id = %s ORDER BY i.id FOR UPDATE OF i
    ) held
"""
CENTER = f"""
    UPDATE feedback_theme t SET center = found.center FROM (
        SELECT x.id, l2_normalize(avg(v.vector::vector)) AS center FROM unnest(%s::bigint[]) x (id)
        CROSS JOIN LATERAL (
            SELECT a.vector FROM feedback_feedbackitem i JOIN feedback_analysis a ON a.item_id = i.id
            WHERE i.theme_id = x.id AND {VOICES} AND a.vector IS NOT NULL
            ORDER BY i.said_at DESC, i.id DESC LIMIT 5000
        ) v GROUP BY x.id
    ) found WHERE t.id = found.id
"""


def noted(theme: Theme) -> dict[str, Any]:
    """What an act may change of a theme, as it is now."""
    return {
        "name": theme.name,
        "is_named_by_person": theme.is_named_by_person,
        "words": theme.words,
        "archived": theme.is_archived,
        "merged_into_id": theme.merged_into_id,
    }


def keep_themes(regrouping: Regrouping, before: Mapping[int, dict[str, Any]]) -> None:
    """Keep with an act what themes were before it, and what it made of them."""
    after = {row.pk: noted(row) for row in Theme.objects.filter(pk__in=before).defer("center")}
    changed = {pk: [told, after[pk]] for pk, told in before.items() if told != after[pk]}
    regrouping.themes_before = {str(pk): pair for pk, pair in changed.items()}
    regrouping.save(update_fields=["themes_before", "made", "parts", "item_count", "theme", "updated_at"])


def leave_themes(regrouping: Regrouping, themes: Iterable[Theme], to: Theme | None) -> int:
    """Move every item of some themes; returns how many."""
    keys: dict[str, Any] = {
        "regrouping": regrouping.pk,
        "themes": [theme.pk for theme in themes],
        "to": to.pk if to else None,
    }
    with connection.cursor() as cursor:
        cursor.execute(LEAVE, keys)
        cursor.execute(MOVE, [regrouping.pk, 0])
        return int(cursor.rowcount)


def go_to_themes(regrouping: Regrouping, ids: Any, before: Any, after: Any) -> int:
    """Move items that are still where they were and of whose theme no person spoke; returns how many.

    Args:
        ids, before, after: int64 (items), items and their themes, -1 for none.
    """
    keys = {"regrouping": regrouping.pk, "ids": ids.tolist(), "before": before.tolist(), "after": after.tolist()}
    last = RegroupedItem.objects.filter(regrouping=regrouping).order_by("-pk").values_list("pk", flat=True).first()
    with connection.cursor() as cursor:
        cursor.execute(GO, keys)
        cursor.execute(MOVE, [regrouping.pk, last or 0])
        return int(cursor.rowcount)


def note_items(regrouping: Regrouping, items: Sequence[FeedbackItem], to: Theme | None) -> None:
    """Keep where a few items were, which the caller moves itself."""
    rows = [
        RegroupedItem(
            organization_id=item.organization_id,
            regrouping=regrouping,
            item=item,
            from_theme_id=item.theme_id,
            to_theme=to,
            was_by_person="theme" in item.labels_by_person,
        )
        for item in items
    ]
    RegroupedItem.objects.bulk_create(rows)


def center_themes(theme_ids: Collection[int]) -> None:
    """Say anew where themes lie: in the middle of their newest items."""
    with connection.cursor() as cursor:
        cursor.execute(CENTER, [list(theme_ids)])


def named_anew(theme: Theme, found: Wording, names: Mapping[int, str]) -> dict[str, Any]:
    """A theme's words, and its name unless a person gave it or pinned it."""
    if theme.pk not in names:
        return {}
    words = {"words": found.phrases[theme.pk][:MOST_WORDS]}
    return words if theme.is_named_by_person or theme.is_pinned else {**words, "name": as_name(names[theme.pk])}


def as_name(phrases: str) -> str:
    """Phrases as a theme is called by them: they begin as a sentence does."""
    return capfirst(phrases)[:120]


def name_anew(actor: User | None, organization_id: int, theme_ids: Collection[int]) -> None:
    """Take words and names of some themes from their newest items, beside those of other themes."""
    themes = list(Theme.objects.live().filter(organization_id=organization_id).defer("center").order_by("pk"))
    texts, labels = texts_of(themes, set(theme_ids))
    found = wording(texts, np.array(labels, np.int64))
    mine = Wording({pk: found.phrases[pk] for pk in theme_ids if pk in found.phrases}, found.first, {
        pk: found.sizes[pk] for pk in theme_ids if pk in found.sizes
    })  # fmt: skip
    names = names_of(mine, taken={theme.name for theme in themes if theme.pk not in theme_ids})
    changes = [(theme, named_anew(theme, found, names)) for theme in themes if theme.pk in theme_ids]
    change_all_recorded("theme.described", actor=actor, changes=[pair for pair in changes if pair[1]])


def end_contradicted(regrouping: Regrouping) -> None:
    """End earlier decisions that an act contradicts: a merge whose parts are apart now, a split whose parts are one."""
    for held in decisions_held(regrouping.organization_id):
        if held.pk == regrouping.pk:
            continue
        homes = [home for part in held.parts if (home := counted_home(part)) is not None]
        is_one = len(set(homes)) < 2
        if len(homes) > 1 and is_one == (held.kind == RegroupingKind.SPLIT):
            held.ended_by = regrouping
            held.save(update_fields=["ended_by", "updated_at"])


@transaction.atomic
def undo_regrouping(*, actor: User, regrouping: Regrouping) -> tuple[int, int]:
    """Take back an act that moved items; an item, or a theme, that has been changed since stays as it is.

    Returns:
        How many items are where they were before, and how many stay.
    Raises:
        NotAllowed: the actor's role may not triage feedback; of a clustering, not change how feedback is handled.
        Conflict: it has been undone, or it is no longer known where the items were.
    """
    is_clustering = regrouping.kind == RegroupingKind.CLUSTERED
    require(actor, "feedback.manage" if is_clustering else "feedback.triage", regrouping.organization_id)
    lock_themes(regrouping.organization_id, alone=True)
    regrouping = Regrouping.objects.select_for_update().get(pk=regrouping.pk)
    if not regrouping.can_be_undone:
        raise Conflict("There is nothing to undo: it was undone before, or where the items were is no longer kept.")
    _take_back_themes(actor, regrouping)
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [regrouping.pk])
        cursor.execute(BACK, [regrouping.pk, regrouping.kind == RegroupingKind.MOVED])
        moved = int(cursor.rowcount)
    end_empty(actor=actor, themes=Theme.objects.filter(pk__in=regrouping.made))
    touched = _touched(regrouping)
    center_themes(touched)
    count_themes(regrouping.organization_id, touched)
    regrouping.undone_at, regrouping.undone_by = timezone.now(), actor
    regrouping.save(update_fields=["undone_at", "undone_by", "updated_at"])
    Regrouping.objects.filter(ended_by=regrouping).update(ended_by=None)
    subject = regrouping.theme or Organization.objects.get(pk=regrouping.organization_id)
    kind = "theme.regrouping_undone" if regrouping.theme else "organization.themes_undone"
    record(kind, actor=actor, subject=subject, changes={"items": [None, moved]}, note=str(regrouping))
    return moved, max(0, regrouping.item_count - moved)


def _take_back_themes(actor: User, regrouping: Regrouping) -> None:
    """What an act made of themes becomes what it was, where it has not been changed again."""
    rows = Theme.objects.select_for_update().filter(pk__in=[int(pk) for pk in regrouping.themes_before])
    changes = []
    for theme in rows.defer("center"):
        before, after = regrouping.themes_before[str(theme.pk)]
        now = noted(theme)
        values = {name: before[name] for name in NOTED if before[name] != after[name] and now[name] == after[name]}
        if "archived" in values:
            values["archived_at"] = timezone.now() if values.pop("archived") else None
        if values:
            changes.append((theme, values))
    change_all_recorded("theme.taken_back", actor=actor, changes=changes)


def end_empty(*, actor: User | None, themes: Any) -> None:
    """Archive those of some themes in which nothing is."""
    now = timezone.now()
    changes = [(theme, {"archived_at": now}) for theme in themes.live().empty().defer("center")]
    change_all_recorded("theme.archived", actor=actor, changes=changes)


def _touched(regrouping: Regrouping) -> set[int]:
    rows = RegroupedItem.objects.filter(regrouping=regrouping).order_by()
    both = {pk for pair in rows.values_list("from_theme", "to_theme").distinct() for pk in pair if pk is not None}
    return both | {int(pk) for pk in regrouping.themes_before}


def forget_moves(organization_id: int, latest: Regrouping, now: datetime.datetime) -> None:
    """Where items were before the last clustering but one, or a month ago, is no longer kept."""
    others = Regrouping.objects.filter(organization_id=organization_id, is_kept=True).exclude(pk=latest.pk)
    old = others.filter(kind=RegroupingKind.CLUSTERED) | others.filter(created_at__lt=now - KEPT)
    ids = list(old.values_list("pk", flat=True))
    RegroupedItem.objects.filter(regrouping__in=ids)._raw_delete("default")
    Regrouping.objects.filter(pk__in=ids).update(is_kept=False)
