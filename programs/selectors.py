"""Programs and their measures in figures, and as rows of a file."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import CharField, Count, Q, QuerySet, Sum
from django.db.models.functions import Cast
from django.urls import reverse

from core.amounts import are_hidden
from core.exports import Amount
from core.templatetags.portolan import money_short, number, percent
from events.models import Event
from programs.models import Measure, Program
from projects.models import Health

PROGRAM_HEADER = (
    "Code",
    "Name",
    "Portfolio",
    "Manager",
    "Health",
    "Reported health",
    "Why",
    "Projects",
    "On track",
    "At risk",
    "Off track",
    "Not reported",
    "Late",
    "Progress",
    "Planned finish",
    "Finish",
    "Slip in days",
    Amount("Budget"),
    Amount("Actual"),
    "Currency",
    "Parked because",
    "External key",
)
MEASURE_HEADER = ("Measure", "Category", "Result", "Program", "Program code", "Portfolio", "External key")
#: Whose money and progress count in totals: from approval on, and not what was cancelled.
FUNDED = ("approved", "active", "on_hold", "done")
FUNDED_QUERY = "&".join(f"status={status}" for status in FUNDED)
COUNTED = ("project", "green", "amber", "red", "unreported", "late")


@dataclass(frozen=True)
class Totals:
    """The sums below a list of programs or projects, from their rollups; health is that of projects in flight."""

    row_count: int
    project_count: int
    late_count: int
    health_counts: dict[str, int]
    budget_amount: Decimal
    actual_amount: Decimal


@dataclass(frozen=True)
class Tile:
    """One headline figure in words, and the rows behind it; without rows there is no address."""

    label: str
    value: str
    of: str = ""
    note: str = ""
    url: str = ""
    is_amount: bool = False


@dataclass(frozen=True)
class ResultCount:
    """How many measures ended in one way, and where they are listed."""

    value: str
    label: str
    count: int
    url: str


def totals(rows: Any) -> Totals:
    """Sums of the rollups of programs or projects; a row without a rollup counts as a row and adds nothing."""
    sums = {name: Sum(f"rollup__{name}_count") for name in COUNTED}
    found = rows.order_by().aggregate(
        rows=Count("pk"), budget=Sum("rollup__budget_amount"), actual=Sum("rollup__actual_amount"), **sums
    )
    health = {name: found[name] or 0 for name in ("green", "amber", "red", "unreported")}
    return Totals(
        row_count=found["rows"],
        project_count=found["project"] or 0,
        late_count=found["late"] or 0,
        health_counts=health,
        budget_amount=found["budget"] or Decimal(0),
        actual_amount=found["actual"] or Decimal(0),
    )


def program_events(program: Program) -> QuerySet[Event]:
    """What happened to a program and to its measures, newest first."""
    measures = Measure.objects.filter(program=program).annotate(key=Cast("pk", CharField())).values("key")
    about = Q(subject_type=Program._meta.label_lower, subject_id=str(program.pk))
    about |= Q(subject_type=Measure._meta.label_lower, subject_id__in=measures)
    return Event.objects.filter(about, organization_id=program.organization_id).order_by("-pk")


def result_counts(rows: Any, query: str = "") -> list[ResultCount]:
    """Measures by result; each count opens its rows.

    Args:
        rows: measures.
        query: what the list behind a count is narrowed to besides the result, as a query string.
    """
    found = rows.order_by().aggregate(
        met=Count("pk", filter=Q(result="met")),
        not_met=Count("pk", filter=Q(result="not_met")),
        unreported=Count("pk", filter=Q(result="")),
    )
    words = {"met": "met", "not_met": "not met", "unreported": "not reported"}
    address = reverse("programs:measure-list")
    tail = f"&{query}" if query else ""
    return [
        ResultCount(value, label, found[value], f"{address}?result={value}{tail}") for value, label in words.items()
    ]


def shown_tiles(*tiles: Tile) -> list[Tile]:
    """Tiles without those of amounts, where these are hidden."""
    return [tile for tile in tiles if not (tile.is_amount and are_hidden())]


def rollup_of(row: Any) -> Any:
    """The stored totals of a row; None before they are first computed."""
    return getattr(row, "rollup", None)


def program_tiles(program: Program, results: list[ResultCount]) -> list[Tile]:
    """The figures at the head of a program's page, each with the list that it counts."""
    rollup = rollup_of(program)
    tiles = _work_tiles(program, rollup) if rollup and rollup.project_count else []
    met = sum(result.count for result in results if result.value == "met")
    reported = sum(result.count for result in results if result.value != "unreported")
    silent = sum(result.count for result in results) - reported
    if reported or silent:
        url = reverse("programs:program-measures", args=[program.pk])
        note = f"{number(silent)} not reported" if silent else "all reported"
        tiles.append(Tile("Measures met", number(met), f"of {number(reported)}", note, url))
    return tiles


