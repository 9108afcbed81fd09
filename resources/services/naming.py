"""What every row with a name and an archive shares."""

from typing import Any

from django.utils import timezone

from core.errors import Conflict
from resources.algorithms.months import first_of
from resources.models import AllocationKind


def refuse_namesake(row: Any) -> None:
    """Refuse to restore a row whose name a live one has.

    Raises:
        Conflict: there is such a row.
    """
    noun = row._meta.verbose_name.removeprefix("resource ")
    namesakes = type(row).objects.live().filter(organization_id=row.organization_id, name__iexact=row.name)
    if namesakes.exclude(pk=row.pk).exists():
        raise Conflict(f"Another {noun} has this name. Rename that one first, then restore this one.")


def still_planned(row: Any) -> Any:
    """The live projects that a person, a role or a team is planned for from this month on."""
    projects: Any = row.allocations.model._meta.get_field("project").related_model
    planned = row.allocations.filter(kind=AllocationKind.PLAN, month__gte=first_of(timezone.localdate()), fte__gt=0)
    return projects.objects.live().filter(pk__in=planned.values("project"))
