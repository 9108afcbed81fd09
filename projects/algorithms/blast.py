"""The blast radius of an edit: what it moves, computed by the same engine that dates the plan.

One pure function from a plan and an edit to a change set. Saving applies exactly what it says.

Source: total and free float of the critical path method (Kelley & Walker 1959) decide what an edit reaches; what typed
dates do is `slipping.py`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from projects.algorithms.critical_path import Engine, Schedule
from projects.algorithms.plan import NONE, Flags, Numbers, Plan
from projects.algorithms.rescheduling import reschedule
from projects.algorithms.slipping import Links, Loosened, Policy, let_go, link_gaps, loosen

#: Values of an activity that say where it lies: who types them wants it there.
TYPED = {"is_manual", "manual_starts", "manual_finishes"}


@dataclass(frozen=True)
class Edit:
    """What a person changes.

    Args:
        activities: number of an activity -> field of `Plan` -> its new value.
        added: (k, 6) of new dependencies: as `Links.ends`, and the policy.
        changed: number of a dependency -> its new six values.
        removed: numbers of dependencies.
        refreshed: numbers of activities that are told as moved wherever they lie: their stored dates are others.
    """

    activities: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)
    added: Sequence[Sequence[int]] = ()
    changed: Mapping[int, Sequence[int]] = field(default_factory=dict)
    removed: Sequence[int] = ()
    refreshed: Sequence[int] = ()


@dataclass(frozen=True)
class ChangeSet:
    """What an edit moves, by the plan's numbers; instants in ticks.

    Args:
        moved: int64 (k), activities and summaries with another start or finish, by their new start.
        before, after: the whole schedule before and after.
        broken: numbers of dependencies (added ones come last) that the dates break afterwards.
        newly_broken: those of them that were not broken before.
        plan: the plan afterwards, typed dates where they then lie; its links are those that drive.
        links: the dependencies afterwards.
    """

    moved: Numbers
    before: Schedule
    after: Schedule
    broken: Numbers
    newly_broken: Numbers
    plan: Plan
    links: Links


class Footing:
    """What every edit of a plan starts from: its dates as they are, and as they are once typed dates may move.

    Kept beside a plan, it spares each further edit two passes over the network. It is never changed.

    Args:
        plan: as it is stored; its own links are not read.
        links: its dependencies, those that only warn included.
    Raises:
        CycleError, NoWorkingTime: as `schedule`.
    """

    def __init__(self, plan: Plan, links: Links) -> None:
        self.plan, self.links = plan, links
        self.engine = Engine(links.on(plan))
        self.base = self.engine.schedule()

    @cached_property
    def loosened(self) -> Loosened:
        """How the plan lets its typed dates go."""
        return self.loosen_but(np.zeros(self.plan.size, dtype=bool))

    def loosen_but(self, stays: Flags) -> Loosened:
        """How the plan lets its typed dates go, but for some."""
        held = np.zeros(len(self.links.ends), dtype=bool)
        return loosen(self.plan, self.links, self.base, stays, self.links.ends, held)

    def freed(self, loosened: Loosened, is_loose: Flags) -> tuple[Engine, Schedule]:
        """An engine to edit, and its dates, with some activities free to move."""
        if not is_loose.any():
            return self.engine.copy(), self.base
        if loosened is self.loosened and np.array_equal(is_loose, loosened.is_loose):
            return self._freed[0].copy(), self._freed[1]
        return self._schedule(loosened, is_loose)

    @cached_property
    def _freed(self) -> tuple[Engine, Schedule]:
        return self._schedule(self.loosened, self.loosened.is_loose)

    @cached_property
    def is_broken(self) -> Flags:
        """bool (m), dependencies that the dates break as they are."""
        broken: Flags = link_gaps(self.plan, self.links.ends, self.base) < 0
        return broken

    def _schedule(self, loosened: Loosened, is_loose: Flags) -> tuple[Engine, Schedule]:
        engine = Engine(let_go(self.plan, self.links, loosened, is_loose, self.plan))
        return engine, engine.schedule()


def blast_radius(footing: Footing, edit: Edit) -> ChangeSet:
    """What an edit moves.

    Args:
        footing: of the plan as it is stored.
    Raises:
        CycleError: the edit closes a circle; its path is in words.
        NoWorkingTime: a date would lie beyond any time that a plan may take.
        ValueError: a new value means nothing; the sentence names the activity.
    Cost: at most two passes over the network; about 40 ms for 5,000 activities.
    """
    plan, links, base = footing.plan, footing.links, footing.base
    changed, anew = _edited_links(links, edit)
    edited = _edited_plan(plan, edit)
    stays = np.zeros(plan.size, dtype=bool)
    stays[[number for number, values in edit.activities.items() if TYPED & values.keys()]] = True
    old = np.concatenate((links.ends, changed.ends[len(links.ends) :]))
    was_loose = footing.loosen_but(stays) if stays.any() else footing.loosened
    # Links on summaries hold what lies below them after the edit.
    lies = plan if edited.parents is plan.parents else plan.changed(parents=edited.parents)
    is_loose_now = loosen(lies, changed, base, stays, old, anew)
    is_loose = was_loose.is_loose | is_loose_now.is_loose
    engine, before = footing.freed(was_loose, is_loose)
    after_plan = let_go(edited, changed, is_loose_now, is_loose, plan)
    reschedule(engine, after_plan, sorted(edit.activities), _other_lags(engine.plan, after_plan))
    after = engine.schedule()
    moved = (before.early_start != after.early_start) | (before.early_finish != after.early_finish)
    moved[[number for number in edit.activities if _is_elsewhere(base, after, number)]] = True
    moved[list(edit.refreshed)] = True
    order = np.flatnonzero(moved)
    final = _settled(edited, after, is_loose & moved, changed)
    now = link_gaps(final, changed.ends, _shown(after, final)) < 0
    now[list(edit.removed)] = False
    was = np.concatenate((footing.is_broken, np.zeros(len(edit.added), dtype=bool)))
    return ChangeSet(
        moved=order[np.argsort(after.early_start[order], kind="stable")],
        before=before,
        after=after,
        broken=np.flatnonzero(now),
        newly_broken=np.flatnonzero(now & ~was),
        plan=final,
        links=changed,
    )


def _is_elsewhere(base: Schedule, after: Schedule, number: int) -> bool:
    starts = base.early_start[number] != after.early_start[number]
    return bool(starts or base.early_finish[number] != after.early_finish[number])


def _edited_links(links: Links, edit: Edit) -> tuple[Links, Flags]:
    """The dependencies afterwards, removed ones without effect, and which of them hold anew.

    One that keeps its gap and only gets another lag goes on keeping it.
    """
    rows = np.concatenate((np.column_stack((links.ends, links.policies)), np.zeros((len(edit.added), 6), np.int64)))
    anew = np.zeros(len(rows), dtype=bool)
    anew[len(links.ends) :] = True
    for number, values in enumerate(edit.added, start=len(links.ends)):
        rows[number] = values
    for number, values in edit.changed.items():
        keeps = rows[number, 5] == values[5] == Policy.MOVE and tuple(rows[number, :3]) == tuple(values[:3])
        anew[number] = not keeps
        rows[number] = values
    rows[list(edit.removed), 5] = Policy.NONE
    return Links(rows[:, :5], rows[:, 5]), anew


def _edited_plan(plan: Plan, edit: Edit) -> Plan:
    values: dict[str, Any] = {}
    for number, fields in edit.activities.items():
        for name, value in fields.items():
            if name not in values:
                values[name] = np.array(getattr(plan, name), copy=True)
            values[name][number] = value
    return plan.changed(**values) if values else plan


def _other_lags(before: Plan, after: Plan) -> list[int]:
    if len(before.lags) != len(after.lags):
        return []
    differ = (before.lags != after.lags) | (before.lag_kinds != after.lag_kinds)
    return [int(number) for number in np.flatnonzero(differ)]


def _settled(edited: Plan, after: Schedule, went: Flags, links: Links) -> Plan:
    """The plan with typed dates where they have gone."""
    went = went & edited.is_manual
    return links.on(
        edited.changed(
            manual_starts=np.where(went, after.early_start, edited.manual_starts),
            manual_finishes=np.where(went, after.early_finish, edited.manual_finishes),
        )
    )


def _shown(after: Schedule, plan: Plan) -> Schedule:
    """The dates as they will be stored: typed ones as typed, even on a day off."""
    typed = plan.is_manual & (plan.manual_starts != NONE) & (plan.manual_finishes != NONE)
    return replace(
        after,
        early_start=np.where(typed, plan.manual_starts, after.early_start),
        early_finish=np.where(typed, plan.manual_finishes, after.early_finish),
    )
