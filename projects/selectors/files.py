"""Projects, activities and risks as rows of a file."""

from collections.abc import Iterator
from typing import Any

from core.exports import Amount
from projects.models import ActivityKind, ActivityStatus
from projects.selectors.timeline import Timeline

PROJECT_HEADER = (
    "Code", "Name", "Portfolio", "Program", "Status", "Health", "Reported health", "Why", "Manager", "Method",
    "Planned start", "Planned finish", "Expected finish", "Actual start", "Actual finish", "Slip in days", "Progress",
    Amount("Budget"), Amount("Actual cost"), "Currency", "Parked because", "Archived", "Updated", "External key",
)  # fmt: skip
HEALTH_WORDS = {"green": "On track", "amber": "At risk", "red": "Off track", "unreported": "Not reported"}


def project_cells(projects: Any) -> Iterator[tuple[Any, ...]]:
    """Rows of an export, in the order of `PROJECT_HEADER`."""
    for project in projects.iterator(chunk_size=500):
        rollup = getattr(project, "rollup", None)
        portfolio = project.program.portfolio if project.program else project.portfolio
        yield (
            project.code,
            project.name,
            portfolio and portfolio.name,
            project.program and project.program.name,
            project.get_status_display(),
            HEALTH_WORDS[project.health],
            project.get_reported_health_display(),
            project.health_note,
            project.manager and project.manager.name,
            project.get_method_display(),
            project.planned_start_date,
            project.planned_finish_date,
            project.expected_finish_date,
            project.actual_start_date,
            project.actual_finish_date,
            project.slip_days,
            rollup and rollup.progress_ratio,
            project.budget_amount,
            project.actual_amount,
            project.currency,
            project.parked_reason,
            project.archived_at,
            project.updated_at,
            project.external_key,
        )


ACTIVITY_HEADER = (
    "Project code", "Project", "Activity", "Kind", "Status", "Assignee", "Planned start", "Planned finish",
    "Actual start", "Actual finish", "Progress", Amount("Planned cost"), Amount("Actual cost"), "Currency",
    "External key",
)  # fmt: skip


def activity_cells(activities: Any) -> Iterator[tuple[Any, ...]]:
    """Rows of an export, in the order of `ACTIVITY_HEADER`."""
    for activity in activities.iterator(chunk_size=500):
        is_summary = activity.kind == ActivityKind.SUMMARY  # its costs are those of its parts: not twice in one column
        yield (
            activity.project.code,
            activity.project.name,
            activity.name,
            activity.get_kind_display(),
            activity.get_status_display(),
            activity.assignee.name if activity.assignee else "",
            activity.planned_start_date,
            activity.planned_finish_date,
            activity.actual_start_date,
            activity.actual_finish_date,
            None if is_summary else activity.progress_ratio,
            None if is_summary else activity.planned_cost_amount,
            None if is_summary else activity.actual_cost_amount,
            activity.currency,
            activity.external_key,
        )


RISK_HEADER = (
    "Project code", "Project", "Risk", "Status", "Probability", Amount("Impact in money"), Amount("Exposure"),
    "Impact in days",
    "Currency", "Response", "Response plan", "Owner", "External key",
)  # fmt: skip


def risk_cells(risks: Any) -> Iterator[tuple[Any, ...]]:
    """Rows of an export, in the order of `RISK_HEADER`."""
    for risk in risks.iterator(chunk_size=500):
        yield (
            risk.project.code,
            risk.project.name,
            risk.name,
            risk.get_status_display(),
            risk.probability_ratio,
            risk.impact_amount,
            risk.exposure_amount,
            risk.impact_days,
            risk.currency,
            risk.get_response_display(),
            risk.response_plan,
            risk.owner.name if risk.owner else "",
            risk.external_key,
        )


TIMELINE_HEADER = (
    "Project code", "Project", "Program", "Activity", "Kind", "Level", "Status", "Owner", "Team", "Starts", "Ends",
    "Baseline start", "Baseline finish", "Slip in days", "Float in days", "Critical", "Progress",
)  # fmt: skip


def timeline_cells(found: Timeline) -> Iterator[tuple[Any, ...]]:
    """Rows of an export, in the order of `TIMELINE_HEADER`; the row of a project names no activity."""
    for bar in found.bars:
        project, owner = found.projects[bar.project_id], found.people.get(bar.owner_id or 0)
        yield (
            project.code,
            project.name,
            project.program_name,
            "" if bar.is_project else bar.name,
            "Project" if bar.is_project else ActivityKind(bar.kind).label,
            0 if bar.is_project else bar.level,
            "" if bar.is_project else ActivityStatus(bar.status).label,
            owner.name if owner else "",
            bar.team,
            bar.start,
            bar.finish,
            bar.baseline_start,
            bar.baseline_finish,
            bar.slip_days,
            bar.float_days if bar.start else None,
            bar.is_critical if bar.start else None,
            None if bar.is_project else bar.progress_ratio,
        )
