"""One edit, and only what it can move: the rest of the schedule is left as it is.

From the edited activities the new dates are followed forwards as long as they change, then the latest dates backwards.
Where more than a fiftieth of the network has been reached, or the finish that all late dates are measured against has
moved, the passes over everything are cheaper and run instead. The outcome is that of scheduling the new plan from the
beginning, which property tests hold.
"""

from collections.abc import Iterable, Sequence
from heapq import heapify, heappop, heappush

import numpy as np

from projects.algorithms.compiling import rule_activities, rule_links
from projects.algorithms.critical_path import Engine
from projects.algorithms.network import spread
from projects.algorithms.outline import FIRST_START
from projects.algorithms.plan import Constraint, Numbers, Plan

LOCAL_RATIO = 0.02
#: Fields that decide the order of the network or rules for many activities at once.
SHAPE = (
    "predecessors",
    "successors",
    "link_kinds",
    "parents",
    "projects",
    "is_inactive",
    "project_starts",
    "project_finishes",
    "splits",
    "assignments",
    "working_calendars",
    "epoch",
)
SETTINGS = ("status_at", "is_retained_logic", "honors_constraint_dates", "is_from_finish", "critical_threshold")


def reschedule(engine: Engine, plan: Plan, activities: Sequence[int], links: Sequence[int] = ()) -> Numbers:
    """Bring an engine's dates to a plan that differs from its own in a few places.

    Args:
        engine: as scheduled so far; its dates and its plan are replaced.
        plan: the new plan, with as many activities as before. What differs beyond the named activities' own values and
            the named links' lags, such as an added link, is noticed where it is one of `SHAPE`, and costs both passes.
        activities: the plan's numbers of those with other values; links: those with another lag.
    Returns:
        int64, ascending: the activities whose early or late dates are others than before, summaries not counted.
    Raises:
        CycleError, NoWorkingTime: as `schedule`; the engine is then of no more use.
    Cost: O(links of what can move) and O(n) to look for what has moved; at most scheduling anew.
    """
    before_when, before_late = engine.when.copy(), engine.late.copy()
    ranks, size = engine.frame.rank_of, len(engine.basis)
    which = np.unique(np.asarray(activities, dtype=np.int64))
    if _has_other_shape(engine, plan, which):
        engine.begin(plan)
    elif _is_late(engine, plan, which):
        engine.plan = plan
        engine.run()
    else:
        engine.plan = plan
        _edit(engine, which, np.asarray(links, dtype=np.int64))
    return _moved(engine, ranks, size, before_when, before_late)


def _has_other_shape(engine: Engine, plan: Plan, which: Numbers) -> bool:
    """Whether the network itself, or a rule for all, has changed. Dates of a summary are nodes of the network."""
    if plan.size != engine.plan.size or engine.frame.outline.is_summary[which].any():
        return True
    return any(_differs(engine.plan, plan, name) for name in (*SHAPE, *SETTINGS))


def _is_late(engine: Engine, plan: Plan, which: Numbers) -> bool:
    """Whether something is, or will be, put at its latest date: then early dates depend on late ones everywhere."""
    is_alap = engine.rules.is_alap[engine.counts].any() or (plan.constraints[which] == Constraint.ALAP).any()
    return bool(is_alap or plan.is_from_finish)


def _differs(one: Plan, other: Plan, name: str) -> bool:
    before, after = getattr(one, name), getattr(other, name)
    if before is after:
        return False
    return not np.array_equal(before, after) if isinstance(before, np.ndarray) else before != after


def _moved(engine: Engine, rank_before: Numbers, size_before: int, when: Numbers, late: Numbers) -> Numbers:
    rank, size = engine.frame.rank_of, len(engine.basis)
    if len(rank) != len(rank_before):
        return np.arange(len(rank))
    changed = ~engine.frame.outline.is_summary
    same = np.ones(len(rank), dtype=bool)
    for before, after in ((when, engine.when), (late, engine.late)):
        for number in range(2):
            same &= before[rank_before + number * size_before] == after[rank + number * size]
    return np.flatnonzero(changed & ~same)


