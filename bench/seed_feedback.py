"""Feedback to measure with: a few thousand items and a million, alike otherwise."""

import io
from typing import Any

import numpy as np
import numpy.typing as npt
from django.contrib.auth import get_user_model
from django.db import connection, transaction

from accounts.models import Membership, Organization
from bench.seed import session_of
from core.access import Role
from core.tenancy import organization_scope
from feedback.algorithms.embedding import WIDTH, embed, unit
from feedback.models import CustomerAccount, Theme
from feedback.services import count_themes

#: Words of a text are drawn from so many, the first ones most often; each so manieth item has the rare word:
#: a page is full of it in the small organization as well.
WORDS, RARE_EVERY = 3_000, 200
ITEMS = """
    INSERT INTO feedback_feedbackitem (organization_id, theme_id, account_id, channel, external_key, title, text,
        author_name, author_email,
        author_role, source_url, said_at, status, masked_count, language, sentiment, sentiment_score, kind, urgency,
        labels_by_person, analysis_state, analysis_attempts, analysis_failure, created_at, updated_at, version)
    SELECT %(organization)s, (%(themes)s::bigint[])[1 + n %% greatest(1, cardinality(%(themes)s::bigint[]))],
        (%(accounts)s::bigint[])[1 + n * 7 %% greatest(1, cardinality(%(accounts)s::bigint[]))], 'api', 'K-' || n, '',
        (SELECT string_agg('w' || floor(%(words)s * power(random(), 3))::int, ' ')
            FROM generate_series(1, 16 + n %% 9)) || CASE WHEN n %% %(rare)s = 0 THEN ' needle' ELSE '' END
            || CASE WHEN n %% 40 = 0 THEN ' label' ELSE '' END,
        'Customer ' || n %% 5000, '', '', '', now() - n * interval '20 seconds',
        CASE WHEN n %% 4 = 0 THEN 'untriaged' ELSE 'done' END, 0, 'en',
        (ARRAY['negative', 'neutral', 'positive'])[1 + n %% 3], n %% 3 - 1,
        (ARRAY['bug', 'request', 'praise', 'question'])[1 + n %% 4], 'normal', '[]', 'analyzed', 0, '', now(), now(), 1
    FROM generate_series(1, %(items)s) n
"""
#: What customers speak of in this place: a part and what befalls it make a topic, around which meanings lie.
PARTS = [
    "label", "printer", "invoice", "export", "login", "password", "dashboard", "chart", "report", "filter",
    "calendar", "reminder", "attachment", "upload", "mobile", "phone", "tablet", "scanner", "barcode", "shipment",
    "tracking", "delivery", "route", "driver", "warehouse", "shelf", "stock", "forecast", "budget", "currency",
    "payment", "refund", "receipt", "language", "translation", "search", "result", "comment", "mention", "role",
    "permission", "audit",
]  # fmt: skip
FATES = [
    "crash", "slow", "missing", "wrong", "late", "duplicate", "broken", "confusing", "great", "easy", "fast",
    "helpful", "expensive", "cheap", "lost", "blurred", "empty", "locked", "rejected", "delayed",
]  # fmt: skip
#: How far a meaning lies from its topic, in each direction; so many are written at a time.
SPREAD, AT_ONCE = 0.045, 50_000
KEPT = "CREATE UNLOGGED TABLE meaning (n bigint, vector halfvec)"
ANALYSES = """
    INSERT INTO feedback_analysis (organization_id, item_id, analyzer, analyzer_version, analyzed_at, language,
        language_ratio, sentiment, sentiment_score, sentiment_ratio, words, kind, kind_ratio, urgency, urgency_reasons,
        personal, product_ratio, vector, created_at, updated_at, version)
    SELECT i.organization_id, i.id, 'tables', 'bench', now(), i.language, 1, i.sentiment, i.sentiment_score, 0.8,
        '[[0, 5, 0.5], [9, 14, -0.5]]', i.kind, 0.7, i.urgency, '[]', '[]', 0, m.vector, now(), now(), 1
    FROM meaning m JOIN feedback_feedbackitem i ON i.organization_id = %s AND i.id = %s + m.n
"""


