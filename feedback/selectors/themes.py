"""Themes as pages show them: what stands behind each, from stored counts, so that an organization's size does not
matter.
"""

import datetime
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from core.exports import Amount
from feedback.algorithms.agreement import Interval, wilson
from feedback.models import Regrouping, RegroupingKind, Theme, ThemeWeek
from feedback.selectors.products import product_model

#: Weeks of a trend; growth tells the last of them against as many before.
WEEKS, RECENT = 12, 4
#: The products of a theme are those of so many weeks.
PRODUCT_WEEKS = 52
#: So few items are counted when they are asked for.
COUNTED_ANEW = 500
#: The interval of a mean: so many standard errors to either side.
Z = 1.96
TOTALS = """
    SELECT w.theme_id, sum(item_count), sum(untriaged_count), sum(negative_count), sum(scored_count), sum(score_sum),
        sum(score_square_sum), min(first_said_at), max(last_said_at)
    FROM feedback_themeweek w
    WHERE w.organization_id = %(organization)s AND (%(theme)s::bigint IS NULL OR w.theme_id = %(theme)s)
    GROUP BY w.theme_id
"""
PRODUCTS = """
    SELECT w.theme_id, p.key::bigint, sum(p.value::int) FROM feedback_themeweek w, jsonb_each_text(w.products) p
    WHERE w.organization_id = %(organization)s AND w.week >= %(since)s
        AND (%(theme)s::bigint IS NULL OR w.theme_id = %(theme)s)
    GROUP BY 1, 2 ORDER BY 1, 3 DESC, 2
"""
ACCOUNTS = """
    SELECT a.theme_id, count(*), sum(c.arr_reporting_amount)
    FROM feedback_themeaccount a JOIN feedback_customeraccount c ON c.id = a.account_id
    WHERE a.organization_id = %(organization)s AND (%(theme)s::bigint IS NULL OR a.theme_id = %(theme)s)
    GROUP BY a.theme_id
"""


@dataclass(frozen=True)
class Week:
    """What was said of a theme in a week."""

    monday: datetime.date
    count: int
    negative: int
    mean: float | None


@dataclass(frozen=True)
class Facts:
    """What stands behind a theme; each account is counted once, however much it said.

    Shares are of the items whose sentiment is known; those that nobody has read yet have no score.
    """

    item_count: int = 0
    untriaged_count: int = 0
    negative_count: int = 0
    scored_count: int = 0
    mean: float | None = None
    mean_interval: Interval | None = None
    first_said_at: datetime.datetime | None = None
    last_said_at: datetime.datetime | None = None
    account_count: int = 0
    arr: Decimal = Decimal()
    products: Sequence[tuple[int, int]] = ()
    weeks: Sequence[Week] = field(default=())

    @property
    def negative_ratio(self) -> float | None:
        return self.negative_count / self.scored_count if self.scored_count else None

    @property
    def negative_interval(self) -> Interval | None:
        return wilson(self.negative_count, self.scored_count) if self.scored_count else None

    @property
    def counts(self) -> list[int]:
        return [week.count for week in self.weeks]

    @property
    def recent(self) -> int:
        """Items of the last weeks."""
        return sum(self.counts[-RECENT:])

    @property
    def earlier(self) -> int:
        """Items of as many weeks before."""
        return sum(self.counts[-2 * RECENT : -RECENT])

    @property
    def growth(self) -> int:
        return self.recent - self.earlier

    @property
    def sentiment(self) -> str:
        """The word for the mean, as `{% sentiment %}` takes it."""
        if self.mean is None:
            return ""
        return "negative" if self.mean < -0.25 else "positive" if self.mean > 0.25 else "neutral"


@dataclass(frozen=True)
class ThemeLine:
    """A theme of a list, with what stands behind it."""

    theme: Theme
    facts: Facts
    products: list[Any]


def monday_of(day: datetime.date) -> datetime.date:
    return day - datetime.timedelta(day.weekday())


def facts_of(organization_id: int, today: datetime.date, theme_id: int | None = None) -> dict[int, Facts]:
    """What stands behind each theme of an organization, or behind one.

    Cost: four statements over stored counts: a row for each theme and week, and one for each theme and account.
    """
    keys = {
        "organization": organization_id,
        "theme": theme_id,
        "since": monday_of(today) - datetime.timedelta(weeks=PRODUCT_WEEKS),
    }
    products = defaultdict(list)
    for pk, product, count in _asked(PRODUCTS, keys):
        products[pk].append((product, int(count)))
    accounts = {pk: (count, arr or Decimal()) for pk, count, arr in _asked(ACCOUNTS, keys)}
    weeks = _weeks(organization_id, today, theme_id)
    nothing = [Week(monday, 0, 0, None) for monday in _mondays(today)]
    found = {}
    for pk, items, untriaged, negative, scored, total, square, first, last in _asked(TOTALS, keys):
        count, arr = accounts.get(pk, (0, Decimal()))
        found[pk] = Facts(
            item_count=int(items),
            untriaged_count=int(untriaged),
            negative_count=int(negative),
            scored_count=int(scored),
            mean=total / int(scored) if scored else None,
            mean_interval=mean_interval(int(scored), total, square),
            first_said_at=first,
            last_said_at=last,
            account_count=count,
            arr=arr,
            products=products[pk],
            weeks=[weeks.get((pk, week.monday), week) for week in nothing],
        )
    return found


