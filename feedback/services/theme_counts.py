"""Stored counts of themes: weeks and accounts, counted anew from the items wherever something may have changed.

Nothing is added up or taken off: a week of a theme is counted whole, by the index of items by theme and day. So counts
do not drift, whoever writes in which order, and counting again repairs them.
"""

import datetime
from collections.abc import Collection, Iterable
from typing import Any

from django.db import OperationalError, connection, transaction
from psycopg2.errors import LockNotAvailable

from core.errors import Conflict
from feedback.querysets import VOICES

#: A person who moves items waits so long for a clustering that writes.
PATIENCE = "SET LOCAL lock_timeout = '8s'"
ALONE = "SELECT pg_advisory_xact_lock(hashtext('feedback.themes'), %s)"
BESIDE = "SELECT pg_advisory_xact_lock_shared(hashtext('feedback.themes'), %s)"
BUSY = "Themes are being found anew at this moment. Nothing was changed. Try again when the job has ended."
MONDAY = "date_trunc('week', i.said_at AT TIME ZONE 'UTC')::date"
#: Items of some themes and weeks, counted; `{pairs}` joins them, `{where}` narrows them.
COUNTED = f"""
    SELECT theme_id, week, sum(items) AS items, sum(untriaged) AS untriaged, sum(negative) AS negative,
        sum(scored) AS scored, coalesce(sum(score), 0) AS score, coalesce(sum(square), 0) AS square,
        min(first) AS first, max(last) AS last,
        coalesce(jsonb_object_agg(product_id, items) FILTER (WHERE product_id IS NOT NULL), '{{{{}}}}') AS products
    FROM (
        SELECT i.theme_id, {MONDAY} AS week, i.product_id, count(*) AS items,
            count(*) FILTER (WHERE i.status = 'untriaged' AND i.duplicate_of_id IS NULL) AS untriaged,
            count(*) FILTER (WHERE i.sentiment = 'negative') AS negative, count(i.sentiment_score) AS scored,
            sum(i.sentiment_score) AS score, sum(i.sentiment_score * i.sentiment_score) AS square,
            min(i.said_at) AS first, max(i.said_at) AS last
        FROM {{pairs}} WHERE {VOICES} {{where}}
        GROUP BY i.theme_id, {MONDAY}, i.product_id
    ) by_product GROUP BY theme_id, week
"""
INSERTED = """
    INSERT INTO feedback_themeweek (organization_id, theme_id, week, item_count, untriaged_count, negative_count,
        scored_count, score_sum, score_square_sum, first_said_at, last_said_at, products, created_at, updated_at,
        version)
    SELECT {organization}, theme_id, week, items, untriaged, negative, scored, score, square, first, last, products,
        now(), now(), 1
    FROM ({counted}) counted
"""
REMOVE_PAIRS = """
    DELETE FROM feedback_themeweek w
    USING unnest(%(themes)s::bigint[], %(weeks)s::date[]) p (theme, week)
    WHERE w.theme_id = p.theme AND w.week = p.week
"""
COUNT_PAIRS = INSERTED.format(
    organization="%(organization)s",
    counted=COUNTED.format(
        pairs="unnest(%(themes)s::bigint[], %(weeks)s::date[]) p (theme, week)"
        " JOIN feedback_feedbackitem i ON i.theme_id = p.theme AND i.said_at >= p.week::timestamp AT TIME ZONE 'UTC'"
        " AND i.said_at < (p.week + 7)::timestamp AT TIME ZONE 'UTC'",
        where="",
    ),
)
COUNT_THEMES = INSERTED.format(
    organization="%(organization)s",
    counted=COUNTED.format(
        pairs="feedback_feedbackitem i",
        where="AND i.organization_id = %(organization)s AND i.theme_id = ANY(%(themes)s)",
    ),
)
HAS_SPOKEN = f"""
    EXISTS (SELECT FROM feedback_feedbackitem i WHERE i.theme_id = p.theme AND i.account_id = p.account AND {VOICES})
"""
REMOVE_ACCOUNTS = f"""
    DELETE FROM feedback_themeaccount a USING unnest(%(themes)s::bigint[], %(accounts)s::bigint[]) p (theme, account)
    WHERE a.theme_id = p.theme AND a.account_id = p.account AND NOT {HAS_SPOKEN}
"""
ADD_ACCOUNTS = f"""
    INSERT INTO feedback_themeaccount (organization_id, theme_id, account_id, created_at, updated_at, version)
    SELECT %(organization)s, p.theme, p.account, now(), now(), 1
    FROM unnest(%(themes)s::bigint[], %(accounts)s::bigint[]) p (theme, account) WHERE {HAS_SPOKEN}
    ON CONFLICT DO NOTHING
"""
COUNT_ACCOUNTS = f"""
    INSERT INTO feedback_themeaccount (organization_id, theme_id, account_id, created_at, updated_at, version)
    SELECT DISTINCT %(organization)s, i.theme_id, i.account_id, now(), now(), 1 FROM feedback_feedbackitem i
    WHERE i.organization_id = %(organization)s AND i.theme_id = ANY(%(themes)s) AND i.account_id IS NOT NULL
        AND {VOICES}
"""

WeekOf = tuple[int, datetime.date]
AccountOf = tuple[int, int]


def lock_themes(organization_id: int, *, alone: bool) -> None:
    """Keep others from moving items between themes until the transaction ends, or move them beside others.

    Workers that analyze and count do so side by side; an act of a person and a clustering are alone.

    Raises:
        Conflict: a clustering is writing, and does not end within seconds.
    """
    with connection.cursor() as cursor:
        if not alone:
            cursor.execute(BESIDE, [organization_id])
            return
        try:
            with transaction.atomic():
                cursor.execute(PATIENCE)
                cursor.execute(ALONE, [organization_id])
                cursor.execute("SET LOCAL lock_timeout = DEFAULT")
        except OperationalError as error:
            if isinstance(error.__cause__, LockNotAvailable):
                raise Conflict(BUSY) from error
            raise


def count_weeks(organization_id: int, weeks: Iterable[WeekOf], accounts: Iterable[AccountOf] = ()) -> None:
    """Count some weeks of themes anew, and whether some accounts speak of some themes."""
    keys: dict[str, Any]
    with connection.cursor() as cursor:
        if pairs := sorted(set(weeks)):
            themes, days = (list(column) for column in zip(*pairs, strict=True))
            keys = {"organization": organization_id, "themes": themes, "weeks": days}
            cursor.execute(REMOVE_PAIRS, keys)
            cursor.execute(COUNT_PAIRS, keys)
        if pairs_of := sorted(set(accounts)):
            themes, ids = (list(column) for column in zip(*pairs_of, strict=True))
            keys = {"organization": organization_id, "themes": themes, "accounts": ids}
            cursor.execute(REMOVE_ACCOUNTS, keys)
            cursor.execute(ADD_ACCOUNTS, keys)


def count_themes(organization_id: int, theme_ids: Collection[int]) -> None:
    """Count whole themes anew."""
    keys: dict[str, Any] = {"organization": organization_id, "themes": list(theme_ids)}
    with connection.cursor() as cursor:
        for table in ("feedback_themeweek", "feedback_themeaccount"):
            cursor.execute(f"DELETE FROM {table} WHERE theme_id = ANY(%(themes)s)", keys)  # noqa: S608
        cursor.execute(COUNT_THEMES, keys)
        cursor.execute(COUNT_ACCOUNTS, keys)
