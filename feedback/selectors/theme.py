"""One theme as its page shows it, and what pages of acts on themes offer."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import Count, QuerySet
from django.db.models.functions import Coalesce, Left
from django.utils.text import capfirst

from core.amounts import are_hidden
from feedback.algorithms.phrases import names_of, wording
from feedback.algorithms.themes import k_means
from feedback.models import CustomerAccount, FeedbackItem, FeedbackLink, StoryEvidence, Theme, ThemeAccount
from feedback.querysets import VOICES
from feedback.selectors.inbox import EXCERPT, newest_first, rows_of
from feedback.selectors.meaning import meant_of_theme
from feedback.selectors.themes import Facts, facts_of, today_of_weeks

TYPICAL, ACCOUNTS, LINKED = 3, 25, 10
#: Counting what an account said ends there.
MOST_SAID = 100
#: So many of the newest items are looked at for what is typical, and for how a theme might be split.
LOOKED_AT, SPLIT_AMONG = 300, 200
NEAREST_ITEMS = f"""
    SELECT newest.id FROM (
        SELECT i.id FROM feedback_feedbackitem i
        WHERE i.theme_id = %(theme)s AND {VOICES}
            AND i.duplicate_of_id IS NULL
        ORDER BY i.said_at DESC, i.id DESC LIMIT %(looked)s
    ) newest JOIN feedback_analysis a ON a.item_id = newest.id JOIN feedback_theme t ON t.id = %(theme)s
    WHERE a.vector IS NOT NULL
    ORDER BY a.vector::vector <=> t.center, newest.id DESC LIMIT %(most)s
"""
SAID = f"""
    SELECT x.id, (
        SELECT count(*) FROM (
            SELECT FROM feedback_feedbackitem i WHERE i.theme_id = %(theme)s AND i.account_id = x.id
                AND {VOICES} LIMIT %(most)s
        ) told
    ) FROM unnest(%(accounts)s::bigint[]) x (id)
"""
NEAREST_THEMES = """
    SELECT t.id FROM feedback_theme t JOIN feedback_analysis a ON a.item_id = %(item)s
    WHERE t.organization_id = a.organization_id AND t.archived_at IS NULL AND t.center IS NOT NULL
        AND a.vector IS NOT NULL
    ORDER BY a.vector::vector <=> t.center, t.id LIMIT %(most)s
"""


@dataclass(frozen=True)
class Spoken:
    """An account, and how many items of a theme it said; `is_capped` where it said more."""

    account: CustomerAccount
    said: int
    is_capped: bool


@dataclass(frozen=True)
class ThemePage:
    """What a theme's page shows beside its items and figures."""

    typical: list[FeedbackItem]
    accounts: list[Spoken]
    projects: list[dict[str, Any]]
    stories: list[dict[str, Any]]


def theme_page(theme: Theme) -> ThemePage:
    """Who says what a theme is about most typically, who pays how much, and what has come of it.

    Cost: ten statements; those over items look at the newest few hundred, or by index.
    """
    newest = list(newest_first(FeedbackItem.objects.filter(theme=theme)).values_list("pk", flat=True)[:LOOKED_AT])
    return ThemePage(
        typical=typical_items(theme),
        accounts=accounts_of(theme, ACCOUNTS),
        projects=_linked(FeedbackLink.objects.filter(item__in=newest, project__archived_at=None), "project"),
        stories=_linked(StoryEvidence.objects.filter(item__in=newest, story__archived_at=None), "story"),
    )


def typical_items(theme: Theme) -> list[FeedbackItem]:
    """The items in the middle of a theme, of the newest."""
    keys = {"theme": theme.pk, "looked": LOOKED_AT, "most": TYPICAL}
    with connection.cursor() as cursor:
        cursor.execute(NEAREST_ITEMS, keys)
        ids = [pk for (pk,) in cursor.fetchall()]
    rows = {row.pk: row for row in rows_of(FeedbackItem.objects.filter(pk__in=ids))}
    return [rows[pk] for pk in ids if pk in rows]


def items_of(theme: Theme) -> QuerySet[FeedbackItem]:
    """The items that count in a theme, the newest first."""
    rows: QuerySet[FeedbackItem] = newest_first(rows_of(FeedbackItem.objects.filter(theme=theme).voices()))
    return rows