def today_of_weeks() -> datetime.date:
    """The day by which weeks are told: they are counted by UTC, wherever the server stands."""
    return timezone.localdate(timezone=datetime.UTC)


def facts_of_one(theme: Theme) -> Facts:
    """What stands behind one theme."""
    today = today_of_weeks()
    return facts_of(theme.organization_id, today, theme.pk).get(theme.pk) or no_facts(today)


def worth_counting(count: int) -> int | None:
    """A stored count in place of one that would read many rows; a small one may be behind by what matters."""
    return count if count > COUNTED_ANEW else None


def untriaged_in(theme_id: int) -> int:
    """How many items of a theme nobody has dealt with, as it was counted last."""
    told = ThemeWeek.objects.filter(theme=theme_id).aggregate(untriaged=Sum("untriaged_count"))
    return told["untriaged"] or 0


def no_facts(today: datetime.date) -> Facts:
    """What stands behind a theme in which nothing is."""
    return Facts(weeks=[Week(monday, 0, 0, None) for monday in _mondays(today)])


def mean_interval(count: int, total: float, square: float) -> Interval | None:
    """Within which the true mean lies with 95 %, by the normal approximation; None of fewer than two."""
    if count < 2:
        return None
    mean = total / count
    error = Z * math.sqrt(max(0.0, (square - count * mean * mean) / (count - 1)) / count)
    return Interval(max(-1.0, mean - error), min(1.0, mean + error))


def _mondays(today: datetime.date) -> list[datetime.date]:
    last = monday_of(today)
    return [last - datetime.timedelta(weeks=back) for back in range(WEEKS - 1, -1, -1)]


def _weeks(organization_id: int, today: datetime.date, theme_id: int | None) -> dict[tuple[int, datetime.date], Week]:
    rows = ThemeWeek.objects.filter(organization_id=organization_id, week__gte=_mondays(today)[0])
    if theme_id is not None:
        rows = rows.filter(theme=theme_id)
    told = rows.values_list("theme", "week", "item_count", "negative_count", "scored_count", "score_sum")
    return {
        (pk, monday): Week(monday, count, negative, total / scored if scored else None)
        for pk, monday, count, negative, scored, total in told
    }


def _asked(sql: str, keys: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, keys)
        return cursor.fetchall()


def theme_lines(organization_id: int, themes: Any, product_id: int | None = None) -> list[ThemeLine]:
    """Themes with what stands behind them; those of a product alone, where one is asked for.

    Cost: six statements.
    """
    today = today_of_weeks()
    facts, nothing = facts_of(organization_id, today), no_facts(today)
    names = {row.pk: row for row in product_model().objects.filter(organization_id=organization_id).only("pk", "name")}
    lines = []
    for theme in themes.defer("center"):
        found = facts.get(theme.pk, nothing)
        products = [names[pk] for pk, _ in found.products if pk in names]
        if product_id is None or product_id in [row.pk for row in products]:
            lines.append(ThemeLine(theme, found, products[:3]))
    return lines


def last_clustering(organization_id: int) -> Regrouping | None:
    """When themes were found anew last."""
    rows = Regrouping.objects.filter(organization_id=organization_id, kind=RegroupingKind.CLUSTERED)
    return rows.select_related("actor").order_by("-pk").first()


THEME_HEADER = (
    "Theme", "Words", "Pinned", "Items", "Untriaged", "Last 4 weeks", "4 weeks before", "Mean sentiment", "Negative",
    "Accounts", Amount("ARR"), "Products", "First said", "Last said",
)  # fmt: skip


def theme_cells(lines: Sequence[ThemeLine]) -> Iterator[tuple[Any, ...]]:
    """Rows of the list as a file, in the order of `THEME_HEADER`."""
    for line in lines:
        theme, facts = line.theme, line.facts
        yield (
            theme.name, ", ".join(theme.words), theme.is_pinned, facts.item_count, facts.untriaged_count, facts.recent,
            facts.earlier, None if facts.mean is None else round(facts.mean, 3),
            None if facts.negative_ratio is None else round(facts.negative_ratio, 3), facts.account_count, facts.arr,
            ", ".join(product.name for product in line.products), facts.first_said_at, facts.last_said_at,
        )  # fmt: skip
