"""What people decided of themes, and what themes are about, as services ask for it."""

from collections import Counter
from collections.abc import Collection, Sequence

from django.db import connection

from feedback.models import FeedbackItem, Regrouping, RegroupingKind, Theme
from feedback.querysets import VOICES

#: So many merges and splits are held to, the newest; each stands on so many items of each part.
MOST_DECISIONS, PART = 200, 50
#: So many items say what a theme is about, and what others are about that it is told from.
OF_THEME, OF_OTHERS = 200, 20
READ_CHARACTERS = 1_000
TEXTS = f"""
    SELECT x.id, v.text FROM unnest(%s::bigint[], %s::int[]) x (id, most)
    CROSS JOIN LATERAL (
        SELECT concat_ws('. ', nullif(i.title, ''), left(i.text, %s)) AS text FROM feedback_feedbackitem i
        WHERE i.theme_id = x.id AND {VOICES}
        ORDER BY i.said_at DESC, i.id DESC LIMIT x.most
    ) v
"""


def decisions_held(organization_id: int) -> list[Regrouping]:
    """Merges and splits that hold, the oldest first."""
    rows = Regrouping.objects.filter(organization_id=organization_id, undone_at=None, ended_by=None)
    held = rows.filter(kind__in=[RegroupingKind.MERGED, RegroupingKind.SPLIT]).order_by("-pk")
    return list(reversed(held[:MOST_DECISIONS]))


def counted_home(ids: Sequence[int]) -> int | None:
    """The theme in which most of some items are now; None where none is in any."""
    found = Counter(FeedbackItem.objects.filter(pk__in=ids, theme__isnull=False).values_list("theme", flat=True))
    return min(found, key=lambda pk: (-found[pk], pk)) if found else None


def part_of(theme: Theme, but: Collection[int] = ()) -> list[int]:
    """Items that stand for a theme when it is merged or split: its newest."""
    rows = FeedbackItem.objects.filter(theme=theme).voices().exclude(pk__in=but)
    return list(rows.order_by("-said_at", "-pk").values_list("pk", flat=True)[:PART])


def texts_of(themes: Sequence[Theme], asked: Collection[int]) -> tuple[list[str], list[int]]:
    """The newest texts of some themes, and a few of each other; and the theme of each text."""
    ids = [theme.pk for theme in themes]
    most = [OF_THEME if pk in asked else OF_OTHERS for pk in ids]
    with connection.cursor() as cursor:
        cursor.execute(TEXTS, [ids, most, READ_CHARACTERS])
        rows = cursor.fetchall()
    return [text for _, text in rows], [pk for pk, _ in rows]
