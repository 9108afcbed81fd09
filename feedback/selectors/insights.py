"""How feedback sounds over time, and which themes are loud: sums from the database, never its rows."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Self
from urllib.parse import urlencode

from django.db.models import Count, F, Min, Q, Sum
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils import timezone

from feedback.algorithms.change import Moments
from feedback.algorithms.tally import Comparison, Tally, enough, total_of
from feedback.models import FeedbackItem, Release, Sentiment

#: What is counted unless the address says otherwise, and the longest time that it may ask for.
USUAL_DAYS, MOST_DAYS = 365, 3_660
#: Longer times are told by month.
WEEKLY_DAYS = 372
ONE_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Asked:
    """Which feedback is asked about: live items, without those that were found to be none."""

    user: Any
    first: datetime.date
    last: datetime.date
    product: int | None = None
    segment: str = ""
    channel: str = ""
    kind: str = ""

    @property
    def days(self) -> int:
        """How many days there are, the first and the last among them."""
        return (self.last - self.first).days + 1

    def during(self, first: datetime.date, last: datetime.date) -> Self:
        """The same of another time."""
        return replace(self, first=first, last=last)

    def before(self) -> Self:
        """The same of the time before, equally long."""
        return self.during(moved(self.first, -self.days), moved(self.first, -1))

    def rows(self) -> Any:
        """The items, in no order."""
        voices = FeedbackItem.objects.visible_to(self.user).voices().order_by()
        rows = voices.filter(said_between(self.first, self.last))
        if self.segment:
            rows = rows.filter(account__segment__iexact=self.segment)
        exact = {"product": self.product, "channel": self.channel, "kind": self.kind}
        return rows.filter(**{name: value for name, value in exact.items() if value})

    def door(self, **more: Any) -> str:
        """The address of the inbox that lists the items, narrowed by what is given."""
        words = {
            "said_from": self.first.isoformat(), "said_to": self.last.isoformat(), "product": self.product or "",
            "segment": self.segment, "channel": self.channel, "kind": self.kind, "status": "feedback", **more,
        }  # fmt: skip
        query = urlencode({name: value for name, value in words.items() if value != ""})
        return f"{reverse('feedback:inbox')}?{query}"


def moved(day: datetime.date, days: int) -> datetime.date:
    """The day so many days later, or earlier; where the calendar ends before it, the calendar's last."""
    ordinal = day.toordinal() + days
    return datetime.date.fromordinal(min(max(ordinal, datetime.date.min.toordinal()), datetime.date.max.toordinal()))


