"""Feedback to measure with: a few thousand items and a million, alike otherwise."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection, transaction

from accounts.models import Membership, Organization
from bench.seed import session_of
from core.access import Role
from core.tenancy import organization_scope

#: Words of a text are drawn from so many, the first ones most often; each so manieth item has the rare word.
WORDS, RARE_EVERY = 3_000, 500
ITEMS = """
    INSERT INTO feedback_feedbackitem (organization_id, channel, external_key, title, text, author_name, author_email,
        author_role, source_url, said_at, status, masked_count, language, sentiment, sentiment_score, kind, urgency,
        labels_by_person, analysis_state, analysis_attempts, analysis_failure, created_at, updated_at, version)
    SELECT %(organization)s, 'api', 'K-' || n, '',
        (SELECT string_agg('w' || floor(%(words)s * power(random(), 3))::int, ' ')
            FROM generate_series(1, 16 + n %% 9)) || CASE WHEN n %% %(rare)s = 0 THEN ' needle' ELSE '' END,
        'Customer ' || n %% 5000, '', '', '', now() - n * interval '20 seconds',
        CASE WHEN n %% 4 = 0 THEN 'untriaged' ELSE 'done' END, 0, 'en',
        (ARRAY['negative', 'neutral', 'positive'])[1 + n %% 3], n %% 3 - 1,
        (ARRAY['bug', 'request', 'praise', 'question'])[1 + n %% 4], 'normal', '[]', 'analyzed', 0, '', now(), now(), 1
    FROM generate_series(1, %(items)s) n
"""


def seed_feedback(slug: str, item_count: int) -> dict[str, Any]:
    """An organization with so many items, a quarter of them untriaged."""
    with transaction.atomic():
        organization = Organization.objects.create(name=slug.title(), slug=slug)
        user = get_user_model().objects.create_user(f"owner@{slug}.example", name="Owner")
        with organization_scope(organization, user):
            Membership.objects.create(organization=organization, user=user, role=Role.OWNER)
            user.remember_role(organization.pk, Role.OWNER)
            keys = {"organization": organization.pk, "words": WORDS, "rare": RARE_EVERY, "items": item_count}
            with connection.cursor() as cursor:
                cursor.execute(ITEMS, keys)
    return {"slug": slug, "organization": organization.pk, "session": session_of(user)}
