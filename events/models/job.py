"""Long work under way."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from core.models import TenantModel
from core.querysets import TenantQuerySet


class JobStatus(models.TextChoices):
    QUEUED = "queued", "Waiting"
    RUNNING = "running", "Running"
    DONE = "done", "Done"
    STOPPED = "stopped", "Stopped"
    FAILED = "failed", "Failed"


class Job(TenantModel):
    """A piece of long work: queued, claimed by a worker, watched, stopped, and kept with its result."""

    kind = models.CharField(max_length=80)
    title = models.CharField(max_length=300)
    status = models.CharField(max_length=10, choices=JobStatus.choices, default=JobStatus.QUEUED)
    payload = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    done_count = models.PositiveIntegerField(default=0)
    total_count = models.PositiveIntegerField(null=True)
    message = models.CharField(max_length=300, blank=True)
    result = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    error = models.TextField(blank=True)
    attempt_count = models.PositiveSmallIntegerField(default=0)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    stop_requested_at = models.DateTimeField(null=True)
    result_path = models.CharField(max_length=300, blank=True, help_text="Where the person goes when it is done.")

    objects = TenantQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(status__in=JobStatus.values), name="job_status_known")]
        indexes = [
            models.Index(fields=["organization", "-id"], name="job_newest_first"),
            models.Index(
                fields=["organization", "status"], name="job_unfinished", condition=Q(status__in=["queued", "running"])
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_finished(self) -> bool:
        return self.status in {JobStatus.DONE, JobStatus.STOPPED, JobStatus.FAILED}

    @property
    def done_ratio(self) -> float | None:
        """Share of the work done, 0 to 1; None while the total is unknown."""
        if self.status == JobStatus.DONE:
            return 1.0
        return min(1.0, self.done_count / self.total_count) if self.total_count else None

    @property
    def remaining_seconds(self) -> int | None:
        """Estimate of the time left from the pace so far; None before 5 % or 3 s."""
        ratio = self.done_ratio
        if self.status != JobStatus.RUNNING or not ratio or self.started_at is None or self.heartbeat_at is None:
            return None
        elapsed = (self.heartbeat_at - self.started_at).total_seconds()
        if ratio < 0.05 and elapsed < 3:
            return None
        return round(elapsed * (1 - ratio) / ratio)
