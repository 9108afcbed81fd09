"""Items get themes as they are analyzed; and when themes are looked for anew."""

import datetime
from collections.abc import Mapping
from typing import Any

import numpy as np
from django.db import transaction

from accounts.models import Organization, User
from core.access import require
from core.errors import Conflict
from events.models import Job
from events.services import start_job
from feedback.algorithms.themes import assign
from feedback.models import FeedbackItem, Regrouping, RegroupingKind, Theme
from feedback.selectors.meaning import centers
from feedback.selectors.theming import KIND, assigned_since, clustering_job, count_analyzed
from feedback.services.theme_counts import lock_themes

#: Themes rise by themselves from so many items.
LEAST_ITEMS = 30
#: So many items without a theme, and such a share of all, are worth looking for themes anew.
LEAST_NEW, LEAST_RATIO = 30, 0.05


def nearest_themes(organization_id: int, items: Mapping[int, FeedbackItem], vectors: Mapping[int, Any]) -> Any:
    """The live theme that each item is nearest to, by the item's id; those that have another one now are named alone.

    An item stays where it is that a person gave its theme, that is in a pinned theme, or that is near none.
    """
    found = centers(organization_id)
    asked = [pk for pk, vector in vectors.items() if vector is not None and "theme" not in items[pk].labels_by_person]
    if not len(found.ids) or not asked:
        return {}
    labels = assign(np.stack([vectors[pk] for pk in asked]).astype(np.float32), found.ids, found.vectors)
    themes = {row.pk: row for row in Theme.objects.live().filter(organization_id=organization_id).defer("center")}
    given = {}
    for pk, label in zip(asked, labels.tolist(), strict=True):
        now = themes.get(items[pk].theme_id)
        if label in themes and label != items[pk].theme_id and not (now is not None and now.is_pinned):
            given[pk] = themes[label]
    return given


@transaction.atomic
def start_clustering(*, actor: User | None, organization: Organization, result_path: str = "") -> Job:
    """Ask for themes to be found anew in all that was said; a worker finds them.

    Args:
        actor: None for the system itself.
    Raises:
        NotAllowed: the actor's role may not change how feedback is handled.
        Conflict: it is being done already, or nothing has been analyzed.
    """
    if actor is not None:
        require(actor, "feedback.manage", organization)
    lock_themes(organization.pk, alone=True)
    if clustering_job(organization.pk) is not None:
        raise Conflict("Themes are being found already. Their job is among the jobs.")
    if not count_analyzed(organization.pk, 1):
        raise Conflict("No feedback has been analyzed yet, so there is nothing to find themes in.")
    return start_job(
        actor=actor,
        organization=organization,
        kind=KIND,
        title="Find themes anew",
        payload={"organization": organization.pk, "actor": actor.pk if actor else None},
        result_path=result_path,
    )


def let_themes_rise(organization_id: int) -> bool:
    """Have themes found the first time that enough has been analyzed; says whether it was asked for."""
    rows = Regrouping.objects.filter(organization_id=organization_id)
    if (
        rows.filter(kind=RegroupingKind.CLUSTERED).exists()
        or count_analyzed(organization_id, LEAST_ITEMS) < LEAST_ITEMS
    ):
        return False
    return _asked_for(organization_id)


def refresh_themes(organization_id: int) -> bool:
    """Have themes found anew where enough has come since that is of none; says whether it was asked for."""
    last = Regrouping.objects.filter(organization_id=organization_id, kind=RegroupingKind.CLUSTERED).order_by("-pk")
    since: datetime.datetime | None = last.values_list("created_at", flat=True).first()
    if since is None:
        return let_themes_rise(organization_id)
    new, count = assigned_since(organization_id, since)
    return new >= max(LEAST_NEW, LEAST_RATIO * count) and _asked_for(organization_id)


def _asked_for(organization_id: int) -> bool:
    try:
        start_clustering(actor=None, organization=Organization.objects.get(pk=organization_id))
    except Conflict:
        return False  # somebody else asked at the same moment
    return True
