"""How much there is to find themes in."""

import datetime

from events.models import Job, JobStatus
from feedback.models import Analysis, FeedbackItem

#: The kind of the job that finds themes anew.
KIND = "feedback.cluster"


def clustering_job(organization_id: int) -> Job | None:
    """The job that finds themes, while it waits or runs."""
    unfinished = [JobStatus.QUEUED, JobStatus.RUNNING]
    rows = Job.objects.filter(organization_id=organization_id, kind=KIND, status__in=unfinished)
    return rows.order_by("-pk").first()


def count_analyzed(organization_id: int, most: int) -> int:
    """How many items have a meaning that themes are found by; counting stops at `most`."""
    rows = Analysis.objects.filter(organization_id=organization_id, vector__isnull=False)
    return int(rows.order_by().values("pk")[:most].count())


def assigned_since(organization_id: int, since: datetime.datetime) -> tuple[int, int]:
    """How many items have been analyzed since a moment and are of no theme, and how many items there are."""
    rows = FeedbackItem.objects.filter(organization_id=organization_id).voices()
    new = rows.filter(theme=None, analysis__analyzed_at__gt=since, analysis__vector__isnull=False)
    return new.count(), rows.count()
