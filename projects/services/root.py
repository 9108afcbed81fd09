"""The root summary that stands for a whole project."""

from typing import Any

from projects.models import Activity, ActivityKind, Project


def root_of(*, actor: Any, project: Project) -> Activity:
    """A project's root summary, made where an older version left it out.

    It has no event of its own: it is the project.
    """
    return _found(project) or make_root(project)


def _found(project: Project) -> Activity | None:
    root: Activity | None = Activity.with_roots.filter(project=project, outline_level=0).first()
    return root


def make_root(project: Project) -> Activity:
    """Give a new project its root summary."""
    root = Activity(
        organization_id=project.organization_id,
        project=project,
        name=project.name,
        kind=ActivityKind.SUMMARY,
        outline_level=0,
        position=0,
        currency=project.currency,
    )
    root.save(force_insert=True)
    return root