def _work_tiles(program: Program, rollup: Any) -> list[Tile]:
    projects = f"{reverse('projects:project-list')}?program={program.pk}"
    risks = f"{reverse('projects:risk-list')}?program={program.pk}&status=open"
    spent, budget = (money_short(amount, rollup.currency) for amount in (rollup.actual_amount, rollup.budget_amount))
    used = f"{percent(rollup.actual_amount / rollup.budget_amount)} of the budget" if rollup.budget_amount else ""
    exposure = f"{money_short(rollup.risk_exposure_amount, rollup.currency)} expected loss"
    progress = "–" if rollup.progress_ratio is None else percent(rollup.progress_ratio)
    return [
        Tile("Progress", progress, note=rollup.progress_method or "not reported", url=projects),
        Tile(
            "In flight",
            number(rollup.in_flight_count),
            f"of {number(rollup.project_count)} projects",
            url=f"{projects}&in_flight=1" if rollup.in_flight_count else "",
        ),
        Tile("Late", number(rollup.late_count), url=f"{projects}&late=1" if rollup.late_count else ""),
        *shown_tiles(Tile("Spent", spent, f"of {budget}", used, f"{projects}&{FUNDED_QUERY}", is_amount=True)),
        Tile(
            "Open risks",
            number(rollup.open_risk_count),
            note=exposure if rollup.open_risk_count and not are_hidden() else "",
            url=risks if rollup.open_risk_count else "",
        ),
    ]


def health_of(program: Program) -> str:
    """What the manager reports, else what the projects amount to."""
    rollup = rollup_of(program)
    return program.reported_health or (rollup.computed_health if rollup else "unreported")


def program_cells(programs: Any) -> Iterator[tuple[Any, ...]]:
    """Programs as rows of a file, in the order of `PROGRAM_HEADER`."""
    words = {**dict(Health.choices), "unreported": "Not reported"}
    for program in programs:
        rollup = rollup_of(program)
        counts = rollup.health_counts.values() if rollup else (None,) * 4
        yield (
            program.code,
            program.name,
            program.portfolio and program.portfolio.name,
            program.manager and program.manager.name,
            words[health_of(program)],
            program.get_reported_health_display(),
            program.health_note,
            rollup and rollup.project_count,
            *counts,
            rollup and rollup.late_count,
            rollup and rollup.progress_ratio,
            rollup and rollup.planned_finish_date,
            rollup and rollup.finish_date,
            rollup and rollup.slip_days,
            rollup and rollup.budget_amount,
            rollup and rollup.actual_amount,
            rollup and rollup.currency,
            program.parked_reason,
            program.external_key,
        )


def measure_cells(measures: Any) -> Iterator[tuple[Any, ...]]:
    """Measures as rows of a file, in the order of `MEASURE_HEADER`."""
    measure: Measure
    for measure in measures:
        program = measure.program
        yield (
            measure.name,
            measure.category,
            measure.get_result_display() or "Not reported",
            program.name,
            program.code,
            program.portfolio and program.portfolio.name,
            measure.external_key,
        )