def start_of(day: datetime.date) -> datetime.datetime:
    """The instant at which a day begins."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


def said_between(first: datetime.date, last: datetime.date) -> Q:
    """Said from the beginning of one day to the end of another."""
    return Q(said_at__gte=start_of(first), said_at__lt=start_of(moved(last, 1)))


def sums(where: Q | None = None, prefix: str = "") -> dict[str, Any]:
    """What a database adds up for a tally, of the items for which `where` holds."""
    score = F("sentiment_score")
    sounds = {one.value: Q(sentiment=one) for one in Sentiment}
    return {
        f"{prefix}count": Count("pk", filter=where),
        **{f"{prefix}{name}": Count("pk", filter=is_so & where if where else is_so) for name, is_so in sounds.items()},
        f"{prefix}scored": Count("sentiment_score", filter=where),
        f"{prefix}total": Sum(score, filter=where),
        f"{prefix}squares": Sum(score * score, filter=where),
    }


def tally_of(row: Mapping[str, Any], prefix: str = "") -> Tally:
    """The tally of a row with `sums`."""
    counts = {name: row[f"{prefix}{name}"] for name in ("count", "negative", "neutral", "positive")}
    scores = Moments(row[f"{prefix}scored"], row[f"{prefix}total"] or 0.0, row[f"{prefix}squares"] or 0.0)
    return Tally(**counts, scores=scores)


@dataclass(frozen=True)
class Period:
    """A week or a month, as far as it is asked about."""

    first: datetime.date
    last: datetime.date
    tally: Tally


@dataclass(frozen=True)
class Finding:
    """What the river says in words: how the items from a day on compare with those before."""

    since: datetime.date
    release: Release | None
    comparison: Comparison


@dataclass(frozen=True)
class River:
    """How feedback sounded week by week, or month by month where the time is long."""

    asked: Asked
    is_weekly: bool
    periods: list[Period]
    releases: list[Release]
    finding: Finding | None

    @property
    def whole(self) -> Tally:
        return total_of(period.tally for period in self.periods)


def river_of(asked: Asked) -> River:
    """Items by sentiment over time, with the releases in it.

    Cost: two statements; the database answers a row for each day.
    """
    found = asked.rows().annotate(day=TruncDate("said_at")).values("day").annotate(**sums()).order_by("day")
    days = {row["day"]: tally_of(row) for row in found}
    releases = releases_of(asked)
    is_weekly = asked.days <= WEEKLY_DAYS
    return River(asked, is_weekly, _periods(asked, days, is_weekly), releases, _finding(asked, days, releases))


def releases_of(asked: Asked) -> list[Release]:
    """Releases in the time asked about, of the product asked about or all, the oldest first."""
    rows = Release.objects.visible_to(asked.user).live().filter(released_date__range=(asked.first, asked.last))
    if asked.product:
        rows = rows.filter(product=asked.product)
    return list(rows.select_related("product").order_by("released_date", "pk"))


def _periods(asked: Asked, days: Mapping[datetime.date, Tally], is_weekly: bool) -> list[Period]:
    found = []
    first = asked.first
    while first <= asked.last:
        if is_weekly:
            end = first + (6 - first.weekday()) * ONE_DAY
        else:
            end = (first.replace(day=1) + 32 * ONE_DAY).replace(day=1) - ONE_DAY
        last = min(end, asked.last)
        found.append(Period(first, last, total_of(tally for day, tally in days.items() if first <= day <= last)))
        first = last + ONE_DAY
    return found


def _finding(asked: Asked, days: Mapping[datetime.date, Tally], releases: Sequence[Release]) -> Finding | None:
    """Since the latest release of the product with enough items on both sides; else the later half of the time."""
    total = total_of(days.values())
    if not total.judged:
        return None
    for release in reversed(releases if asked.product else ()):
        before, after = _split(days, release.released_date)
        if enough(before, after):
            return Finding(release.released_date, release, Comparison(before, after))
    middle = asked.first + asked.days // 2 * ONE_DAY
    return Finding(middle, None, Comparison(*_split(days, middle)))


def _split(days: Mapping[datetime.date, Tally], since: datetime.date) -> tuple[Tally, Tally]:
    before = total_of(tally for day, tally in days.items() if day < since)
    return before, total_of(tally for day, tally in days.items() if day >= since)


@dataclass(frozen=True)
class Behind:
    """Accounts behind some items, each once however much it said, and what they pay a year together."""

    account_count: int = 0
    arr: Decimal = Decimal()


@dataclass(frozen=True)
class ThemeFigures:
    """A theme, how its items sound, and who stands behind it."""

    pk: int
    name: str
    tally: Tally
    behind: Behind


@dataclass(frozen=True)
class Themes:
    """The themes of the items, that with the most items first, and how many items are in none."""

    asked: Asked
    rows: list[ThemeFigures]
    without: int


def themes_of(asked: Asked) -> Themes:
    """Cost: two statements; the database answers a row for each theme."""
    found = list(asked.rows().values("theme", "theme__name").annotate(**sums()).order_by("-count", "theme"))
    accounts = behind_each(asked.rows().exclude(theme=None), "theme")
    rows = [
        ThemeFigures(row["theme"], row["theme__name"], tally_of(row), accounts.get(row["theme"], Behind()))
        for row in found
        if row["theme"] is not None
    ]
    return Themes(asked, rows, sum(row["count"] for row in found if row["theme"] is None))


def behind_each(rows: Any, column: str) -> dict[int | None, Behind]:
    """The accounts behind the items of each theme or product: of what an account said there, one item stands for it."""
    pairs = rows.exclude(account=None).values(column, "account").annotate(one=Min("pk")).values("one")
    found = FeedbackItem.objects.filter(pk__in=pairs).order_by().values_list(column)
    told = found.annotate(Count("pk"), Sum("account__arr_reporting_amount"))
    return {pk: Behind(count, arr or Decimal()) for pk, count, arr in told}
