"""Projects and programs as Microsoft Project files."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.text import slugify

from core.amounts import are_hidden
from core.errors import Conflict
from integrations.algorithms.mspdi_exchange import without_costs
from integrations.algorithms.mspdi_writing import merged, write_mspdi
from programs.models import Program
from projects.models import Project
from projects.selectors import exchanged_plans


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A file to download: its name and its bytes in pieces."""

    name: str
    parts: Iterator[bytes]


def project_file(project: Project) -> PlanFile:
    """A project with its outline, links, calendars and baselines. Read at once; only the writing streams."""
    plans, _ = _plans(project.organization_id, [project.pk])
    return PlanFile(f"{slugify(project.name) or project.code}.xml", write_mspdi(plans[0]))


def program_file(program: Program) -> PlanFile:
    """The live projects of a program in one file, each below a summary of its own, with the links between them.

    Raises:
        Conflict: it has none.
    """
    ids = list(Project.objects.live().filter(program=program).values_list("pk", flat=True))
    if not ids:
        raise Conflict(f"“{program}” has no projects, so there is no plan to export.")
    plans, crossing = _plans(program.organization_id, ids)
    return PlanFile(f"{slugify(program.name) or program.code}.xml", write_mspdi(merged(program.name, plans, crossing)))


def _plans(organization_id: int, project_ids: list[int]) -> tuple[Any, Any]:
    """Projects as they are exchanged, and the links between them; without costs where amounts are hidden."""
    plans, crossing = exchanged_plans(organization_id, project_ids)
    return [without_costs(plan) for plan in plans] if are_hidden() else plans, crossing
