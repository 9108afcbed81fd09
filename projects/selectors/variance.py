"""How far plans are from their baselines, activity by activity."""

import datetime
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Max, OuterRef, Subquery, Sum

from core.exports import Amount
from projects.models import Activity, ActivityKind, Baseline, BaselineActivity
from projects.selectors.standing import Line, Standing, standing_lines, total

#: Working days are told in days of eight hours.
MINUTES_OF_DAY, MINUTES_OF_HOUR = 480, 60
NOWHERE = Standing(None, None, None, None, None, None, None)


@dataclass(frozen=True, slots=True)
class VarianceRow:
    """An activity before and now: `then` and `now` are None where it was not there yet, or is there no longer.

    Args:
        counts_then, counts_now: its work and cost are its own, not those of its parts, and are added up.
    """

    id: int
    project_id: int
    name: str
    kind: str
    level: int
    position: int
    currency: str
    then: Standing | None
    now: Standing | None
    counts_then: bool
    counts_now: bool

    @property
    def is_added(self) -> bool:
        return self.then is None

    @property
    def is_removed(self) -> bool:
        return self.now is None

    @property
    def is_root(self) -> bool:
        return self.level == 0

    @property
    def is_summary(self) -> bool:
        return self.kind == ActivityKind.SUMMARY

    @property
    def depth(self) -> int:
        """The indentation it is drawn with."""
        return min(max(self.level, 1), 8)

    @property
    def shown(self) -> Standing:
        """Where it stands now; what is gone, where it stood."""
        return self.now or self.then or NOWHERE

    @property
    def start_days(self) -> int | None:
        """Calendar days by which it starts later; negative is earlier."""
        return _days(self.then and self.then.start_date, self.now and self.now.start_date)

    @property
    def finish_days(self) -> int | None:
        """Calendar days by which it finishes later."""
        return _days(self.then and self.then.finish_date, self.now and self.now.finish_date)

    @property
    def duration_minutes(self) -> Decimal | None:
        """Working time that it takes longer."""
        if self.then is None or self.now is None:
            return None
        return _more(self.then.duration_minutes, self.now.duration_minutes)

    @property
    def work_minutes(self) -> Decimal | None:
        """Effort more than before: all of what was added, and minus what was taken away."""
        return _more((self.then or NOWHERE).work_minutes, (self.now or NOWHERE).work_minutes)

    @property
    def cost_amount(self) -> Decimal | None:
        """Money more than before: all of what was added, and minus what was taken away."""
        return _more((self.then or NOWHERE).cost_amount, (self.now or NOWHERE).cost_amount)

    @property
    def duration_days(self) -> Decimal | None:
        return None if self.duration_minutes is None else self.duration_minutes / MINUTES_OF_DAY

    @property
    def work_hours(self) -> Decimal | None:
        return None if self.work_minutes is None else self.work_minutes / MINUTES_OF_HOUR

    @property
    def is_changed(self) -> bool:
        differences = (self.start_days, self.finish_days, self.duration_minutes, self.work_minutes, self.cost_amount)
        return self.is_added or self.is_removed or any(differences)


@dataclass(frozen=True, slots=True)
class VarianceTotals:
    """What rows amount to; summaries are their parts and are not added again."""

    count: int
    changed: int
    added: int
    removed: int
    later: int
    work_then: Decimal | None
    work_now: Decimal | None
    cost_then: Decimal | None
    cost_now: Decimal | None

    @property
    def work_hours(self) -> Decimal | None:
        more = _more(self.work_then, self.work_now)
        return None if more is None else more / MINUTES_OF_HOUR

    @property
    def cost_amount(self) -> Decimal | None:
        return _more(self.cost_then, self.cost_now)


def _days(then: datetime.date | None, now: datetime.date | None) -> int | None:
    return (now - then).days if then and now else None


def _more(then: Decimal | None, now: Decimal | None) -> Decimal | None:
    """The difference; where only one of the two is known the other is nothing."""
    return None if then is None and now is None else (now or Decimal(0)) - (then or Decimal(0))


def with_whole(baselines: Any) -> Any:
    """Baselines with what they keep of the whole project: `whole_finish_date`, `whole_cost_amount`, `whole_count`."""
    root = BaselineActivity.objects.filter(baseline=OuterRef("pk"), activity__outline_level=0)
    return baselines.annotate(
        whole_finish_date=Subquery(root.values("finish_date")[:1]),
        whole_cost_amount=Subquery(root.values("cost_amount")[:1]),
        currency=Subquery(root.values("currency")[:1]),
    )


def whole_today(project: Any) -> dict[str, Any]:
    """Finish and cost of a project's plan today: what a baseline of it would keep of the whole."""
    leaves = Activity.objects.live().leaves().filter(project=project)
    found: dict[str, Any] = leaves.aggregate(finish_date=Max("planned_finish_date"), cost=Sum("planned_cost_amount"))
    return found


def current_baselines(project_ids: Collection[int]) -> dict[int, Baseline]:
    """The baseline that each project is measured against, by project."""
    rows = Baseline.objects.live().filter(project_id__in=project_ids, is_current=True)
    return {row.project_id: row for row in rows}