def meanings(rng: np.random.Generator, centers: npt.NDArray[np.float32], count: int) -> npt.NDArray[np.float16]:
    """float16 (count, width): unit vectors around topics."""
    noise = rng.standard_normal((count, WIDTH), dtype=np.float32) * np.float32(SPREAD)
    return unit(centers[rng.integers(len(centers), size=count)] + noise).astype(np.float16)


def copied(first: int, vectors: npt.NDArray[np.float16]) -> bytes:
    """Numbers and vectors as PostgreSQL's binary COPY has them."""
    kinds = [("fields", ">i2"), ("a", ">i4"), ("n", ">i8"), ("b", ">i4"), ("width", ">i2"), ("unused", ">i2")]
    rows = np.zeros(len(vectors), np.dtype([*kinds, ("vector", ">f2", WIDTH)]))
    rows["fields"], rows["a"], rows["b"], rows["width"] = 2, 8, 4 + 2 * WIDTH, WIDTH
    rows["n"], rows["vector"] = np.arange(first, first + len(vectors)), vectors
    return b"PGCOPY\n\xff\r\n\0" + bytes(8) + rows.tobytes() + b"\xff\xff"


def seed_meanings(cursor: Any, organization_id: int, item_count: int) -> None:
    """An analysis with a vector for each item of an organization that has nothing else; by the owner of the tables."""
    rng = np.random.default_rng(7)
    centers = embed([f"{part} {fate}" for part in PARTS for fate in FATES])
    cursor.execute("SELECT min(id) FROM feedback_feedbackitem WHERE organization_id = %s", [organization_id])
    (first,) = cursor.fetchone()
    cursor.execute(KEPT)
    for begin in range(0, item_count, AT_ONCE):
        some = meanings(rng, centers, min(AT_ONCE, item_count - begin))
        cursor.copy_expert("COPY meaning FROM STDIN (FORMAT binary)", io.BytesIO(copied(begin, some)))
    cursor.execute(ANALYSES, [organization_id, first])
    cursor.execute("DROP TABLE meaning")


def seed_feedback(slug: str, item_count: int, *, theme_count: int = 0, account_count: int = 0) -> dict[str, Any]:
    """An organization with so many items, a quarter of them untriaged, spread over so many themes and accounts."""
    with transaction.atomic():
        organization = Organization.objects.create(name=slug.title(), slug=slug)
        user = get_user_model().objects.create_user(f"owner@{slug}.example", name="Owner")
        with organization_scope(organization, user):
            Membership.objects.create(organization=organization, user=user, role=Role.OWNER)
            user.remember_role(organization.pk, Role.OWNER)
            themes = Theme.objects.bulk_create(
                [Theme(organization=organization, name=f"Theme {number}") for number in range(theme_count)]
            )
            accounts = CustomerAccount.objects.bulk_create(
                [
                    CustomerAccount(
                        organization=organization, name=f"Account {number}", arr_amount=number, currency="USD",
                        arr_reporting_amount=number,
                    )
                    for number in range(account_count)
                ]
            )  # fmt: skip
            keys: dict[str, Any] = {
                "organization": organization.pk, "words": WORDS, "rare": RARE_EVERY, "items": item_count,
                "themes": [theme.pk for theme in themes], "accounts": [account.pk for account in accounts],
            }  # fmt: skip
            with connection.cursor() as cursor:
                cursor.execute(ITEMS, keys)
                seed_meanings(cursor, organization.pk, item_count)
            count_themes(organization.pk, keys["themes"])
    theme = keys["themes"][0] if themes else 0
    return {"slug": slug, "organization": organization.pk, "session": session_of(user), "theme": theme}
