"""The inbox as its page shows it: views with their counts, rows, and one item with all that is known of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Left
from django.http import Http404

from accounts.models import SavedView
from core.pages import COUNT_LIMIT
from feedback.models import Analysis, FeedbackItem, FeedbackLink, PortalIdea
from feedback.selectors.marking import SHOWN_CHARACTERS, Piece, pieces
from feedback.selectors.products import product_model
from feedback.selectors.search import MARKED_CHARACTERS, Found, marked

EXCERPT = 240
#: Columns that a row of the inbox reads.
READ = (
    "organization", "version", "title", "author_name", "account__name", "product__name", "theme__name", "sentiment",
    "sentiment_score", "kind", "urgency", "status", "said_at", "channel", "analysis_state", "archived_at",
)  # fmt: skip


@dataclass(frozen=True)
class View:
    """A way to look at the inbox, as a query in the address, and how many items it shows."""

    label: str
    query: str
    count: int
    is_current: bool
    limit: int = COUNT_LIMIT
    saved: SavedView | None = None

    @property
    def may_change(self) -> bool:
        """True for a view that a person has saved for themselves."""
        return self.saved is not None and not self.saved.is_shared

    @property
    def is_capped(self) -> bool:
        return self.count > self.limit


@dataclass(frozen=True)
class Shown:
    """An item with what is known of it."""

    item: FeedbackItem
    analysis: Analysis | None
    pieces: list[Piece]
    is_cut: bool
    links: list[FeedbackLink]
    duplicates: list[FeedbackItem]
    suggested_product: Any
    idea: PortalIdea | None


def rows_of(items: QuerySet[FeedbackItem]) -> QuerySet[FeedbackItem]:
    """Items as rows of a list: without their whole texts."""
    return items.annotate(excerpt=Left("text", EXCERPT)).select_related("account", "product", "theme").only(*READ)


def rows_found(items: QuerySet[FeedbackItem], ids: Sequence[int], found: Found, words: str) -> list[FeedbackItem]:
    """Items that a search found, in its order, with the words marked; `likeness` where meaning alone found one."""
    rows = {row.pk: row for row in rows_of(items).annotate(searched=Left("text", MARKED_CHARACTERS)).filter(pk__in=ids)}
    for pk, row in rows.items():
        row.marked = marked(row.searched, words)  # type: ignore[attr-defined]
        row.likeness = None if pk in found.by_words else found.likeness.get(pk)  # type: ignore[attr-defined]
    return [rows[pk] for pk in ids if pk in rows]


def views_of(items: Any, user: Any) -> dict[str, tuple[str, Any]]:
    """The views that everybody has: their query in the address -> label and rows."""
    live = items.live()
    return {
        "": ("Untriaged", items.untriaged()),
        f"owner={user.pk}": ("Mine", items.untriaged().filter(owner=user)),
        "sentiment=negative": ("Negative", items.untriaged().filter(sentiment="negative")),
        "urgency=urgent": ("Urgent", items.untriaged().filter(urgency="urgent")),
        "status=any": ("All", live),
        "analysis_state=failed&status=any": ("Not analyzed", live.filter(analysis_state="failed")),
    }


def counts_of(views: Mapping[str, tuple[str, Any]]) -> dict[str, int]:
    """How many items each view shows; counting stops at a limit.

    Cost: one statement.
    """
    parts, keys = [], []
    for _, rows in views.values():
        try:
            sql, values = rows.order_by().values("pk")[: COUNT_LIMIT + 1].query.sql_with_params()
        except EmptyResultSet:
            sql, values = "SELECT WHERE false", ()
        parts.append(f"(SELECT count(*) FROM ({sql}) counted)")  # noqa: S608
        keys += values
    if not parts:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", keys)
        return dict(zip(views, cursor.fetchone(), strict=True))


def shown_item(user: Any, pk: int, *, whole: bool = False) -> Shown:
    """One item, live or archived, for its page.

    Raises:
        Http404: there is none for this person.
    Cost: at most seven statements.
    """
    rows = FeedbackItem.objects.visible_to(user).select_related("account", "product", "owner", "duplicate_of", "theme")
    item = rows.defer("search", "theme__center").filter(pk=pk).first()
    if item is None:
        raise Http404
    analysis = Analysis.objects.filter(item=item).first()
    suggested = None
    if analysis is not None and analysis.product_id and analysis.product_id != item.product_id:
        suggested = product_model().objects.live().filter(pk=analysis.product_id).first()
    most = len(item.text) if whole else SHOWN_CHARACTERS
    return Shown(
        item=item,
        analysis=analysis,
        pieces=pieces(item.text, analysis.words if analysis else (), most),
        is_cut=len(item.text) > most,
        links=list(FeedbackLink.objects.filter(item=item).select_related("project", "product").order_by("pk")),
        duplicates=list(rows_of(FeedbackItem.objects.filter(duplicate_of=item)).order_by("said_at", "pk")[:50]),
        suggested_product=suggested,
        idea=PortalIdea.objects.filter(item=item).select_related("portal").with_votes().order_by("pk").first(),
    )


def newest_first(items: Any) -> Any:
    """What was said last stands first."""
    return items.order_by("-said_at", "-pk")