def variance_rows(
    organization_id: int, then: Collection[Baseline], now: Collection[Baseline] | None = None
) -> list[VarianceRow]:
    """Every activity of some baselines against today's plan, or against other baselines of the same projects.

    Rows are in outline order by project, each project's whole first.

    Args:
        then: at most one baseline of each project; `now` likewise, None for the plan as it stands.
    Cost: one statement for each side that is kept, six for today's plan.
    """
    before, kept = _kept(then)
    if now is None:
        lines = standing_lines(organization_id, {baseline.project_id for baseline in then})
        after, counts_now = {line.id: line for line in lines}, {line.id for line in lines if line.is_leaf}
    else:
        after, counts_now = _kept(now)
    keys = {**before, **after}
    rows = [_row(keys[pk], before.get(pk), after.get(pk), pk in kept, pk in counts_now) for pk in keys]
    return sorted(rows, key=lambda row: (row.project_id, row.position, row.id))


def _row(line: Line, then: Line | None, now: Line | None, counts_then: bool, counts_now: bool) -> VarianceRow:
    return VarianceRow(
        line.id, line.project_id, line.name, line.kind, line.level, line.position, line.currency,
        then.standing if then else None, now.standing if now else None, counts_then, counts_now,
    )  # fmt: skip


def _kept(baselines: Collection[Baseline]) -> tuple[dict[int, Line], set[int]]:
    """What baselines keep, by activity, and which of it is no summary of the rest."""
    rows = BaselineActivity.objects.filter(baseline__in=[baseline.pk for baseline in baselines]).values_list(
        "activity_id", "activity__project_id", "activity__parent_id", "activity__name", "activity__kind",
        "activity__outline_level", "activity__position", "currency", *Standing._fields,
    )  # fmt: skip
    lines = {}
    for pk, project_id, parent_id, name, kind, level, position, currency, *facts in rows:
        standing = Standing._make(facts)
        lines[pk] = Line(pk, project_id, parent_id, name, kind, level, position, currency, True, None, standing)
    above = {line.parent_id for line in lines.values()}
    return lines, {pk for pk, line in lines.items() if line.level > 0 and pk not in above}


def variance_totals(rows: Iterable[VarianceRow]) -> VarianceTotals:
    """What some rows amount to."""
    rows = [row for row in rows if not row.is_root]
    then = [row.then for row in rows if row.then and row.counts_then]
    now = [row.now for row in rows if row.now and row.counts_now]
    return VarianceTotals(
        count=len(rows),
        changed=sum(row.is_changed for row in rows),
        added=sum(row.is_added for row in rows),
        removed=sum(row.is_removed for row in rows),
        later=sum((row.finish_days or 0) > 0 for row in rows if not row.is_summary),
        work_then=total(each.work_minutes for each in then),
        work_now=total(each.work_minutes for each in now),
        cost_then=total(each.cost_amount for each in then),
        cost_now=total(each.cost_amount for each in now),
    )


def whole_totals(rows: Iterable[VarianceRow]) -> VarianceTotals:
    """What the wholes of several projects amount to; rows that are not of a whole project are parts of them."""
    wholes = [row for row in rows if row.is_root]
    return VarianceTotals(
        count=len(wholes),
        changed=sum(row.is_changed for row in wholes),
        added=sum(row.is_added for row in wholes),
        removed=sum(row.is_removed for row in wholes),
        later=sum((row.finish_days or 0) > 0 for row in wholes),
        work_then=total((row.then or NOWHERE).work_minutes for row in wholes),
        work_now=total((row.now or NOWHERE).work_minutes for row in wholes),
        cost_then=total((row.then or NOWHERE).cost_amount for row in wholes),
        cost_now=total((row.now or NOWHERE).cost_amount for row in wholes),
    )


VARIANCE_HEADER = (
    "Project", "Activity", "Kind", "Level", "Change", "Baseline start", "Start", "Start variance in days",
    "Baseline finish", "Finish", "Finish variance in days", "Baseline duration in working days",
    "Duration in working days", "Duration variance in working days", "Baseline work in hours", "Work in hours",
    "Work variance in hours", Amount("Baseline cost"), Amount("Cost"), Amount("Cost variance"), "Currency",
)  # fmt: skip


def variance_cells(rows: Sequence[VarianceRow], names: Mapping[int, str]) -> Iterator[tuple[Any, ...]]:
    """Rows of an export, in the order of `VARIANCE_HEADER`.

    Args:
        names: of the projects.
    """
    for row in rows:
        then, now = row.then or NOWHERE, row.now or NOWHERE
        state = "added" if row.is_added else "removed" if row.is_removed else "changed" if row.is_changed else ""
        yield (
            names[row.project_id], row.name, row.kind, row.level, state, then.start_date, now.start_date,
            row.start_days, then.finish_date, now.finish_date, row.finish_days,
            _in(then.duration_minutes, MINUTES_OF_DAY), _in(now.duration_minutes, MINUTES_OF_DAY), row.duration_days,
            _in(then.work_minutes, MINUTES_OF_HOUR), _in(now.work_minutes, MINUTES_OF_HOUR), row.work_hours,
            then.cost_amount, now.cost_amount, row.cost_amount, row.currency,
        )  # fmt: skip


def _in(minutes: Decimal | None, unit: int) -> Decimal | None:
    return None if minutes is None else minutes / unit
