"""The inbox as its page shows it: views with their counts, rows, and one item with all that is known of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Left
from django.http import Http404

from core.pages import COUNT_LIMIT
from feedback.models import Analysis, FeedbackItem, FeedbackLink
from feedback.selectors.marking import SHOWN_CHARACTERS, Piece, pieces
from feedback.selectors.products import product_model

EXCERPT = 240
#: Columns that a row of the inbox reads.
READ = (
    "organization", "version", "title", "author_name", "account__name", "product__name", "sentiment", "sentiment_score",
    "kind", "urgency", "status", "said_at", "channel", "analysis_state", "archived_at",
)  # fmt: skip


@dataclass(frozen=True)
class View:
    """A way to look at the inbox, as a query in the address, and how many items it shows."""

    label: str
    query: str
    count: int
    is_current: bool

    @property
    def is_capped(self) -> bool:
        return self.count > COUNT_LIMIT


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


def rows_of(items: QuerySet[FeedbackItem]) -> QuerySet[FeedbackItem]:
    """Items as rows of a list: without their whole texts."""
    return items.annotate(excerpt=Left("text", EXCERPT)).select_related("account", "product").only(*READ)


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
    """How many items each view shows; counting stops at a limit."""
    return {query: rows.order_by().values("pk")[: COUNT_LIMIT + 1].count() for query, (_, rows) in views.items()}


def shown_item(user: Any, pk: int, *, whole: bool = False) -> Shown:
    """One item, live or archived, for its page.

    Raises:
        Http404: there is none for this person.
    Cost: at most six statements.
    """
    rows = FeedbackItem.objects.visible_to(user).select_related("account", "product", "owner", "duplicate_of")
    item = rows.defer("search").filter(pk=pk).first()
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
    )


def newest_first(items: Any) -> Any:
    """What was said last stands first."""
    return items.order_by("-said_at", "-pk")
