"""Plans for the tests: small ones written by hand, and random ones with everything that a plan can have."""

from datetime import date, datetime, timedelta

import numpy as np

from projects.algorithms.plan import NONE, OWN_CALENDAR, Assignment, Constraint, LagKind, LinkKind, Plan, Split
from resources.algorithms.calendars import (
    DAY,
    STANDARD,
    Calendar,
    CalendarException,
    to_ticks,
)

EPOCH = datetime(2026, 1, 5)  # a Monday
HOUR = 600
#: Eight hours.
DAYS = 4800
SIX_DAYS = Calendar("Six days", (((480, 720), (780, 1020)),) * 6 + ((),))
NIGHTS = Calendar(
    "Nights", (((1320, 1800),),) * 5 + ((), ()), (CalendarException(date(2026, 1, 14), date(2026, 1, 16)),)
)
CALENDARS = (STANDARD, SIX_DAYS, NIGHTS)


def at(day: int, hour: int = 0, minute: int = 0) -> int:
    """Ticks of a moment in January 2026; days after the 31st go on."""
    return to_ticks(EPOCH.replace(day=1) + timedelta(days=day - 1, hours=hour, minutes=minute), EPOCH)


def plan(names: str, durations: list[float], links: list[tuple], **more) -> Plan:
    """A plan of activities named by words, with durations in working days on the standard calendar.

    A link is (predecessor, successor), and may go on with its kind, its lag in ticks or per cent, and the kind of lag.
    """
    words = names.split()
    rows = [(*link, *(LinkKind.FS, 0, LagKind.WORKING)[len(link) - 2 :]) for link in links]
    place = {word: number for number, word in enumerate(words)}
    given = {
        "working_calendars": (STANDARD,),
        "calendars": np.zeros(len(words), dtype=np.int64),
        "project_starts": np.array([at(5, 8)]),
        "predecessors": np.array([place[row[0]] for row in rows], dtype=np.int64),
        "successors": np.array([place[row[1]] for row in rows], dtype=np.int64),
        "link_kinds": np.array([row[2] for row in rows], dtype=np.int64),
        "lags": np.array([row[3] for row in rows], dtype=np.int64),
        "lag_kinds": np.array([row[4] for row in rows], dtype=np.int64),
    }
    return Plan(words, EPOCH, np.array(durations) * DAYS, **{**given, **more})


def random_plan(random: np.random.Generator, size: int, *, is_simple: bool = False) -> Plan:
    """A plan with all kinds of links, lags, calendars, constraints, progress, summaries, projects and the rest."""
    count = int(random.integers(0, 2 * size + 1))
    parents = np.full(size, -1)
    summaries = 0 if is_simple else int(random.integers(0, max(size // 4, 1)))
    for number in range(1, size):
        if summaries and random.random() < 0.6:
            parents[number] = random.integers(0, min(summaries, number))
    tails, heads = _links(random, parents, size, count)
    count = len(tails)
    kinds = random.choice([0, 1, 1, 1, 2, 3], count)
    lag_kinds = random.choice([0, 0, 1, 2, 3], count)
    lags = np.where(random.random(count) < 0.5, 0, np.where(lag_kinds >= 2, random.integers(-60, 90, count), 0))
    lags = np.where((lag_kinds < 2) & (random.random(count) < 0.5), random.integers(-90, 120, count) * 100, lags)
    values = {
        "durations": np.where(random.random(size) < 0.15, 0, random.integers(1, 60, size) * 300),
        "working_calendars": CALENDARS,
        "calendars": random.integers(-1, 3, size),
        "predecessors": tails,
        "successors": heads,
        "link_kinds": kinds,
        "lags": lags,
        "lag_kinds": lag_kinds,
        "parents": parents,
        "project_starts": random.integers(0, 6 * 24, 3) * HOUR,
        "projects": random.integers(0, 3, size),
        "is_milestone": random.random(size) < 0.2,
        "is_elapsed": random.random(size) < 0.1,
    }
    if not is_simple:
        values |= _uncommon(random, size, values["durations"], parents)
    return Plan([f"Activity {number}" for number in range(size)], EPOCH, **values)


def _links(random: np.random.Generator, parents: np.ndarray, size: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Links forwards in a random order in which leaves keep clear of their own summaries' links."""
    summaries = set(parents[parents >= 0].tolist())
    leaves = [number for number in range(size) if number not in summaries]
    tails, heads = [], []
    for _ in range(count):
        tail, head = sorted(random.choice(len(leaves), 2)) if len(leaves) > 1 else (0, 0)
        if tail != head:
            tails.append(leaves[tail])
            heads.append(leaves[head])
    for summary in summaries:
        below = [number for number in leaves if _is_below(parents, number, summary)]
        before = [number for number in leaves if below and number < min(below)]
        after = [number for number in leaves if below and number > max(below)]
        if before and random.random() < 0.5:
            tails.append(int(random.choice(before)))
            heads.append(summary)
        if after and random.random() < 0.5:
            tails.append(summary)
            heads.append(int(random.choice(after)))
    return np.array(tails, dtype=np.int64), np.array(heads, dtype=np.int64)


def _is_below(parents: np.ndarray, number: int, summary: int) -> bool:
    while number >= 0:
        number = int(parents[number])
        if number == summary:
            return True
    return False


def _uncommon(random: np.random.Generator, size: int, durations: np.ndarray, parents: np.ndarray) -> dict:
    """Constraints, deadlines, progress, hand-made dates, delays, splits and assignments, each for a few."""
    some = lambda share: random.random(size) < share  # noqa: E731
    dates = lambda: random.integers(0, 40 * 24, size) * HOUR  # noqa: E731
    leaf = np.ones(size, dtype=bool)
    leaf[parents[parents >= 0]] = False
    begun = some(0.15) & leaf
    done = begun & some(0.4)
    starts = np.where(begun, dates(), NONE)
    left = (durations * random.random(size)).astype(np.int64)
    manual_starts = dates()
    return {
        "constraints": np.where(some(0.3), random.integers(0, 8, size), Constraint.ASAP),
        "constraint_dates": dates(),
        "deadlines": np.where(some(0.1), dates(), NONE),
        "actual_starts": starts,
        "actual_finishes": np.where(done, starts + durations, NONE),
        "remaining": np.where(begun & some(0.7), left, NONE),
        "progress_ratios": random.random(size),
        "resumes": np.where(some(0.1), dates(), NONE),
        "is_manual": some(0.08) & leaf,
        "manual_starts": manual_starts,
        "manual_finishes": manual_starts + durations,
        "is_inactive": some(0.05) & leaf,
        "delays": np.where(some(0.1), random.integers(0, 5 * DAY, size), 0),
        "work_calendars": np.where(some(0.2), random.integers(-1, 3, size), OWN_CALENDAR),
        "splits": tuple(Split(int(one), 600, 1200) for one in np.flatnonzero(some(0.06) & leaf)),
        "assignments": tuple(
            Assignment(int(one), int(calendar), int(random.integers(1, 30)) * 300, int(random.integers(0, 2)) * 900)
            for one in np.flatnonzero(some(0.08) & leaf)
            for calendar in (0, 2)
        ),
        "status_at": int(random.integers(0, 20 * 24)) * HOUR if random.random() < 0.3 else NONE,
        "is_retained_logic": bool(random.random() < 0.5),
        "honors_constraint_dates": bool(random.random() < 0.7),
    }
