"""What a delivery forecast says, as its row keeps it, and as pages show it beside the run before."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from projects.algorithms.forecast_model import SHARED_VARIANCE
from projects.algorithms.forecasting import Forecast as Found
from projects.algorithms.forecasting import Target
from projects.models import Forecast
from projects.selectors.plan import LoadedPlan
from projects.selectors.uncertainty import ASSUMED, ForecastInput, Wanted, plan_changed_at

#: How many activities and links a result names, the most critical first.
MOST_CRITICAL = 100
#: What the whole of several projects is called.
NO_PROJECT = {"id": None, "name": "All of it", "project": None, "project_name": ""}
#: How many runs a page lists.
MOST_RUNS = 20


def forecast_result(given: ForecastInput, found: Found, whole: Wanted, assumes_spread: bool) -> dict[str, Any]:
    """What a forecast says, as its row keeps it: dates as ISO texts, shares of one, days as numbers."""
    loaded = given.loaded
    told = [
        {
            "id": aim.key,
            "name": aim.name,
            "project": aim.project_id,
            "project_name": loaded.projects[aim.project_id].name,
            **_told(loaded, target, aim.wanted),
        }
        for aim, target in zip(given.aims, found.targets, strict=True)
    ]
    projects = sum(aim.is_whole for aim in given.aims)
    risk_mean, *risk_spread = found.risk_cost
    return {
        "whole": _told(loaded, found.whole, whole),
        "projects": told[:projects],
        "milestones": told[projects:],
        "curve": [[day, share] for day, share in _by_day(loaded, found).items()],
        "drivers": _drivers(given, found),
        "critical": _critical(loaded, found),
        "critical_links": _critical_links(loaded, found),
        "risk_cost": {"mean": risk_mean, "spread": risk_spread} if given.risks is not None else None,
        "risk_count": len(given.risk_rows),
        "remaining": int(found.remaining[_asked(given)].sum()),
        "estimated": int(found.estimated[_asked(given)].sum()),
        "assumed": list(ASSUMED) if assumes_spread else None,
        "shared_variance": SHARED_VARIANCE if found.groups else None,
        "groups": list(found.groups),
        "pushed": [_named(loaded, int(place)) for place in found.pushed[:MOST_CRITICAL]],
        "held": [_named(loaded, int(place)) for place in found.held[:MOST_CRITICAL]],
        "project_ids": sorted(loaded.projects),
    }


def _asked(given: ForecastInput) -> Any:
    mine = {place for aim in given.aims for place in aim.members.tolist()}
    return sorted(mine)


def _by_day(loaded: LoadedPlan, found: Found) -> dict[str, float]:
    """The curve with one point a day: what is reached at its end."""
    return {_day(loaded, instant): share for instant, share in found.curve}


def _told(loaded: LoadedPlan, target: Target, wanted: Wanted) -> dict[str, Any]:
    fifty, eighty, ninety_five = (_day(loaded, instant) for instant in target.finishes)
    return {
        "planned": _day(loaded, target.planned),
        "p50": fifty,
        "p80": eighty,
        "p95": ninety_five,
        "wanted": wanted.day and wanted.day.isoformat(),
        "wanted_by": wanted.source,
        "chance": target.chance,
    }


def _day(loaded: LoadedPlan, instant: int) -> str:
    """The day of a finish; what ends at midnight ends on the day before."""
    return loaded.days(instant - 1, instant)[1].isoformat()


def _named(loaded: LoadedPlan, place: int) -> dict[str, Any]:
    row = loaded.rows[place]
    return {
        "id": row.id,
        "name": row.name,
        "project": row.project_id,
        "project_name": loaded.projects[row.project_id].name,
    }


def _drivers(given: ForecastInput, found: Found) -> list[dict[str, Any]]:
    told = []
    for driver, days in found.drivers:
        if driver.kind == "activity":
            subject = _named(given.loaded, driver.index)
        elif driver.kind == "risk":
            risk = given.risk_rows[driver.index]
            subject = {"id": risk["pk"], "name": risk["name"], "project": risk["project_id"]}
        else:
            subject = {"id": None, "name": found.groups[driver.index], "project": None}
        told.append(
            {"kind": driver.kind, **subject, "days": round(days, 2), "correlation": round(driver.correlation, 4)}
        )
    return told


def _critical(loaded: LoadedPlan, found: Found) -> list[dict[str, Any]]:
    places = _greatest(found.criticality * found.remaining)
    return [{**_named(loaded, place), "ratio": round(float(found.criticality[place]), 4)} for place in places]


def _critical_links(loaded: LoadedPlan, found: Found) -> list[dict[str, Any]]:
    plan = loaded.plan
    driving = [link.id for link, drives in zip(loaded.links, loaded.dependencies.driving, strict=True) if drives]
    return [
        {
            "id": driving[link],
            "from": _named(loaded, int(plan.predecessors[link])),
            "to": _named(loaded, int(plan.successors[link])),
            "ratio": round(float(found.link_criticality[link]), 4),
        }
        for link in _greatest(found.link_criticality)
    ]


def _greatest(shares: Any) -> Iterable[int]:
    """Where the greatest shares are, those of nothing left out."""
    found = [place for place, share in enumerate(shares.tolist()) if share > 0]
    return sorted(found, key=lambda place: (-shares[place], place))[:MOST_CRITICAL]


@dataclass(frozen=True)
class Dated:
    """A milestone, a project or the whole with its chances, and how far its P80 is from the run before.

    Args:
        chance: of meeting `wanted`, 0 to 1; None where nothing is wanted.
        later_days: calendar days by which the P80 is later than in the run before.
    """

    id: int | None
    name: str
    project_id: int | None
    project_name: str
    planned: datetime.date
    p50: datetime.date
    p80: datetime.date
    p95: datetime.date
    wanted: datetime.date | None
    wanted_by: str
    chance: float | None
    later_days: int | None
    is_whole: bool = False


@dataclass(frozen=True)
class ForecastRead:
    """A forecast with a result, ready for a page."""

    row: Forecast
    before: Forecast | None
    whole: Dated
    projects: list[Dated]
    milestones: list[Dated]

    @property
    def lines(self) -> list[Dated]:
        """The projects and then their milestones."""
        return self.projects + self.milestones

    @property
    def result(self) -> dict[str, Any]:
        return dict(self.row.result or {})

    @property
    def curve(self) -> list[tuple[datetime.date, float]]:
        return [(datetime.date.fromisoformat(day), share) for day, share in self.result["curve"]]

    @property
    def certain(self) -> int:
        """How many remaining activities have neither an estimate nor an assumed spread."""
        return 0 if self.result["assumed"] else int(self.result["remaining"]) - int(self.result["estimated"])


def read_forecast(row: Forecast, before: Forecast | None) -> ForecastRead:
    """A forecast beside the one before it."""
    told: Mapping[str, Any] = row.result or {}
    earlier: Mapping[str, Any] = (before.result if before is not None else None) or {}
    return ForecastRead(
        row=row,
        before=before,
        whole=_dated({**told["whole"], **NO_PROJECT}, earlier.get("whole")),
        projects=[replace(one, is_whole=True) for one in _beside(told["projects"], earlier.get("projects", ()))],
        milestones=_beside(told["milestones"], earlier.get("milestones", ())),
    )


def _beside(told: Sequence[Mapping[str, Any]], earlier: Sequence[Mapping[str, Any]]) -> list[Dated]:
    by_id = {each["id"]: each for each in earlier}
    return [_dated(each, by_id.get(each["id"])) for each in told]


def _dated(told: Mapping[str, Any], earlier: Mapping[str, Any] | None) -> Dated:
    planned, fifty, eighty, ninety_five = (
        datetime.date.fromisoformat(told[name]) for name in ("planned", "p50", "p80", "p95")
    )
    return Dated(
        id=told["id"],
        name=told["name"],
        project_id=told["project"],
        project_name=told["project_name"],
        planned=planned,
        p50=fifty,
        p80=eighty,
        p95=ninety_five,
        wanted=datetime.date.fromisoformat(told["wanted"]) if told["wanted"] else None,
        wanted_by=told["wanted_by"],
        chance=told["chance"],
        later_days=(eighty - datetime.date.fromisoformat(earlier["p80"])).days if earlier else None,
    )


@dataclass(frozen=True)
class ForecastRuns:
    """The runs of one project or program, newest first: what a page shows of them.

    Args:
        runs: the newest ones.
        shown: the run that is chosen, or the newest with a result; None before the first.
        waiting: the newest run that is not finished.
        broken: the newest run, where it ended without a result.
        is_stale: the plan has changed since the shown run read it.
    """

    runs: list[Forecast]
    shown: ForecastRead | None
    waiting: Forecast | None
    broken: Forecast | None
    is_stale: bool


def listed_runs(rows: Any) -> Any:
    """Runs as a list shows them, newest first, without their results."""
    return rows.select_related("job", "requested_by").defer("result").order_by("-pk")


def forecast_runs(rows: Any, chosen: str, organization_id: int) -> ForecastRuns:
    """Read the runs of a project or program.

    Args:
        rows: its forecasts, visible to the person.
        chosen: the id of the run to show, as an address says it; anything else shows the newest.
    Cost: at most eight statements, however many runs there are.
    """
    rows = listed_runs(rows)
    runs, done = list(rows[:MOST_RUNS]), rows.exclude(as_of=None)
    picked = done.filter(pk=chosen).first() if chosen.isdecimal() and len(chosen) < 19 else None
    picked = picked or next((run for run in runs if run.as_of is not None), None) or done.first()
    shown = None
    if picked is not None:
        shown = read_forecast(picked, done.filter(pk__lt=picked.pk).first())
    newest = runs[0] if runs else None
    is_broken = newest is not None and newest.as_of is None and newest.job is not None and newest.job.is_finished
    return ForecastRuns(
        runs=runs,
        shown=shown,
        waiting=next((run for run in runs if run.job is not None and not run.job.is_finished), None),
        broken=newest if is_broken else None,
        is_stale=picked is not None and shown is not None and _is_stale(picked, shown, organization_id),
    )


def _is_stale(row: Forecast, read: ForecastRead, organization_id: int) -> bool:
    changed = plan_changed_at(organization_id, read.result["project_ids"])
    return changed is not None and row.as_of is not None and changed > row.as_of
