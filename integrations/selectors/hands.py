"""Who changed rows after an import left them, and which were archived then, as the log tells it."""

from collections.abc import Mapping
from typing import Any

from events.models import Event

#: What workers write about a row by themselves: no person's change.
BY_ITSELF = ("feedback_item.analyzed", "feedback_item.analysis_failed")


def changed_by(
    organization_id: int, rows: Mapping[int, Any], left: Mapping[int, int], *, trace: str = ""
) -> dict[int, str]:
    """Id of a row -> who changed it after the version that an import left behind, by name.

    Args:
        rows: of one table, by id.
        left: id of a row -> the version that was left behind.
        trace: an import whose own later changes do not count.
    """
    touched = [row for pk, row in rows.items() if row.version != left[pk]]
    if not touched:
        return {}
    events = Event.objects.filter(
        organization_id=organization_id,
        subject_type=touched[0]._meta.label_lower,
        subject_id__in=[str(row.pk) for row in touched],
    ).exclude(kind__in=BY_ITSELF)
    if trace:
        events = events.exclude(request_id=trace)
    found: dict[int, list[str]] = {}
    for subject_id, version, name in events.order_by("pk").values_list("subject_id", "subject_version", "actor_name"):
        if version > left[int(subject_id)] and name not in found.setdefault(int(subject_id), []):
            found[int(subject_id)].append(name)
    return {pk: ", ".join(names) for pk, names in found.items() if names}


def archived_since(organization_id: int, rows: Mapping[int, Any], left: Mapping[int, int]) -> set[int]:
    """Ids of the rows that were archived after the version that an import left behind.

    Args:
        rows: of one table, by id.
        left: id of a row -> the version that was left behind.
    """
    touched = [row for pk, row in rows.items() if row.version != left[pk]]
    if not touched:
        return set()
    events = Event.objects.filter(
        organization_id=organization_id,
        subject_type=touched[0]._meta.label_lower,
        subject_id__in=[str(row.pk) for row in touched],
        kind__endswith=".archived",
    )
    told = events.values_list("subject_id", "subject_version")
    return {int(subject_id) for subject_id, version in told if version > left[int(subject_id)]}
