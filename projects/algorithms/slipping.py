"""What a slip does to activities that are scheduled by hand: the slip policy of each dependency decides.

Microsoft Project leaves such activities where they are. A dependency of Portolan says more:

| policy | when its predecessor moves, the waiting activity |
|---|---|
| move | moves by as much, either way: the gap between the two stays |
| consume | stays as long as the link allows, then moves to the earliest date that it does |
| none | stays, and the broken link is shown |

Automatic activities lie as early as their links let them, so that *move* and *consume* are the same for them.

The policies are turned into an ordinary network, so that one pass answers for any chain of them: an activity that may
move becomes automatic, is held at its typed start (SNET) unless a *move* link carries it, and each link into it gets a
lag that yields the typed date as long as its predecessor stays. A link that is broken already is not repaired by an
edit elsewhere: it is only kept from getting worse. A link on a summary moves all that is below it together.
"""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from projects.algorithms.critical_path import Schedule
from projects.algorithms.driving import Drivers
from projects.algorithms.outline import read_outline
from projects.algorithms.plan import NONE, Constraint, Flags, LagKind, LinkKind, Numbers, Plan
from resources.algorithms.calendars import DAY, WORKING_DAY, WorkingTime


class Policy(IntEnum):
    """What a dependency does when its predecessor slips."""

    MOVE = 0
    CONSUME = 1
    NONE = 2


@dataclass(frozen=True)
class Links:
    """Dependencies by number.

    Args:
        ends: int64 (m, 5): predecessor, successor, `LinkKind`, lag in ticks or per cent, `LagKind`.
        policies: int64 (m) of `Policy`.
    """

    ends: Numbers
    policies: Numbers

    @property
    def driving(self) -> Flags:
        """Those that move anything."""
        driving: Flags = self.policies != Policy.NONE
        return driving

    def on(self, plan: Plan) -> Plan:
        """The plan with these links that drive."""
        ends = self.ends[self.driving]
        return plan.changed(
            predecessors=ends[:, 0],
            successors=ends[:, 1],
            link_kinds=ends[:, 2],
            lags=ends[:, 3],
            lag_kinds=ends[:, 4],
        )


@dataclass(frozen=True)
class Loosened:
    """How a plan lets its typed dates go.

    Args:
        is_loose: bool (n), scheduled by hand and free to move.
        number: int64 (k), the dependency of each link of the loosened plan; one on a summary may have several.
        head: int64 (k), the activity that each link acts on.
        adjust: int64 (k), ticks to add to the lag, so that the typed dates come out while nothing moves.
        is_carried: bool (n), by a link that keeps its gap; the others do not start before their typed start.
    """

    is_loose: Flags
    number: Numbers
    head: Numbers
    adjust: Numbers
    is_carried: Flags


def loosen(plan: Plan, links: Links, base: Schedule, stays: Flags, old: Numbers, anew: Flags) -> Loosened:
    """Find what may move by which link.

    Args:
        plan: with its typed dates; its own links are not read.
        links: the dependencies, perhaps edited.
        base: its dates as typed, every dependency that drives heeded.
        stays: bool (n), typed dates that are not to move, such as those just typed.
        old: int64 (m, 5), the ends of the dependencies before the edit, from which gaps are measured.
        anew: bool (m), dependencies that the edit adds or changes: they hold at once, with no gap to keep.
    Cost: O(n + m), and for links on summaries the activities below them.
    """
    outline = read_outline(plan.parents)
    begun = (plan.actual_starts != NONE) | (plan.actual_finishes != NONE)
    is_open = plan.is_manual & ~begun & ~plan.is_inactive & ~outline.is_summary & ~stays
    number, head = _expanded(plan, links, is_open, outline.is_summary)
    to_loose, is_new = is_open[head], anew[number]
    gaps = _gaps(plan, np.where(is_new[:, None], links.ends[number], old[number]), head, base)
    moves = (links.policies[number] == Policy.MOVE) & ~is_new
    slack = _slack(number, gaps, to_loose)
    adjust = np.where(moves, gaps, gaps - np.where(is_new, slack, np.maximum(slack, 0)))
    is_loose, carried = np.zeros(plan.size, dtype=bool), np.zeros(plan.size, dtype=bool)
    is_loose[head[to_loose]] = True
    carried[head[to_loose & moves]] = True
    return Loosened(is_loose, number, head, np.where(to_loose, adjust, 0), carried)


def let_go(plan: Plan, links: Links, loosened: Loosened, is_loose: Flags, typed: Plan) -> Plan:
    """A plan, perhaps edited, with its loose activities free to move.

    Args:
        is_loose: bool (n), at least those that `loosened` names.
        typed: the plan whose typed dates hold.
    """
    is_loose = is_loose & plan.is_manual
    ends = links.ends[loosened.number]
    lags, kinds = lag_ticks(plan, ends)
    is_adjusted = loosened.adjust != 0
    is_held = is_loose & ~loosened.is_carried
    all_off = is_loose & (plan.durations == 0) & (typed.manual_finishes > typed.manual_starts)
    constraints = np.where(is_held, int(Constraint.SNET), int(Constraint.ASAP))
    return plan.changed(
        predecessors=ends[:, 0],
        successors=loosened.head,
        link_kinds=ends[:, 2],
        lags=np.where(is_adjusted, lags + loosened.adjust, ends[:, 3]),
        lag_kinds=np.where(is_adjusted, kinds, ends[:, 4]),
        is_manual=plan.is_manual & ~is_loose,
        constraints=np.where(is_loose, constraints, plan.constraints),
        constraint_dates=np.where(is_held, typed.manual_starts, plan.constraint_dates),
        is_elapsed=plan.is_elapsed | all_off,
        durations=np.where(all_off, typed.manual_finishes - typed.manual_starts, plan.durations),
    )


