"""Earned value of a project or program: what was planned, done and spent by month, and where it leads."""

import datetime
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
from django.db.models import Q, Sum

from events.models import Event
from finance.algorithms.discounting import total
from finance.algorithms.earned_value import EarnedValue
from finance.algorithms.earning import Piece, earned_values, planned_values
from finance.models import EntryKind, FinancialEntry
from finance.models.entry import COSTS
from programs.selectors import FUNDED
from projects.models import Activity, ActivityStatus, Project
from projects.selectors import current_baselines, variance_rows
from projects.selectors.plan import LoadedPlan, load_plan
from resources.algorithms.calendars import DAY, WorkingTime
from resources.algorithms.months import first_of, months_between, plus_months

ZERO, ONE = Decimal(0), Decimal(1)
MOST_MONTHS = 600


class Planned(NamedTuple):
    """A piece of work as it was planned; of a project whose activities have no cost, the project itself."""

    activity_id: int | None
    project_id: int
    cost: Decimal
    start: datetime.date | None
    finish: datetime.date | None
    progress: Decimal


@dataclass(frozen=True)
class EarnedMonth:
    """The three values at the end of a month, or today: summed up since the beginning; None is not known (yet)."""

    day: datetime.date
    pv: Decimal
    ev: Decimal | None
    ac: Decimal | None


@dataclass(frozen=True)
class EarnedRead:
    """Earned value as of a day.

    Args:
        by_plan: projects without a current baseline that has costs: what their activities are planned to cost today.
        by_budget: projects none of whose activities has a cost: their budget, spread over their dates.
        left_out: projects with neither.
        added: activities with a cost that came after the baseline: they earn nothing until another is taken.
    """

    figures: EarnedValue
    series: list[EarnedMonth]
    today: datetime.date
    projects: list[Project]
    by_plan: list[Project]
    by_budget: list[Project]
    left_out: list[Project]
    added: int
    has_actuals: bool
    finish: datetime.date | None

    @property
    def is_empty(self) -> bool:
        """Nothing has a planned cost, so nothing can be earned."""
        return not self.figures.bac

    @property
    def is_told(self) -> bool:
        """Whether the log tells how far all work was at each month's end."""
        return all(month.ev is not None for month in self.series if month.day < self.today)


def earned_value(subject: Any, today: datetime.date) -> EarnedRead:
    """Earned value of a project, or of the funded projects of a program.

    Cost: some fourteen statements, however many projects and activities there are.
    """
    projects = _projects_of(subject)
    loaded = load_plan(subject.organization_id, [each.pk for each in projects], linked=False) if projects else None
    found, by_plan, by_budget, left_out, added = _planned(subject.organization_id, projects, loaded)
    days = _days(found, today)
    pieces = _pieces(subject.organization_id, found, days, projects, loaded)
    spent = _spent_by_month(subject, [each.pk for each in projects], today)
    pv = dict(zip(days, planned_values(pieces, len(days)), strict=True))
    ev = earned_values(pieces, days, today)
    ac = {day: total([amount for month, amount in spent.items() if month <= day]) for day in days if day <= today}
    figures = EarnedValue(pv[today], ev[today], ac[today], total([piece.cost for piece in pieces]))
    series = [EarnedMonth(day, pv[day], ev.get(day), ac.get(day) if spent else None) for day in days]
    finish = max((each.finish for each in found if each.finish), default=None)
    return EarnedRead(
        figures, series, today, projects, by_plan, by_budget, left_out, added, bool(spent), finish
    )  # fmt: skip


def _projects_of(subject: Any) -> list[Project]:
    rows = Project.objects.filter(organization_id=subject.organization_id).select_related("rollup")
    if subject._meta.model_name == "project":
        return list(rows.filter(pk=subject.pk))
    return list(rows.live().filter(program=subject, status__in=FUNDED).order_by("name", "pk"))


def _planned(
    organization_id: int, projects: Sequence[Project], loaded: LoadedPlan | None
) -> tuple[list[Planned], list[Project], list[Project], list[Project], int]:
    """What is planned, and of which projects it comes from where."""
    baselines = current_baselines([each.pk for each in projects])
    kept: dict[int, list[Any]] = {}
    # A baseline against itself: its rows as it keeps them, and which of them are no summaries.
    for row in variance_rows(organization_id, list(baselines.values()), list(baselines.values())) if baselines else []:
        if row.counts_then and row.then is not None and row.then.cost_amount:
            kept.setdefault(row.project_id, []).append(row)
    today = _today_of(loaded)
    far = _progress({row.id for rows in kept.values() for row in rows})
    found, by_plan, by_budget, left_out, added = [], [], [], [], 0
    for project in projects:
        now = today.get(project.pk, [])
        if rows := kept.get(project.pk):
            found += [
                Planned(
                    row.id, project.pk, row.then.cost_amount, row.then.start_date, row.then.finish_date, far[row.id]
                )
                for row in rows
            ]
            added += len({each.activity_id for each in now} - {row.id for row in rows})
        elif now:
            found += now
            by_plan.append(project)
        elif project.budget_amount:
            found.append(_by_budget(project))
            by_budget.append(project)
        else:
            left_out.append(project)
    return found, by_plan, by_budget, left_out, added


