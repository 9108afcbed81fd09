"""Which weeks of themes, and which accounts in them, events about items may have changed."""

import datetime
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from events.models import Event
from feedback.models import FeedbackItem
from feedback.selectors.themes import monday_of

SUBJECT = FeedbackItem._meta.label_lower


def monday(said_at: datetime.datetime) -> datetime.date:
    """The Monday of the week in which something was said, by UTC."""
    return monday_of(said_at.astimezone(datetime.UTC).date())


def themes_touched(events: Sequence[Event]) -> tuple[set[tuple[int, datetime.date]], set[tuple[int, int]]]:
    """Theme and week, theme and account, of the items that events are about: where they are, and where they were."""
    themes: dict[int, set[int]] = defaultdict(set)
    accounts: dict[int, set[int]] = defaultdict(set)
    mondays: dict[int, set[datetime.date]] = defaultdict(set)
    for event in events:
        if event.subject_type == SUBJECT:
            pk = int(event.subject_id)
            themes[pk] |= _ids(event.changes.get("theme"))
            accounts[pk] |= _ids(event.changes.get("account"))
            days = [datetime.datetime.fromisoformat(day) for day in event.changes.get("said_at", ()) if day]
            mondays[pk] |= {monday(day) for day in days}
    weeks, pairs = set(), set()
    rows = FeedbackItem.objects.filter(pk__in=themes).values_list("pk", "said_at", "theme", "account")
    for pk, said_at, theme, account in rows:
        for of in themes[pk] | ({theme} if theme else set()):
            weeks |= {(of, week) for week in mondays[pk] | {monday(said_at)}}
            pairs |= {(of, by) for by in accounts[pk] | ({account} if account else set())}
    return weeks, pairs


def _ids(change: Any) -> set[int]:
    """The rows that a change is about, before and after."""
    return {row["id"] for row in change or () if isinstance(row, dict)}