def lag_ticks(plan: Plan, ends: Numbers) -> tuple[Numbers, Numbers]:
    """The lags of links in ticks, and whether of working or of elapsed time.

    Args:
        ends: int64 (k, 5) as in `Links`.
    """
    in_percent = ends[:, 4] >= LagKind.PERCENT
    shares = np.rint(plan.durations[ends[:, 0]] * (ends[:, 3] / 100.0)).astype(np.int64)
    return np.where(in_percent, shares, ends[:, 3]), ends[:, 4] % 2


def link_gaps(plan: Plan, ends: Numbers, dates: Schedule) -> Numbers:
    """How far each link is from driving, in ticks of the time that its lag is counted in; negative where it is broken.

    Args:
        ends: int64 (k, 5) as in `Links`; `dates` those of the plan.
    """
    return _gaps(plan, ends, ends[:, 1], dates)


def with_typed(plan: Plan, dates: Schedule, drivers: Drivers, most: int = WORKING_DAY) -> Drivers:
    """Drivers in which a typed date is driven by its closest link, where that leaves it no more room than a day.

    Args:
        most: ticks of room up to which a link counts as the reason for a typed date.
    """
    ends = np.column_stack((plan.predecessors, plan.successors, plan.link_kinds, plan.lags, plan.lag_kinds))
    heads = ends[:, 1]
    summaries = read_outline(plan.parents).is_summary
    is_typed = plan.is_manual[heads] & (plan.actual_finishes[heads] == NONE) & ~summaries[ends[:, 0]]
    gaps = link_gaps(plan, ends, dates) if len(ends) else heads
    link, activity = drivers.link.copy(), drivers.activity.copy()
    near = np.flatnonzero(is_typed & (gaps <= most))
    for number in near[np.argsort(-gaps[near], kind="stable")].tolist():  # the closest last
        link[heads[number]], activity[heads[number]] = number, ends[number, 0]
    return Drivers(link, activity)


def _gaps(plan: Plan, ends: Numbers, heads: Numbers, base: Schedule) -> Numbers:
    from_finish = (ends[:, 2] == LinkKind.FS) | (ends[:, 2] == LinkKind.FF)
    to_finish = (ends[:, 2] == LinkKind.FF) | (ends[:, 2] == LinkKind.SF)
    tails = ends[:, 0]
    at = np.where(from_finish, base.early_finish[tails], base.early_start[tails])
    target = np.where(to_finish, base.early_finish[heads], base.early_start[heads])
    lags, kinds = lag_ticks(plan, ends)
    on_clock = (plan.calendars[heads] < 0) | (kinds == LagKind.ELAPSED)
    gaps = target - (at + lags)
    worked = np.flatnonzero(~on_clock)
    if len(worked):
        time = WorkingTime(plan.working_calendars, plan.epoch, *_span(base))
        key = plan.calendars[heads[worked]]
        dates = time.shift(at[worked], lags[worked], key)
        gaps[worked] = time.between(dates, target[worked], key)
    return gaps


def _span(base: Schedule) -> tuple[int, int]:
    return int(base.early_start.min()) // DAY - 400, int(base.early_finish.max()) // DAY + 400


def _expanded(plan: Plan, links: Links, is_open: Flags, is_summary: Flags) -> tuple[Numbers, Numbers]:
    """Links by number and the activity that each acts on: a link on a summary with typed dates below acts on each."""
    driving = np.flatnonzero(links.driving)
    heads = links.ends[driving, 1]
    if not is_summary[heads].any():
        return driving, heads
    numbers, targets = [], []
    for summary in np.unique(heads[is_summary[heads]]).tolist():
        below = np.flatnonzero(_is_below(plan, summary) & ~is_summary & ~plan.is_inactive)
        if not is_open[below].any():
            continue
        for link in driving[heads == summary].tolist():
            numbers.append(np.full(len(below), link))
            targets.append(below)
    spread = np.concatenate(numbers) if numbers else driving[:0]
    plain = driving[~np.isin(driving, spread)]
    return (
        np.concatenate((plain, spread)),
        np.concatenate((links.ends[plain, 1], *targets)) if targets else links.ends[plain, 1],
    )


def _is_below(plan: Plan, summary: int) -> Flags:
    found = plan.parents == summary
    while True:
        more = found | ((plan.parents >= 0) & found[plan.parents])
        if (more == found).all():
            return found
        found = more


def _slack(number: Numbers, gaps: Numbers, counts: Flags) -> Numbers:
    """For each link the least gap among those that one dependency became."""
    if not len(number):
        return gaps
    least = np.full(int(number.max()) + 1, np.iinfo(np.int64).max)
    np.minimum.at(least, number[counts], gaps[counts])
    return np.where(counts, least[number], gaps)