def accounts_of(theme: Theme, most: int) -> list[Spoken]:
    """Accounts that speak of a theme, and how often; who pays most comes first, where amounts are shown.

    Cost: two statements; of each account at most `MOST_SAID` items are counted.
    """
    rows = CustomerAccount.objects.filter(pk__in=ThemeAccount.objects.filter(theme=theme).values("account"))
    rows = rows.annotate(paid=Coalesce("arr_reporting_amount", Decimal()))
    order = ("name", "pk") if are_hidden() else ("-paid", "name", "pk")
    found = list(rows.order_by(*order)[:most])
    keys: dict[str, Any] = {"theme": theme.pk, "accounts": [row.pk for row in found], "most": MOST_SAID + 1}
    with connection.cursor() as cursor:
        cursor.execute(SAID, keys)
        said = dict(cursor.fetchall())
    return [Spoken(row, min(said[row.pk], MOST_SAID), said[row.pk] > MOST_SAID) for row in found]


def _linked(rows: Any, name: str) -> list[dict[str, Any]]:
    """Projects or stories that items lead to, those of most items first."""
    told = f"{name}__name" if name == "project" else f"{name}__goal"
    found = rows.filter(**{f"{name}__isnull": False}).order_by().values(name, told)
    named = found.annotate(count=Count("item", distinct=True)).order_by("-count", name)[:LINKED]
    return [{"pk": row[name], "name": row[told], "count": row["count"]} for row in named]


@dataclass(frozen=True)
class SplitOffer:
    """How a theme might be split: the items of the new one, and what that would be called."""

    chosen: list[int]
    items: list[FeedbackItem]
    name: str


def split_offer(theme: Theme, ids: list[int]) -> SplitOffer:
    """The items that a person ticked, or else the smaller of two groups that the newest items fall into."""
    if not ids:
        ids = _smaller_half(theme)
    rows = FeedbackItem.objects.filter(theme=theme).live()
    chosen = list(rows.filter(pk__in=ids).values_list("pk", flat=True))
    newest = list(newest_first(rows).values_list("pk", flat=True)[:SPLIT_AMONG])
    shown = list(newest_first(rows_of(rows.filter(pk__in={*chosen, *newest}))))
    shown.sort(key=lambda row: row.pk not in set(chosen))
    return SplitOffer(chosen, shown, _name_of(shown, set(chosen)))


def _smaller_half(theme: Theme) -> list[int]:
    items = meant_of_theme(theme.organization_id, theme.pk, SPLIT_AMONG)
    if len(items) < 4:
        return []
    labels, _ = k_means(items.vectors, 2, np.random.default_rng(0), starts=5)
    smaller = int(np.bincount(labels, minlength=2).argmin())
    return [int(pk) for pk in items.ids[labels == smaller]]


def _name_of(items: list[Any], chosen: set[int]) -> str:
    if not chosen:
        return ""
    labels = np.array([int(row.pk in chosen) for row in items], np.int64)
    return capfirst(names_of(wording([row.excerpt for row in items], labels)).get(1, "")[:120])


def nearest_theme_ids(item: FeedbackItem, most: int) -> list[int]:
    """The themes that an item is nearest to."""
    with connection.cursor() as cursor:
        cursor.execute(NEAREST_THEMES, {"item": item.pk, "most": most})
        return [pk for (pk,) in cursor.fetchall()]


def themes_offered(themes: Any, items: list[FeedbackItem], words: str, most: int = 20) -> list[Theme]:
    """Themes to choose from for some items: those with the words that were asked for, or the nearest to the first."""
    live = themes.live().with_facts()
    if words:
        return list(live.with_words(words).order_by("name", "pk")[:most])
    nearest = nearest_theme_ids(items[0], most) if items else []
    found = {row.pk: row for row in live.filter(pk__in=nearest)}
    rest = live.exclude(pk__in=nearest).order_by("name", "pk")[: most - len(found)]
    return [*(found[pk] for pk in nearest if pk in found), *rest]


def excerpts(items: Any) -> list[Any]:
    """Items that something is done to, with the beginning of what they say."""
    return list(items.annotate(excerpt=Left("text", EXCERPT)).defer("search", "text").order_by("pk"))


def merged_facts(themes: list[Theme]) -> tuple[list[Facts], int, int, Decimal]:
    """What stands behind themes each, and behind what comes of merging them: items, accounts once each, their ARR."""
    facts = facts_of(themes[0].organization_id, today_of_weeks()) if themes else {}
    each = [facts.get(theme.pk, Facts()) for theme in themes]
    behind = ThemeAccount.objects.filter(theme__in=themes).values("account")
    amounts = CustomerAccount.objects.filter(pk__in=behind).values_list("arr_reporting_amount", flat=True)
    told = [amount or Decimal() for amount in amounts]
    return each, sum(one.item_count for one in each), len(told), sum(told, Decimal())
