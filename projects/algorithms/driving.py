"""Why an activity lies where it lies: the link that drives it, and the paths that such links make.

The driving link of an activity is the one whose date is its start: of several with the same date the first. Where the
project's start, a constraint, progress or a hand-made date decides, none drives. A critical path is followed backwards
along driving links from its last activity, through summaries to the activities that decide their dates, and across
projects.

Source: driving predecessors and multiple critical paths as Microsoft Project and Primavera show them; Moder, Phillips &
Davis, *Project Management with CPM, PERT and Precedence Diagramming*, 3rd ed. (1983), ch. 4.
"""

from dataclasses import dataclass

import numpy as np

from projects.algorithms.compiling import next_start
from projects.algorithms.critical_path import Engine, Schedule
from projects.algorithms.outline import FIRST_START, REAL
from projects.algorithms.plan import NONE, Numbers


@dataclass(frozen=True, slots=True)
class Drivers:
    """What drives each activity, by the plan's numbers.

    Args:
        link: int64 (n), the plan's link, or -1 where no link drives.
        activity: int64 (n), the activity at its other end, below the summary if that is one; or -1.
    """

    link: Numbers
    activity: Numbers


def find_drivers(engine: Engine) -> Drivers:
    """The driving link of every activity. Summaries have none of their own.

    Cost: O(n + m).
    """
    frame, network = engine.frame, engine.frame.network
    place = _latest_links(engine)
    link = np.full(len(place), -1, dtype=np.int64)
    activity = np.full(len(place), -1, dtype=np.int64)
    driven = np.flatnonzero(place >= 0)
    link[driven] = frame.origin[place[driven]]
    source = network.in_source[place[driven]]
    activity[driven] = np.where(frame.kind[source] == REAL, frame.owner[source], -1)
    through = driven[(frame.kind[source] != REAL) | (frame.kind[driven] != REAL) | (link[driven] < 0)]
    for rank in through.tolist():  # in the order of the network: what it goes through is known by then
        before = int(network.in_source[place[rank]])
        if frame.kind[before] != REAL:
            activity[rank] = activity[before]
            link[rank] = link[before] if link[rank] < 0 else link[rank]
    is_summary = frame.outline.is_summary
    return Drivers(*(np.where(is_summary, -1, one[frame.rank_of]) for one in (link, activity)))


def _latest_links(engine: Engine) -> Numbers:
    """For each node the place of the link that decides its start, or -1."""
    rules, network, axis = engine.rules, engine.frame.network, engine.rules.axis
    target = engine.passes.target
    dates = engine.when[rules.source]
    lagged = np.flatnonzero(rules.lag)
    dates[lagged] = axis.shift(dates[lagged], rules.lag[lagged], rules.lag_key[lagged])
    ending = np.flatnonzero(rules.to_finish)
    dates[ending] = axis.subtract(dates[ending], rules.left[target[ending]], rules.key[target[ending]])
    for rank in rules.parts:
        for place in range(int(network.in_start[rank]), int(network.in_start[rank + 1])):
            dates[place] = engine.passes.stepper.link_date(rank, place)
    dates = np.where(engine.frame.kind[target] == FIRST_START, -dates, dates)
    answer = np.full(rules.size, -1, dtype=np.int64)
    has_in = np.flatnonzero(np.diff(network.in_start) > 0)
    if not len(has_in):
        return answer
    latest = np.zeros(rules.size, dtype=np.int64)
    latest[has_in] = np.maximum.reduceat(dates, network.in_start[has_in])
    places = np.flatnonzero(dates == latest[target])[::-1]
    answer[target[places]] = places
    candidate = np.where(engine.frame.kind == FIRST_START, -latest, latest)
    answer[~_decides(engine, candidate)] = -1
    return answer


def _decides(engine: Engine, candidate: Numbers) -> Numbers:
    """Whether the date of the links is where the work starts."""
    rules, ranks = engine.rules, np.arange(engine.rules.size)
    start = next_start(rules, np.maximum(candidate, rules.base), ranks)
    for rank in rules.parts:
        start[rank] = engine.passes.stepper.next_start(rank, max(int(candidate[rank]), int(rules.base[rank])))
    delayed = np.flatnonzero(rules.delay)
    start[delayed] = next_start(rules, start[delayed] + rules.delay[delayed], delayed)
    is_open = (rules.fixed_start == NONE) & (candidate >= rules.base)
    answer: Numbers = is_open & (start >= rules.lo) & (start <= rules.hi)
    return answer


def path_to(drivers: Drivers, activity: int) -> list[int]:
    """The chain of driving activities that ends with an activity, the first of them first."""
    path = [activity]
    while (before := int(drivers.activity[path[-1]])) >= 0:
        path.append(before)
    return path[::-1]


def critical_paths(
    engine: Engine, schedule: Schedule, drivers: Drivers, project: int | None = None, most: int = 100
) -> list[list[int]]:
    """All critical paths, the one that finishes last first; each is a list of activities, the first of them first.

    A path ends with a critical activity that drives no other critical one. With `FloatBasis.ACTIVITY` every chain of
    the plan has its own (multiple critical paths), with `PROJECT` every project has, with `NETWORK` the network has.

    Args:
        project: only paths that end in this project; they may begin in another.
        most: how many to give at most.
    Cost: O(n) and the lengths of the paths.
    """
    critical = schedule.is_critical & ~engine.frame.outline.is_summary
    drives = np.zeros(len(critical), dtype=bool)
    driven = drivers.activity[critical & (drivers.activity >= 0)]
    drives[driven] = True
    ends = critical & ~drives
    if project is not None:
        ends &= engine.plan.projects == project
    numbers = np.flatnonzero(ends)
    last_first = numbers[np.argsort(-schedule.early_finish[numbers], kind="stable")][:most]
    return [path_to(drivers, int(number)) for number in last_first]