def _edit(engine: Engine, which: Numbers, links: Numbers) -> None:
    """Write the edited rules anew and follow what they move."""
    network, rules, frame = engine.frame.network, engine.rules, engine.frame
    ranks = frame.rank_of[which]
    rule_activities(engine.plan, rules, which, engine.project_starts)
    into = spread(network.in_start[ranks], network.in_start[ranks + 1])
    out = network.out_place[spread(network.out_start[ranks], network.out_start[ranks + 1])]
    places = np.concatenate((into, out, np.flatnonzero(np.isin(frame.origin, links)) if len(links) else into[:0]))
    places = places[frame.origin[places] >= 0]
    rule_links(engine.plan, rules, places)
    heads = {*ranks.tolist(), *engine.passes.target[places].tolist()}
    reached = _follow_forward(engine, heads)
    if reached is None or not _lies_inside(engine, reached):
        engine.run()
        return
    tails = {*ranks.tolist(), *network.in_source[places].tolist(), *_firsts(engine, reached)}
    basis = engine.basis.copy()
    engine.measure()
    other = np.flatnonzero(basis != engine.basis)
    if len(other) > _most(engine) or not _follow_backward(engine, {*tails, *other.tolist()}):
        engine.passes.sort()
        engine.passes.backward()
    if not engine.is_inside():
        engine.run()


def _most(engine: Engine) -> int:
    return max(int(len(engine.basis) * LOCAL_RATIO), 16)


def _follow_forward(engine: Engine, heads: set[int]) -> list[int] | None:
    """Date nodes in their order as long as dates change; those that changed, or None if too many did."""
    step, most = engine.passes.stepper.forward, _most(engine)
    begin, target = engine.frame.network.out_start.data, engine.frame.network.out_target.data
    queue, waiting, reached = list(heads), set(heads), []
    heapify(queue)
    while queue:
        rank = heappop(queue)
        waiting.discard(rank)
        if not step(rank):
            continue
        reached.append(rank)
        if len(reached) > most:
            return None
        for number in range(begin[rank], begin[rank + 1]):
            if target[number] not in waiting:
                waiting.add(target[number])
                heappush(queue, target[number])
    return reached


def _follow_backward(engine: Engine, tails: set[int]) -> bool:
    """Find latest dates anew against the order of the network; False if too many changed."""
    step, most = engine.passes.stepper.backward, _most(engine)
    begin, source = engine.frame.network.in_start.data, engine.frame.network.in_source.data
    queue, waiting, count = [-rank for rank in tails], set(tails), 0
    heapify(queue)
    while queue:
        rank = -heappop(queue)
        waiting.discard(rank)
        if not step(rank):
            continue
        count += 1
        if count > most:
            return False
        for place in range(begin[rank], begin[rank + 1]):
            if source[place] not in waiting:
                waiting.add(source[place])
                heappush(queue, -source[place])
    return True


def _firsts(engine: Engine, reached: Iterable[int]) -> set[int]:
    """Activities below summaries whose first start may now be another's: their limits change with that."""
    network, kind = engine.frame.network, engine.frame.kind
    found: set[int] = set()
    for rank in reached:
        targets = network.out_target[network.out_start[rank] : network.out_start[rank + 1]]
        for first in {rank, *targets.tolist()}:
            if kind[first] == FIRST_START:
                found |= set(network.in_source[network.in_start[first] : network.in_start[first + 1]].tolist())
    return found


def _lies_inside(engine: Engine, reached: Sequence[int]) -> bool:
    """Whether the new dates lie within the calendars' horizon."""
    real = [rank for rank in reached if engine.is_real[rank]]
    if not real:
        return True
    size, ranks = len(engine.basis), np.array(real)
    dates = np.concatenate((engine.when[ranks], engine.when[ranks + size]))
    return bool(dates.min() > engine.time.first and dates.max() < engine.time.last)