def _today_of(loaded: LoadedPlan | None) -> dict[int, list[Planned]]:
    """Activities that have a planned cost today and are no summaries, by project."""
    found: dict[int, list[Planned]] = {}
    for row in loaded.rows if loaded else ():
        if row.cost_amount and row.kind != "summary" and not row.is_root and row.status != ActivityStatus.CANCELLED:
            progress = ONE if row.status == ActivityStatus.DONE else row.progress_ratio
            found.setdefault(row.project_id, []).append(
                Planned(row.id, row.project_id, row.cost_amount, row.start_date, row.finish_date, progress)
            )
    return found


def _by_budget(project: Project) -> Planned:
    rollup = getattr(project, "rollup", None)
    progress = (rollup.progress_ratio if rollup else None) or project.reported_progress_ratio or ZERO
    start = project.planned_start_date
    return Planned(None, project.pk, project.budget_amount or ZERO, start, project.planned_finish_date, progress)


def _progress(ids: Collection[int]) -> dict[int, Decimal]:
    """How far activities are, archived ones as well."""
    rows = Activity.objects.filter(pk__in=ids).values_list("pk", "status", "progress_ratio")
    return {pk: ONE if status == ActivityStatus.DONE else ratio for pk, status, ratio in rows}


def _days(found: Iterable[Planned], today: datetime.date) -> list[datetime.date]:
    """The last day of each month from the first to the last of the plan, and today."""
    known = [day for each in found for day in (each.start, each.finish) if day] or [today]
    span = months_between(min(*known, today), max(*known, today))[:MOST_MONTHS]
    ends = [plus_months(month, 1) - datetime.timedelta(days=1) for month in span]
    return sorted({*ends, today})


def _pieces(
    organization_id: int,
    found: Sequence[Planned],
    days: Sequence[datetime.date],
    projects: Sequence[Project],
    loaded: LoadedPlan | None,
) -> list[Piece]:
    if loaded is None or not found:
        return []
    worked, whole = _worked(found, days, {each.pk: each for each in projects}, loaded)
    histories = _histories(organization_id, {each.activity_id for each in found if each.activity_id})
    pieces = []
    for each, row, all_of_it in zip(found, worked.tolist(), whole.tolist(), strict=True):
        history = histories.get(each.activity_id or 0, [])
        is_told = bool(history) or not each.progress
        pieces.append(Piece(each.cost, row, all_of_it, each.progress, history, is_told))
    return pieces


def _worked(
    found: Sequence[Planned], days: Sequence[datetime.date], projects: dict[int, Project], loaded: LoadedPlan
) -> tuple[Any, Any]:
    """Working time of each piece until each day, and altogether, each on its own calendar."""
    time = WorkingTime(loaded.plan.working_calendars, loaded.plan.epoch)
    spans, calendars = [], []
    for each in found:
        project = projects[each.project_id]
        start = each.start or project.planned_start_date or each.finish
        finish = each.finish or project.planned_finish_date or start
        if start is None or finish is None:
            start = finish = datetime.date(2200, 1, 1)  # without any date it is planned for no month
        spans.append((_tick(loaded, start), _tick(loaded, max(start, finish)) + DAY))
        place = loaded.place.get(each.activity_id or 0)
        usual = loaded.calendars.get(project.calendar_id or 0, 0)
        calendars.append(usual if place is None else int(loaded.plan.calendars[place]))
    starts, ends = np.array(spans, dtype=np.int64).T
    keys = np.array(calendars, dtype=np.int64)
    until = np.array([_tick(loaded, day) + DAY for day in days], dtype=np.int64)
    reached = np.clip(until[None, :], starts[:, None], ends[:, None])
    worked = time.between(np.broadcast_to(starts[:, None], reached.shape), reached, keys[:, None])
    whole = time.between(starts, ends, keys)
    # On days off alone, it is planned for the day of its start.
    begun = (until[None, :] > starts[:, None]).astype(np.int64)
    return np.where(whole[:, None] > 0, worked, begun), whole


def _tick(loaded: LoadedPlan, day: datetime.date) -> int:
    return loaded.ticks(datetime.datetime.combine(day, datetime.time()))


def _histories(organization_id: int, ids: Collection[int]) -> dict[int, list[tuple[datetime.date, Decimal]]]:
    """How far activities were from which day on, as the log tells: (day, progress), oldest first."""
    rows = (
        Event.objects.filter(
            organization_id=organization_id,
            subject_type="projects.activity",
            subject_id__in=[str(pk) for pk in ids],
            changes__has_key="progress_ratio",
        )
        .order_by("id")
        .values_list("subject_id", "occurred_at", "changes__progress_ratio")
    )
    told: dict[int, list[tuple[datetime.date, Decimal]]] = {}
    for subject_id, occurred_at, pair in rows:
        told.setdefault(int(subject_id), []).append((occurred_at.date(), Decimal(str(pair[1] or 0))))
    return {pk: sorted(history, key=lambda one: one[0]) for pk, history in told.items()}


def _spent_by_month(subject: Any, project_ids: Collection[int], today: datetime.date) -> dict[datetime.date, Decimal]:
    """Actual costs, capital and operating, by month until today's, in the organization's currency."""
    whose = Q(project_id__in=list(project_ids))
    if subject._meta.model_name == "program":
        whose |= Q(program=subject)
    rows = FinancialEntry.objects.filter(
        whose, organization_id=subject.organization_id, kind=EntryKind.ACTUAL, entry_class__in=COSTS,
        month__lte=first_of(today),
    )  # fmt: skip
    return dict(rows.order_by().values_list("month").annotate(amount=Sum("reporting_amount")))
