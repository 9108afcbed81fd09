"""Items found by words and by meaning, within the organization in scope.

`@@` is not leakproof, so PostgreSQL asks the row-level security policy first and never uses the index of words for the
application's role: a rare word of a million items took a walk through all of them. These functions belong to the owner
of the tables, whom no policy holds, and say in their text what the policy says; they give ids, and the rows are
read under the policy as ever (docs/decisions/0023-search.md).
"""

from django.db import migrations

#: What narrows a list, as far as it should count before the best are cut out: by the column's name, all as text.
NARROWED = """
        i.organization_id = NULLIF(current_setting('portolan.organization', true), '')::bigint
        AND (narrowed->>'archived' = 'any'
            OR (i.archived_at IS NOT NULL) = (coalesce(narrowed->>'archived', 'false') = 'true'))
        AND (narrowed->>'is_first' IS NULL OR i.duplicate_of_id IS NULL)
        AND (narrowed->>'status' IS NULL OR i.status = narrowed->>'status')
        AND (narrowed->>'sentiment' IS NULL OR i.sentiment = narrowed->>'sentiment')
        AND (narrowed->>'kind' IS NULL OR i.kind = narrowed->>'kind')
        AND (narrowed->>'urgency' IS NULL OR i.urgency = narrowed->>'urgency')
        AND (narrowed->>'channel' IS NULL OR i.channel = narrowed->>'channel')
        AND (narrowed->>'analysis_state' IS NULL OR i.analysis_state = narrowed->>'analysis_state')
        AND (narrowed->>'product' IS NULL OR i.product_id = (narrowed->>'product')::bigint)
        AND (narrowed->>'account' IS NULL OR i.account_id = (narrowed->>'account')::bigint)
        AND (narrowed->>'owner' IS NULL OR i.owner_id = (narrowed->>'owner')::bigint)
        AND (narrowed->>'theme' IS NULL OR i.theme_id = (narrowed->>'theme')::bigint)
        AND (narrowed->>'project' IS NULL OR i.id IN (
            SELECT l.item_id FROM feedback_feedbacklink l WHERE l.project_id = (narrowed->>'project')::bigint))
"""
SETTINGS = """
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp
    SET plan_cache_mode = force_custom_plan SET random_page_cost = 1.1 SET max_parallel_workers_per_gather = 0
"""
#: The newest that have the words, and how well the words fit them. A thousand of the newest tell how many have the words,
#: and how many are asked for beside; so the cheapest way is known: to go through the newest one by one, along the index of
#: their status or sentiment if one is asked for (1.2 microseconds each), or to ask the index of words (0.45 for each item
#: that has them) together with that of days (0.065 for each item of them), and to read what is in both (3 each).
#: Where too few were found, it goes on behind.
BY_WORDS = f"""
CREATE FUNCTION feedback_by_words(asked tsquery, narrowed jsonb, most int)
RETURNS TABLE (item bigint, said_at timestamptz, fit real)
{SETTINGS}
AS $$
DECLARE
    newest timestamptz; span interval; seen bigint; worded bigint; hits float8; got bigint;
    behind timestamptz := 'infinity'; since timestamptz; thousands float8; share float8; all_thousands float8;
BEGIN
    SELECT max(sample.at), max(sample.at) - min(sample.at), count(*), count(*) FILTER (WHERE sample.has_words),
        count(*) FILTER (WHERE sample.has_words) * avg(sample.is_asked::int),
        least(avg(sample.of_status::int), avg(sample.of_sentiment::int))
    INTO newest, span, seen, worded, hits, share FROM (
        SELECT i.said_at AS at, i.search @@ asked AS has_words, {NARROWED} AS is_asked,
            i.status = coalesce(narrowed->>'status', i.status) AS of_status,
            i.sentiment = coalesce(narrowed->>'sentiment', i.sentiment) AS of_sentiment
        FROM feedback_feedbackitem i
        WHERE i.organization_id = NULLIF(current_setting('portolan.organization', true), '')::bigint
        ORDER BY i.said_at DESC, i.id DESC LIMIT 1000
    ) sample;
    thousands := CASE WHEN hits > 0 AND seen = 1000 THEN 1.5 * most / hits ELSE 'infinity' END;
    SELECT greatest(reltuples, 0) / 1000 INTO all_thousands FROM pg_class WHERE oid = 'feedback_feedbackitem'::regclass;
    LOOP
        since := CASE WHEN thousands < 150 THEN newest - span * thousands ELSE '-infinity' END;
        IF thousands <= 10 OR least(thousands / 1.5, all_thousands) * share * 1.2
            < all_thousands * worded * 0.00045 + least(thousands, all_thousands) * (0.065 + worded * 0.003)
        THEN
            RETURN QUERY SELECT found.id, found.said_at, ts_rank(found.search, asked, 1) FROM (
                SELECT i.id, i.said_at, i.search FROM feedback_feedbackitem i
                WHERE (i.search @@ asked) IS TRUE AND i.said_at >= since AND i.said_at < behind AND {NARROWED}
                ORDER BY i.said_at DESC, i.id DESC LIMIT most
            ) found;
        ELSE
            RETURN QUERY WITH found AS MATERIALIZED (
                SELECT i.id, i.said_at, i.search FROM feedback_feedbackitem i
                WHERE i.search @@ asked AND i.said_at >= since AND i.said_at < behind AND {NARROWED}
            ), best AS (SELECT * FROM found ORDER BY found.said_at DESC, found.id DESC LIMIT most)
            SELECT best.id, best.said_at, ts_rank(best.search, asked, 1) FROM best;
        END IF;
        GET DIAGNOSTICS got = ROW_COUNT;
        most := most - got;
        EXIT WHEN most <= 0 OR since = '-infinity';
        behind := since;
        thousands := thousands * 8;
    END LOOP;
END $$
"""  # noqa: S608
#: Those closest in meaning, and how alike they are; the index is walked on until there are enough, or too many looked at.
BY_MEANING = f"""
CREATE FUNCTION feedback_by_meaning(asked halfvec, narrowed jsonb, most int, closest float8)
RETURNS TABLE (item bigint, said_at timestamptz, likeness float8)
{SETTINGS} SET hnsw.ef_search = 100 SET hnsw.iterative_scan = relaxed_order SET hnsw.max_scan_tuples = 2500
AS $$ BEGIN RETURN QUERY
    SELECT found.item_id, found.said_at, 1 - found.away FROM (
        SELECT a.item_id, i.said_at, a.vector <=> asked AS away
        FROM feedback_analysis a JOIN feedback_feedbackitem i ON i.id = a.item_id
        WHERE a.organization_id = NULLIF(current_setting('portolan.organization', true), '')::bigint AND {NARROWED}
        ORDER BY a.vector <=> asked LIMIT most
    ) found WHERE 1 - found.away >= closest ORDER BY found.away;
END $$
"""  # noqa: S608


class Migration(migrations.Migration):
    dependencies = [("feedback", "0006_themes")]

    operations = [
        migrations.RunSQL(BY_WORDS, "DROP FUNCTION feedback_by_words"),
        # The extension knows its settings once something of it has been asked for.
        migrations.RunSQL("SELECT '[1]'::vector", migrations.RunSQL.noop),
        migrations.RunSQL(BY_MEANING, "DROP FUNCTION feedback_by_meaning"),
    ]
